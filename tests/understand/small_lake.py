"""A lake small enough to count by hand: plain rows in a DuckDB in memory."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from khachquen.store import engine as store_engine
from khachquen.store.engine import Question, Table

HUMAN_EVENTS = Path(store_engine.__file__).with_name("human_events.sql")
_LINES = (
    "struct(sku varchar, name varchar, category varchar, quantity bigint, price_minor bigint,"
    " amount_minor bigint)[]"
)
_EVENTS = {
    "event_id": "bigint",
    "message_id": "varchar",
    "source_id": "bigint",
    "trusted": "boolean",
    "type": "varchar",
    "name": "varchar",
    "at": "timestamp",
    "received_at": "timestamp",
    "node_id": "bigint",
    "profile_id": "bigint",
    "anonymous_id": "varchar",
    "user_id": "varchar",
    "page_url": "varchar",
    "page_path": "varchar",
    "page_title": "varchar",
    "referrer": "varchar",
    "utm_source": "varchar",
    "utm_medium": "varchar",
    "utm_campaign": "varchar",
    "ip": "varchar",
    "user_agent": "varchar",
    "order_number": "varchar",
    "currency": "varchar",
    "total_minor": "bigint",
    "units": "bigint",
    "lines": _LINES,
    "properties": "varchar",
    "traits": "varchar",
    "context": "varchar",
    "browser": "varchar",
    "robot": "varchar",
    "robot_kind": "varchar",
    "channel": "varchar",
    "came_from": "varchar",
    "place": "varchar",
}
_ORDERS = {
    "source_id": "bigint",
    "number": "varchar",
    "node_id": "bigint",
    "profile_id": "bigint",
    "placed_at": "timestamp",
    "currency": "varchar",
    "total_minor": "bigint",
    "units": "bigint",
    "refunded_minor": "bigint",
    "units_returned": "bigint",
    "lines": _LINES,
    "refunded_at": "timestamp",
    "cancelled_at": "timestamp",
}
_REFUSALS = {
    "message_id": "varchar",
    "source_id": "bigint",
    "outcome": "varchar",
    "reason": "varchar",
    "path": "varchar",
    "received_at": "timestamp",
    "payload": "varchar",
    "place": "varchar",
}
Row = Mapping[str, Any]


class SmallLake:
    """Answers questions over the rows it was given."""

    def __init__(
        self,
        events: Iterable[Row] = (),
        orders: Iterable[Row] = (),
        refusals: Iterable[Row] = (),
    ) -> None:
        self._connection = duckdb.connect()
        for table, columns, rows in (
            ("events", _EVENTS, events),
            ("orders", _ORDERS, orders),
            ("refusals", _REFUSALS, refusals),
        ):
            spelled = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            self._connection.execute(f"create table {table} ({spelled})")
            marks = ", ".join("?" for _ in columns)
            values = [[row.get(name) for name in columns] for row in rows]
            if values:
                self._connection.executemany(f"insert into {table} values ({marks})", values)
        self._connection.execute("create view told_events as from events")
        self._connection.execute(f"create view human_events as {HUMAN_EVENTS.read_text('utf-8')}")

    def ask(self, question: Question) -> Table:
        found = self._connection.execute(question.sql, dict(question.params))
        return Table(tuple(column[0] for column in found.description), found.fetchall())


def event(event_id: int, at: datetime, **rest: Any) -> dict[str, Any]:
    """One event of a website's visitor; say what is different about it."""
    return {
        "event_id": event_id,
        "message_id": f"m-{event_id}",
        "source_id": 1,
        "trusted": False,
        "type": "page",
        "at": at,
        "received_at": at,
        "properties": "{}",
        "traits": "{}",
        "context": "{}",
        **rest,
    }


def refusal(message_id: str, received_at: datetime, **rest: Any) -> dict[str, Any]:
    """One message that was refused; say what is different about it."""
    return {
        "message_id": message_id,
        "source_id": 1,
        "outcome": "quarantined",
        "reason": "bad_time",
        "path": "$.timestamp",
        "received_at": received_at,
        "payload": "{}",
        **rest,
    }


def order(number: str, placed_at: datetime | None, **rest: Any) -> dict[str, Any]:
    """One order of đồng; say what is different about it."""
    return {
        "source_id": 2,
        "number": number,
        "placed_at": placed_at,
        "currency": "VND",
        "total_minor": 0,
        "units": 1,
        "refunded_minor": 0,
        "units_returned": 0,
        **rest,
    }
