"""Phone numbers: one person's number has one form, and what is not surely one has none.

The fast way is a regular expression for clean Vietnamese mobiles; everything else is first mended
by our own rules (the 2018 change of prefixes, zeros that Excel ate) and then judged by
``phonenumbers``, which knows neither.
"""

import re
import unicodedata
from datetime import date
from functools import lru_cache

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
# Up to 2017-06-17 a landline of Hồ Chí Minh City was 08 and eight digits, of Hà Nội 04.
_OLD_AREA = {"8": "28", "4": "24"}
_OLD_AREA_ENDED = date(2017, 6, 17)

_KINDS = phonenumbers.PhoneNumberType
_OF_PEOPLE = (
    _KINDS.MOBILE,
    _KINDS.FIXED_LINE,
    _KINDS.FIXED_LINE_OR_MOBILE,
    _KINDS.PERSONAL_NUMBER,
)
_JUNK = frozenset({"123456789", "1234567890"})
_SAME_DIGIT = re.compile(r"\d(\d)\1{7}|\d{2}0{7}")
_LABEL = re.compile(
    r"(?:s[đd]t|[đd]t|[đd]i[eệ]n tho[aạ]i|tel|phone|mobile|d[đd]|zalo|hotline)\b[:. ]*", re.I
)
_EXCEL = re.compile(r"(\d+)[.,](\d*)(?:[eE]\+?(\d{1,2}))?")
_LONGEST = 64  # no number is longer, however it is written; what is longer is not remembered
_ALLOWED = re.compile(r"[\d\s.\-_()+']+", re.ASCII)
_LONE_OLD_AREA = re.compile(
    r"(?:\(?0|(?:\+|00)?84[\s.\-]*\(?0?\)?[\s.\-]*)[48](?:\)[\s.\-]*|[\s.\-]+)(?=\d)"
)
_BETWEEN = re.compile(r"\s*(?:[/;,|&\n]|\bhoặc\b|\bor\b|\s-\s)\s*")


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
    return _mend(raw, written_on is not None and written_on < _OLD_AREA_ENDED)


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


@lru_cache(maxsize=16_384)
def _mend(raw: str, is_old: bool) -> str | None:
    text = _plain(raw)
    if not text or not _ALLOWED.fullmatch(text):
        return None
    lone_area = _LONE_OLD_AREA.match(text)
    digits = re.sub(r"\D", "", text)
    if text.startswith("+") and not digits.startswith("84"):
        return _judge("+" + digits)
    if digits.startswith("00") and not digits.startswith("0084"):
        return _judge("+" + digits[2:])
    national = _without_country(digits)
    if national in _JUNK or _SAME_DIGIT.fullmatch(national):
        return None
    if len(national) == 9 and national[0] in _OLD_AREA and is_old:
        return _judge("+84" + _OLD_AREA[national[0]] + national[1:])
    if lone_area and len(national) == 9:
        return None
    if len(national) == 10 and national[:3] in _PREFIX_2018:
        national = _PREFIX_2018[national[:3]] + national[3:]
    return _judge("+84" + national)


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


def _judge(number: str) -> str | None:
    national = number[3:] if number.startswith("+84") else ""
    if national and _MOBILE_DIGITS.fullmatch(national):
        return None if _SAME_DIGIT.fullmatch(national) else number
    if national and national[0] != "2":
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    kinds = phonenumbers.PhoneNumberType
    of_people = (kinds.MOBILE, kinds.FIXED_LINE, kinds.FIXED_LINE_OR_MOBILE, kinds.PERSONAL_NUMBER)
    if (
        not phonenumbers.is_valid_number(parsed)
        or phonenumbers.number_type(parsed) not in of_people
    ):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
