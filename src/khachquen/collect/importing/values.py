"""What a cell means: numbers as Vietnamese and English people write them, ids, plain text."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from unicodedata import normalize

NumberStyle = Literal["plain", "dot", "comma", "vi"]
"""How a number is written: by a machine; decimal point; decimal comma; or as ``1.250`` in đồng."""

_LIMIT = Decimal(10) ** 15
_MACHINE = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,2})?")
_CURRENCY = re.compile(r"(?i)vn[dđ]|usd|gbp|eur|đồng|dong|[₫đ$£€¥]")
_WORDED = re.compile(r"([\d.,]+)(k|nghìn|ngàn|tr|triệu|tỷ|tỉ)(\d{1,3})?", re.IGNORECASE)
_WORDS = {"k": 3, "nghìn": 3, "ngàn": 3, "tr": 6, "triệu": 6, "tỷ": 9, "tỉ": 9}
_WHOLE_FLOAT = re.compile(r"(\d+)\.0*")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{1,2}")
_INVISIBLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_NOBODY = frozenset({"", "nan", "null", "none", "n/a", "#n/a", "0", "-", "khachle", "khach le"})
_WALK_IN = frozenset(
    {
        "khach le",
        "khach vang lai",
        "khach mua le",
        "walk-in",
        "walk in",
        "walk-in customer",
        "guest",
    }
)


@lru_cache(maxsize=65_536)
def clean_cell(text: str) -> str:
    """The cell in NFC, without invisible characters, on one line, trimmed.

    >>> clean_cell(" Hoa\\u0300\\u200b \\n Nguyễn\\xa0")
    'Hoà Nguyễn'
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    return " ".join(_INVISIBLE.sub("", normalize("NFC", text)).split())


def fold(text: str) -> str:
    """Lower case without diacritics, for comparing words people typed.

    >>> fold("Đơn giá")
    'don gia'
    """
    bare = normalize("NFD", normalize("NFKC", text).replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in bare if not "\u0300" <= c <= "\u036f").lower().strip()


@lru_cache(maxsize=65_536)
def parse_id(text: str) -> str:
    """An id as text; what a spreadsheet made of a whole number is undone; nobody is empty.

    >>> parse_id("17850.0"), parse_id("9.1234E4"), parse_id("KH001"), parse_id("NaN")
    ('17850', '91234', 'KH001', '')
    """
    text = clean_cell(text)
    if whole := _WHOLE_FLOAT.fullmatch(text):
        text = whole[1]
    elif _SCIENTIFIC.fullmatch(text):
        text = f"{Decimal(text):f}".partition(".")[0]
    return "" if fold(text) in _NOBODY else text


def is_walk_in(name: str) -> bool:
    """Whether the name stands for a buyer nobody asked the name of.

    >>> is_walk_in("Khách lẻ"), is_walk_in("Lê Khách")
    (True, False)
    """
    return fold(name) in _WALK_IN


@lru_cache(maxsize=65_536)
def parse_number(text: str, style: NumberStyle = "vi") -> Decimal | None:
    """The exact number, or None when it is not surely one.

    In style ``vi`` one mark before exactly three digits groups thousands, since đồng have no
    decimals: ``1.250`` is 1250. Style ``dot`` reads the same cell as 1.25.

    >>> [str(parse_number(t)) for t in ("1.250.000đ", "1,250,000 VND", "1250k", "1tr250", "1.250")]
    ['1250000', '1250000', '1250000', '1250000', '1250']
    >>> parse_number("1.234.567,89"), parse_number("(2,50)"), parse_number("2 tỷ")
    (Decimal('1234567.89'), Decimal('-2.50'), Decimal('2000000000'))
    >>> parse_number("1.250", "dot"), parse_number("1.2.3"), parse_number("abc")
    (Decimal('1.250'), None, None)
    """
    bare = _CURRENCY.sub("", clean_cell(text)).replace(" ", "").replace("\u2212", "-")
    if style == "plain" or "e" in bare.lower():
        return _limited(Decimal(bare)) if _MACHINE.fullmatch(bare) else None
    negative = bare.startswith(("-", "(")) or bare.endswith("-")
    bare = bare.strip("+-()")
    amount = _parse_worded(bare) or _parse_marked(bare, style)
    if amount is None:
        return None
    return _limited(-amount if negative else amount)


def _limited(number: Decimal) -> Decimal | None:
    return number if abs(number) < _LIMIT else None


def _parse_worded(text: str) -> Decimal | None:
    found = _WORDED.fullmatch(text)
    if not found:
        return None
    exponent = _WORDS[found[2].lower()]
    # before a word one mark is a decimal one: 1,25tr is 1,250,000, and 1.250k is 1,250,000 too
    whole = _parse_marked(found[1], "vi" if exponent == 3 else "either")
    if whole is None:
        return None
    rest = Decimal(f"0.{found[3]}") if found[3] else Decimal(0)
    return (whole + rest).scaleb(exponent).normalize() + 0


def _parse_marked(text: str, style: str) -> Decimal | None:
    """Digits with dots and commas between them; which of the two is the decimal mark is decided."""
    if not text.strip(".,").replace(".", "").replace(",", "").isdecimal() or not text.isascii():
        return None
    mark = _decimal_mark(text, style)
    group = "," if mark == "." else "."
    whole, _, decimals = text.partition(mark) if mark else (text, "", "")
    if mark == "":
        group = "." if "." in whole else ","
    parts = whole.split(group)
    grouped = len(parts) == 1 or (1 <= len(parts[0]) <= 3 and all(len(p) == 3 for p in parts[1:]))
    if not grouped or not (decimals or "0").isdecimal():
        return None
    return Decimal(f"{''.join(parts) or '0'}.{decimals or '0'}" if decimals else "".join(parts))


def _decimal_mark(text: str, style: str) -> str:
    dots, commas = text.count("."), text.count(",")
    if style == "dot" or style == "comma":
        return "." if style == "dot" else ","
    if dots and commas:
        return "." if text.rindex(".") > text.rindex(",") else ","
    if dots + commas != 1:
        return ""  # none, or many of one kind: they group
    mark = "." if dots else ","
    whole, _, decimals = text.partition(mark)
    thousands = style == "vi" and len(decimals) == 3 and whole.strip("0") and len(whole) <= 3
    return "" if thousands else mark
