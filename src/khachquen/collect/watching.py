"""Knows when each source was last heard of, and whether its silence is a reason to worry.

Hides where that is kept. Sends no word to anybody: pages, the API and the doctor ask.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from khachquen.base import InputError, NotFoundError, Text
from khachquen.collect.models import Source
from khachquen.collect.sources import SourceView, list_sources

__all__ = [
    "EXPECTATIONS",
    "Arrival",
    "Silence",
    "expected_hours",
    "find_silence",
    "list_silent",
    "note_arrivals",
    "set_expectation",
]

EXPECTATIONS = (0, 1, 6, 24, 72, 168)
"""How long a source may be silent, in hours; 0 for any time."""

_OPENS, _CLOSES = time(7), time(22)
_A_DAY = 24  # from here on nights are part of the wait
_OF_A_WEBSITE = 24


@dataclass(frozen=True, slots=True)
class Arrival:
    """The last message of a source in a batch, and the last one that could be used."""

    seen_at: datetime
    stored_at: datetime | None


@dataclass(frozen=True, slots=True)
class Silence:
    """A source that should have been heard of: since when it is silent, and what was expected."""

    source_id: int
    name: str
    since: datetime
    expect_hours: int


def note_arrivals(arrivals: Mapping[int, Arrival]) -> None:
    """Remember the last moments; call inside the transaction that takes the batch in."""
    for source_id, arrival in arrivals.items():
        told = {"last_seen_at": arrival.seen_at}
        if arrival.stored_at:
            told["last_stored_at"] = arrival.stored_at
        Source.objects.filter(pk=source_id).update(**told)


def set_expectation(source_id: int, hours: int | None) -> None:
    """How long the source may be silent; None for what is usual for its kind.

    Raises:
        InputError: none of ``EXPECTATIONS`` (``sources.bad_expectation``).
        NotFoundError: there is no such source (``sources.unknown``).
    """
    if hours is not None and hours not in EXPECTATIONS:
        known = ", ".join(map(str, EXPECTATIONS))
        raise InputError(
            "sources.bad_expectation",
            Text(vi=f"Không có mức {hours} giờ.", en=f"{hours} hours cannot be chosen."),
            path="expect_hours",
            hint=Text(vi=f"Chọn: {known}.", en=f"One of {known}."),
        )
    if not Source.objects.filter(pk=source_id).update(expect_hours=hours):
        raise NotFoundError(
            "sources.unknown",
            Text(vi=f"Không có nguồn số {source_id}.", en=f"There is no source {source_id}."),
        )


def expected_hours(source: SourceView) -> int:
    """What was chosen; else a day for a website that has sent something, nothing for the others."""
    if source.expect_hours is not None:
        return source.expect_hours
    return _OF_A_WEBSITE if source.kind == "website" and source.last_stored_at else 0


def find_silence(source: SourceView, now: datetime, zone: ZoneInfo) -> Silence | None:
    """The silence of a source that has lasted longer than it may; None while all is well.

    Only usable events end a silence: a client whose every message is refused is no better than a
    dead one. Waits shorter than a day count the hours from 7 to 22 on the shop's clock, so that a
    shop that sleeps wakes nobody.
    """
    hours = expected_hours(source)
    if not hours or not source.enabled:
        return None
    since = source.last_stored_at or source.created_at
    waited = now - since if hours >= _A_DAY else _waking_time(since, now, zone)
    if waited <= timedelta(hours=hours):
        return None
    return Silence(source.id, source.name, since, hours)


def list_silent(
    now: datetime, zone: ZoneInfo, sources: Iterable[SourceView] | None = None
) -> list[Silence]:
    """Every source whose silence has lasted too long, by name."""
    known = list_sources() if sources is None else sources
    found = (find_silence(source, now, zone) for source in known)
    return [silence for silence in found if silence]


def _waking_time(since: datetime, until: datetime, zone: ZoneInfo) -> timedelta:
    """How much of a span lies between 7 and 22 o'clock."""
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    if (last - first).days > 2:  # two whole days are longer than any wait that is asked about
        return until - since
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return sum((_overlap(day, since, until, zone) for day in days), timedelta())


def _overlap(day: date, since: datetime, until: datetime, zone: ZoneInfo) -> timedelta:
    opens = datetime.combine(day, _OPENS, zone)
    closes = datetime.combine(day, _CLOSES, zone)
    return max(min(until, closes) - max(since, opens), timedelta())
