"""Durable accept: a record is acknowledged after it is on the disk, many records a sync."""

import fcntl
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path

from khachquen.base import ConflictError, Text, UnavailableError
from khachquen.store.eventlog import frame

_log = logging.getLogger(__name__)
Sync = Callable[[int], None]
Done = Callable[[BaseException | None], None]
_Entry = tuple[bytes, Done, float]  # when it was submitted, by the clock nobody sets

_GROUP_RECORDS = 4096
_GROUP_BYTES = 8 << 20
_NO_FILE = -1


class LogWriter:
    """The one writer of a stream of log files.

    A new writer always begins a new file, so that a torn end left by a crash is never written
    after; so does a writer whose disk was full, because a reader may have seen what was taken
    back. When a sync fails the writer stops for good: what the kernel dropped cannot be asked
    for again, and a later success would be a lie (PostgreSQL's fsync lesson of 2018).

    A file nobody has added to for ``idle_s`` is left for a next one, so that it may be deleted
    once it is read and old.
    """

    def __init__(
        self,
        folder: Path,
        stream: str,
        *,
        file_bytes: int = 64 << 20,
        idle_s: float = 3600.0,
        sync: Sync = os.fdatasync,
        on_broken: Callable[[BaseException], None] | None = None,
    ):
        self._folder = folder / stream
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = lock_stream(self._folder, stream)
        self._file_bytes = file_bytes
        self._idle_s = idle_s
        self._sync = sync
        self._on_broken = on_broken
        self._broken: BaseException | None = None
        self._number = max((int(p.stem) for p in self._folder.glob("*.log")), default=0)
        self._fd, self._size = _NO_FILE, 0
        with suppress(OSError):  # a full disk: the first record tries again, and says so
            self._open_next_file()
        self._pending: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._oldest_at: float | None = None
        self._thread = threading.Thread(target=self._commit_groups, name=f"log-{stream}")
        self._thread.daemon = True
        self._thread.start()

    def submit(self, payload: bytes, done: Done) -> None:
        """Queue one record; ``done(None)`` runs on the writer's thread once it is on the disk.

        ``done(error)`` runs instead when it could not be kept; then nothing of it remains.
        """
        self._pending.put((payload, done, time.monotonic()))

    def waited_s(self) -> float:
        """How long the oldest record that is being written has waited by now."""
        oldest = self._oldest_at
        return time.monotonic() - oldest if oldest is not None else 0.0

    def append(self, payloads: Sequence[bytes]) -> None:
        """Write records and return when all are on the disk.

        Raises:
            UnavailableError: at least one of them could not be kept.
        """
        waiting: list[Future[None]] = []
        for payload in payloads:
            one: Future[None] = Future()
            waiting.append(one)
            self.submit(payload, partial(_settle, one))
        for one in waiting:
            one.result()

    def close(self) -> None:
        """Write what is queued, sync, and let go of the stream."""
        self._pending.put(None)
        self._thread.join()
        self._close_file()
        os.close(self._lock)

    def _commit_groups(self) -> None:
        while records := self._next_group():
            self._oldest_at = records[0][2]
            self._commit(records)
            self._oldest_at = None

    def _next_group(self) -> list[_Entry]:
        """What is queued, as much as one sync should carry; nothing once the writer is closed."""
        group: list[_Entry] = []
        size = 0
        while not group or (
            len(group) < _GROUP_RECORDS and size < _GROUP_BYTES and not self._pending.empty()
        ):
            entry = self._next_entry()
            if entry is None:
                if group:
                    self._pending.put(None)  # for the next call; nothing is queued after it
                break
            group.append(entry)
            size += len(entry[0])
        return group

    def _next_entry(self) -> _Entry | None:
        while True:
            try:
                return self._pending.get(timeout=self._idle_s)
            except queue.Empty:
                self._leave_idle_file()

    def _leave_idle_file(self) -> None:
        if self._fd == _NO_FILE or self._size == len(frame.MAGIC) or self._broken:
            return
        left, size = self._fd, self._size
        try:
            self._open_next_file()
        except OSError:  # no room just now: the old one will do
            self._fd, self._size = left, size
        else:
            os.close(left)

    def _commit(self, records: list[_Entry]) -> None:
        error: BaseException | None = None
        try:
            self._write_synced(b"".join(frame.pack(payload) for payload, *_ in records))
        except OSError as cause:
            error = _cannot_keep(cause)
        for _, done, _ in records:
            try:
                done(error)
            except Exception as cause:  # whoever asked is gone; the others still wait
                _log.warning("Nobody took the answer of the event log: %s", type(cause).__name__)

    def _write_synced(self, data: bytes) -> None:
        if self._broken:
            raise OSError(str(self._broken))
        if self._fd == _NO_FILE:
            self._open_next_file()
        try:
            _write_all(self._fd, data)
        except OSError:
            self._take_back()
            raise
        try:
            self._sync(self._fd)
        except OSError as cause:
            self._break(cause)
            raise
        self._size += len(data)
        if self._size >= self._file_bytes:
            self._close_file()

    def _take_back(self) -> None:
        """Cut off a half-written group, as a full disk leaves it, and write here no more."""
        try:
            os.ftruncate(self._fd, self._size)
        except OSError as cause:
            self._break(cause)
        self._close_file()

    def _break(self, cause: BaseException) -> None:
        self._broken = cause
        if self._on_broken:
            self._on_broken(cause)

    def _open_next_file(self) -> None:
        """Begin the next file; where that fails nothing of it stays, the next call tries again."""
        self._number += 1
        path = self._folder / f"{self._number:08d}.log"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
        try:
            _write_all(descriptor, frame.MAGIC)
            os.fsync(descriptor)
            sync_folder(self._folder)
        except OSError:
            os.close(descriptor)
            path.unlink()
            raise
        self._fd, self._size = descriptor, len(frame.MAGIC)

    def _close_file(self) -> None:
        if self._fd != _NO_FILE:
            os.close(self._fd)
            self._fd = _NO_FILE


def _settle(waiting: "Future[None]", error: BaseException | None) -> None:
    waiting.set_exception(error) if error else waiting.set_result(None)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def lock_stream(folder: Path, stream: str) -> int:
    """Hold the stream until the descriptor is closed."""
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise ConflictError(
            "store.stream_taken",
            Text(
                vi=f"Luồng ghi {stream!r} đang được một tiến trình khác dùng.",
                en=f"Another process is writing to the stream {stream!r}.",
            ),
            path=str(folder),
        ) from None
    return descriptor


def _cannot_keep(cause: OSError) -> UnavailableError:
    return UnavailableError(
        "store.cannot_keep",
        Text(
            vi=f"Chưa ghi được xuống đĩa: {cause.strerror or cause}.",
            en=f"It could not be written to disk: {cause.strerror or cause}.",
        ),
        hint=Text(vi="Hãy gửi lại sau.", en="Send it again later."),
    )
