"""Letting go of what was read: kept for a while to be looked at, never more than agreed."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from khachquen.base import ConflictError
from khachquen.store.eventlog.reader import Position, finished_files, unread_bytes
from khachquen.store.eventlog.writer import lock_stream


@dataclass(frozen=True, slots=True)
class Keep:
    """How long, and how much of, the log stays after it was read."""

    seconds: float
    size_bytes: int


def remove_read_log(
    folder: Path, done: Mapping[str, Position], *, keep: Keep, now_s: float, one_time: Sequence[str]
) -> list[str]:
    """Delete read files beyond either bound, the oldest first; what is not read always stays.

    A file is as old as its last write. Streams named like one of ``one_time`` are written once:
    they go whole when their writer has ended. Returns the names of those, which must never be used
    again: a new file would begin before the old watermark.
    """
    ended = {s for pattern in one_time for s in _ended_streams(folder, done, pattern)}
    files = {path for path in finished_files(folder, done) if path.parent not in ended}
    files |= {path for stream in ended for path in stream.glob("*.log")}
    ages = sorted((stat.st_mtime, path, stat.st_size) for path in files if (stat := path.stat()))
    excess = sum(size for _, _, size in ages) - keep.size_bytes
    for modified, path, size in ages:
        if excess <= 0 and now_s - modified < keep.seconds:
            break
        path.unlink()
        excess -= size
    return sorted(stream.name for stream in ended if _remove_empty(stream))


def _ended_streams(folder: Path, done: Mapping[str, Position], pattern: str) -> Iterator[Path]:
    """Streams that hold nothing new and have no writer."""
    for stream in folder.glob(pattern):
        if not any(stream.glob("*.log")):
            continue  # its writer is about to begin
        try:
            lock = lock_stream(stream, stream.name)
        except ConflictError:
            continue
        try:
            if not unread_bytes(folder, done, stream=stream.name):
                yield stream
        finally:
            os.close(lock)


def _remove_empty(stream: Path) -> bool:
    if any(stream.glob("*.log")):
        return False
    for path in stream.iterdir():
        path.unlink()
    stream.rmdir()
    return True
