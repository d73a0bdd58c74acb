"""Rows of the lake as a test says them, column by column."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from khachquen.base import to_micros
from khachquen.collect.event import Line
from khachquen.store.lake import NewSegment, write_lines
from khachquen.store.lake.schema import COLUMNS, EVENT_COLUMNS

Row = dict[str, Any]


def event_row(event_id: int, at: datetime, **rest: Any) -> Row:
    """Every column of an event; say what is different about this one."""
    return {
        **dict.fromkeys(COLUMNS["events"]),
        "event_id": event_id,
        "message_id": f"m-{event_id}",
        "place": "web:1:0:0",
        "source_id": 1,
        "trusted": False,
        "type": "page",
        "at": to_micros(at),
        "received_at": to_micros(at + timedelta(seconds=1)),
        "properties": "{}",
        "traits": "{}",
        "context": "{}",
        **rest,
    }


def as_line(row: Mapping[str, Any]) -> bytes:
    """The row as the ingest flow writes it: what belongs together stands together."""
    line: Row = {}
    for column, value in row.items():
        *outer, last = (EVENT_COLUMNS[column].path or column).split(".")
        inside = line.setdefault(outer[0], {}) if outer else line
        is_json = column in ("properties", "traits", "context")
        inside[last] = json.loads(value) if is_json else value
    return msgspec.json.encode(line)


def order_line(sku: str, name: str, quantity: int, price: int) -> Line:
    return Line(sku, name, "Áo", quantity, price, quantity * price)


def write_events(lake: Path, rows: Iterable[Row], *, label: str) -> list[NewSegment]:
    """Files of events nobody sees before they are listed."""
    return write_lines(lake, "events", [as_line(row) for row in rows], label=label)
