"""The steps of a measurement, each a part at a time: what was counted, and whom a check found."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from khachquen.store import ask, counts_by_outcome
from khachquen.store.engine import Question
from khachquen.unify.models import Order
from khachquen.unify.quality.facts import Person, Verdict
from khachquen.unify.quality.loading import people_after
from khachquen.unify.quality.rules import RULES
from khachquen.unify.quality.scoring import Counted

PEOPLE_AT_ONCE = 400
ORDERS_AT_ONCE = 5_000
RECENT = timedelta(days=30)
EVERYTHING = 0
"""In place of a source: whatever the source."""
GIVEN = "given."
"""Before a field's name: the tally of how often a source gives it."""
PERSON_FIELDS = ("name", "phone", "email", "birthday", "gender", "address")
EVENT_FIELDS: dict[str, Literal["events", "orders"]] = {
    "user_id": "events",
    "page_url": "events",
    "utm_campaign": "events",
    "lines": "orders",
    "total": "orders",
}
"""What an event can carry → what its share is a share of."""


@dataclass(slots=True)
class Part:
    """What one part of a step gave. ``cursor`` is where the next begins; None: the step is over."""

    cursor: int | None = None
    looked_at: int = 0
    counts: dict[tuple[str, int], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    found: list[tuple[str, int, int]] = field(default_factory=list)  # rule, source, subject

    def count(self, rule: str, source_id: int, checked: int, failed: int) -> None:
        """Add to what a rule counted of a source."""
        total = self.counts[rule, source_id]
        total[0] += checked
        total[1] += failed

    def judge(self, rule: str, subject_id: int, verdict: Verdict) -> None:
        """Count a subject once for each source judged, and once for everything."""
        if not verdict:
            return
        sources = {EVERYTHING: any(verdict.values()), **{s: v for s, v in verdict.items() if s}}
        for source_id, is_wrong in sources.items():
            self.count(rule, source_id, 1, int(is_wrong))
            if is_wrong:
                self.found.append((rule, source_id, subject_id))

    def tallies(self) -> list[tuple[str, int, Counted]]:
        """As scoring adds them up."""
        return [(rule, source, Counted(*n)) for (rule, source), n in self.counts.items()]


def people(cursor: int, now: datetime) -> Part:
    """The next known people, through every check that judges people."""
    chunk = people_after(cursor, PEOPLE_AT_ONCE)
    part = Part(cursor=chunk[-1].id if chunk else None, looked_at=len(chunk))
    for person in chunk:
        for rule in RULES:
            if rule.judge:
                part.judge(rule.key, person.id, rule.judge(person, now))
        _count_given(part, person, now - RECENT)
    return part


def _count_given(part: Part, person: Person, since: datetime) -> None:
    """Which fields each source that spoke of somebody lately gave of them lately."""
    lately = [word for word in person.words if word.at >= since]
    fields = [(w.source_id, "name" if w.field == "name_part" else w.field, w.text) for w in lately]
    given = {(source_id, field) for source_id, field, text in fields if text}
    for source_id in {word.source_id for word in lately}:
        for name in PERSON_FIELDS:
            part.count(GIVEN + name, source_id, 1, int((source_id, name) not in given))


def orders(cursor: int, now: datetime) -> Part:
    """The next orders: whose are they, and can their refunds be."""
    rows = list(
        Order.objects.filter(id__gt=cursor)
        .order_by("id")
        .values_list("id", "source_id", "node_id", "placed_at", "total_minor", "refunded_minor")[
            :ORDERS_AT_ONCE
        ]
    )
    part = Part(cursor=rows[-1][0] if rows else None, looked_at=len(rows))
    for order_id, source_id, node_id, placed_at, total, refunded in rows:
        if placed_at is not None:
            part.judge("order_without_customer", order_id, {source_id: node_id is None})
            part.judge("refund_above_total", order_id, {source_id: refunded > total})
    return part


def messages(cursor: int, now: datetime) -> Part:
    """What is in quarantine of the last days, by the counters of every hour."""
    part = Part()
    for (source_id, outcome, _), n in counts_by_outcome(now - RECENT, now).items():
        if outcome in ("stored", "quarantined"):
            failed = n if outcome == "quarantined" else 0
            for source in (source_id, EVERYTHING):
                part.count("quarantined", source, n, failed)
    return part


def events(cursor: int, now: datetime) -> Part:
    """Times of events, in one question to the lake."""
    part = Part()
    params = {"since": _naive(now - RECENT), "until": _naive(now)}
    for row in ask(Question("quality.events", _sql("events_by_source"), params)).dicts():
        for source in (row["source_id"], EVERYTHING):
            part.count("clamped", source, row["events"], row["clamped"])
            part.count("late", source, row["open_events"], row["late"])
        for name, of in EVENT_FIELDS.items():
            part.count(GIVEN + name, row["source_id"], row[of], row[of] - row[name])
    return part


Step = Callable[[int, datetime], Part]
STEPS: dict[str, Step] = {
    "people": people,
    "orders": orders,
    "messages": messages,
    "events": events,
}


def events_found(rule: str, source_id: int, at: datetime, *, before: int, limit: int) -> Question:
    """The events behind a figure measured ``at``, the last received first."""
    params: dict[str, Any] = {
        "rule": rule,
        "source_id": source_id,
        "since": _naive(at - RECENT),
        "until": _naive(at),
        "before": before,
        "limit": limit,
    }
    return Question("quality.events_found", _sql("events_found"), params)


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8").rstrip()


def _naive(at: datetime) -> datetime:
    """As the lake keeps times: UTC, without a zone."""
    return at.replace(tzinfo=None)
