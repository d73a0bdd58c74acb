"""A value read as its trait's type; what cannot be read stays as it came, with the reason.

Nothing here changes what was said: the raw word is kept, a reading stands beside it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from khachquen.base import Text
from khachquen.unify.normalise import clean_text, fold, normalise_email, normalise_phone
from khachquen.unify.traits.definition import Definition

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a raw value means. With a ``problem`` the ``value`` is the raw one."""

    value: Any
    problem: Text | None = None


def read_value(definition: Definition, raw: Any) -> Reading:
    """The value in the form of its type, or the raw one and what would be right.

    >>> from khachquen.base import Text
    >>> wedding = Definition("ngay_cuoi", Text(vi="Ngày cưới", en="Wedding day"), kind="date")
    >>> read_value(wedding, "24/12/2019").value
    '2019-12-24'
    >>> read_value(wedding, "24/13/2019").problem.en
    "'24/13/2019' is not a day there is. Write it as 31/12/1990."
    """
    if raw is None or raw in ("", [], {}):
        return Reading(None)
    if isinstance(raw, str) and len(raw) > _LONGEST:
        return Reading(raw, _too_long(len(raw)))
    return _READERS[definition.kind](definition, raw)


def _read_text(definition: Definition, raw: Any) -> Reading:
    if isinstance(raw, dict | list):
        return Reading(raw, _problem(raw, "chữ", "text", "Hoa hồng"))
    return Reading(clean_text(raw) if isinstance(raw, str) else raw)


def _read_number(definition: Definition, raw: Any) -> Reading:
    number = parse_amount(raw)
    if number is None:
        return Reading(raw, _problem(raw, "số", "a number", "12,5"))
    return Reading(int(number) if number == number.to_integral_value() else float(number))


def _read_money(definition: Definition, raw: Any) -> Reading:
    amount = raw.get("amount") if isinstance(raw, dict) else raw
    number = parse_amount(amount)
    if number is None:
        return Reading(raw, _problem(raw, "số tiền", "an amount of money", "1.250.000đ"))
    return Reading(int(number) if number == number.to_integral_value() else float(number))


def _read_date(definition: Definition, raw: Any) -> Reading:
    text = clean_text(raw) if isinstance(raw, str) else ""
    found = _ISO.match(text)
    parts = found.groups() if found else ()
    if not parts and (found := _DAY_FIRST.match(text)):
        parts = found.groups()[::-1]
    try:
        year, month, day = (int(part) for part in parts)
        return Reading(date(year, month, day).isoformat())
    except ValueError:
        words = ("ngày có thật", "a day there is") if parts else ("ngày", "a day")
        return Reading(raw, _problem(raw, *words, "31/12/1990"))


def _read_choice(definition: Definition, raw: Any) -> Reading:
    wanted = fold(str(raw))
    for choice in definition.choices:
        spellings = (choice.value, choice.label.vi, choice.label.en, *choice.spellings)
        if raw == choice.value or wanted in map(fold, spellings):
            return Reading(choice.value)
    labels = Text(
        vi=", ".join(choice.label.vi for choice in definition.choices),
        en=", ".join(choice.label.en for choice in definition.choices),
    )
    return Reading(
        raw,
        Text(
            vi=f"{_shown(raw)} không có trong danh sách. Chọn: {labels.vi}.",
            en=f"{_shown(raw)} is not one of the values. Choose: {labels.en}.",
        ),
    )


def _read_yes_no(definition: Definition, raw: Any) -> Reading:
    said = fold(str(raw)) if isinstance(raw, str | int | float) else ""
    if said in _YES or said in _NO:
        return Reading(said in _YES)
    return Reading(raw, _problem(raw, "có hoặc không", "yes or no", "có"))


def _read_phone(definition: Definition, raw: Any) -> Reading:
    found = normalise_phone(str(raw)) if isinstance(raw, str | int) else None
    if found:
        return Reading(found)
    return Reading(raw, _problem(raw, "số điện thoại", "a phone number", "0912 345 678"))


def _read_email(definition: Definition, raw: Any) -> Reading:
    found = normalise_email(raw) if isinstance(raw, str) else None
    if found:
        return Reading(found)
    return Reading(raw, _problem(raw, "địa chỉ email", "an e-mail address", "hoa@example.vn"))


def _read_address(definition: Definition, raw: Any) -> Reading:
    if isinstance(raw, dict):
        return Reading({key: _clean(value) for key, value in raw.items() if value})
    if isinstance(raw, str):
        return Reading(clean_text(raw))
    return Reading(raw, _problem(raw, "địa chỉ", "an address", "12 Hàng Gai, Hà Nội"))


def _read_list(definition: Definition, raw: Any) -> Reading:
    if isinstance(raw, str):
        raw = [part for part in re.split(r"[;,\n]", raw) if part.strip()]
    if isinstance(raw, list) and not any(isinstance(part, dict | list) for part in raw):
        return Reading([_clean(part) for part in raw])
    return Reading(raw, _problem(raw, "danh sách", "a list", "cà phê, du lịch"))


def parse_amount(raw: Any) -> Decimal | None:
    """A number as people write it in Vietnam: dots group, a comma begins the decimals, 5tr is 5 M.

    >>> [float(parse_amount(text)) for text in ("1.250.000đ", "1tr250", "1,25tr", "250k", "12,5")]
    [1250000.0, 1250000.0, 1250000.0, 250000.0, 12.5]
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    if not isinstance(raw, str):
        return Decimal(str(raw)) if abs(raw) < 1e18 else None
    text = _CURRENCY.sub("", fold(raw)).replace(" ", "")
    found = _WITH_UNIT.fullmatch(text)
    if not found:
        return _digits(text)
    whole, unit, rest = found.groups()
    number = _digits(whole)
    if number is None or (rest and "." in str(number)):
        return None
    return (number + (Decimal(f"0.{rest}") if rest else 0)) * _UNITS[unit]


def _digits(text: str) -> Decimal | None:
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    if _GROUPED_VI.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif _GROUPED_EN.fullmatch(text):
        text = text.replace(",", "")
    else:
        text = text.replace(",", ".")
    try:
        return Decimal(sign + text) if _PLAIN.fullmatch(text) else None
    except InvalidOperation:  # pragma: no cover - the pattern lets only numbers through
        return None


_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:$|[T ])")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_GROUPED_VI = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?")
_GROUPED_EN = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"\d{1,18}(\.\d{1,9})?")
_CURRENCY = re.compile(r"(?<![a-z])(vnd|dong|d)$|(?<=[\d. ])(vnd|dong|d)$|₫$")
_WITH_UNIT = re.compile(r"([\d.,]+)(k|nghin|ngan|tr|trieu|ty)(\d{0,3})")
_UNITS = {
    "k": 1000,
    "nghin": 1000,
    "ngan": 1000,
    "tr": 1_000_000,
    "trieu": 1_000_000,
    "ty": 1_000_000_000,
}
_YES = frozenset({"true", "1", "co", "yes", "y", "x", "dung", "on"})
_NO = frozenset({"false", "0", "khong", "no", "n", "ko", "sai", "off"})
_READERS: Mapping[str, Callable[[Definition, Any], Reading]] = {
    "text": _read_text,
    "number": _read_number,
    "money": _read_money,
    "date": _read_date,
    "choice": _read_choice,
    "yes_no": _read_yes_no,
    "phone": _read_phone,
    "email": _read_email,
    "address": _read_address,
    "list": _read_list,
}


def _clean(value: Any) -> Any:
    return clean_text(value) if isinstance(value, str) else value


def _shown(raw: Any) -> str:
    return repr(str(raw)[:60])


def _problem(raw: Any, vi: str, en: str, example: str) -> Text:
    return Text(
        vi=f"{_shown(raw)} không phải là {vi}. Viết như {example}.",
        en=f"{_shown(raw)} is not {en}. Write it as {example}.",
    )


def _too_long(length: int) -> Text:
    return Text(
        vi=f"Dài {length} ký tự; tối đa là {_LONGEST}.",
        en=f"It has {length} characters; at most {_LONGEST} are kept.",
    )
