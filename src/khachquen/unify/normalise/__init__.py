"""Knows how names, phones, e-mails and texts are written in Vietnam, and the one form of each.

Hides the 2018 change of phone prefixes, what Excel does to numbers, Unicode. Does not decide who is
who, keep anything, or ask anybody over a network: pure functions from text to text. What a value
says beside its form is told by the doors inside: ``reading``, ``addresses``, ``papers``,
``calendar``.
"""

from khachquen.unify.normalise.emails import normalise_email
from khachquen.unify.normalise.names import (
    Name,
    display_name,
    given_name,
    salutation,
    split_name,
)
from khachquen.unify.normalise.phones import format_phone, normalise_phone, split_phones
from khachquen.unify.normalise.ranking import match_rank
from khachquen.unify.normalise.text import clean_text, fold

__all__ = [
    "Name",
    "clean_text",
    "display_name",
    "fold",
    "format_phone",
    "given_name",
    "match_rank",
    "normalise_email",
    "normalise_phone",
    "salutation",
    "split_name",
    "split_phones",
]
