"""The day comes before the month here; what could be turned is flagged, what is guessed says so."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.unify.normalise.reading import Day, read_date

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "on"),
    [
        ("20/10/1990", date(1990, 10, 20)),
        ("20-10-1990", date(1990, 10, 20)),
        ("20.10.1990", date(1990, 10, 20)),
        ("5/3/1990", date(1990, 3, 5)),
        ("1990-10-20", date(1990, 10, 20)),
        ("1990-10-20 14:30:00", date(1990, 10, 20)),
        ("20/10/1990 14:30", date(1990, 10, 20)),
        ("ngày 20 tháng 10 năm 1990", date(1990, 10, 20)),
        ("20/10/90", date(1990, 10, 20)),
        ("20/10/05", date(2005, 10, 20)),
        ("31/12/26", date(1926, 12, 31)),  # nobody is born after today
        ("19901020", date(1990, 10, 20)),
        ("20101990", date(1990, 10, 20)),
        ("32994", date(1990, 5, 1)),  # Excel
        ("32994.5", date(1990, 5, 1)),
        ("10/20/1990", date(1990, 10, 20)),  # no month 20
        ("２０/１０/１９９０", date(1990, 10, 20)),
        ("2026-02-16T17:30:00Z", date(2026, 2, 17)),  # past midnight in Vietnam
        ("2026-02-16T23:30:00+07:00", date(2026, 2, 16)),
        ("29/2/2024", date(2024, 2, 29)),
    ],
)
def test_every_way_to_write_a_day(typed: str, on: date) -> None:
    day = read_date(typed, today=TODAY)
    assert (day.raw, day.on) == (typed, on)


def test_day_and_month_that_could_be_turned_are_flagged() -> None:
    day = read_date("03/04/1990", today=TODAY)
    assert (day.on, day.other) == (date(1990, 4, 3), date(1990, 3, 4))
    assert day.is_ambiguous
    assert not read_date("13/04/1990", today=TODAY).is_ambiguous
    assert not read_date("04/04/1990", today=TODAY).is_ambiguous
    assert not read_date("1990-04-03", today=TODAY).is_ambiguous


def test_a_guess_says_so() -> None:
    guesses = ("20/10/90", "32994", "10/20/1990", "19901020")
    assert all(read_date(typed, today=TODAY).is_guess for typed in guesses)
    assert not read_date("20/10/1990", today=TODAY).is_guess


def test_a_delivery_may_be_ahead() -> None:
    assert read_date("31/12/26", today=TODAY, is_past=False).on == date(2026, 12, 31)
    assert read_date("01/02/27", today=TODAY, is_past=False).on == date(2027, 2, 1)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("30/02/1990", "no_such_day"),
        ("00/00/0000", "no_such_day"),
        ("1990-13-01", "no_such_day"),
        ("mùng 3 Tết", "no_date"),
        ("1990", "no_date"),
        ("123456", "no_date"),
    ],
)
def test_what_is_no_day_says_why(typed: str, reason: str) -> None:
    assert read_date(typed, today=TODAY) == Day(typed, None, reason=reason)  # type: ignore[arg-type]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_day_we_write_we_can_read(on: date) -> None:
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y"):
        assert read_date(on.strftime(form), today=TODAY).on == on


@given(st.one_of(st.text(max_size=30), st.text("0123456789/-. :TZ", max_size=20)))
def test_no_text_breaks_it(text: str) -> None:
    day = read_date(text, today=TODAY)
    assert day.raw == text
    assert (day.on is None) == bool(day.reason)
