"""Knows the sign-up forms of the shop: what each asks, in which words, and how often it was sent.

Hides their tables and the passes a page is sent back with. Keeps no answers: those are events
(``flows.signing_up``), and what people agreed to is in the ledger. Doors of their own: ``passes``
(proof that a page was shown) and ``counting`` (what became of submissions).
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.collect.forms.making import (
        ADDRESS_OF,
        Ask,
        Confirm,
        FormView,
        Question,
        Wish,
        add_form,
        change_form,
        get_form,
        list_forms,
        open_form,
    )

__all__ = [
    "ADDRESS_OF",
    "Ask",
    "Confirm",
    "FormView",
    "Question",
    "Wish",
    "add_form",
    "change_form",
    "get_form",
    "list_forms",
    "open_form",
]
__getattr__ = door(__name__, dict.fromkeys(__all__, "making"))
