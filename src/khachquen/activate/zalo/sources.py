"""What a parameter of a Zalo template may be taken from, and how it is said there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from khachquen.activate.channels.zalo import Parameter
from khachquen.activate.content.shelving import person_fields
from khachquen.base import Money, Text
from khachquen.understand.query.fields import FieldKind

__all__ = ["ORDER", "Source", "list_sources", "say"]

ORDER = "order."
_SAID: frozenset[FieldKind] = frozenset(
    {"text", "choice", "code", "number", "money", "date", "time"}
)
_COUNTED = frozenset({"NUMBER", "CURRENCY"})
_DATED = frozenset({"DATE", "TIME", "DATETIME"})


@dataclass(frozen=True, slots=True)
class Source:
    """A fact of people, or of their latest order; ``choices`` are words for values."""

    label: Text
    kind: FieldKind = "text"
    choices: Mapping[str, str] | None = None


_OTHERS = {
    "given_name": Source(Text(vi="Tên gọi", en="Given name")),
    "greeting": Source(Text(vi="Cách xưng hô (anh, chị)", en="How they are addressed")),
    f"{ORDER}number": Source(Text(vi="Mã đơn gần nhất", en="Number of the latest order")),
    f"{ORDER}total": Source(
        Text(vi="Tổng tiền đơn gần nhất", en="Total of the latest order"), "money"
    ),
    f"{ORDER}units": Source(
        Text(vi="Số món của đơn gần nhất", en="Units of the latest order"), "number"
    ),
    f"{ORDER}placed_at": Source(
        Text(vi="Ngày đặt đơn gần nhất", en="Day of the latest order"), "time"
    ),
}


def list_sources() -> dict[str, Source]:
    """Every fact and trait that may be said to a customer, by name. What is sealed, sensitive or
    not classified is none of them: a message leaves the house."""
    found = {
        key: Source(
            one.label,
            one.kind,
            {str(each.value): each.label.vi for each in one.choices} or None,
        )
        for key, one in person_fields().items()
        if one.kind in _SAID
    }
    return {**found, **_OTHERS}


def say(value: object, source: Source, parameter: Parameter, currency: str) -> str:
    """A value as text for one place: bare figures and ISO times where Zalo writes them itself,
    else as a Vietnamese reader wants them; empty for what cannot be said.

    >>> money, day = Source(Text(vi="", en=""), "money"), Source(Text(vi="", en=""), "time")
    >>> say(1250000, money, Parameter("tien", "CURRENCY"), "VND")
    '1250000'
    >>> say(1250000, money, Parameter("tien"), "VND").replace("\\xa0", " ")
    '1.250.000 ₫'
    >>> say("2026-11-22T09:30:00+07:00", day, Parameter("ngay"), "VND")
    '22/11/2026'
    >>> say(["gốm"], money, Parameter("tien"), "VND")
    ''
    """
    if value is None or isinstance(value, bool | list | dict):
        return ""
    if source.kind == "money" and isinstance(value, int):
        amount = Money(value, currency)
        return str(int(amount.to_major())) if _is(parameter, _COUNTED) else amount.format()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if source.kind in ("date", "time") and not _is(parameter, _DATED):
        return _day(str(value))
    return (source.choices or {}).get(str(value), str(value))


def _is(parameter: Parameter, kinds: frozenset[str]) -> bool:
    return parameter.kind.upper() in kinds


def _day(text: str) -> str:
    try:
        return datetime.fromisoformat(text).strftime("%d/%m/%Y")
    except ValueError:
        return text
