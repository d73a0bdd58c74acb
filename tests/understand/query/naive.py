"""What a rule means, said once more in plain loops: the truth SQL is held against.

Written from the definitions, not from the compiler: no index, no SQL, nothing clever.
"""

import json
from collections import Counter, abc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from khachquen.understand.query.rule import (
    AllOf,
    AnyOf,
    Bought,
    Did,
    NotOf,
    Rule,
    Sample,
    SegmentOf,
    Sequence,
    Step,
    Trait,
    Window,
)
from khachquen.unify.normalise import fold

Row = Mapping[str, Any]
FACTS = {
    "orders_count": "orders",
    "spent": "spent_minor",
    "events_count": "events",
    "household": "household_id",
}
INSTANTS = ("first_seen", "last_seen", "first_order_at", "last_order_at")
LINES = {
    "sku": "sku",
    "product": "name",
    "category": "category",
    "price": "price_minor",
    "quantity": "quantity",
}
ORDERS = {"total": "total_minor", "units": "units", "number": "number", "source": "source_id"}
NEGATIVE = {
    "is_not": "is",
    "not_in": "in",
    "not_contains": "contains",
    "has_not": "has",
    "is_not_set": "is_set",
}


@dataclass(frozen=True)
class Naive:
    """All rows of a shop, and the instant they are looked at."""

    people: abc.Sequence[Row]
    events: abc.Sequence[Row]
    orders: abc.Sequence[Row]
    members: frozenset[tuple[int, int]]
    now: datetime
    timezone: str = "Asia/Ho_Chi_Minh"

    def answer(self, rule: Rule) -> set[int]:
        return {p["profile_id"] for p in self.people if self.holds(rule, p)}

    def holds(self, rule: Rule, person: Row) -> bool:
        match rule:
            case AllOf(of):
                return all(self.holds(one, person) for one in of)
            case AnyOf(of):
                return any(self.holds(one, person) for one in of)
            case NotOf(of):
                return not self.holds(of, person)
            case SegmentOf(segment):
                return (segment, person["profile_id"]) in self.members
            case Sample():
                return rule.holds(person["profile_id"])
            case Trait():
                return self._trait(rule, person)
            case Did():
                return self._did(rule, person)
            case Bought():
                return self._bought(rule, person)
            case Sequence():
                return any(self._stands(rule, at) for at in self._chains(rule, person))
        raise AssertionError(rule)

    # -- traits

    def _trait(self, rule: Trait, person: Row) -> bool:
        if rule.trait in CLASSED:
            return self.compare(CLASSED[rule.trait](self, person), rule.is_, rule.value)
        column = FACTS.get(rule.trait, rule.trait)
        value = person.get(column) if column in person else person.get(f"trait:{column}")
        return self.compare(value, rule.is_, rule.value)

    def _stage(self, person: Row) -> str | None:
        first, last = person["first_order_at"], person["last_order_at"]
        if last is None:
            return None
        if first is not None and first > self.now - timedelta(days=30):
            return "new"
        if last > self.now - timedelta(days=60):
            return "active"
        return "at_risk" if last > self.now - timedelta(days=180) else "lost"

    def _placed(self, person: Row) -> list[Row]:
        mine = [o for o in self.orders if o["profile_id"] == person["profile_id"]]
        placed = [o for o in mine if o["placed_at"] is not None and o["cancelled_at"] is None]
        return sorted(placed, key=lambda o: o["placed_at"]) if len(placed) >= 3 else []

    def _usual(self, person: Row, of: Any) -> Any:
        told = [(value, o["placed_at"]) for o in self._placed(person) for value in of(o)]
        counted = Counter(value for value, _ in told)
        newest = {value: max(at for v, at in told if v == value) for value in counted}
        return max(counted, key=lambda v: (counted[v], newest[v], v), default=None)

    def _category(self, person: Row) -> str | None:
        def of(order: Row) -> list[str]:
            return [one["category"] for one in order["lines"] or () if one.get("category")]

        found: str | None = self._usual(person, of)
        return found

    def _hour(self, person: Row) -> int | None:
        zone = ZoneInfo(self.timezone)
        found: int | None = self._usual(person, lambda o: [_local(o["placed_at"], zone).hour])
        return found

    def _gap(self, person: Row) -> timedelta | None:
        moments = [o["placed_at"] for o in self._placed(person)]
        gaps = [(b - a) // timedelta(microseconds=1) for a, b in pairwise(moments)]
        return timedelta(microseconds=median(gaps)) if gaps else None

    def _rhythm(self, person: Row) -> float | None:
        gap = self._gap(person)
        return None if gap is None else round(gap / timedelta(days=1), 1)

    def _next_order_on(self, person: Row) -> date | None:
        gap = self._gap(person)
        if gap is None:
            return None
        after: datetime = self._placed(person)[-1]["placed_at"] + gap
        return _local(after, ZoneInfo(self.timezone)).date()

    def compare(self, value: Any, operator: str, wanted: Any) -> bool:
        if operator in NEGATIVE:
            return not self.compare(value, NEGATIVE[operator], wanted)
        if value is None:
            return False
        if operator == "is_set":
            return True
        if isinstance(value, datetime):
            return self._instant(value, operator, wanted)
        if isinstance(value, date):
            return self._day(value, operator, wanted)
        if isinstance(value, list):
            told = [one.lower() for one in value]
            several = wanted if operator == "has_any" else [wanted]
            return any(one.lower() in told for one in several)
        return _plain(value, operator, wanted)

    def _instant(self, at: datetime, operator: str, wanted: Any) -> bool:
        if operator == "in_last":
            return at > self.now - span(wanted)
        if operator == "longer_ago":
            return at <= self.now - span(wanted)
        if operator == "this":
            return self.inside(at, Window(this=wanted))
        if operator == "between":
            return self.inside(at, Window(from_=wanted[0], until=wanted[1]))
        if operator == "before":
            return not self.inside(at, Window(from_=wanted))
        return not self.inside(at, Window(until=wanted))

    def _day(self, day: date, operator: str, wanted: Any) -> bool:
        today = self.today()
        match operator:
            case "is":
                return day == date.fromisoformat(wanted)
            case "before":
                return day < date.fromisoformat(wanted)
            case "after":
                return day > date.fromisoformat(wanted)
            case "between":
                first, last = map(date.fromisoformat, wanted)
                return first <= day <= last
            case "in_last":
                return today - span(wanted) <= day <= today
            case "longer_ago":
                return day < today - span(wanted)
            case "in_next":
                return today <= day <= today + span(wanted)
            case "this":
                return self._same(day, today, wanted)
            case "anniversary_this":
                return any(self._same(one, today, wanted) for one in anniversaries(day, today.year))
            case "anniversary_in_next":
                return any(
                    today <= one <= today + span(wanted) for one in anniversaries(day, today.year)
                )
        raise AssertionError(operator)

    def _same(self, one: date, other: date, stretch: str) -> bool:
        keys: dict[str, Callable[[date], object]] = {
            "day": lambda d: d,
            "week": lambda d: d.isocalendar()[:2],
            "month": lambda d: (d.year, d.month),
            "year": lambda d: d.year,
        }
        return keys[stretch](one) == keys[stretch](other)

    # -- events

    def _did(self, rule: Did, person: Row) -> bool:
        mine = [e for e in self._matching(rule, person) if self.inside(e["at"], rule.within)]
        mine.sort(key=lambda event: (event["at"], event["event_id"]))
        if rule.measure in ("first", "last"):
            if rule.property is None:
                times = [event["at"] for event in mine]
                at = _end(times, rule.measure)
                return self.compare(at, rule.is_, rule.value)
            values = [told(event, rule.property) for event in mine]
            known = [value for value in values if value is not None]
            return self.compare_told(_end(known, rule.measure), rule.is_, rule.value)
        values = [told(event, rule.property) for event in mine] if rule.property else []
        if rule.measure == "count":
            number: float = len(mine)
        elif rule.measure == "sum":
            number = sum(n for n in map(as_number, values) if n is not None)
        else:
            number = len({as_text(value) for value in values if value is not None})
        return self.compare(number, rule.is_, rule.value)

    def _matching(self, rule: Did | Step, person: Row) -> list[Row]:
        return [
            event
            for event in self.events
            if event["profile_id"] == person["profile_id"]
            and _is_named(event, rule.event)
            and all(
                self.compare_told(told(event, one.property), one.is_, one.value)
                for one in rule.where
            )
        ]

    def _chains(self, rule: Sequence, person: Row) -> Iterable[tuple[Row, datetime]]:
        """The person and the last instant of every chain there is."""

        def follow(steps: abc.Sequence[Step], at: datetime | None) -> Iterable[datetime]:
            if not steps:
                assert at is not None
                yield at
                return
            for event in self._matching(steps[0], person):
                then = event["at"]
                is_after = at is None or at < then
                near = at is None or steps[0].within is None or then <= at + steps[0].within.length
                if is_after and near and self.inside(then, rule.within):
                    yield from follow(steps[1:], then)

        return ((person, at) for at in follow(rule.steps, None))

    def _stands(self, rule: Sequence, chain: tuple[Row, datetime]) -> bool:
        person, at = chain
        if rule.then_not is None:
            return True
        wait = rule.then_not.within
        until = at + wait.length if wait else datetime.max  # noqa: DTZ901  # never
        if wait and until > self.now:
            return False
        against = (event["at"] for event in self._matching(rule.then_not, person))
        return not any(at < one <= until for one in against)

    def compare_told(self, value: Any, operator: str, wanted: Any) -> bool:
        """A property of an event: the value asked for says as what it is read."""
        sample = wanted[0] if isinstance(wanted, list) else wanted
        if isinstance(sample, int | float):
            return self.compare(as_number(value), operator, wanted)
        return self.compare(as_text(value), operator, wanted)

    # -- orders

    def _bought(self, rule: Bought, person: Row) -> bool:
        of_lines = any(one.property in LINES for one in rule.where)
        is_money = rule.measure == "spent" or any(
            one.property in ("total", "price") for one in rule.where
        )
        picked = []
        for order in self.orders:
            if order["profile_id"] != person["profile_id"] or order["placed_at"] is None:
                continue
            if order["cancelled_at"] is not None or not self.inside(
                order["placed_at"], rule.within
            ):
                continue
            if is_money and order["currency"] != "VND":
                continue
            for line in (order["lines"] or []) if of_lines else [None]:
                values = {one.property: _of_order(order, line, one.property) for one in rule.where}
                if all(
                    self.compare(values[one.property], one.is_, one.value) for one in rule.where
                ):
                    picked.append((order, line))
        if rule.measure in ("first", "last"):
            times = sorted(order["placed_at"] for order, _ in picked)
            return self.compare(_end(times, rule.measure), rule.is_, rule.value)
        return self.compare(_measured(rule.measure, picked), rule.is_, rule.value)

    # -- time

    def inside(self, at: datetime, window: Window | None) -> bool:
        if window is None:
            return True
        if window.last:
            return at > self.now - window.last.length
        if window.ago_from and window.ago_until:
            return self.now - window.ago_from.length < at <= self.now - window.ago_until.length
        if window.this:
            return self._same(self.local(at), self.today(), window.this)
        after = window.from_ is None or at >= self.instant(window.from_)
        return after and (window.until is None or at < self.instant(window.until, is_end=True))

    def instant(self, text: str, *, is_end: bool = False) -> datetime:
        if len(text) == 10:
            day = date.fromisoformat(text) + timedelta(days=is_end)
            local = datetime.combine(day, time(), ZoneInfo(self.timezone))
            return local.astimezone(UTC).replace(tzinfo=None)
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)

    def local(self, at: datetime) -> date:
        return at.replace(tzinfo=UTC).astimezone(ZoneInfo(self.timezone)).date()

    def today(self) -> date:
        return self.local(self.now)


def span(told: Any) -> timedelta:
    return timedelta(**{f"{told['unit']}s": told["n"]})


def anniversaries(born: date, year: int) -> list[date]:
    """Of this year and those around it; 29 February is the 28th where there is none."""
    found = []
    for one in (year - 1, year, year + 1, year + 2):
        try:
            found.append(born.replace(year=one))
        except ValueError:
            found.append(date(one, 2, 28))
    return found


def told(event: Row, key: str) -> Any:
    if key in ("page_path", "channel", "device"):
        return event.get(key)
    return json.loads(event["properties"] or "{}").get(key.removeprefix("properties."))


def as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def as_number(value: Any) -> float | None:
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except ValueError:
        return None


def _plain(value: Any, operator: str, wanted: Any) -> bool:
    if isinstance(value, str):
        match operator:
            case "is":
                return value.lower() == wanted.lower()
            case "in":
                return value.lower() in [one.lower() for one in wanted]
            case "contains":
                return fold(wanted) in fold(value)
            case "starts":
                return fold(value).startswith(fold(wanted))
    match operator:
        case "is":
            return bool(value == wanted)
        case "in":
            return value in wanted
        case "at_least":
            return bool(value >= wanted)
        case "at_most":
            return bool(value <= wanted)
        case "more":
            return bool(value > wanted)
        case "less":
            return bool(value < wanted)
        case "between":
            return bool(wanted[0] <= value <= wanted[1])
    raise AssertionError(operator)


def _is_named(event: Row, key: str) -> bool:
    if key in ("page", "screen"):
        return bool(event["type"] == key)
    return bool(event["type"] == "track" and event["name"] == key)


def _end(values: abc.Sequence[Any], which: str) -> Any:
    return None if not values else values[-1 if which == "last" else 0]


def _of_order(order: Row, line: Row | None, key: str) -> Any:
    return order[ORDERS[key]] if key in ORDERS else (line or {}).get(LINES[key])


def _measured(measure: str, picked: Iterable[tuple[Row, Row | None]]) -> int:
    if measure == "orders":
        return len({(order["source_id"], order["number"]) for order, _ in picked})
    if measure == "units":
        return sum((o["units"] if line is None else line["quantity"]) or 0 for o, line in picked)
    return sum(
        o["total_minor"] - o["refunded_minor"] if line is None else line["amount_minor"]
        for o, line in picked
    )


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """As the shop's clock tells it; times are kept in UTC without a zone."""
    return at.replace(tzinfo=UTC).astimezone(zone)


CLASSED: Mapping[str, Callable[[Naive, Row], Any]] = {
    "stage": Naive._stage,
    "may_send:ads:email": lambda _, person: "ads/email" in (person["may_send"] or ()),
    "consent:ads:email": lambda _, person: (
        "granted" if "ads/email/granted" in (person["consents"] or ()) else "unknown"
    ),
    "favourite_category": Naive._category,
    "favourite_hour": Naive._hour,
    "order_rhythm": Naive._rhythm,
    "next_order_on": Naive._next_order_on,
}
