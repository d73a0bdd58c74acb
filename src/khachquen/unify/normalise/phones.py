"""Phone numbers: one person's number has one form, and what is not surely one has none.

The fast way is a regular expression for clean Vietnamese mobiles; everything else is first mended
by our own rules (the 2018 change of prefixes, zeros that Excel ate) and then judged by
``phonenumbers``, which knows neither.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

import phonenumbers

# The nine digits after 0 or +84 of a mobile, by the carriers' prefixes of today. phonenumbers 9.0
# does not know all of MobiFone's 089 and Gmobile's 099 yet, so it is not asked about these.
_MOBILE = r"(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}"
_CLEAN_MOBILE = re.compile(rf"(?:\+84|0)({_MOBILE})", re.ASCII)
_MOBILE_DIGITS = re.compile(_MOBILE, re.ASCII)

# September 2018: eleven digits became ten (without the leading zero: ten became nine).
_OLD = "162 163 164 165 166 167 168 169 120 121 122 126 128 123 124 125 127 129 186 188 199"
_NEW = "32 33 34 35 36 37 38 39 70 79 77 76 78 83 84 85 81 82 56 58 59"
_PREFIX_2018 = dict(zip(_OLD.split(), _NEW.split(), strict=True))
# Up to 2017-06-17 a landline of Hồ Chí Minh City was 08 and eight digits, of Hà Nội 04. In the last
# of these years 086, 088 and 089 were given to mobiles as well.
_OLD_AREA = {"8": "28", "4": "24"}
_OLD_AREA_ENDED = date(2017, 6, 17)
_FIRST_08_MOBILES = date(2016, 1, 1)
_EARLY_08 = ("86", "88", "89")
_NOW, _OVERLAP, _BEFORE = 0, 1, 2

# Whose prefix it was: numbers may be taken along to another carrier since 2018, so a hint only.
_CARRIERS = {
    "Viettel": "32 33 34 35 36 37 38 39 86 96 97 98",
    "MobiFone": "70 76 77 78 79 89 90 93",
    "VinaPhone": "81 82 83 84 85 88 91 94",
    "Vietnamobile": "52 56 58 92",
    "Gmobile": "59 99",
    "Itel": "87",
    "Wintel": "55",
}
_CARRIER_OF = {prefix: name for name, all_of in _CARRIERS.items() for prefix in all_of.split()}

_JUNK = frozenset({"123456789", "1234567890"})
_SAME_DIGIT = re.compile(r"\d(\d)\1{7}|\d{2}0{7}")
_SERVICE = re.compile(r"1[89]00\d{4,6}|1\d{2}")
_AT_HOME = r"m[aá]y b[aà]n|(?:[đd]t|[đd]i[eệ]n tho[aạ]i) b[aà]n|c[oố] [đd][iị]nh|landline"
_LANDLINE_LABEL = re.compile(_AT_HOME, re.I)
_LABEL = re.compile(
    rf"(?:{_AT_HOME}|s[đd]t|[đd]t|[đd]i[eệ]n tho[aạ]i|tel|phone|mobile|d[đd]|zalo|hotline)\b[:. ]*",
    re.I,
)
_EXCEL = re.compile(r"(\d+)[.,](\d*)(?:[eE]\+?(\d{1,2}))?")
_LONGEST = 64  # no number is longer, however it is written; what is longer is not remembered
_ALLOWED = re.compile(r"[\d\s.\-_()+']+", re.ASCII)
_LONE_OLD_AREA = re.compile(
    r"(?:\(?0|(?:\+|00)?84[\s.\-]*\(?0?\)?[\s.\-]*)[48](?:\)[\s.\-]*|[\s.\-]+)(?=\d)"
)
_BETWEEN = re.compile(r"\s*(?:[/;,|&\n]|\bhoặc\b|\bor\b|\s-\s)\s*")


Kind = Literal["", "mobile", "landline", "service", "foreign"]
Reason = Literal[
    "", "empty", "masked", "made_up", "several", "old_or_new", "service", "rounded", "no_number"
]


@dataclass(frozen=True, slots=True)
class Phone:
    """What was written, and what number it is.

    ``e164`` is None when it is not surely one person's number, and ``reason`` says why: "several"
    numbers in one cell, "old_or_new" (an old landline or a mobile of today, see ``could_be``),
    "rounded" by Excel, a "service" (1900), "masked", "made_up", "empty", or "no_number".
    ``carrier`` is the one its prefix was given to.
    """

    raw: str
    e164: str | None
    kind: Kind = ""
    carrier: str = ""
    reason: Reason = ""
    could_be: tuple[str, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        """Whether it is a number, but nobody can say which without its date."""
        return bool(self.could_be)


class _Found(NamedTuple):
    number: str | None
    kind: Kind = ""
    reason: Reason = ""
    could_be: tuple[str, ...] = ()


def normalise_phone(raw: str, *, written_on: date | None = None) -> str | None:
    """The number in E.164 form, or None when it is not surely one person's number.

    None for service numbers (1900, 1800), for masked and made-up numbers (0900000000, 0123456789),
    for two numbers in one cell, and for ``08 3812 3456``, which is an old landline or a new
    mobile: only ``written_on``, when the text is known to be older than June 2017, decides it.

    >>> normalise_phone("0168.812.3456"), normalise_phone("+84 (0) 912 345 678")
    ('+84388123456', '+84912345678')
    >>> normalise_phone("08 3812 3456")
    >>> normalise_phone("08 3812 3456", written_on=date(2015, 1, 1))
    '+842838123456'
    """
    clean = _CLEAN_MOBILE.fullmatch(raw)
    if clean and written_on is None:
        digits = clean[1]
        return None if _SAME_DIGIT.fullmatch(digits) else "+84" + digits
    if len(raw) > _LONGEST:
        return None
    return _mend(raw, _era(written_on)).number


def read_phone(raw: str, *, written_on: date | None = None) -> Phone:
    """The number with everything its text tells, and with the reason when it is none.

    The same rules as ``normalise_phone``, which is the short answer. Sources: the ministry's
    tables of 2017 (areas) and 2018 (mobiles), ``phonenumbers`` for landlines and abroad.

    >>> read_phone("0168 812 3456")  # doctest: +NORMALIZE_WHITESPACE
    Phone(raw='0168 812 3456', e164='+84388123456', kind='mobile', carrier='Viettel', reason='',
          could_be=())
    >>> read_phone("08 3812 3456").could_be, read_phone("1900 6035").kind
    (('+842838123456', '+84838123456'), 'service')
    """
    if len(raw) > _LONGEST:
        return Phone(raw, None, reason="no_number")
    number, kind, reason, could_be = _mend(raw, _era(written_on))
    carrier = _CARRIER_OF.get(number[3:5], "") if number and kind == "mobile" else ""
    return Phone(raw, number, kind, carrier, reason, could_be)


def split_phones(raw: str) -> tuple[str, ...]:
    """Every sure number in a cell that may hold several, in order, each once.

    >>> split_phones("0912345678 / 0987.654.321")
    ('+84912345678', '+84987654321')
    """
    if len(raw) > 4 * _LONGEST:
        return ()
    found = (normalise_phone(part) for part in (raw, *_BETWEEN.split(raw)))
    return tuple(dict.fromkeys(number for number in found if number))


def format_phone(e164: str) -> str:
    """The number as people here write it; a foreign one as its own country groups it.

    >>> format_phone("+84912345678"), format_phone("+842838123456"), format_phone("+14155552671")
    ('0912 345 678', '028 3812 3456', '+1 415-555-2671')
    """
    if e164.startswith("+84") and _MOBILE_DIGITS.fullmatch(e164[3:]):
        return f"0{e164[3:6]} {e164[6:9]} {e164[9:]}"
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    style = phonenumbers.PhoneNumberFormat
    domestic = number.country_code == 84
    return phonenumbers.format_number(number, style.NATIONAL if domestic else style.INTERNATIONAL)


def _era(written_on: date | None) -> int:
    if written_on is None or written_on >= _OLD_AREA_ENDED:
        return _NOW
    return _OVERLAP if written_on >= _FIRST_08_MOBILES else _BEFORE


@lru_cache(maxsize=16_384)
def _mend(raw: str, era: int) -> _Found:
    text = _plain(raw)
    if not text or not _ALLOWED.fullmatch(text):
        return _Found(None, reason=_why_not(raw, text))
    digits = re.sub(r"\D", "", text)
    if not digits:
        return _Found(None, reason="empty")
    if text.startswith("+") and not digits.startswith("84"):
        return _judge("+" + digits)
    if digits.startswith("00") and not digits.startswith("0084"):
        return _judge("+" + digits[2:])
    national = _without_country(digits)
    if national in _JUNK or _SAME_DIGIT.fullmatch(national):
        return _Found(None, reason="made_up")
    if _SERVICE.fullmatch(national):
        return _Found(None, "service", "service")
    if len(national) == 9 and national[0] in _OLD_AREA:
        is_apart = _LONE_OLD_AREA.match(text) is not None
        is_landline = _LANDLINE_LABEL.search(unicodedata.normalize("NFKC", raw)) is not None
        return _old_area(national, era, is_apart=is_apart, is_landline=is_landline)
    if len(national) == 10 and national[:3] in _PREFIX_2018:
        national = _PREFIX_2018[national[:3]] + national[3:]
    return _judge("+84" + national)


def _old_area(national: str, era: int, *, is_apart: bool, is_landline: bool) -> _Found:
    """08 or 04 and eight digits: a landline of before 2017, a mobile of today, or either."""
    landline = "+84" + _OLD_AREA[national[0]] + national[1:]
    today = _judge("+84" + national)
    may_be_early = era == _OVERLAP and national.startswith(_EARLY_08) and not is_apart
    if is_landline or (era != _NOW and not may_be_early):
        return _judge(landline)
    if today.number and not is_apart and not may_be_early:
        return today
    could_be = [found for found in (_judge(landline).number, today.number) if found]
    return _Found(None, "", "old_or_new" if could_be else "no_number", tuple(could_be))


def _why_not(raw: str, text: str) -> Reason:
    if not re.search(r"\d", raw):
        return "empty" if not raw.strip() else "no_number"
    if _EXCEL.fullmatch(raw.strip()) and not text:
        return "rounded"
    if "*" in raw or re.search(r"\dx{2,}", raw, re.I):
        return "masked"
    parts = [part for part in _BETWEEN.split(text) if len(re.sub(r"\D", "", part)) >= 8]
    return "several" if len(parts) > 1 else "no_number"


def _plain(raw: str) -> str:
    """Full-width digits, labels, letter O for zero and Excel's floats put right."""
    text = unicodedata.normalize("NFKC", raw).replace("–", "-").replace("\u200b", "").strip()
    text = _LABEL.sub("", text.strip("'\" \ufeff\u200b"), count=1)
    if re.search(r"\d", text):
        text = re.sub(r"(?<![A-Za-z])[oO](?=[\doO. ])|(?<=\d)[oO]", "0", text)
    excel = _EXCEL.fullmatch(text)
    if excel and excel[3]:
        return _from_float(excel[1] + excel[2], int(excel[3]) + len(excel[1]))
    if excel and set(excel[2]) <= {"0"} and len(excel[1]) >= 9:
        return excel[1]
    return text


def _from_float(digits: str, length: int) -> str:
    """``9.12345678E8`` is a number; ``9.12E8`` has lost its digits and is none."""
    if length - 2 <= len(digits) <= length:
        return digits.ljust(length, "0")
    return ""


def _without_country(digits: str) -> str:
    """The national digits without country code or leading zero.

    Nine digits that start with 84 are a mobile (084...) that lost its zero, not a country code.
    """
    if digits.startswith("0084"):
        digits = digits[4:]
    elif digits.startswith("084") and len(digits) >= 12:
        digits = digits[3:]
    elif digits.startswith("84") and len(digits) >= 11:
        digits = digits[2:]
    return digits[1:] if digits.startswith("0") else digits


def _judge(number: str) -> _Found:
    is_ours = number.startswith("+84")
    national = number[3:] if is_ours else ""
    if national and _MOBILE_DIGITS.fullmatch(national):
        if _SAME_DIGIT.fullmatch(national):
            return _Found(None, reason="made_up")
        return _Found(number, "mobile")
    if national and national[0] != "2":
        return _Found(None, reason="no_number")
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return _Found(None, reason="no_number")
    kind = phonenumbers.number_type(parsed)
    if not phonenumbers.is_valid_number(parsed) or kind not in _of_people():
        return _Found(None, reason="no_number")
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return _Found(e164, "landline" if parsed.country_code == 84 else "foreign")


def _of_people() -> tuple[int, ...]:
    kinds = phonenumbers.PhoneNumberType
    return (kinds.MOBILE, kinds.FIXED_LINE, kinds.FIXED_LINE_OR_MOBILE, kinds.PERSONAL_NUMBER)
