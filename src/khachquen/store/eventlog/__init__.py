"""Knows how an accepted request is made durable before it is acknowledged, and read back.

Hides files, frames, checksums and group commit. Does not know what a request says.
"""

from khachquen.store.eventlog.reader import (
    Position,
    Record,
    finished_files,
    read_log,
    unread_bytes,
)
from khachquen.store.eventlog.removing import remove_read_streams
from khachquen.store.eventlog.writer import LogWriter, sync_folder

__all__ = [
    "LogWriter",
    "Position",
    "Record",
    "finished_files",
    "read_log",
    "remove_read_streams",
    "sync_folder",
    "unread_bytes",
]
