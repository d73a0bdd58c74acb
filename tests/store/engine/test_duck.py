"""Questions over the lake: always the newest files, never a file outside it."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from khachquen.base import InvariantError
from khachquen.store.engine import LakeReader, Question
from khachquen.store.lake.schema import COLUMNS, stored_columns
from tests.clock import START
from tests.rows import event_row, write_events


class Files:
    """A manifest that lives in memory, so that threads may change it."""

    def __init__(self, lake: Path) -> None:
        self.lake = lake
        self.listed: list[str] = []
        self.written = 0

    def __call__(self, dataset: str) -> list[str]:
        return list(self.listed) if dataset == "events" else []

    def write(self, *event_ids: int) -> list[str]:
        self.written += 1
        rows = [event_row(event_id, START) for event_id in event_ids]
        return [s.path for s in write_events(self.lake, rows, label=f"f{self.written}")]

    def add(self, *event_ids: int) -> None:
        self.listed += self.write(*event_ids)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "lake's folder")


@pytest.fixture
def reader(files: Files) -> LakeReader:
    columns = {dataset: stored_columns(dataset) for dataset in COLUMNS}
    return LakeReader(files.lake, files, columns, memory_mb=128, threads=1)


def count(reader: LakeReader) -> int:
    return int(reader.ask(Question("count", "SELECT count(*) FROM events")).rows[0][0])


def test_an_empty_lake_answers_with_every_column(reader: LakeReader) -> None:
    table = reader.ask(Question("all", "SELECT * FROM events"))

    assert table.columns == tuple(COLUMNS["events"])
    assert table.rows == []
    assert reader.ask(Question("none", "SELECT * FROM orders")).rows == []
    assert reader.ask(Question("none", "SELECT reason FROM refusals")).rows == []


def test_the_views_follow_the_list_of_files(reader: LakeReader, files: Files) -> None:
    files.add(1, 2)
    assert count(reader) == 2
    files.add(3)
    assert count(reader) == 3
    joined = files.write(1, 2, 3)
    old, files.listed = files.listed, joined
    for path in old:
        (files.lake / path).unlink()
    assert count(reader) == 3
    files.listed = []
    assert count(reader) == 0


def test_values_travel_as_parameters(reader: LakeReader, files: Files) -> None:
    files.add(1, 2, 3)
    sql = "SELECT event_id, $name AS name FROM events WHERE event_id > $after ORDER BY 1"

    table = reader.ask(Question("test", sql, {"after": 1, "name": "'; DROP VIEW events; --"}))

    assert table.dicts() == [
        {"event_id": 2, "name": "'; DROP VIEW events; --"},
        {"event_id": 3, "name": "'; DROP VIEW events; --"},
    ]


FORBIDDEN: dict[str, Callable[[Path], str]] = {
    "another file": lambda out: f"SELECT * FROM read_csv('{out / 'secret.csv'}')",
    "a file up the tree": lambda out: (
        f"SELECT * FROM read_text('{out}/lake''s folder/../secret.csv')"
    ),
    "the web": lambda out: "SELECT * FROM read_csv('https://example.com/x.csv')",
    "writing outside": lambda out: f"COPY (SELECT 1) TO '{out / 'written.csv'}'",
    "another database": lambda out: f"ATTACH '{out / 'other.db'}'",
    "an extension": lambda out: "INSTALL httpfs",
    "unlocking": lambda out: "SET enable_external_access = true",
    "another setting": lambda out: "SET memory_limit = '100GB'",
    "the surroundings": lambda out: "SELECT getenv('HOME')",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_outside_the_lake_can_be_reached(
    reader: LakeReader, files: Files, tmp_path: Path, what: str
) -> None:
    (tmp_path / "secret.csv").write_text("name\nNguyễn Thị Hoa\n")
    before = sorted(tmp_path.iterdir())

    with pytest.raises(InvariantError) as refused:
        reader.ask(Question("hostile", FORBIDDEN[what](tmp_path)))

    assert refused.value.code == "store.question_failed"
    assert refused.value.path == "hostile"
    assert "Hoa" not in refused.value.in_language("vi")
    assert sorted(tmp_path.iterdir()) == before
    files.add(1)
    assert count(reader) == 1


def test_a_question_that_fails_says_its_name_and_none_of_its_values(reader: LakeReader) -> None:
    with pytest.raises(InvariantError) as failed:
        reader.ask(Question("metrics.people", "SELECT $phone::INTEGER", {"phone": "0912 345 678"}))

    assert str(failed.value) == (
        "The question metrics.people could not be answered: ConversionException."
    )


def test_many_ask_at_once_while_files_come_and_go(reader: LakeReader, files: Files) -> None:
    files.add(*range(10))
    known, wrong = [10], []
    stop = threading.Event()

    def ask_on() -> None:
        while not stop.is_set():
            least = known[0]
            found = count(reader)
            if not least <= found <= known[0] + 1:
                wrong.append((least, found, known[0]))

    threads = [threading.Thread(target=ask_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    for event_id in range(10, 30):
        files.add(event_id)
        known[0] += 1
    stop.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert count(reader) == 30


def test_each_process_spills_where_nobody_else_does(files: Files, tmp_path: Path) -> None:
    dead = files.lake / "tmp" / "reader-999999999"
    dead.mkdir(parents=True)
    (dead / "spilled.tmp").write_text("left by a process that was killed")
    columns = {dataset: stored_columns(dataset) for dataset in COLUMNS}
    reader = LakeReader(files.lake, files, columns, memory_mb=128, threads=1)

    assert not dead.exists()
    [(folder,)] = reader.ask(Question("t", "SELECT current_setting('temp_directory')")).rows
    assert folder == str(files.lake / "tmp" / f"reader-{os.getpid()}")


def test_a_question_larger_than_memory_spills_and_is_answered(
    reader: LakeReader, files: Files
) -> None:
    sql = (
        "SELECT count(*) FROM (SELECT range AS n, repeat('x', 100) || range AS text"
        " FROM range(1500000) ORDER BY hash(range), text)"
    )
    assert reader.ask(Question("large", sql)).rows == [(1_500_000,)]


def test_a_file_of_an_older_schema_lacks_a_column_and_stays_readable(
    files: Files, reader: LakeReader
) -> None:
    files.add(1)
    older = files.write(2)[0]
    path = str(files.lake / older).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS SELECT * EXCLUDE (place) FROM '{path}'")
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")

    def places() -> list[tuple[int, str | None]]:
        table = reader.ask(Question("all", "SELECT event_id, place FROM events ORDER BY event_id"))
        return [(row[0], row[1]) for row in table.rows]

    files.listed.append(older)
    assert places() == [(1, "web:1:0:0"), (2, None)]
    files.listed = [older]
    assert places() == [(2, None)]
