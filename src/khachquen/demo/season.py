"""When people buy: days of the week and the year, Tết, hours of the day."""

from bisect import bisect_right
from datetime import date, timedelta
from itertools import accumulate

from khachquen.demo.draw import Dice, spread
from khachquen.unify.normalise.calendar import tet_of

HOUR_MS = 3_600_000
DAY_MS = 86_400_000
ZONE_MS = 7 * HOUR_MS  # Vietnam is UTC+7 the whole year
_EPOCH = date(1970, 1, 1)

_WEEKDAYS = (0.95, 0.92, 0.95, 0.98, 1.05, 1.12, 1.03)  # Monday first
_FESTIVALS = {
    (3, 8): 1.3,
    (9, 9): 1.6,
    (10, 10): 1.5,
    (11, 10): 1.3,
    (11, 11): 2.9,
    (11, 12): 1.5,
    (12, 11): 1.2,
    (12, 12): 2.4,
    (4, 30): 0.8,
    (5, 1): 0.8,
    (9, 2): 0.85,
}
_RUN_UPS = (((3, 1), (3, 7), 1.4), ((10, 13), (10, 20), 1.4), ((12, 19), (12, 24), 1.25))
# Days from Tết's first day: from, to (both included), weight.
_TET = (
    (-40, -29, 1.15),
    (-28, -18, 1.4),
    (-17, -8, 1.8),
    (-7, -5, 1.3),
    (-4, -3, 0.8),
    (-2, -1, 0.35),
    (0, 4, 0.1),
    (5, 6, 0.35),
    (7, 14, 0.7),
)
_WEB_HOURS = (3, 1, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 6, 5, 5, 5, 4, 5, 7, 10, 12, 10, 6)
_TILL_HOURS = (0,) * 9 + (3, 5, 5, 4, 3, 4, 5, 6, 8, 9, 10, 8, 4) + (0, 0)
WEB_HOURS = spread({hour: weight for hour, weight in enumerate(_WEB_HOURS) if weight}, 240)
TILL_HOURS = spread({hour: weight for hour, weight in enumerate(_TILL_HOURS) if weight}, 240)


def weight_of(day: date) -> float:
    """How much is bought on this day, an ordinary day being about 1."""
    weight = _WEEKDAYS[day.weekday()] * _FESTIVALS.get((day.month, day.day), 1.0)
    for first, last, factor in _RUN_UPS:
        if first <= (day.month, day.day) <= last:
            weight *= factor
    if day.day >= 25 or day.day <= 5:  # wages have been paid
        weight *= 1.1
    from_black_friday = (day - _black_friday(day.year)).days
    if 0 <= from_black_friday <= 2:
        weight *= (2.0, 1.5, 1.4)[from_black_friday]
    for tet in (tet_of(day.year), tet_of(day.year + 1)):
        from_tet = (day - tet).days
        for low, high, factor in _TET:
            if low <= from_tet <= high:
                weight *= factor
    return weight


def _black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


class Season:
    """The shop's time: from ``since`` to ``until`` in milliseconds, denser where more is bought.

    ``elapsed`` is counted in shop weeks: as many of them pass as real ones, but fast before Tết and
    hardly at all in it. Waiting times drawn in shop weeks therefore keep their distribution and
    follow the calendar.
    """

    def __init__(self, since: int, until: int):
        self.since, self.until = since, until
        first = (since + ZONE_MS) // DAY_MS
        last = (until - 1 + ZONE_MS) // DAY_MS
        self.first_day = _EPOCH + timedelta(days=first)
        self._midnights = [day * DAY_MS - ZONE_MS for day in range(first, last + 1)]
        raw = [self._weight(midnight) for midnight in self._midnights]
        scale = (until - since) / (7 * DAY_MS) / sum(raw)
        self._sums = list(accumulate(weight * scale for weight in raw))
        self.weeks = self._sums[-1]
        self._month_days: dict[int, tuple[int, int]] = {}
        self._before_tet: dict[int, bool] = {}

    def _weight(self, midnight: int) -> float:
        inside = min(midnight + DAY_MS, self.until) - max(midnight, self.since)
        day = _EPOCH + timedelta(days=(midnight + ZONE_MS) // DAY_MS)
        return weight_of(day) * inside / DAY_MS

    def moment(self, dice: Dice, elapsed: float, hours: tuple[int, ...], *, after: int = 0) -> int:
        """A time of the day that ``elapsed`` shop weeks after the opening fall on.

        Later than ``after``: the next day, when the shop's hours of this one are over. What would
        be later than ``until`` is a millisecond after it, and so never happens.
        """
        low = max(after, self.since)
        day = min(bisect_right(self._sums, elapsed), len(self._sums) - 1)
        for midnight in self._midnights[day : day + 3]:
            for _ in range(12):
                at = midnight + dice.pick(hours) * HOUR_MS + int(dice.random() * HOUR_MS)
                if low < at <= self.until:
                    return at
        return self.until + 1

    def month_day(self, at: int) -> tuple[int, int]:
        """Month and day here."""
        number = (at + ZONE_MS) // DAY_MS
        known = self._month_days.get(number)
        if known is None:
            day = _EPOCH + timedelta(days=number)
            known = self._month_days[number] = (day.month, day.day)
        return known

    def is_before_tet(self, at: int) -> bool:
        """Whether people are getting ready for Tết: the five weeks up to four days before it."""
        number = (at + ZONE_MS) // DAY_MS
        known = self._before_tet.get(number)
        if known is None:
            day = _EPOCH + timedelta(days=number)
            years = (day.year, day.year + 1)
            known = any(4 <= (tet_of(year) - day).days <= 38 for year in years)
            self._before_tet[number] = known
        return known
