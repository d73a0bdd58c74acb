"""Knows which rules of identity were drafted, by whom and why; ``words`` says them.

Hides how drafts are kept. Does not decide who is one person (``identity`` does), and draws nobody
anew: ``flows.rerunning`` does.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.unify.rulebook.drafting import (
        SHORTEST_REASON,
        Change,
        begin_applying,
        discard_change,
        draft_rules,
        get_change,
        list_changes,
        note_applied,
        note_outside,
    )
    from khachquen.unify.rulebook.knots import MANY, list_knots

__all__ = [
    "MANY",
    "SHORTEST_REASON",
    "Change",
    "begin_applying",
    "discard_change",
    "draft_rules",
    "get_change",
    "list_changes",
    "list_knots",
    "note_applied",
    "note_outside",
]
__getattr__ = door(
    __name__,
    dict.fromkeys(__all__, "drafting") | dict.fromkeys(("MANY", "list_knots"), "knots"),
)
