"""Letting go of streams that are written once and wholly read."""

import os
from collections.abc import Mapping
from pathlib import Path

from khachquen.base import ConflictError
from khachquen.store.eventlog.reader import Position, unread_bytes
from khachquen.store.eventlog.writer import lock_stream


def remove_read_streams(folder: Path, done: Mapping[str, Position], *, pattern: str) -> list[str]:
    """Delete the streams named like ``pattern`` that hold nothing new and have no writer.

    Returns their names, which must never be used again: a new file would begin before the old
    watermark.
    """
    return [
        stream.name
        for stream in sorted(folder.glob(pattern))
        if any(stream.glob("*.log")) and _remove(stream, done)
    ]


def _remove(stream: Path, done: Mapping[str, Position]) -> bool:
    try:
        lock = lock_stream(stream, stream.name)
    except ConflictError:
        return False  # still being written
    try:
        if unread_bytes(stream.parent, done, stream=stream.name):
            return False
        for path in stream.iterdir():
            path.unlink()
        stream.rmdir()
        return True
    finally:
        os.close(lock)
