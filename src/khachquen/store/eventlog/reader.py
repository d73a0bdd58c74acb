"""Reading the log from where the lake left off."""

import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from khachquen.store.eventlog import frame


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in one stream: everything before it is done with."""

    file_number: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One accepted request, where it stands, and where its stream goes on after it."""

    stream: str
    at: Position
    after: Position
    payload: bytes


def read_log(folder: Path, since: Mapping[str, Position], *, max_bytes: int) -> Iterator[Record]:
    """Records after ``since``, stream by stream, oldest first, about ``max_bytes`` of them.

    A torn end is passed over once the stream has a later file; before that it may still be being
    written, so reading stops there and picks up the next time.
    """
    left = max_bytes
    for stream in sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.exists() else ():
        position = since.get(stream, Position())
        files = sorted(int(p.stem) for p in (folder / stream).glob("*.log"))
        for number in files:
            if number < position.file_number or left <= 0:
                continue
            start = position.offset if number == position.file_number else 0
            path = folder / stream / f"{number:08d}.log"
            for record in _read_file(path, stream, number, start, left):
                left -= len(record.payload)
                yield record


def _read_file(
    path: Path, stream: str, number: int, start: int, max_bytes: int
) -> Iterator[Record]:
    if path.stat().st_size <= len(frame.MAGIC):
        return
    offset = max(start, len(frame.MAGIC))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        while max_bytes > 0 and (found := frame.unpack(data, offset)):
            max_bytes -= len(found.payload)
            after = Position(number, found.end)
            yield Record(stream, Position(number, offset), after, found.payload)
            offset = found.end


def finished_files(folder: Path, done: Mapping[str, Position]) -> list[Path]:
    """Files that are wholly behind the watermark and will not be written again."""
    return [
        path
        for stream, position in done.items()
        for path in (folder / stream).glob("*.log")
        if int(path.stem) < position.file_number
    ]


def unread_bytes(folder: Path, done: Mapping[str, Position]) -> int:
    """How much of the log has not reached the lake, in bytes."""
    waiting = 0
    for path in folder.glob("*/*.log"):
        position = done.get(path.parent.name, Position())
        number, size = int(path.stem), path.stat().st_size
        if number > position.file_number:
            waiting += max(0, size - len(frame.MAGIC))
        elif number == position.file_number:
            waiting += max(0, size - max(position.offset, len(frame.MAGIC)))
    return waiting
