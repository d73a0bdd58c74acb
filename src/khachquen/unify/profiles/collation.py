"""Vietnamese dictionary order for names, in both databases.

PostgreSQL sorts by its own ``vi-x-icu``. SQLite knows no language, so each connection is given a
function that turns a name into a key whose plain byte order is the Vietnamese one: letters first
(a ă â b c d đ e ê ...), tones only between words that are otherwise the same, case last.
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.models import Expression, F, Func, TextField, Value
from django.db.models.functions import Collate

SQLITE_FUNCTION = "khachquen_name_key"

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: chr(0x41 + place) for place, letter in enumerate(_LETTERS)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def name_key(name: str | None) -> str:
    """The key that sorts a name as a Vietnamese dictionary does.

    >>> sorted(["Ân", "Ăn", "An", "Ánh", "Đào", "Dung", "Ấn"], key=name_key)
    ['An', 'Ánh', 'Ăn', 'Ân', 'Ấn', 'Dung', 'Đào']
    """
    pairs = [_pair(letter) for letter in unicodedata.normalize("NFC", name or "").lower()]
    letters = "".join([letter for letter, _ in pairs])
    tones = "".join([tone for _, tone in pairs])
    return f"{letters}\x01{tones}\x01{name or ''}"


@lru_cache(maxsize=4096)
def _pair(letter: str) -> tuple[str, str]:
    """The rank of a letter without its tone, and the rank of the tone."""
    marks = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in marks if mark in _TONES), "")
    bare = unicodedata.normalize("NFC", marks.replace(tone, "")) if tone else letter
    return _RANK.get(bare, bare if bare < "A" else f"z{bare}"), _TONES.get(tone, "0")


def teach_sqlite(connection: Any, **_: object) -> None:
    """Give a new SQLite connection the function; other databases sort by themselves."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(SQLITE_FUNCTION, 1, name_key, deterministic=True)


def in_vietnamese_order(vendor: str) -> Callable[[F | Value], Expression]:
    """What to wrap a name in so that this database compares it in Vietnamese order."""
    if vendor == "sqlite":
        return lambda name: Func(name, function=SQLITE_FUNCTION, output_field=TextField())
    return lambda name: Collate(name, "vi-x-icu")
