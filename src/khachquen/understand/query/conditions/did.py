"""What a person did: how often, how much of what, when for the first or the last time."""

from typing import Any, Literal

import msgspec

from khachquen.base import Text
from khachquen.understand.query import problems
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.comparing import Asked, Turning
from khachquen.understand.query.conditions.where import (
    Where,
    check_events,
    of_events,
    property_of,
)
from khachquen.understand.query.expressions import Call, Column, Expression, opposite
from khachquen.understand.query.fields import Field
from khachquen.understand.query.measures import (
    COUNT,
    INSTANT,
    asked_of,
    check_number,
    judge_number,
    judge_value,
    need_of_instant,
)
from khachquen.understand.query.needs import Needed
from khachquen.understand.query.operators import Operator, check_asked, kind_asked
from khachquen.understand.query.plan import Plan, Scan
from khachquen.understand.query.rewrites import semi_join
from khachquen.understand.query.windowed import Windowed, look, thresholds_of
from khachquen.understand.query.windows import Window

Measure = Literal["count", "sum", "distinct", "first", "last"]
_AT, _EVENT_ID = Column("at"), Column("event_id")


class Did(msgspec.Struct, frozen=True, tag="did", tag_field="kind", forbid_unknown_fields=True):
    """``{"kind": "did", "event": "Product Viewed", "within": {"last": {"n": 30, "unit": "day"}}}``.

    Without more: at least once. ``sum`` and ``distinct`` are of a ``property``; ``first`` and
    ``last`` are the instant of the first or last event, or with a ``property`` what it said then.
    """

    event: str
    where: tuple[Where, ...] = ()
    within: Window | None = None
    measure: Measure = "count"
    property: str | None = None
    is_: Operator = msgspec.field(name="is", default="at_least")
    value: Any = 1

    def check(self, catalogue: Catalogue, path: str) -> None:
        event = catalogue.event(self.event, f"{path}.event")
        check_events(catalogue, event, self.where, path)
        if self.within:
            self.within.check(f"{path}.within")
        _check_property(self.measure, self.property, path)
        of = self._property(catalogue, path)
        if self.measure in ("first", "last"):
            check_asked(of or INSTANT, self.is_, self.value, path, is_inner=of is not None)
        else:
            check_number(COUNT, self.is_, self.value, path)

    def need(self, needed: Needed) -> None:
        needed.events.add(self.event)
        needed.window(self.within)
        if self.measure in ("first", "last") and self.property is None:
            need_of_instant(needed, self.is_)

    def answer(self, plan: Plan, path: str) -> Turning:
        window = look(plan, _AT, self.within)
        event = plan.catalogue.event(self.event)
        rows = [*of_events(plan, event, self.where), *window.where]
        asks = semi_join.asks(plan, self.is_, self.value)
        if self.measure == "count" and asks != "how many":
            among = plan.among("human_events", rows).yes
            return Turning(among if asks == "whether" else opposite(among))
        scan = plan.scan("human_events", rows)
        return self._number(plan, scan, window) or self._first_or_last(plan, scan, window)

    def _number(self, plan: Plan, scan: Scan, window: Windowed) -> Turning | None:
        if self.measure == "count":
            of: Expression = window.count(scan)
            due = window.due_at_counts(scan, thresholds_of(self.is_, self.value))
        elif self.measure == "sum":
            of = Call("or_zero", (window.made(scan, "sum", self._read(plan, "number")),))
            due = window.due(scan)
        elif self.measure == "distinct":
            of = window.made(scan, "count_different", self._read(plan))
            due = window.due(scan)
        else:
            return None
        return judge_number(plan, scan, asked_of(plan, of, COUNT), due, self.is_, self.value)

    def _first_or_last(self, plan: Plan, scan: Scan, window: Windowed) -> Turning:
        is_last = self.measure == "last"
        of = self._property(plan.catalogue)
        if of is None:
            at = window.made(scan, "max" if is_last else "min", _AT)
            due = window.due_at_newest(scan) if is_last else window.due(scan)
            asked = asked_of(plan, at, INSTANT)
        else:
            function = "last_of" if is_last else "first_of"
            told = window.made(scan, function, self._read(plan), _AT, _EVENT_ID)
            kind = kind_asked(of, self.value)
            asked = Asked(told, kind, plan.moment, plan.catalogue.currency)
            due = window.due(scan)
        return judge_value(plan, scan, asked, due, self.is_, self.value)

    def _property(self, catalogue: Catalogue, path: str = "$") -> Field | None:
        if self.property is None:
            return None
        event = catalogue.event(self.event)
        return catalogue.event_property(event, self.property, f"{path}.property")

    def _read(self, plan: Plan, kind: Literal["number"] | None = None) -> Expression:
        field = self._property(plan.catalogue) or INSTANT
        asked = kind_asked(field, self.value) if self.measure in ("first", "last") else "text"
        return property_of(field, kind or asked)


def _check_property(measure: Measure, told: str | None, path: str) -> None:
    if told is None and measure in ("sum", "distinct"):
        problems.refuse(
            f"{path}.property",
            Text(
                vi=f"Phép tính {measure!r} cần biết thuộc tính nào.",
                en=f"The measure {measure!r} needs a property.",
            ),
            hint=Text(
                vi='Ví dụ: {"measure": "sum", "property": "price"}.',
                en='For example: {"measure": "sum", "property": "price"}.',
            ),
        )
    if told is not None and measure == "count":
        problems.refuse(
            f"{path}.property",
            Text(vi="Phép đếm không có thuộc tính.", en="A count is not of a property."),
            hint=Text(
                vi='Bỏ "property", hoặc dùng measure "sum", "distinct", "first", "last".',
                en='Leave "property" out, or use "sum", "distinct", "first" or "last".',
            ),
        )
