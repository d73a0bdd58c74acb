"""Rows into immutable Parquet files: written, then synced, and only then listed."""

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import msgspec

from khachquen.base import from_micros
from khachquen.store.eventlog import sync_folder
from khachquen.store.lake.schema import CAUSES, COLUMNS, SORTED_BY, TIME_COLUMN, reading_of

_encode = msgspec.json.Encoder().encode
NO_MORE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NewSegment:
    """A file that is written but not listed yet, so that no reader sees it."""

    dataset: str
    path: str  # below the lake folder
    month: int
    level: int
    rows: int
    size_bytes: int
    first_at: datetime
    last_at: datetime


def write_rows(
    lake: Path, dataset: str, rows: Sequence[msgspec.Struct], *, label: str
) -> list[NewSegment]:
    """Rows as Parquet files; see ``write_lines``."""
    return write_lines(lake, dataset, [_encode(row) for row in rows], label=label)


def write_lines(
    lake: Path,
    dataset: str,
    lines: Sequence[bytes],
    *,
    label: str,
    more: Mapping[str, str] = NO_MORE,
) -> list[NewSegment]:
    """Lines of JSON as Parquet, one file a month of their time, each sorted for reading one person.

    ``label`` makes the file names unique; ``more`` are columns beside those every installation has,
    each with its type. DuckDB reads newline-delimited JSON: no second columnar
    library is needed, and a line is parsed in about 4 µs.
    """
    if not lines:
        return []
    spool = lake / "tmp" / f"{label}.ndjson"
    spool.parent.mkdir(parents=True, exist_ok=True)
    spool.write_bytes(b"\n".join(lines))
    try:
        with open_writer(lake) as connection:
            keys, selection = reading_of(dataset, more)
            connection.execute(
                f"CREATE TABLE fresh AS SELECT {selection} FROM read_json($spool, "  # noqa: S608
                "format='newline_delimited', columns=$keys, maximum_object_size=33554432)",
                {"spool": str(spool), "keys": keys},
            ).fetchall()
            return _write_months(connection, lake, dataset, label)
    finally:
        spool.unlink()


def write_changes(lake: Path, changes: Mapping[str, Any], *, label: str) -> list[NewSegment]:
    """Columns of ``memberships`` as arrays of one length, as Parquet: a million rows a second.

    ``cause`` is a place in ``CAUSES``: an array of texts would take a hundred times as long.
    """
    if not len(changes["profile_id"]):
        return []
    with open_writer(lake) as connection:
        connection.register("told", dict(changes))
        read = {"at": 'make_timestamp("at")', "cause": "$causes[cause + 1]"}
        names = ", ".join(f'{read.get(n, n)} AS "{n}"' for n in COLUMNS["memberships"])
        connection.execute(
            f"CREATE TABLE fresh AS SELECT {names} FROM told",  # noqa: S608
            {"causes": list(CAUSES)},
        ).fetchall()
        return _write_months(connection, lake, "memberships", label)


def open_writer(lake: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory for the one process that writes the lake.

    It spills to a folder of its own: two processes sharing one overwrite each other's spills.
    """
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": "512MB",
            "temp_directory": str(lake / "tmp" / f"writer-{os.getpid()}"),
        }
    )
    connection.execute("SET enable_progress_bar = false").fetchall()
    return connection


def _write_months(
    connection: duckdb.DuckDBPyConnection, lake: Path, dataset: str, label: str
) -> list[NewSegment]:
    time = TIME_COLUMN[dataset]
    months = connection.execute(
        f"SELECT (year({time}) * 100 + month({time}))::INTEGER AS m, count(*),"  # noqa: S608
        f" epoch_us(min({time})), epoch_us(max({time})) FROM fresh GROUP BY m ORDER BY m"
    ).fetchall()
    segments = []
    for month, count, first, last in months:
        selection = (
            f"SELECT * FROM fresh WHERE year({time}) * 100 + month({time}) = {int(month)}"  # noqa: S608
            f" ORDER BY {SORTED_BY[dataset]}"
        )
        path = f"{dataset}/month={month}/{label}.parquet"
        size = copy_to_parquet(connection, selection, lake / path)
        segments.append(
            NewSegment(dataset, path, month, 0, count, size, from_micros(first), from_micros(last))
        )
    return segments


def copy_to_parquet(connection: duckdb.DuckDBPyConnection, selection: str, target: Path) -> int:
    """Write a selection as one Parquet file and return its size in bytes; it is not synced yet."""
    target.parent.mkdir(parents=True, exist_ok=True)
    quoted = str(target).replace("'", "''")
    connection.execute(
        f"COPY ({selection}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 50000)"
    ).fetchall()
    return target.stat().st_size


class Syncing:
    """New files on their way to the disk.

    All at once, so that they wait for it together, and beside other work. Nothing may list them
    before ``wait`` has returned.
    """

    def __init__(self, lake: Path, segments: Iterable[NewSegment]):
        files = [lake / segment.path for segment in segments]
        folders = {file.parent for file in files}
        threads = ThreadPoolExecutor(max(1, len(files) + len(folders)), "sync")
        self._begun = [
            *(threads.submit(_sync_file, file) for file in files),
            *(threads.submit(sync_folder, folder) for folder in folders),
        ]
        threads.shutdown(wait=False)

    def wait(self) -> None:
        """Until all of them are on the disk.

        Raises:
            OSError: the disk does not take them.
        """
        for one in self._begun:
            one.result()


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
