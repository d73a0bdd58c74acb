"""A stretch of whole days in the shop's timezone, and the buckets a chart cuts it into."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Grain = Literal["day", "week", "month"]

_DAYS_BY_DAY = 92
_DAYS_BY_WEEK = 400


@dataclass(frozen=True, slots=True)
class Bucket:
    """One step of a chart. ``is_partial``: not all of it has happened, or lies in the period."""

    starts_on: date
    ends_on: date
    is_partial: bool


@dataclass(frozen=True, slots=True)
class Period:
    """The days ``first`` to ``last``, both included, as the clocks of ``timezone`` cut them."""

    first: date
    last: date
    timezone: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        """The first instant, in UTC without a zone, as the lake keeps times."""
        return self._instant(self.first)

    @property
    def until(self) -> datetime:
        """The first instant after the period, in UTC without a zone."""
        return self._instant(self.last + timedelta(days=1))

    @property
    def grain(self) -> Grain:
        """How a chart of this length is cut so that its steps stay readable.

        >>> Period(date(2026, 1, 1), date(2026, 12, 31), "Asia/Ho_Chi_Minh").grain
        'week'
        """
        if self.days <= _DAYS_BY_DAY:
            return "day"
        return "week" if self.days <= _DAYS_BY_WEEK else "month"

    def previous(self) -> "Period":
        """As many days, just before."""
        last = self.first - timedelta(days=1)
        return Period(last - timedelta(days=self.days - 1), last, self.timezone)

    def is_partial(self, now: datetime) -> bool:
        """Whether some of it is still to come."""
        return self.until > _naive(now)

    def buckets(self, now: datetime, grain: Grain | None = None) -> tuple[Bucket, ...]:
        """Every step of the period in order, the empty ones too; weeks start on Monday."""
        grain = grain or self.grain
        steps: list[Bucket] = []
        starts_on = _start_of(self.first, grain)
        while starts_on <= self.last:
            after = _after(starts_on, grain)
            ends_on = after - timedelta(days=1)
            is_cut = starts_on < self.first or ends_on > self.last
            is_running = self._instant(after) > _naive(now)
            steps.append(Bucket(starts_on, ends_on, is_cut or is_running))
            starts_on = after
        return tuple(steps)

    def _instant(self, day: date) -> datetime:
        midnight = datetime.combine(day, time(), ZoneInfo(self.timezone))
        return midnight.astimezone(UTC).replace(tzinfo=None)


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


def _start_of(day: date, grain: Grain) -> date:
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def _after(start: date, grain: Grain) -> date:
    if grain == "month":
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start + timedelta(days=7 if grain == "week" else 1)
