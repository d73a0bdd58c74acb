"""Knows how names, phones, e-mails and texts are written in Vietnam, and the one form of each.

Hides the 2018 change of phone prefixes, what Excel does to numbers, Unicode. Does not decide who is
who, keep anything, or ask anybody over a network: pure functions from text to text.
"""

from khachquen.unify.normalise.emails import normalise_email
from khachquen.unify.normalise.names import Name, display_name, given_name, split_name
from khachquen.unify.normalise.phones import format_phone, normalise_phone, split_phones
from khachquen.unify.normalise.text import clean_text, fold

__all__ = [
    "Name",
    "clean_text",
    "display_name",
    "fold",
    "format_phone",
    "given_name",
    "normalise_email",
    "normalise_phone",
    "split_name",
    "split_phones",
]
