"""Knows what each person agreed to, in which words, and answers: may we, and why?

Hides the ledger and its chain of digests. A person is here a set of identifiers
("email:hoa@example.vn"): who owns them is for ``unify`` to say, so that a merge takes the stricter
side and an un-merge gives each side its own words back. Doors of its own: ``standing`` (the rule,
pure), ``purposes`` (what one may be asked for, and the texts), ``suppressing`` (who must be left
alone whatever they agreed to) and ``links`` (addresses a customer opens without signing in).
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.govern.consent.answering import (
        Addressee,
        Answer,
        answer_each,
        may_send,
        may_send_all,
    )
    from khachquen.govern.consent.ledger import Told, check, find_break, list_words, record
    from khachquen.govern.consent.models import ConsentEntry

__all__ = [
    "Addressee",
    "Answer",
    "ConsentEntry",
    "Told",
    "answer_each",
    "check",
    "find_break",
    "list_words",
    "may_send",
    "may_send_all",
    "record",
]
__getattr__ = door(
    __name__,
    {
        **dict.fromkeys(
            ("Addressee", "Answer", "answer_each", "may_send", "may_send_all"), "answering"
        ),
        "ConsentEntry": "models",
        **dict.fromkeys(("Told", "check", "find_break", "list_words", "record"), "ledger"),
    },
)
