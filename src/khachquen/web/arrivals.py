"""What came in from each source lately, how fast, and what became of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from khachquen.collect.event import Outcome
from khachquen.store import ask, counts_by_hour, counts_by_outcome
from khachquen.understand.arrivals import rates
from khachquen.web.fates import Fate, fate_of

DAYS = 7
_HOURS = 24
_STEP = 6  # hours in a bar of the week
Ends = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Refused:
    """How many messages of a source met one end for one reason."""

    source_id: int
    outcome: str
    reason: str
    number: int

    @property
    def fate(self) -> Fate:
        """The end and the reason in words."""
        return fate_of(self.outcome, self.reason)

    @property
    def href(self) -> str:
        """Where each of them stands: what can be mended in the quarantine, the rest as it came."""
        if self.outcome == Outcome.QUARANTINED:
            with suppress(NoReverseMatch):
                return self._at("quarantine", reason=self.reason)
        return self._at("events", outcome=self.outcome)

    def _at(self, page: str, **chosen: str) -> str:
        return f"{reverse(page)}?{urlencode({'source': str(self.source_id), **chosen})}"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Messages of one source: by their end in the last ``DAYS`` days, and how many when.

    ``day`` holds the last 24 hours by hour, ``week`` the last seven days by six hours; the last of
    each is not over.
    """

    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    reasons: tuple[Refused, ...] = ()
    last_minute: int = 0
    last_hour: int = 0
    day: tuple[int, ...] = (0,) * _HOURS
    week: tuple[int, ...] = (0,) * (DAYS * _HOURS // _STEP)


def arrivals_by_source(now: datetime) -> Mapping[int, Arrivals]:
    """Source id → what came in; a source that sent nothing has zeros."""
    since, until = _hour(now) - timedelta(days=DAYS), now + timedelta(hours=1)
    ends: dict[int, Ends] = defaultdict(Counter)
    for (source_id, outcome, reason), number in counts_by_outcome(since, until).items():
        ends[source_id][outcome, reason] += number
    hours: dict[int, dict[datetime, int]] = defaultdict(dict)
    for (source_id, hour), number in counts_by_hour(since, until).items():
        hours[source_id][hour.astimezone(UTC)] = number
    speed = {row["source_id"]: row for row in ask(rates(now)).dicts()}
    found = {
        source_id: _arrivals(
            source_id, ends[source_id], hours[source_id], speed.get(source_id, {}), now
        )
        for source_id in {*ends, *speed}
    }
    return defaultdict(Arrivals, found)


def _arrivals(
    source_id: int,
    ends: Ends,
    hours: Mapping[datetime, int],
    speed: Mapping[str, int],
    now: datetime,
) -> Arrivals:
    refused = (Outcome.QUARANTINED.value, Outcome.DROPPED.value)
    reasons = [
        Refused(source_id, outcome, reason, number)
        for (outcome, reason), number in ends.most_common()
        if outcome in refused
    ]
    last, a_week = _hour(now), DAYS * _HOURS
    course = [hours.get(last - timedelta(hours=back), 0) for back in range(a_week - 1, -1, -1)]
    return Arrivals(
        stored=_total(ends, [Outcome.STORED.value]),
        duplicate=_total(ends, [Outcome.DUPLICATE.value]),
        refused=_total(ends, refused),
        reasons=tuple(reasons),
        last_minute=speed.get("last_minute", 0),
        last_hour=speed.get("last_hour", 0),
        day=tuple(course[-_HOURS:]),
        week=tuple(sum(course[at : at + _STEP]) for at in range(0, a_week, _STEP)),
    )


def _total(ends: Ends, outcomes: Iterable[str]) -> int:
    return sum(number for (outcome, _), number in ends.items() if outcome in outcomes)


def _hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
