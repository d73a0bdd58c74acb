"""Knows every sign-up that waits for a word from the mailbox itself, and the one letter asking.

Hides the table and how a letter passes from one sender to another. Does not send (``flows.aside``)
and does not know what agreeing means (``flows.confirming`` tells the ledger). Nothing anybody typed
on a form stands here but the address. Door of its own: ``counting``.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.activate.confirmations.models import Confirmation
    from khachquen.activate.confirmations.owing import (
        Asking,
        Limits,
        answer,
        claim_letters,
        exchange_letters,
        find_confirmation,
        forget_expired,
        note_returned,
        owe_letter,
        recover_letters,
    )

_FUNCTIONS = ("answer", "claim_letters", "exchange_letters", "find_confirmation",
              "forget_expired", "note_returned", "owe_letter", "recover_letters")  # fmt: skip
__all__ = [
    "Asking",
    "Confirmation",
    "Limits",
    "answer",
    "claim_letters",
    "exchange_letters",
    "find_confirmation",
    "forget_expired",
    "note_returned",
    "owe_letter",
    "recover_letters",
]
__getattr__ = door(
    __name__,
    {"Confirmation": "models", **dict.fromkeys(("Asking", "Limits", *_FUNCTIONS), "owing")},
)
