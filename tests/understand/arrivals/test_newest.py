"""What just came in, kept and refused alike, and what came since one last looked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from khachquen.base import InputError
from khachquen.understand.arrivals import Newest, Wanted, count_newer, newest
from tests.understand.small_lake import SmallLake, event, refusal

NOON = datetime(2026, 11, 20, 5, 0)  # noqa: DTZ001  # as the lake keeps times
SECOND = timedelta(seconds=1)


def busy_minute() -> SmallLake:
    return SmallLake(
        [
            event(1, NOON, message_id="a", anonymous_id="May-Hoa", profile_id=1),
            event(2, NOON + 2 * SECOND, type="track", name="Dance", source_id=2, profile_id=2),
        ],
        refusals=[
            refusal("a", NOON + SECOND, outcome="duplicate", reason="", path=""),
            refusal("b", NOON + 3 * SECOND),
        ],
    )


def at(seconds: int) -> datetime:
    return (NOON + seconds * SECOND).replace(tzinfo=UTC)


def test_the_kept_and_the_refused_stand_together() -> None:
    rows = busy_minute().ask(newest()).dicts()

    assert [(row["message_id"], row["outcome"], row["reason"], row["path"]) for row in rows] == [
        ("b", "quarantined", "bad_time", "$.timestamp"),
        ("m-2", "stored", "", ""),
        ("a", "duplicate", "", ""),
        ("a", "stored", "", ""),
    ]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"outcome": "stored"}, ["m-2", "a"]),
        ({"outcome": "duplicate"}, ["a"]),
        ({"source_id": 2}, ["m-2"]),
        ({"name": "Dance"}, ["m-2"]),
        ({"name": "page"}, ["a"]),
        ({"since": at(2)}, ["b", "m-2"]),
        ({"holds": "may-HOA"}, ["a"]),
        ({"holds": "M-"}, ["m-2"]),
        ({"holds": "%"}, []),
        ({"holds": "nobody", "profile_ids": (2, 7)}, ["m-2"]),
        ({"after": Newest(1, at(1))}, ["b", "m-2"]),
        ({"after": Newest(2, at(3))}, []),
    ],
)
def test_they_are_filtered(wanted: dict[str, Any], expected: list[str]) -> None:
    asked = Wanted(**wanted)
    lake = busy_minute()

    rows = lake.ask(newest(asked)).dicts()
    (counted,) = lake.ask(count_newer(replace(asked, after=asked.after or Newest()))).dicts()

    assert [row["message_id"] for row in rows] == expected
    if asked.since is None:
        assert counted["stored"] + counted["refused"] == len(expected)


def test_only_the_newest_are_given() -> None:
    assert [r["message_id"] for r in busy_minute().ask(newest(limit=1)).dicts()] == ["b"]


def test_how_far_the_lake_reaches_knows_no_filter() -> None:
    asked = Wanted(name="Nobody", after=Newest(1, at(1)))

    (row,) = busy_minute().ask(count_newer(asked)).dicts()

    assert row == {
        "stored": 0,
        "refused": 0,
        "last_event": 2,
        "last_refusal": NOON + 3 * SECOND,
    }


def test_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        Wanted(outcome="lost")

    assert caught.value.hint is not None
    assert caught.value.hint.en == "Use one of: dropped, duplicate, quarantined, stored."
