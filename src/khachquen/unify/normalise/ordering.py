"""Vietnamese dictionary order for names, as a text whose plain order is that order.

Letters come first (a ă â b c d đ e ê ...), tones only between words that are otherwise the same.
"""

import unicodedata
from functools import lru_cache

__all__ = ["NAMELESS", "name_key"]

NAMELESS = "~"
"""The key of nobody's name: after all others."""

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: chr(0x41 + place) for place, letter in enumerate(_LETTERS)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LONGEST = 60


def name_key(name: str) -> str:
    """The key that sorts a name as a Vietnamese dictionary does; at most 121 characters.

    >>> sorted(["Ân", "Ăn", "An", "", "Ánh", "Đào", "Dung", "Ấn"], key=name_key)
    ['An', 'Ánh', 'Ăn', 'Ân', 'Ấn', 'Dung', 'Đào', '']
    """
    if not name:
        return NAMELESS
    written = unicodedata.normalize("NFC", name[:_LONGEST]).lower()[:_LONGEST]
    pairs = [_pair(letter) for letter in written]
    tones = "".join([tone for _, tone in pairs]).rstrip("0")
    return "".join([letter for letter, _ in pairs]) + "!" + tones


@lru_cache(maxsize=4096)
def _pair(letter: str) -> tuple[str, str]:
    """The rank of a letter without its tone, and the rank of the tone."""
    marks = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in marks if mark in _TONES), "")
    bare = unicodedata.normalize("NFC", marks.replace(tone, "")) if tone else letter
    if bare <= "~":
        return _RANK.get(bare, bare), _TONES.get(tone, "0")
    return _RANK.get(bare, "{"), _TONES.get(tone, "0")
