"""The lunar calendar of Vietnam (UTC+7), 1900 to 2100."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lunar_vn import LunarDate, lunar_to_solar, solar_to_lunar

FIRST_YEAR, LAST_YEAR = 1901, 2099


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunar year; ``is_leap`` in the month that is counted twice."""

    day: int
    month: int
    year: int
    is_leap: bool = False

    def __str__(self) -> str:
        """As a calendar on the wall writes it.

        >>> str(LunarDay(15, 8, 2026))
        '15/8 âm lịch'
        """
        return f"{self.day}/{self.month}{' nhuận' if self.is_leap else ''} âm lịch"


@lru_cache(maxsize=4_096)
def lunar_of(on: date) -> LunarDay | None:
    """The lunar date of a day; None outside 1901 to 2099, where the algorithm was not checked.

    >>> lunar_of(date(2026, 2, 17)), lunar_of(date(2025, 7, 25)).is_leap
    (LunarDay(day=1, month=1, year=2026, is_leap=False), True)
    """
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        return None
    found = solar_to_lunar(on)
    return LunarDay(found.day, found.month, found.year, found.leap)


@lru_cache(maxsize=4_096)
def solar_of(day: int, month: int, year: int, *, is_leap: bool = False) -> date | None:
    """The day a lunar date falls on; None when there is none (a 30th in a month of 29 days).

    >>> solar_of(15, 8, 2026), solar_of(30, 12, 2026)
    (datetime.date(2026, 9, 25), None)
    """
    if not FIRST_YEAR - 1 <= year <= LAST_YEAR:  # the lunar year 1900 ends in 1901
        return None
    try:
        on: date = lunar_to_solar(LunarDate(day, month, year, is_leap))
    except ValueError:
        return None
    return on if lunar_of(on) == LunarDay(day, month, year, is_leap) else None


def tet_of(year: int) -> date:
    """The first day of the lunar year that begins in ``year``: mùng 1 Tết.

    >>> tet_of(2030), tet_of(2007), tet_of(1985)
    (datetime.date(2030, 2, 2), datetime.date(2007, 2, 17), datetime.date(1985, 1, 21))

    Raises:
        ValueError: the year is before 1901 or after 2099.
    """
    first = solar_of(1, 1, year)
    if first is None:
        raise ValueError(f"Tết is known from {FIRST_YEAR} to {LAST_YEAR}, not in {year}")
    return first


def days_from_tet(on: date) -> int:
    """How many days after the nearest Tết a day is, negative before it: what seasons go by.

    Two years are compared by this, not by the month: 17 February 2026 with 29 January 2025.

    >>> days_from_tet(date(2026, 2, 17)), days_from_tet(date(2025, 1, 29))
    (0, 0)
    >>> days_from_tet(date(2026, 1, 1)), days_from_tet(date(2026, 12, 31))
    (-47, -37)

    Raises:
        ValueError: as ``tet_of``.
    """
    years = [year for year in (on.year, on.year + 1) if FIRST_YEAR <= year <= LAST_YEAR]
    return min(((on - tet_of(year)).days for year in years or [on.year]), key=abs)
