"""The words people are looked for by.

The words of a name, folded; of a phone its last four digits from the back (``~8765``), so that
"678" finds 0912 345 678; of an e-mail what follows the name (``@example.vn``). How identifiers
begin is not among them: ``Node.key`` is the index of that.
"""

import re
from collections.abc import Iterator

from khachquen.unify.normalise import fold

__all__ = ["tail_word", "words_of"]

_LONGEST = 64
_MOST = 40
_PHONE = re.compile(r"(?:\+|0)\d{7,}", re.ASCII)
_TAIL = 4


def words_of(name: str, search: str) -> frozenset[str]:
    """The words of one person, by their name and search text.

    >>> sorted(words_of("Trần Hoà", "tran hoa +84912345678 0912345678 hoa@example.vn kh-1"))
    ['@example.vn', 'hoa', 'tran', '~8765']
    """
    return frozenset(list(dict.fromkeys(_words(name, search)))[:_MOST])


def tail_word(digits: str) -> str:
    """How the end of a phone number stands among the words: "345678" as ``~8765``."""
    return f"~{digits[: -_TAIL - 1 : -1]}"


def _words(name: str, search: str) -> Iterator[str]:
    for word in fold(name).split():
        yield word[:_LONGEST]
    for piece in search.split():
        if _PHONE.fullmatch(piece):
            yield tail_word(piece)
        elif "@" in piece:
            yield f"@{piece.rpartition('@')[2]}"[:_LONGEST]
