"""Stretches of time a condition looks at, and the instants their answers turn at.

Half-open everywhere: what happened at the very instant a rolling window of 30 days reaches back to
is out, and what happened at the first instant of a calendar month is in.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Literal, NoReturn
from zoneinfo import ZoneInfo

import msgspec

from khachquen.base import Text
from khachquen.understand.query import problems

Unit = Literal["minute", "hour", "day", "week"]
CalendarStretch = Literal["day", "week", "month", "year"]

_SPANS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_LONGEST = timedelta(days=366 * 50)
_STRETCHES = ("day", "week", "month", "year")


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many units of time; a day is 24 hours, a month is no unit because it has no length."""

    n: int
    unit: Unit

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.n * _SPANS[self.unit]

    def check(self, path: str) -> None:
        """At least one unit, at most fifty years."""
        if not 1 <= self.n <= 30_000_000 or self.length > _LONGEST:
            wanted = Text(vi="khoảng thời gian từ 1 đến 50 năm", en="a span of up to 50 years")
            problems.wrong_value(f"{path}.n", self.n, wanted, '{"n": 30, "unit": "day"}')


@dataclass(frozen=True)
class Moment:
    """The instant a question is asked at, and whose clocks tell the days."""

    now: datetime
    timezone: str

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def at(self) -> datetime:
        """As the lake keeps times: UTC, without a zone."""
        return self.now.astimezone(UTC).replace(tzinfo=None)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The first instant of a day of the shop, as the lake keeps times."""
        local = datetime.combine(day, time(), self.zone)
        return local.astimezone(UTC).replace(tzinfo=None)

    def stretch(self, of: CalendarStretch) -> tuple[date, date]:
        """The first day of this day, week, month or year, and the first one after it."""
        today = self.today
        if of == "day":
            return today, today + timedelta(days=1)
        if of == "week":
            monday = today - timedelta(days=today.weekday())
            return monday, monday + timedelta(days=7)
        if of == "month":
            return today.replace(day=1), (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return date(today.year, 1, 1), date(today.year + 1, 1, 1)

    def next_midnight(self) -> datetime:
        """When the shop's next day begins, aware."""
        return self.midnight(self.today + timedelta(days=1)).replace(tzinfo=UTC)


def read_instant(told: str, moment: Moment, *, is_end: bool = False) -> datetime:
    """ "2026-11-01" is a day of the shop, "2026-11-01T09:30:00+07:00" an instant.

    As the end of a stretch a day is meant whole: it ends with the next midnight.
    """
    if len(told) == len("2026-11-01"):
        day = date.fromisoformat(told)
        return moment.midnight(day + timedelta(days=1) if is_end else day)
    at = datetime.fromisoformat(told)
    aware = at if at.tzinfo else at.replace(tzinfo=moment.zone)
    return aware.astimezone(UTC).replace(tzinfo=None)


def check_instant(told: object, path: str) -> None:
    """Whether it can be read as a day or an instant."""
    try:
        is_fine = isinstance(told, str) and 1900 <= datetime.fromisoformat(told).year <= 2200
    except ValueError:
        is_fine = False
    if not is_fine:
        wanted = Text(vi="ngày hay thời điểm", en="a day or an instant")
        problems.wrong_value(path, told, wanted, "2026-11-20, 2026-11-20T09:30:00+07:00")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What lies in a window: from ``since`` on (``after`` it, when open) and before ``until``.

    A rolling window loses what happened ``leaves_after`` ago; one that ends in the past takes in
    what happened ``enters_after`` ago. ``reaches`` is the latest instant that may matter later.
    """

    since: datetime | None = None
    is_open: bool = False
    until: datetime | None = None
    is_closed: bool = False
    leaves_after: timedelta | None = None
    enters_after: timedelta | None = None


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of: ``last``; ``from`` and/or ``until``; ``ago_from`` to ``ago_until``; ``this``."""

    last: Span | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    until: str | None = None
    ago_from: Span | None = None
    ago_until: Span | None = None
    this: CalendarStretch | None = None

    @property
    def is_rolling(self) -> bool:
        """Whether it moves with every instant."""
        return self.last is not None or self.ago_from is not None

    @property
    def is_calendar(self) -> bool:
        """Whether it moves at midnight."""
        return self.this is not None

    def check(self, path: str) -> None:
        """Exactly one form, and one that holds something."""
        forms = (self.last, self.from_ or self.until, self.ago_from or self.ago_until, self.this)
        if sum(form is not None for form in forms) != 1:
            _refuse_form(path)
        for name, told in (("from", self.from_), ("until", self.until)):
            if told is not None:
                check_instant(told, f"{path}.{name}")
        for name, span in (("last", self.last), ("ago_from", self.ago_from)):
            if span is not None:
                span.check(f"{path}.{name}")
        if self.ago_from or self.ago_until:
            self._check_ago(path)

    def _check_ago(self, path: str) -> None:
        if self.ago_from is None or self.ago_until is None:
            _refuse_form(path)
        self.ago_until.check(f"{path}.ago_until")
        if self.ago_from.length <= self.ago_until.length:
            wanted = Text(vi="xa hơn ago_until", en="longer ago than ago_until")
            example = (
                '{"ago_from": {"n": 90, "unit": "day"}, "ago_until": {"n": 30, "unit": "day"}}'
            )
            problems.wrong_value(f"{path}.ago_from.n", self.ago_from.n, wanted, example)

    def bounds(self, moment: Moment) -> Bounds:
        """Where the window lies now."""
        if self.last:
            length = self.last.length
            return Bounds(moment.at - length, is_open=True, leaves_after=length)
        if self.ago_from and self.ago_until:
            far, near = self.ago_from.length, self.ago_until.length
            since, until = moment.at - far, moment.at - near
            return Bounds(since, True, until, True, leaves_after=far, enters_after=near)
        if self.this:
            first, after = moment.stretch(self.this)
            return Bounds(moment.midnight(first), until=moment.midnight(after))
        return Bounds(
            read_instant(self.from_, moment) if self.from_ else None,
            until=read_instant(self.until, moment, is_end=True) if self.until else None,
        )


EVER = Window()
"""No window at all: whenever."""


def _refuse_form(path: str) -> NoReturn:
    problems.refuse(
        path,
        Text(
            vi="Khoảng thời gian phải theo đúng một cách viết.",
            en="A stretch of time is written in exactly one way.",
        ),
        hint=Text(
            vi='Dùng "last", hoặc "from" và "until", hoặc "ago_from" và "ago_until", hoặc "this".',
            en='Use "last", or "from" and "until", or "ago_from" and "ago_until", or "this".',
        ),
    )
