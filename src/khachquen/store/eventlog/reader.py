"""Reading the log from where the lake left off, or one record by its place."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from khachquen.store.eventlog import frame

_log = logging.getLogger(__name__)
_START = len(frame.MAGIC)
_PLACE = re.compile(r"(\w[\w.-]*):(\d{1,18}):(\d{1,18}):(\d{1,18})")


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


def read_log(
    folder: Path,
    since: Mapping[str, Position],
    *,
    max_bytes: int,
    streams: str = "*",
    is_held: Callable[[Record], bool] = lambda record: False,
) -> Iterator[Record]:
    """Records after ``since``, stream by stream, oldest first, about ``max_bytes`` of them.

    Streams that wait get equal shares, so that a long import does not hold up the website. A stream
    is read up to its first record that is held: that one and those behind it stand there as if they
    had not come yet. ``streams`` is a pattern of names.
    A torn end is passed over once the stream has a later file; before that it may still be being
    written, so reading stops there and picks up the next time. A damaged record between whole ones
    is passed over and said so in the process's log.
    """
    waiting = {}
    for stream in _streams(folder, streams):
        position = since.get(stream, Position())
        if unread_bytes(folder, since, stream=stream):
            first = next(_read_stream(folder / stream, position, 1), None)
            if first is None or not is_held(first):
                waiting[stream] = position
    for stream, position in waiting.items():
        share = _read_stream(folder / stream, position, max_bytes // len(waiting))
        yield from takewhile(lambda record: not is_held(record), share)


def _read_stream(folder: Path, since: Position, max_bytes: int) -> Iterator[Record]:
    files = _files(folder)
    for number, path in files.items():
        if number < since.file_number:
            continue
        start = since.offset if number == since.file_number else 0
        for offset, found in _frames(path, start, is_finished=number < max(files)):
            assert found.payload is not None
            at, after = Position(number, offset), Position(number, found.end)
            yield Record(folder.name, at, after, found.payload)
            max_bytes -= len(found.payload)
            if max_bytes <= 0:
                return


def read_at(folder: Path, place: str) -> tuple[bytes, int] | None:
    """The record at ``stream:file:offset:index``, and the index; None once it is deleted.

    What an event or a refusal says of its ``place`` leads back to the request as it was accepted,
    for as long as the log is kept.
    """
    if not (found := _PLACE.fullmatch(place)):
        return None
    offset = int(found[3])
    try:
        with (folder / found[1] / f"{int(found[2]):08d}.log").open("rb") as file:
            record = frame.read(file, offset, file.seek(0, 2)) if offset >= _START else None
    except FileNotFoundError:
        return None
    return (record.payload, int(found[4])) if record and record.payload is not None else None


def finished_files(folder: Path, done: Mapping[str, Position]) -> list[Path]:
    """Files that hold nothing new and will not be written again."""
    return [path for stream in _streams(folder) for path in _finished(folder / stream, done)]


def _finished(stream: Path, done: Mapping[str, Position]) -> Iterator[Path]:
    position, files = done.get(stream.name, Position()), _files(stream)
    for number, path in files.items():
        start = position.offset if number == position.file_number else 0
        if number < position.file_number:
            yield path
        elif number == max(files) or next(_frames(path, start, is_finished=True), None):
            return
        else:
            yield path


def unread_bytes(folder: Path, done: Mapping[str, Position], *, stream: str = "*") -> int:
    """How much of the log (or of one stream) has not reached the lake, in bytes.

    A torn end a crash left counts as nothing: it was never acknowledged.
    """
    waiting = 0
    for path in folder.glob(f"{stream}/*.log"):
        position = done.get(path.parent.name, Position())
        start = position.offset if int(path.stem) == position.file_number else 0
        if int(path.stem) >= position.file_number:
            waiting += _bytes_after(path, max(start, _START))
    return waiting


def _streams(folder: Path, pattern: str = "*") -> list[str]:
    return sorted(p.name for p in folder.glob(pattern) if p.is_dir())


def _files(folder: Path) -> dict[int, Path]:
    """The files of a stream by number, in order."""
    return dict(sorted((int(path.stem), path) for path in folder.glob("*.log")))


def _frames(path: Path, start: int, *, is_finished: bool) -> Iterator[tuple[int, frame.Frame]]:
    """Whole frames of one file and where each begins."""
    try:
        file = path.open("rb")
    except FileNotFoundError:  # a full disk had no room for it after all
        return
    with file:
        size = file.seek(0, 2)
        offset = max(start, _START)
        while found := frame.read(file, offset, size):
            if found.payload is not None:
                yield offset, found
            elif is_finished and _is_whole(frame.read(file, found.end, size)):
                _log.error("%s: the record at %d is damaged and lost", path, offset)
            else:
                return
            offset = found.end


def _is_whole(found: frame.Frame | None) -> bool:
    return found is not None and found.payload is not None


def _bytes_after(path: Path, start: int) -> int:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            return size - start if _is_whole(frame.read(file, start, size)) else 0
    except FileNotFoundError:
        return 0
