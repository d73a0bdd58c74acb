"""The events for ever: whole files or none, listed or not there."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from khachquen.base import to_micros
from khachquen.collect.event import Line, Outcome, Refusal
from khachquen.store.engine import LakeReader, Question
from khachquen.store.lake import (
    NewSegment,
    Prepared,
    add_segments,
    compact,
    expire_seen,
    find_work,
    list_segments,
    live_paths,
    remove_orphans,
    sweep,
    to_refusal_row,
    write_rows,
    write_run,
)
from khachquen.store.lake.schema import COLUMNS, stored_columns
from tests.clock import START
from tests.rows import Row, event_row, write_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def row(number: int, at: datetime = START, **rest: Any) -> Row:
    return event_row(number, at, received_at=to_micros(START), **rest)


def ask(lake: Path, sql: str) -> list[tuple[Any, ...]]:
    reader = LakeReader(
        lake,
        live_paths,
        {dataset: stored_columns(dataset) for dataset in COLUMNS},
        memory_mb=128,
        threads=1,
    )
    return reader.ask(Question("test", sql)).rows


def test_one_file_a_month_each_sorted_for_one_person(lake: Path) -> None:
    october = datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    rows = [
        row(1, START, profile_id=2),
        row(2, START - timedelta(hours=1), profile_id=2),
        row(3, START, profile_id=1),
        row(4, october, profile_id=2),
        row(5, START, profile_id=None),
    ]

    first, second = write_events(lake, rows, label="batch")

    assert (first.path, first.month, first.rows) == ("events/month=202610/batch.parquet", 202610, 1)
    assert (first.first_at, first.last_at) == (october, october)
    assert (second.path, second.month, second.rows) == (
        "events/month=202611/batch.parquet",
        202611,
        4,
    )
    assert (second.first_at, second.last_at) == (START - timedelta(hours=1), START)
    assert second.size_bytes == (lake / second.path).stat().st_size
    inside = duckdb.sql(f"SELECT event_id FROM '{lake / second.path}'").fetchall()
    assert inside == [(3,), (2,), (1,), (5,)]
    assert [p.name for p in lake.rglob("*") if p.suffix in {".tmp", ".ndjson"}] == []


def test_every_column_comes_back_as_it_was(lake: Path) -> None:
    lines = (Line("ao", "Áo dài", None, 2, 150_000, 300_000), Line("x", None, "Gốm", 1, 0, 0))
    texts = {
        name: f'{name}: Đặng "é" \\ \n\t\x01 \U0001f600'
        for name, kind in COLUMNS["events"].items()
        if kind == "VARCHAR" and name not in ("properties", "traits", "context", "type")
    }
    told = row(
        2**62,
        trusted=True,
        lines=lines,
        total_minor=-(2**60),
        properties='{"a":"\\u0001"}',
        **texts,
    )
    add_segments(write_events(lake, [told], label="batch"), at=START)

    reader = LakeReader(
        lake,
        live_paths,
        {dataset: stored_columns(dataset) for dataset in COLUMNS},
        memory_mb=128,
        threads=1,
    )
    [found] = reader.ask(Question("test", "SELECT * FROM events")).dicts()

    assert found.pop("lines") == [msgspec.structs.asdict(line) for line in lines]
    assert found.pop("at") == found.pop("received_at") == START.replace(tzinfo=None)
    assert found == {
        name: value for name, value in told.items() if name not in ("lines", "at", "received_at")
    }


def test_nothing_makes_no_file(lake: Path) -> None:
    assert write_events(lake, [], label="batch") == []
    assert not lake.exists()


@pytest.mark.parametrize(
    "payload", [b"a\x00b", b"\xff\xfe", b"\x01" * (6 << 20), b"\xff" * (6 << 20)]
)
def test_any_refused_message_can_be_kept(lake: Path, payload: bytes) -> None:
    refusal = Refusal(
        "m", "web:1:8:0", 1, Outcome.QUARANTINED, "not_json", "$", to_micros(START), payload
    )
    add_segments(write_rows(lake, "refusals", [to_refusal_row(refusal)], label="b"), at=START)

    [(length,)] = ask(lake, "SELECT length(payload) FROM refusals")
    assert length == min(len(payload), 4 << 20)


def test_a_file_that_is_not_listed_is_not_there(lake: Path) -> None:
    segments = write_events(lake, [row(1)], label="batch")
    assert ask(lake, "SELECT count(*) FROM events") == [(0,)]

    add_segments(segments, at=START)
    assert ask(lake, "SELECT count(*) FROM events") == [(1,)]


def test_orphans_go_and_what_is_listed_stays(lake: Path) -> None:
    add_segments(write_events(lake, [row(1)], label="listed"), at=START)
    write_events(lake, [row(2)], label="loose")
    loose = Prepared(b"", b"x" * 16, 1)
    write_run(lake, [loose], 1, label="loose", first_at=0, last_at=0)
    (lake / "tmp" / "half.ndjson").write_text("{")
    (lake / "events/month=202611/half.tmp").write_text("PAR1")
    reader = lake / "tmp" / "reader-1"
    reader.mkdir()
    (reader / "spilled.tmp").write_text("of a question that is being asked")

    assert remove_orphans(lake) == 4
    assert sorted(p.name for p in lake.rglob("*") if p.is_file()) == [
        "listed.parquet",
        "spilled.tmp",
    ]


def in_small_files(lake: Path, count: int) -> None:
    for number in range(count):
        rows = [row(number * 2, profile_id=9 - number), row(number * 2 + 1, profile_id=number)]
        add_segments(write_events(lake, rows, label=f"b{number}"), at=START)


def test_joining_small_files_changes_no_row(lake: Path) -> None:
    in_small_files(lake, 8)
    before = ask(lake, "SELECT * FROM events ORDER BY event_id")
    later = START + timedelta(minutes=1)

    group = find_work("events", files=8)
    assert compact(lake, "events", group, label="joined", at=later) == 16

    [joined] = list_segments("events")
    assert (joined.rows, joined.level, joined.month) == (16, 1, 202611)
    assert ask(lake, "SELECT * FROM events ORDER BY event_id") == before
    inside = duckdb.sql(f"SELECT profile_id, event_id FROM '{lake / joined.path}'").fetchall()
    assert inside == sorted(inside)
    assert find_work("events", files=8) == []


def test_files_of_two_months_or_tiers_are_not_joined(lake: Path) -> None:
    in_small_files(lake, 7)
    october = datetime(2026, 10, 5, tzinfo=UTC)
    add_segments(write_events(lake, [row(99, october)], label="october"), at=START)
    assert find_work("events", files=8) == []

    group = find_work("events", files=7)
    assert len(group) == 7
    compact(lake, "events", group, label="joined", at=START)
    in_small_files_again = write_events(lake, [row(100)], label="late")
    add_segments(in_small_files_again, at=START)
    assert find_work("events", files=2) == []


def test_tiers_keep_the_files_few(lake: Path) -> None:
    for number in range(40):
        add_segments(write_events(lake, [row(number)], label=f"b{number}"), at=START)
        while group := find_work("events", files=4):
            compact(lake, "events", group, label=f"j{number}-{group[0].level}", at=START)

    assert Counter(s.level for s in list_segments("events")) == {2: 2, 1: 2}
    assert ask(lake, "SELECT count(*), sum(event_id) FROM events") == [(40, 780)]


def test_a_replaced_file_stays_for_those_who_still_read_it(lake: Path) -> None:
    in_small_files(lake, 2)
    compact(lake, "events", find_work("events", files=2), label="joined", at=START)

    assert sweep(lake, at=START + timedelta(seconds=120), after_s=120) == 0
    assert remove_orphans(lake) == 0
    assert sweep(lake, at=START + timedelta(seconds=121), after_s=120) == 2
    assert [p.name for p in lake.rglob("*.parquet")] == ["joined.parquet"]
    assert sweep(lake, at=START + timedelta(days=1), after_s=120) == 0


def test_what_was_seen_is_forgotten_after_the_window(lake: Path) -> None:
    for number, age in enumerate((31, 30, 1)):
        at = to_micros(START - timedelta(days=age))
        message = Prepared(b"", bytes([number]) * 16, 1)
        run = write_run(lake, [message], 1, label=str(number), first_at=at, last_at=at)
        add_segments([run], at=START)

    assert expire_seen(at=START, days=30) == 1
    assert live_paths("seen") == ["seen/1.npy", "seen/2.npy"]


def test_a_segment_says_what_it_is(lake: Path) -> None:
    at = to_micros(START)
    messages = [Prepared(b"", b"b" * 16, 1), Prepared(b"", b"a" * 16, 2)]
    assert write_run(lake, messages, 1, label="r", first_at=at, last_at=at) == NewSegment(
        "seen", "seen/r.npy", 202611, 0, 2, (lake / "seen/r.npy").stat().st_size, START, START
    )
