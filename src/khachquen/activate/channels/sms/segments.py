"""How many parts a text is sent in, which is what it costs (3GPP TS 23.038 and 23.040). Pure.

Plain letters are seven bits each: 160 in one message, 153 in each part of a longer one. One letter
that is not of that alphabet makes all of them sixteen bits: 70, and 67. So a Vietnamese text costs
more than twice what it costs without its marks.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")  # each after an escape, so it counts twice
_ROOM = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True, slots=True)
class Size:
    """``units`` of the alphabet it takes, and in how many ``parts`` it is sent and paid."""

    alphabet: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def measure(text: str) -> Size:
    """What a text takes. A letter of two units is not torn apart between two messages.

    >>> measure("[QC] Gom moi ve"), measure("[QC] Gốm mới về")
    (Size(alphabet='GSM-7', units=17, parts=1), Size(alphabet='UCS-2', units=15, parts=1))
    >>> [measure("a" * n).parts for n in (0, 160, 161, 306, 307)]
    [0, 1, 2, 2, 3]
    >>> [measure("ố" * n).parts for n in (70, 71, 134, 135)]
    [1, 2, 2, 3]
    >>> measure("a" * 152 + "€" + "a" * 152)  # 306 units, but the sign does not fit the first part
    Size(alphabet='GSM-7', units=306, parts=3)
    """
    text = unicodedata.normalize("NFC", text)
    if all(one in _BASIC or one in _EXTENSION for one in text):
        widths = [2 if one in _EXTENSION else 1 for one in text]
        return _size("GSM-7", widths)
    return _size("UCS-2", [2 if ord(one) > 0xFFFF else 1 for one in text])


def unaccented(text: str) -> str:
    """The same without Vietnamese marks, capitals kept.

    >>> unaccented("[QC] Gốm Đất nung về, giảm 20% đến 30/11")
    '[QC] Gom Dat nung ve, giam 20% den 30/11'
    """
    plain = unicodedata.normalize("NFD", text.translate(str.maketrans("đĐ", "dD")))
    return "".join(one for one in plain if unicodedata.category(one) != "Mn")


def offer(text: str) -> tuple[Size, str, Size]:
    """What it takes as it is; the text without marks, and what that takes.

    >>> as_it_is, plain, without = offer("[QC] Gốm mới về. Từ chối: soạn TC gửi 1551. " * 2)
    >>> as_it_is.parts, without.parts
    (2, 1)
    """
    plain = unaccented(text)
    return measure(text), plain, measure(plain)


def _size(alphabet: Literal["GSM-7", "UCS-2"], widths: Sequence[int]) -> Size:
    alone, each = _ROOM[alphabet]
    units = sum(widths)
    if units <= alone:
        return Size(alphabet, units, min(units, 1))
    parts, left = 1, each
    for width in widths:
        if width > left:
            parts, left = parts + 1, each
        left -= width
    return Size(alphabet, units, parts)
