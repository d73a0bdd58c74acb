"""How well a text answers what was typed to find it: with its very marks, or only folded."""

import unicodedata

from khachquen.unify.normalise.text import clean_text, fold, with_tone_in_place

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SCHOOLS = [
    (unicodedata.normalize("NFC", a + tone + b), unicodedata.normalize("NFC", a + b + tone))
    for a, b in ("oa", "oe", "uy")
    for tone in _TONES
]


def spellings(word: str) -> set[str]:
    """The word in both schools of placing the tone: hòa and hoà are one name.

    >>> sorted(spellings("hòa"))
    ['hoà', 'hòa']
    """
    found = {word}
    for old, new in _SCHOOLS:
        found |= {word.replace(old, new), word.replace(new, old)}
    return found


def match_rank(query: str, text: str) -> int | None:
    """0 when the text has every word as typed, marks included; 1 when only folded; None: not found.

    A word is found at the start of a word ("hoa" is not "Khoa"). Without marks "hoa" finds Hoa
    first, then Hòa and Hóa; "hòa" puts Hòa and Hoà first.

    >>> [match_rank("hoà", name) for name in ("Trần Thị Hòa", "Lê Hoa", "Khoa")]
    [0, 1, None]
    """
    if not _starts_in(fold(query).split(), fold(text).split()):
        return None
    typed, written = (with_tone_in_place(clean_text(each).lower()) for each in (query, text))
    return 0 if _starts_in(typed.split(), written.split()) else 1


def _starts_in(wanted: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in wanted)
