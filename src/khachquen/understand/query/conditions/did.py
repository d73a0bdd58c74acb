"""What a person did: how often, how much of what, when for the first or the last time."""

from dataclasses import replace
from typing import Any, Literal

import msgspec

from khachquen.base import Text
from khachquen.understand.query import problems
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.comparing import Asked, Turning
from khachquen.understand.query.conditions.where import (
    Wheres,
    check_events,
    of_where,
    property_of,
    rows_of,
    say_event,
)
from khachquen.understand.query.expressions import Call, Column, Expression, both, opposite
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
from khachquen.understand.query.wording import (
    TIMES,
    Speech,
    counted,
    lower,
    number,
    number_of,
    window,
)

Reads = tuple[str, Window | None]
Measure = Literal["count", "sum", "distinct", "first", "last"]
_SAID = {
    "sum": Text(vi="tổng", en="sum of"),
    "distinct": Text(vi="số giá trị khác nhau của", en="number of different"),
    "first": Text(vi="lần đầu", en="first"),
    "last": Text(vi="lần gần nhất", en="latest"),
}
_AT, _EVENT_ID = Column("at"), Column("event_id")


class Did(msgspec.Struct, frozen=True, tag="did", tag_field="kind", forbid_unknown_fields=True):
    """``{"kind": "did", "event": "Product Viewed", "within": {"last": {"n": 30, "unit": "day"}}}``.

    Without more: at least once. ``sum`` and ``distinct`` are of a ``property``; ``first`` and
    ``last`` are the instant of the first or last event, or with a ``property`` what it said then.
    """

    event: str
    where: Wheres = ()
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
        needed.event(self.event, self.within)
        if self.measure in ("first", "last") and self.property is None:
            need_of_instant(needed, self.is_)

    def reads(self) -> Reads:
        """What is read for it, whatever is counted of that."""
        return self.event, self.within

    def say(self, speech: Speech) -> Text:
        verb, where = say_event(speech, self.event, self.where)
        when = window(self.within)
        rest = Text(vi=f"{where.vi}{when.vi}", en=f"{where.en}{when.en}")
        asks = semi_join.asked_whether(self.is_, self.value)
        if self.measure == "count" and asks == "whether":
            return Text(vi=f"đã {verb.vi}{rest.vi}", en=f"who {verb.en}{rest.en}")
        if self.measure == "count" and asks == "whether not":
            did = verb.en.replace("did ", "did not do ", 1)
            return Text(vi=f"chưa {verb.vi}{rest.vi}", en=f"who {did}{rest.en}")
        if self.measure == "count":
            many = counted(self.is_, self.value, number_of(TIMES))
            return Text(
                vi=f"đã {verb.vi}{where.vi} {many.vi}{when.vi}",
                en=f"who {verb.en}{where.en} {many.en}{when.en}",
            )
        return self._say_measure(speech, verb, rest)

    def _say_measure(self, speech: Speech, verb: Text, rest: Text) -> Text:
        field = self._property(speech.catalogue)
        name = lower(field.label) if field else Text(vi="", en="")
        event = verb.en.removeprefix("did ")
        if self.measure in ("sum", "distinct"):
            what = _SAID[self.measure]
            amount = counted(self.is_, self.value, number)
            return Text(
                vi=f"có {what.vi} {name.vi} khi {verb.vi}{rest.vi} là {amount.vi}",
                en=f"whose {what.en} {name.en} of {event}{rest.en} is {amount.en}",
            )
        which = _SAID[self.measure]
        told = speech.comparison(field or INSTANT, self.is_, self.value)
        of = Text(vi=f" có {name.vi}", en=f" says that {name.en}") if field else Text(vi="", en="")
        return Text(
            vi=f"{which.vi} {verb.vi}{rest.vi}{of.vi} {told.vi}",
            en=f"whose {which.en} {event}{rest.en}{of.en} {told.en}",
        )

    def answer(self, plan: Plan, path: str) -> Turning:
        seen = look(plan, _AT, self.within)
        event = plan.catalogue.event(self.event)
        narrow = of_where(plan, event, self.where)
        rows = [*rows_of(event), *narrow, *seen.where]
        asks = semi_join.asks(plan, self.is_, self.value)
        if self.measure == "count" and asks != "how many":
            among = plan.among("human_events", rows).yes
            return Turning(among if asks == "whether" else opposite(among))
        if self.reads() in plan.shared:
            rows = [*rows_of(event), *seen.where]
            seen = replace(seen, only=plan.picks(both((seen.only, *narrow))))
        scan = plan.scan("human_events", rows)
        if plan.profile_id is not None:
            plan.show(path, "count", seen.count(scan))
            plan.show(path, "last", seen.made(scan, "max", _AT))
        return self._number(plan, scan, seen) or self._first_or_last(plan, scan, seen)

    def _number(self, plan: Plan, scan: Scan, seen: Windowed) -> Turning | None:
        if self.measure == "count":
            of: Expression = seen.count(scan)
            due = seen.due_at_counts(scan, thresholds_of(self.is_, self.value))
        elif self.measure == "sum":
            of = Call("or_zero", (seen.made(scan, "sum", self._read(plan, "number")),))
            due = seen.due(scan)
        elif self.measure == "distinct":
            of = seen.made(scan, "count_different", self._read(plan))
            due = seen.due(scan)
        else:
            return None
        return judge_number(plan, scan, asked_of(plan, of, COUNT), due, self.is_, self.value)

    def _first_or_last(self, plan: Plan, scan: Scan, seen: Windowed) -> Turning:
        is_last = self.measure == "last"
        of = self._property(plan.catalogue)
        if of is None:
            at = seen.made(scan, "max" if is_last else "min", _AT)
            due = seen.due_at_newest(scan) if is_last else seen.due(scan)
            asked = asked_of(plan, at, INSTANT)
        else:
            function = "last_of" if is_last else "first_of"
            told = seen.made(scan, function, self._read(plan), _AT, _EVENT_ID)
            kind = kind_asked(of, self.value)
            asked = Asked(told, kind, plan.moment, plan.catalogue.currency)
            due = seen.due(scan)
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
