"""Tết is where Vietnam has it, also in the years China's calendar has another day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.unify.normalise.calendar import (
    LunarDay,
    days_from_tet,
    is_quiet,
    lunar_of,
    named_days,
    solar_of,
    tet_of,
)


@pytest.mark.parametrize(
    "tet",
    [
        date(1985, 1, 21),  # a month before China's
        date(2007, 2, 17),  # a day before
        date(2025, 1, 29),
        date(2026, 2, 17),
        date(2027, 2, 6),
        date(2028, 1, 26),
        date(2029, 2, 13),
        date(2030, 2, 2),  # a day before
        date(2031, 1, 23),
    ],
)
def test_tet_is_on_vietnams_day(tet: date) -> None:
    assert tet_of(tet.year) == tet
    assert lunar_of(tet) == LunarDay(1, 1, tet.year)


def test_a_season_is_counted_from_tet() -> None:
    assert days_from_tet(date(2026, 2, 17)) == days_from_tet(date(2025, 1, 29)) == 0
    assert days_from_tet(date(2026, 2, 10)) == -7
    assert days_from_tet(date(2025, 12, 31)) == -48


def test_the_days_of_a_year_are_in_order_and_where_they_belong() -> None:
    days = {day.code: day for day in named_days(2026)}
    assert days["kitchen_gods"].on == date(2026, 2, 10)  # of the lunar year that is ending
    assert days["tet_eve"].on == date(2026, 2, 16)
    assert days["god_of_wealth"].on == date(2026, 2, 26)
    assert days["hung_kings"].on == date(2026, 4, 26)
    assert days["vu_lan"].on == date(2026, 8, 27)
    assert days["mid_autumn"].on == date(2026, 9, 25)
    assert days["black_friday"].on == date(2026, 11, 27)
    assert days["tet"].name.vi == "Mùng 1 Tết"
    assert days["tet"].is_lunar
    assert not days["women"].is_lunar
    assert [day.on for day in named_days(2026)] == sorted(day.on for day in named_days(2026))


@given(st.integers(1901, 2099))
def test_every_year_has_every_day_once(year: int) -> None:
    codes = [day.code for day in named_days(year)]
    assert len(codes) == len(set(codes)) == 25
    assert all(day.on.year == year for day in named_days(year))


def test_nothing_is_sent_on_the_eve_and_the_first_day() -> None:
    quiet = [day for day in range(10, 24) if is_quiet(date(2026, 2, day))]
    assert quiet == [16, 17]


def test_every_day_of_two_centuries_is_its_own_lunar_date() -> None:
    on, before = date(1901, 1, 1), 10
    while on.year < 2100:
        lunar = lunar_of.__wrapped__(on)
        assert lunar
        back = solar_of.__wrapped__(lunar.day, lunar.month, lunar.year, is_leap=lunar.is_leap)
        assert back == on
        assert lunar.day in (before + 1, 1)
        on, before = on + timedelta(days=1), lunar.day


def test_a_lunar_date_that_is_not_there_has_no_day() -> None:
    assert solar_of(30, 12, 2026) is None  # a month of 29 days
    assert solar_of(1, 5, 2026, is_leap=True) is None
    assert solar_of(1, 13, 2026) is None
    assert solar_of(1, 6, 2025, is_leap=True) == date(2025, 7, 25)


def test_years_nobody_checked_are_refused() -> None:
    assert lunar_of(date(1890, 1, 1)) is None
    assert solar_of(1, 1, 2300) is None
    with pytest.raises(ValueError, match="from 1901 to 2099, not in 2300"):
        tet_of(2300)
