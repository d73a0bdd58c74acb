"""A shop with as many people and events as asked for, written straight into its stores.

Not by the front door: twenty million events would take half an hour there. The same size, the same
shop: visits, baskets and orders of a year, more of late; names, phones, e-mails and the words
people are looked for by. ``BUSY`` is a person with ten thousand events from hundreds of browsers.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from khachquen.base import from_micros, to_micros

if TYPE_CHECKING:
    from khachquen.flows.engine import Engine

BUSY = 1

_DAYS = 365
_FILE_ROWS = 4_000_000
_AS_KEPT = 'order_number IS NULL, profile_id, "at", event_id'  # as the lake sorts events
_SQL = Path(__file__).parent / "filling.sql"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a shop."""

    people: int
    events: int


def fill_shop(data: Path, size: Size, *, now: datetime, say: Callable[[str], None]) -> None:
    """People, their traits, orders and events; nobody may be the engine of the shop meanwhile."""
    with duckdb.connect() as made:
        made.execute("SET enable_progress_bar = false").fetchall()
        until = now.astimezone(UTC).replace(tzinfo=None)
        told = {"people": size.people, "events": size.events, "until": until, "days": _DAYS}
        for statement in _SQL.read_text(encoding="utf-8").split(";\n\n"):
            wanted = {name: value for name, value in told.items() if f"${name}" in statement}
            made.execute(statement, wanted).fetchall()
        say(f"{size.events:,} events of {size.people:,} people made up")
        _write_events(made, data / "lake", size, now=now)
        _write_people(made, size, now=now)
        say("written")


def _write_events(
    made: duckdb.DuckDBPyConnection, lake: Path, size: Size, *, now: datetime
) -> None:
    from django.db import transaction

    from khachquen.store import save_next_event_id
    from khachquen.store.lake import NewSegment, add_segments
    from khachquen.store.lake.schema import stored_columns

    months = made.execute(
        'SELECT year("at") * 100 + month("at") AS m, count(*), epoch_us(min("at")),'
        ' epoch_us(max("at")) FROM events GROUP BY m ORDER BY m'
    ).fetchall()
    known = {row[0] for row in made.execute("DESCRIBE events").fetchall()}
    unknown = "".join(
        f', NULL::{kind} AS "{name}"'
        for name, kind in stored_columns("events").items()
        if name not in known
    )
    segments = []
    for month, rows, first, last in months:
        parts = rows // _FILE_ROWS + 1
        for part in range(parts):
            path = f"events/month={month}/bench-{part}.parquet"
            (lake / path).parent.mkdir(parents=True, exist_ok=True)
            wanted = f'year("at") * 100 + month("at") = {month} AND event_id % {parts} = {part}'
            rest = f"WHERE {wanted} ORDER BY {_AS_KEPT}"
            made.execute(
                f"COPY (SELECT *{unknown} FROM events {rest}) TO '{lake / path}'"  # noqa: S608
                " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 50000)"
            ).fetchall()
            written = (lake / path).stat().st_size
            times = from_micros(first), from_micros(last)
            segments.append(NewSegment("events", path, month, 9, rows // parts, written, *times))
    with transaction.atomic():
        add_segments(segments, at=now)
        save_next_event_id(size.events + 1)


def _write_people(made: duckdb.DuckDBPyConnection, size: Size, *, now: datetime) -> None:
    from django.db import connection, transaction

    from khachquen.unify.filling import write_orders, write_people, write_traits

    started = to_micros(now - timedelta(days=_DAYS))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # indexes are filled in no order: keep them in memory
            cursor.execute("PRAGMA cache_size = -1000000")
    for table, write in (
        ("people", partial(write_people, people=size.people)),
        ("person_traits", partial(write_traits, people=size.people, started=started)),
        ("person_orders", write_orders),
    ):
        found = made.execute(f"SELECT * FROM {table}")  # noqa: S608
        while chunk := found.fetchmany(20_000):
            with transaction.atomic():
                write(chunk)


def mirror_people(engine: "Engine") -> float:
    """Everybody as the engine mirrors them, until it has nothing left to do; how long it took."""
    began = time.perf_counter()
    while engine.follow():
        engine.tidy()
    while engine.ingester.joining.is_busy:
        engine.tidy()
        time.sleep(0.05)
    return time.perf_counter() - began
