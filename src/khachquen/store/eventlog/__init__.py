"""Knows how an accepted request is made durable before it is acknowledged, and read back.

Hides files, frames, checksums and group commit. Does not know what a request says.
"""

from khachquen.store.eventlog.reader import (
    Position,
    Record,
    read_at,
    read_log,
    unread_bytes,
)
from khachquen.store.eventlog.removing import Keep, remove_read_log
from khachquen.store.eventlog.writer import LogWriter, sync_folder

__all__ = [
    "Keep",
    "LogWriter",
    "Position",
    "Record",
    "read_at",
    "read_log",
    "remove_read_log",
    "sync_folder",
    "unread_bytes",
]
