"""What can be asked about: one thing with a name, a type and where its values stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from khachquen.base import Text
from khachquen.unify.traits.definition import Choice, Pii, Sensitivity

FieldKind = Literal[
    "text", "choice", "code", "id", "number", "money", "yes_no", "date", "time", "list", "any"
]
MovedBy = Literal["trait", "events", "orders", "consent"]
Source = Literal["trait", "profile", "orders", "computed", "habit", "consent", "event", "order"]

FIELD_KINDS: Mapping[str, Text] = {
    "text": Text(vi="chữ", en="text"),
    "choice": Text(vi="một trong vài giá trị", en="one of several values"),
    "code": Text(vi="mã", en="code"),
    "id": Text(vi="số hiệu", en="id"),
    "number": Text(vi="số", en="number"),
    "money": Text(vi="số tiền", en="amount of money"),
    "yes_no": Text(vi="có hoặc không", en="yes or no"),
    "date": Text(vi="ngày", en="day"),
    "time": Text(vi="thời điểm", en="instant"),
    "list": Text(vi="danh sách", en="list"),
    "any": Text(vi="tùy giá trị", en="as the value is"),
}
SOURCES: Mapping[str, Text] = {
    "trait": Text(vi="thông tin khách", en="what is known of the person"),
    "profile": Text(vi="hồ sơ", en="the profile"),
    "orders": Text(vi="đơn hàng của khách", en="the person's orders"),
    "computed": Text(vi="phân loại có sẵn", en="ready classifications"),
    "habit": Text(vi="thói quen mua hàng", en="buying habits"),
    "consent": Text(vi="sự đồng ý", en="consent"),
    "event": Text(vi="sự kiện", en="the event"),
    "order": Text(vi="đơn hàng", en="the order"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a question can be about.

    ``column`` is where its values stand in its table; for a property of an event that has no column
    of its own it is empty, and ``key`` is looked up in the event's JSON. ``moved_by`` says what has
    to happen for the value to change.
    """

    key: str
    label: Text
    kind: FieldKind
    source: Source
    column: str = ""
    unit: Text | None = None
    choices: tuple[Choice, ...] = ()
    pii: Pii = "none"
    sensitivity: Sensitivity = "basic"
    is_hidden: bool = False
    moved_by: MovedBy = "trait"


@dataclass(frozen=True, slots=True)
class EventKind:
    """One thing people do; ``type`` and ``name`` are those of the events that tell of it."""

    key: str
    label: Text
    type: str
    name: str | None = None
    properties: Mapping[str, Field] = field(default_factory=dict)
