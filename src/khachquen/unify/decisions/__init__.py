"""Knows what staff decided about people, and what became of people: merges, splits, refusals.

Hides how it is written down. Moves no identifier: ``flows.deciding`` does.
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.unify.decisions.words import (
    MODEL,
    HistoryEntry,
    Refused,
    explain,
    explain_refusal,
    kind_words,
)

if TYPE_CHECKING:
    from khachquen.unify.decisions.deciding import (
        Ruling,
        join_people,
        keep_apart,
        mark_applied,
        split_person,
        undo,
        unmerge,
        waiting_acts,
    )
    from khachquen.unify.decisions.history import list_history, list_refusals, note_changes

__all__ = [
    "MODEL",
    "HistoryEntry",
    "Refused",
    "Ruling",
    "explain",
    "explain_refusal",
    "join_people",
    "keep_apart",
    "kind_words",
    "list_history",
    "list_refusals",
    "mark_applied",
    "note_changes",
    "split_person",
    "undo",
    "unmerge",
    "waiting_acts",
]
_VERBS = ("join_people", "keep_apart", "split_person", "undo", "unmerge")
__getattr__ = door(
    __name__,
    {
        **dict.fromkeys((*_VERBS, "Ruling", "mark_applied", "waiting_acts"), "deciding"),
        **dict.fromkeys(("list_history", "list_refusals", "note_changes"), "history"),
    },
)
