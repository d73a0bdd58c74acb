"""Knows which rules of identity were drafted, by whom and why, and says rules in words.

Hides how drafts are kept. Does not decide who is one person (``identity`` does), and draws nobody
anew: ``flows.rerunning`` does.
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.unify.rulebook.words import Difference, compare_rules, say_rules

if TYPE_CHECKING:
    from khachquen.unify.rulebook.drafting import (
        Change,
        begin_applying,
        discard_change,
        draft_rules,
        get_change,
        list_changes,
        note_applied,
        note_outside,
    )

__all__ = [
    "Change",
    "Difference",
    "begin_applying",
    "compare_rules",
    "discard_change",
    "draft_rules",
    "get_change",
    "list_changes",
    "note_applied",
    "note_outside",
    "say_rules",
]
__getattr__ = door(__name__, dict.fromkeys(__all__, "drafting"))
