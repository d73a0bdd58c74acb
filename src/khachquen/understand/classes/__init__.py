"""Knows how this shop classifies its people, who changed that when, and what it makes of them.

Hides how definitions are kept. Nothing is kept of a person: a class is an expression over what is
known of them (``understand.query``), and only where the scores begin is worked out once a day.
Doors of their own: ``data``, ``course`` and ``saying``, pure; ``people``, classes of somebody with
the figures behind them; ``moving``, what a change would do; ``ideal``, what sets the best apart.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.understand.classes.defining import (
        ScoresView,
        VersionView,
        are_scores_due,
        classes_mark,
        current_classes,
        current_version,
        get_version,
        list_versions,
        newest_scores,
        save_classes,
        score,
    )

__all__ = [
    "ScoresView",
    "VersionView",
    "are_scores_due",
    "classes_mark",
    "current_classes",
    "current_version",
    "get_version",
    "list_versions",
    "newest_scores",
    "save_classes",
    "score",
]
__getattr__ = door(__name__, dict.fromkeys(__all__, "defining"))
