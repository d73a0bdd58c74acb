"""The collection plan: which source should give which field, and what of it really arrives.

What arrives is counted by the measurement: of the people a source spoke of in the last 30 days, how
many it gave the field of; of its events, how many carry it. What should arrive people declare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from khachquen.base import InputError, Text
from khachquen.govern import record_audit
from khachquen.unify.quality.models import Expected
from khachquen.unify.quality.reading import Snapshot
from khachquen.unify.quality.scoring import Counted
from khachquen.unify.quality.steps import EVENT_FIELDS, GIVEN, PERSON_FIELDS

__all__ = [
    "FIELDS",
    "Field",
    "Line",
    "list_plan",
    "save_plan",
]

State = Literal["fine", "gap", "silent", "extra", ""]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a source can give; ``of`` says what its share is a share of."""

    key: str
    name: Text
    of: Literal["people", "events", "orders"]


_NAMES = {
    "name": Text("Họ tên", "Name"),
    "phone": Text("Số điện thoại", "Phone"),
    "email": Text("Email", "E-mail"),
    "birthday": Text("Ngày sinh", "Birthday"),
    "gender": Text("Giới tính", "Gender"),
    "address": Text("Địa chỉ", "Address"),
    "user_id": Text("Mã khách", "User id"),
    "page_url": Text("Trang đang xem", "Page"),
    "utm_campaign": Text("Chiến dịch dẫn đến", "Campaign"),
    "lines": Text("Món trong đơn", "Items of the order"),
    "total": Text("Tổng tiền đơn", "Order total"),
}
FIELDS: tuple[Field, ...] = (
    *(Field(key, _NAMES[key], "people") for key in PERSON_FIELDS),
    *(Field(key, _NAMES[key], of) for key, of in EVENT_FIELDS.items()),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One field of one source: the share it should come with, and the one it comes with."""

    field: Field
    least_percent: int | None
    counted: Counted

    @property
    def state(self) -> State:
        """fine, a gap, silent (promised and nothing heard), extra (came unasked), or nothing."""
        given = self.counted.checked - self.counted.failed
        if self.least_percent is None:
            return "extra" if given else ""
        if not self.counted.checked:
            return "silent"
        return "fine" if given * 100 >= self.least_percent * self.counted.checked else "gap"


def list_plan(source_id: int, snapshot: Snapshot | None) -> tuple[Line, ...]:
    """Every field of a source, as planned and as measured."""
    wanted = Expected.objects.filter(source_id=source_id)
    least = dict(wanted.values_list("field", "least_percent"))
    counted = snapshot.of(source_id) if snapshot else {}
    return tuple(
        Line(one, least.get(one.key), counted.get(GIVEN + one.key, Counted())) for one in FIELDS
    )


def save_plan(
    source_id: int, wanted: Mapping[str, int | None], *, actor: str, at: datetime
) -> None:
    """Declare what a source should give: field → at least how many per cent; None: not expected.

    Raises:
        InputError: a field nobody knows, or a share that is none (``quality.bad_plan``).
    """
    known = {one.key for one in FIELDS}
    for field, least in wanted.items():
        if field not in known or not (least is None or 1 <= least <= 100):
            raise InputError(
                "quality.bad_plan",
                Text(
                    f"Kế hoạch không hợp lệ ở {field[:40]!r}: {least}.",
                    f"The plan is not valid at {field[:40]!r}: {least}.",
                ),
                path=field[:40],
                hint=Text("Để trống, hoặc từ 1 đến 100.", "Leave it empty, or give 1 to 100."),
            )
    with transaction.atomic():
        Expected.objects.filter(source_id=source_id, field__in=list(wanted)).delete()
        Expected.objects.bulk_create(
            Expected(source_id=source_id, field=field, least_percent=least)
            for field, least in wanted.items()
            if least is not None
        )
        detail = {field: least for field, least in wanted.items() if least is not None}
        record_audit(
            actor=actor, action="quality.plan", subject=f"source:{source_id}", detail=detail, at=at
        )
