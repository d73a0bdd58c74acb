"""Days are the shop's days, whatever UTC says."""

from datetime import UTC, date, datetime

from khachquen.understand.metrics import Bucket, Period

VIETNAM = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam


def test_a_day_begins_at_midnight_in_vietnam() -> None:
    period = Period(date(2026, 11, 20), date(2026, 11, 21), VIETNAM)

    assert period.since == datetime(2026, 11, 19, 17, 0)  # noqa: DTZ001
    assert period.until == datetime(2026, 11, 21, 17, 0)  # noqa: DTZ001
    assert period.days == 2


def test_a_day_with_a_changed_clock_keeps_its_23_hours() -> None:
    period = Period(date(2026, 3, 29), date(2026, 3, 29), "Europe/Berlin")

    assert (period.until - period.since).total_seconds() == 23 * 3600


def test_the_previous_period_is_as_long_and_touches() -> None:
    period = Period(date(2026, 11, 1), date(2026, 11, 30), VIETNAM)

    assert period.previous() == Period(date(2026, 10, 2), date(2026, 10, 31), VIETNAM)


def test_today_is_partial_and_yesterday_is_not() -> None:
    today = Period(date(2026, 11, 20), date(2026, 11, 21), VIETNAM)

    assert today.is_partial(NOW)
    assert not today.previous().is_partial(NOW)
    assert today.buckets(NOW) == (
        Bucket(date(2026, 11, 20), date(2026, 11, 20), is_partial=False),
        Bucket(date(2026, 11, 21), date(2026, 11, 21), is_partial=True),
    )


def test_weeks_begin_on_monday_and_a_cut_week_says_so() -> None:
    period = Period(date(2026, 11, 4), date(2026, 11, 15), VIETNAM)

    assert period.buckets(NOW, "week") == (
        Bucket(date(2026, 11, 2), date(2026, 11, 8), is_partial=True),
        Bucket(date(2026, 11, 9), date(2026, 11, 15), is_partial=False),
    )


def test_months_have_their_own_lengths() -> None:
    period = Period(date(2026, 1, 1), date(2026, 3, 31), VIETNAM)

    assert [bucket.ends_on.day for bucket in period.buckets(NOW, "month")] == [31, 28, 31]


def test_long_periods_are_cut_coarser() -> None:
    new_year = date(2026, 1, 1)

    assert Period(new_year, date(2026, 4, 2), VIETNAM).grain == "day"
    assert Period(new_year, date(2026, 4, 3), VIETNAM).grain == "week"
    assert Period(date(2024, 1, 1), date(2026, 4, 3), VIETNAM).grain == "month"
