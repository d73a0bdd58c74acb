"""What a status code and a server's words mean for the person: one table, cautious where unsure,
for reports that come back and for answers at the door alike.

A wrong ``hard`` silences somebody who wants our mail; a wrong ``soft`` is one letter more. So only
what says plainly that nobody lives there is hard, and words about spam or blocks undo even that.
"""

import re
import unicodedata

from khachquen.activate.channels.email.reports.phrases import (
    ABOUT_SENDER,
    FULL,
    NOBODY_THERE,
    ON_A_LIST,
    POLICY,
)
from khachquen.activate.channels.email.reports.report import Kind

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_NOBODY = {(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}
"""RFC 3463: the mailbox or its domain does not exist, or is closed for good."""


def classify(status: str, words: str) -> Kind:
    """What a delivery that failed for good says of the person.

    >>> classify("5.1.1", "550 5.1.1 user unknown"), classify("5.2.2", ""), classify("5.7.1", "")
    ('hard', 'soft', 'policy')
    >>> classify("5.1.1", "see spamhaus"), classify("5.0.0", "no such user"), classify("", "")
    ('policy', 'hard', 'soft')
    >>> classify("", "550 sender domain does not exist")
    'policy'
    """
    said, digits = plain(words), _digits(status, words)
    if digits[1] == 7:
        return "policy"
    if digits[0] == 4:
        return "soft"
    if is_full(status, words):
        return "soft"
    # ``5.1.0`` is "something about the address": hard only when the words say so too.
    is_nobody = digits[1:] in _NOBODY - {(1, 0)}
    is_about_us = ON_A_LIST.search(said) or ABOUT_SENDER.search(said)
    if is_nobody and not is_about_us:
        return "hard"
    if digits[1:] in ((0, 0), (1, 0), (4, 1), (5, 0), (3, 0)) and NOBODY_THERE.search(said):
        return "policy" if is_about_us else "hard"
    return "policy" if POLICY.search(said) else "soft"


def is_full(status: str, words: str) -> bool:
    """Whether the mailbox takes no more for now: somebody lives there."""
    digits = _digits(status, words)[1:]
    return digits == (2, 2) or (digits not in _NOBODY and bool(FULL.search(plain(words))))


def _digits(status: str, words: str) -> tuple[int, int, int]:
    code = _STATUS.match(status) or _STATUS.search(words)
    return (int(code[1]), int(code[2]), int(code[3])) if code else (5, 0, 0)


def find_status(words: str) -> str:
    """The first status code of RFC 3463 in a server's words that is not a piece of an address.

    >>> find_status("host mx[4.1.1.3] said: 550 5.2.1 gone"), find_status("from 10.4.2.2")
    ('5.2.1', '')
    """
    found = _STATUS.search(words)
    return found[0] if found else ""


def plain(text: str) -> str:
    """One line of small letters without marks: ``hộp thư đầy`` is ``hop thu day``."""
    flat = unicodedata.normalize("NFD", text[:4_000].casefold()).replace("đ", "d")
    return " ".join("".join(c for c in flat if not unicodedata.combining(c)).split())
