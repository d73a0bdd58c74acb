"""When it happened: dd/mm/yyyy first, the shop's clock, and nothing that is no time."""

import pytest

from khachquen.collect.importing.moments import Calendar, guess_day_order

HANOI = Calendar("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20/10/2026", "2026-10-19T17:00:00+00:00"),
        ("20/10/2026 14:05", "2026-10-20T07:05:00+00:00"),
        ("20-10-2026 14:05:30", "2026-10-20T07:05:30+00:00"),
        ("20.10.26 7:05", "2026-10-20T00:05:00+00:00"),
        ("14:05 20/10/2026", "2026-10-20T07:05:00+00:00"),
        ("20/10/2026 2:05 CH", "2026-10-20T07:05:00+00:00"),
        ("20/10/2026 12:05 SA", "2026-10-19T17:05:00+00:00"),
        ("10/20/2026", "2026-10-19T17:00:00+00:00"),  # no month 20: the other way is sure
        ("2026-10-20", "2026-10-19T17:00:00+00:00"),
        ("2026-10-20T14:05:00Z", "2026-10-20T14:05:00+00:00"),
        ("2026-10-20 14:05:00+0700", "2026-10-20T07:05:00+00:00"),
        ("2026-10-20 14:05:00.123456+07:00", "2026-10-20T07:05:00.123456+00:00"),
        ("2026-10-20 14:05:00+00", "2026-10-20T14:05:00+00:00"),
        ("2026/10/20 14:05", "2026-10-20T07:05:00+00:00"),
        ("46315.5", "2026-10-20T05:00:00+00:00"),
    ],
)
def test_times_as_files_write_them(text: str, expected: str) -> None:
    moment = HANOI.moment(text)

    assert moment is not None
    assert moment.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    ["", "hôm qua", "31/02/2026", "20/10/2026 25:00", "20/10", "0/0/0000", "1/1/1600", "99/99/2026",
     "2026-13-01", "1234", "99999999", "20/10/2026 14:05 Mars", "1e5", "\x00"],
)  # fmt: skip
def test_what_is_no_time_is_none(text: str) -> None:
    assert HANOI.moment(text) is None


def test_a_given_format_is_the_only_one(tmp_path: object) -> None:
    calendar = Calendar("UTC", format="%Y%m%d")

    assert calendar.day("20261020") == "2026-10-20"
    assert calendar.day("20/10/2026") is None


def test_one_day_above_twelve_in_the_first_place_settles_the_order() -> None:
    assert guess_day_order(["12/13/2010", "13/12/2010"]) == "dmy"
    assert guess_day_order(["1/2/2010", "12/31/2010 8:26"]) == "mdy"
    assert guess_day_order(["2010-12-31", "", "x"]) == "dmy"
