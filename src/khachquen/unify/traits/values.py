"""A value read as its trait's type; what cannot be read stays as it came, with the reason.

Nothing here changes what was said: the raw word is kept, a reading stands beside it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from khachquen.base import Text
from khachquen.unify.normalise import clean_text, fold, normalise_email, normalise_phone
from khachquen.unify.normalise.reading import read_date, read_money
from khachquen.unify.traits.definition import Definition

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a raw value means. With a ``problem`` the ``value`` is the raw one."""

    value: Any
    problem: Text | None = None


def read_value(definition: Definition, raw: Any, *, on: date) -> Reading:
    """The value in the form of its type, or the raw one and what would be right.

    ``on`` is the day it was said: it settles years of two digits.

    >>> from khachquen.base import Text
    >>> wedding = Definition("ngay_cuoi", Text(vi="Ngày cưới", en="Wedding day"), kind="date")
    >>> read_value(wedding, "24/12/2019", on=date(2026, 11, 20)).value
    '2019-12-24'
    >>> read_value(wedding, "31/02/2019", on=date(2026, 11, 20)).problem.en
    "'31/02/2019' is not a day there is. Write it as 31/12/1990."
    """
    if raw == [] and definition.kind == "list":
        return Reading([])  # somebody says that there are none: that is a word too
    if raw is None or raw in ("", [], {}):
        return Reading(None)
    if isinstance(raw, str) and len(raw) > _LONGEST:
        return Reading(raw, _too_long(len(raw)))
    return _READERS[definition.kind](definition, raw, on)


def _read_text(definition: Definition, raw: Any, on: date) -> Reading:
    if isinstance(raw, dict | list):
        return Reading(raw, _problem(raw, "chữ", "text", "Hoa hồng"))
    return Reading(clean_text(raw) if isinstance(raw, str) else raw)


def _read_number(definition: Definition, raw: Any, on: date) -> Reading:
    number = _number(raw)
    if number is None:
        return Reading(raw, _problem(raw, "số", "a number", "12,5"))
    return Reading(_whole(number))


def _read_money(definition: Definition, raw: Any, on: date) -> Reading:
    told = raw if isinstance(raw, dict) else {"amount": raw}
    amount, currency = told.get("amount"), str(told.get("currency") or "VND")
    if isinstance(amount, int | float) and not isinstance(amount, bool):
        return Reading(amount)
    found = read_money(amount, currency=currency).money if isinstance(amount, str) else None
    if found is None:
        return Reading(raw, _problem(raw, "số tiền", "an amount of money", "1.250.000đ"))
    return Reading(_whole(found.to_major()))


def _read_date(definition: Definition, raw: Any, on: date) -> Reading:
    day = read_date(raw, today=on) if isinstance(raw, str) else None
    if day and day.on:
        return Reading(day.on.isoformat())
    is_none = day is not None and day.reason == "no_such_day"
    words = ("ngày có thật", "a day there is") if is_none else ("ngày", "a day")
    return Reading(raw, _problem(raw, *words, "31/12/1990"))


def _read_choice(definition: Definition, raw: Any, on: date) -> Reading:
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


def _read_yes_no(definition: Definition, raw: Any, on: date) -> Reading:
    said = fold(str(raw)) if isinstance(raw, str | int | float) else ""
    if said in _YES or said in _NO:
        return Reading(said in _YES)
    return Reading(raw, _problem(raw, "có hoặc không", "yes or no", "có"))


def _read_phone(definition: Definition, raw: Any, on: date) -> Reading:
    found = normalise_phone(str(raw)) if isinstance(raw, str | int) else None
    if found:
        return Reading(found)
    return Reading(raw, _problem(raw, "số điện thoại", "a phone number", "0912 345 678"))


def _read_email(definition: Definition, raw: Any, on: date) -> Reading:
    found = normalise_email(raw) if isinstance(raw, str) else None
    if found:
        return Reading(found)
    return Reading(raw, _problem(raw, "địa chỉ email", "an e-mail address", "hoa@example.vn"))


def _read_address(definition: Definition, raw: Any, on: date) -> Reading:
    if isinstance(raw, dict):
        return Reading({key: _clean(value) for key, value in raw.items() if value})
    if isinstance(raw, str):
        return Reading(clean_text(raw))
    return Reading(raw, _problem(raw, "địa chỉ", "an address", "12 Hàng Gai, Hà Nội"))


def _read_list(definition: Definition, raw: Any, on: date) -> Reading:
    if isinstance(raw, str):
        raw = [part for part in re.split(r"[;,\n]", raw) if part.strip()]
    if isinstance(raw, list) and not any(isinstance(part, dict | list) for part in raw):
        return Reading([_clean(part) for part in raw])
    return Reading(raw, _problem(raw, "danh sách", "a list", "cà phê, du lịch"))


def _number(raw: Any) -> Decimal | None:
    """A number as people write it in Vietnam: dots group, a comma begins the decimals."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    text = str(raw).replace(" ", "")
    if isinstance(raw, str) and _GROUPED_VI.fullmatch(text):
        text = text.replace(".", "")
    return Decimal(text.replace(",", ".")) if _PLAIN.fullmatch(text) else None


def _whole(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


_GROUPED_VI = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?", re.ASCII)
_PLAIN = re.compile(r"-?\d{1,18}([.,]\d{1,9})?", re.ASCII)
_YES = frozenset({"true", "1", "co", "yes", "y", "x", "dung", "on"})
_NO = frozenset({"false", "0", "khong", "no", "n", "ko", "sai", "off"})
_READERS: Mapping[str, Callable[[Definition, Any, date], Reading]] = {
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
