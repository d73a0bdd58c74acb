"""Knows where everything is kept: the log of accepted requests, the lake, how questions are run.

Hides files, manifests and engines. Does not know what an event means.
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.store.absent import note_absence

if TYPE_CHECKING:
    from khachquen.store.beside import Beside
    from khachquen.store.bulk import change_rows, db_time, update_rows, upsert_rows
    from khachquen.store.counting import add_counts, counts_by_hour, counts_by_outcome
    from khachquen.store.engine import Question, Table
    from khachquen.store.reading import ask, find_files, forget_reader, open_desk
    from khachquen.store.watermarks import (
        forget_streams,
        load_next_event_id,
        load_watermarks,
        save_next_event_id,
        save_watermarks,
    )

note_absence("pandas")
__all__ = [
    "Beside",
    "Question",
    "Table",
    "add_counts",
    "ask",
    "change_rows",
    "counts_by_hour",
    "counts_by_outcome",
    "db_time",
    "find_files",
    "forget_reader",
    "forget_streams",
    "load_next_event_id",
    "load_watermarks",
    "open_desk",
    "save_next_event_id",
    "save_watermarks",
    "update_rows",
    "upsert_rows",
]
__getattr__ = door(
    __name__,
    {
        "Beside": "beside",
        "Question": "engine",
        "Table": "engine",
        "add_counts": "counting",
        "ask": "reading",
        "change_rows": "bulk",
        "counts_by_hour": "counting",
        "counts_by_outcome": "counting",
        "db_time": "bulk",
        "find_files": "reading",
        "forget_reader": "reading",
        "forget_streams": "watermarks",
        "load_next_event_id": "watermarks",
        "load_watermarks": "watermarks",
        "open_desk": "reading",
        "save_next_event_id": "watermarks",
        "save_watermarks": "watermarks",
        "update_rows": "bulk",
        "upsert_rows": "bulk",
    },
)
