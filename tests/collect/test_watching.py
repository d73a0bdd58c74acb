"""A source that has gone quiet is noticed, and a shop that sleeps is left alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from khachquen.base import InputError, NotFoundError
from khachquen.collect import create_source, list_sources, set_source_enabled
from khachquen.collect.watching import (
    Arrival,
    Silence,
    expected_hours,
    list_silent,
    note_arrivals,
    set_expectation,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
pytestmark = pytest.mark.django_db


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 on the shop's clock."""
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


@pytest.fixture
def website() -> int:
    return int(create_source(name="Website nhamay.vn", kind="website", at=local(1, 9)).pk)


def sold(source_id: int, at: datetime) -> None:
    note_arrivals({source_id: Arrival(at, at)})


def test_a_website_is_expected_daily_once_it_has_sent_something(website: int) -> None:
    assert expected_hours(list_sources()[0]) == 0
    assert list_silent(local(9, 9), HANOI) == []

    sold(website, local(9, 9))

    assert expected_hours(list_sources()[0]) == 24
    assert list_silent(local(10, 9), HANOI) == []
    assert list_silent(local(10, 9, 1), HANOI) == [
        Silence(website, "Website nhamay.vn", local(9, 9), 24)
    ]


def test_other_sources_are_watched_only_when_somebody_says_so() -> None:
    till = create_source(name="Máy tính tiền", kind="server", at=local(1, 9)).pk
    sold(till, local(1, 9))
    assert list_silent(local(30, 9), HANOI) == []

    set_expectation(till, 168)
    assert list_silent(local(8, 9), HANOI) == []
    assert [one.name for one in list_silent(local(8, 10), HANOI)] == ["Máy tính tiền"]


@pytest.mark.parametrize(
    ("hours", "last", "quiet", "loud"),
    [
        (1, local(9, 10), local(9, 11), local(9, 11, 1)),
        (1, local(9, 21, 30), local(10, 7, 30), local(10, 7, 31)),  # the night does not count
        (6, local(9, 20), local(10, 11), local(10, 11, 1)),
        (6, local(9, 23), local(10, 13), local(10, 13, 1)),
        (1, local(9, 3), local(9, 8), local(9, 8, 1)),
        (24, local(9, 22), local(10, 22), local(10, 22, 1)),  # a whole day has its night in it
        (6, local(9, 10), local(9, 16), local(29, 10)),
    ],
)
def test_short_waits_leave_out_the_night(
    website: int, hours: int, last: datetime, quiet: datetime, loud: datetime
) -> None:
    sold(website, last)
    set_expectation(website, hours)

    assert list_silent(quiet, HANOI) == []
    assert len(list_silent(loud, HANOI)) == 1


def test_refused_messages_do_not_end_a_silence(website: int) -> None:
    sold(website, local(9, 9))
    note_arrivals({website: Arrival(local(12, 9), None)})

    [silence] = list_silent(local(12, 10), HANOI)
    assert silence.since == local(9, 9)
    assert list_sources()[0].last_seen_at == local(12, 9)


def test_a_source_that_never_sent_is_missed_when_it_was_expected(website: int) -> None:
    set_expectation(website, 24)

    assert [one.since for one in list_silent(local(3, 9), HANOI)] == [local(1, 9)]


@pytest.mark.parametrize("how", ["switched off", "not expected"])
def test_a_silence_somebody_wants_is_none(website: int, how: str) -> None:
    sold(website, local(1, 9))
    assert len(list_silent(local(9, 9), HANOI)) == 1

    if how == "switched off":
        set_source_enabled(website, False)
    else:
        set_expectation(website, 0)

    assert list_silent(local(9, 9), HANOI) == []


def test_a_wait_nobody_offers_is_refused(website: int) -> None:
    with pytest.raises(InputError) as caught:
        set_expectation(website, 5)
    assert caught.value.hint is not None
    assert caught.value.hint.en == "One of 0, 1, 6, 24, 72, 168."
    assert list_sources()[0].expect_hours is None
    with pytest.raises(NotFoundError):
        set_expectation(404, 6)


def test_waking_time_never_runs_backwards(website: int) -> None:
    sold(website, local(9, 10))
    set_expectation(website, 1)

    assert list_silent(local(9, 10) - timedelta(hours=5), HANOI) == []
