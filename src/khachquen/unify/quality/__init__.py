"""Knows how good the data is: complete, valid, unique, fresh, consistent, by source, with the rows.

Hides the tables of measurements and how a million people are looked at without stopping the rest.
Changes nothing of anybody: what a check finds, people mend. The rows behind a figure are read by
the door ``found``.
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.unify.quality.rule import AXES
from khachquen.unify.quality.rules import RULES, get_rule
from khachquen.unify.quality.scoring import score

if TYPE_CHECKING:
    from khachquen.unify.quality.measuring import (
        cancel_measurement,
        find_progress,
        request_measurement,
    )
    from khachquen.unify.quality.reading import Snapshot, latest, list_history
    from khachquen.unify.quality.tending import stop_all, tend

__all__ = [
    "AXES",
    "RULES",
    "Snapshot",
    "cancel_measurement",
    "find_progress",
    "get_rule",
    "latest",
    "list_history",
    "request_measurement",
    "score",
    "stop_all",
    "tend",
]
__getattr__ = door(
    __name__,
    {
        **dict.fromkeys(
            (
                "cancel_measurement",
                "find_progress",
                "request_measurement",
            ),
            "measuring",
        ),
        **dict.fromkeys(("Snapshot", "latest", "list_history"), "reading"),
        **dict.fromkeys(("stop_all", "tend"), "tending"),
    },
)
