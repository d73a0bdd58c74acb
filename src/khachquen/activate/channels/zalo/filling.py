"""A template's parameters filled in for one person: of the right kind, short enough, or said not to
be. Pure."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from khachquen.base import Text
from khachquen.unify.normalise import normalise_phone

_TRACKING = 48


@dataclass(frozen=True, slots=True)
class Phone:
    """A number of Vietnam in E.164; ``zalo`` is how Zalo writes it."""

    address: str

    @property
    def zalo(self) -> str:
        """Without the plus sign."""
        return self.address.removeprefix("+")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One place of a template. ``kind`` is Zalo's word for what may stand there."""

    name: str
    kind: str = "STRING"
    required: bool = True
    longest: int = 200
    shortest: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a parameter cannot be filled."""

    parameter: str
    reason: Literal["missing", "long", "short", "number", "date"]
    length: int = 0

    @property
    def words(self) -> Text:
        """The reason for people; never the value."""
        vi, en = _WORDS[self.reason]
        return Text(vi=f"{self.parameter}: {vi}", en=f"{self.parameter}: {en}")


_WORDS = {
    "missing": ("khách chưa có thông tin này", "nothing is known of this person"),
    "long": ("dài quá mức Zalo cho phép", "longer than Zalo allows"),
    "short": ("ngắn hơn mức Zalo yêu cầu", "shorter than Zalo asks for"),
    "number": ("phải là số", "must be a number"),
    "date": ("phải là ngày", "must be a date"),
}


def read_phone(told: str) -> Phone | None:
    """A number Zalo can find somebody by; None when it is none of Vietnam.

    >>> read_phone("0912 345 678").zalo, read_phone("+12025550143"), read_phone("không có")
    ('84912345678', None, None)
    """
    found = normalise_phone(told)
    return Phone(found) if found and found.startswith("+84") else None


def fill(
    parameters: Sequence[Parameter], values: Mapping[str, str], otherwise: Mapping[str, str]
) -> tuple[dict[str, str], list[Problem]]:
    """What stands in each place, and what cannot be filled. Where a value is missing or does not
    fit, what was given for such people (``otherwise``) stands there instead, when it fits.

    >>> name = Parameter("customer_name", longest=10)
    >>> fill([name], {"customer_name": "Hoa"}, {})
    ({'customer_name': 'Hoa'}, [])
    >>> fill([name], {}, {"customer_name": "quý khách"})
    ({'customer_name': 'quý khách'}, [])
    >>> fill([name], {"customer_name": "Nguyễn Thị Hoàng Anh"}, {})
    ({}, [Problem(parameter='customer_name', reason='long', length=20)])
    """
    filled, problems = {}, []
    for one in parameters:
        value = _value(one, values.get(one.name, ""))
        if isinstance(value, Problem) and (instead := otherwise.get(one.name, "")):
            again = _value(one, instead)
            value = value if isinstance(again, Problem) else again
        if isinstance(value, str):
            filled[one.name] = value
        elif one.required or value.reason != "missing":
            problems.append(value)
    return filled, problems


def write_message(template_id: str, to: str, data: Mapping[str, str], *, tracking_id: str) -> bytes:
    """The body that is posted. ``tracking_id`` comes back with the event of its delivery."""
    assert len(tracking_id) <= _TRACKING
    told = {
        "phone": Phone(to).zalo,
        "template_id": template_id,
        "template_data": dict(data),
        "tracking_id": tracking_id,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _value(parameter: Parameter, told: str) -> str | Problem:
    """As Zalo counts: composed characters, without the white space around them."""
    text = unicodedata.normalize("NFC", " ".join(told.split()))
    if not text:
        return Problem(parameter.name, "missing")
    read = _READERS.get(parameter.kind.upper(), _as_text)(text)
    if read is None:
        is_date = parameter.kind.upper() in ("DATE", "TIME", "DATETIME")
        return Problem(parameter.name, "date" if is_date else "number", len(text))
    if len(read) > parameter.longest:
        return Problem(parameter.name, "long", len(read))
    if len(read) < parameter.shortest:
        return Problem(parameter.name, "short", len(read))
    return read


def _as_text(text: str) -> str:
    return text


def _as_number(text: str) -> str | None:
    """Whole numbers without dots: Zalo puts them in itself.

    >>> _as_number("1.250.000đ"), _as_number("1 250 000"), _as_number("vài đồng")
    ('1250000', '1250000', None)
    """
    plain = "".join(letter for letter in text if letter not in " .,đ₫")
    return plain if plain.isascii() and plain.isdecimal() else None


def _as_date(text: str) -> str | None:
    """A date or moment as Vietnam writes it; ISO is turned round.

    >>> _as_date("2026-11-22"), _as_date("2026-11-22T09:30:00+07:00"), _as_date("22/11/2026")
    ('22/11/2026', '09:30:00 22/11/2026', '22/11/2026')
    """
    for pattern in ("%d/%m/%Y", "%H:%M %d/%m/%Y", "%H:%M:%S %d/%m/%Y", "%H:%M", "%m/%Y"):
        try:
            datetime.strptime(text, pattern)  # noqa: DTZ007 - only whether it is one
        except ValueError:
            continue
        return text
    try:
        if "T" in text:
            return datetime.fromisoformat(text).strftime("%H:%M:%S %d/%m/%Y")
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    except ValueError:
        return None


_READERS = {
    "NUMBER": _as_number,
    "CURRENCY": _as_number,
    "DATE": _as_date,
    "TIME": _as_date,
    "DATETIME": _as_date,
}
