"""Knows the long work somebody asked for: what, how far it is, what came of it.

Hides how it is kept and gone on with after a crash. Does not know what any work is: a kind is a
name and a generator, put together in ``flows``.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.store.jobs.asking import (
        JobView,
        ask_for,
        cancel,
        find_latest,
        get_job,
        list_jobs,
    )
    from khachquen.store.jobs.running import Kind, Runner, Step

__all__ = [
    "JobView",
    "Kind",
    "Runner",
    "Step",
    "ask_for",
    "cancel",
    "find_latest",
    "get_job",
    "list_jobs",
]
__getattr__ = door(
    __name__,
    dict.fromkeys(__all__, "asking") | dict.fromkeys(("Kind", "Runner", "Step"), "running"),
)
