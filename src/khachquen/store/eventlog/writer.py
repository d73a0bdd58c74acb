"""Durable accept: a record is acknowledged after it is on the disk, many records a sync."""

import fcntl
import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from khachquen.base import ConflictError, Text, UnavailableError
from khachquen.store.eventlog import frame

Sync = Callable[[int], None]
Done = Callable[[BaseException | None], None]


class LogWriter:
    """The one writer of a stream of log files.

    A new writer always begins a new file, so that a torn end left by a crash is never written
    after. When a sync fails the writer stops for good: what the kernel dropped cannot be asked
    for again, and a later success would be a lie (PostgreSQL's fsync lesson of 2018).
    """

    def __init__(
        self,
        folder: Path,
        stream: str,
        *,
        file_bytes: int = 64 << 20,
        sync: Sync = os.fdatasync,
        on_broken: Callable[[BaseException], None] | None = None,
    ):
        self._folder = folder / stream
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock_stream(self._folder, stream)
        self._file_bytes = file_bytes
        self._sync = sync
        self._on_broken = on_broken
        self._broken: BaseException | None = None
        self._number = max((int(p.stem) for p in self._folder.glob("*.log")), default=0)
        self._open_next_file()
        self._pending: queue.SimpleQueue[tuple[bytes, Done] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._commit_groups, name=f"log-{stream}")
        self._thread.daemon = True
        self._thread.start()

    def submit(self, payload: bytes, done: Done) -> None:
        """Queue one record; ``done(None)`` runs on the writer's thread once it is on the disk.

        ``done(error)`` runs instead when it could not be kept; then nothing of it remains.
        """
        self._pending.put((payload, done))

    def append(self, payloads: Sequence[bytes]) -> None:
        """Write records and return when all are on the disk.

        Raises:
            UnavailableError: they could not be kept.
        """
        if not payloads:
            return
        finished: Future[None] = Future()

        def last_done(error: BaseException | None) -> None:
            finished.set_exception(error) if error else finished.set_result(None)

        for payload in payloads[:-1]:
            self.submit(payload, lambda error: None)
        self.submit(payloads[-1], last_done)
        finished.result()

    def close(self) -> None:
        """Write what is queued, sync, and let go of the stream."""
        self._pending.put(None)
        self._thread.join()
        os.close(self._fd)
        os.close(self._lock)

    def _commit_groups(self) -> None:
        stopping = False
        while not stopping:
            group = [self._pending.get()]
            while not self._pending.empty() and len(group) < 4096:
                group.append(self._pending.get())
            stopping = None in group
            records = [entry for entry in group if entry is not None]
            if records:
                self._commit(records)

    def _commit(self, records: list[tuple[bytes, Done]]) -> None:
        error: BaseException | None = None
        try:
            self._write_synced(b"".join(frame.pack(payload) for payload, _ in records))
        except OSError as cause:
            error = _cannot_keep(cause)
        for _, done in records:
            done(error)

    def _write_synced(self, data: bytes) -> None:
        if self._broken:
            raise OSError(str(self._broken))
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
            os.close(self._fd)
            self._open_next_file()

    def _take_back(self) -> None:
        """Cut off a half-written group, as a full disk leaves it."""
        try:
            os.ftruncate(self._fd, self._size)
            os.lseek(self._fd, self._size, os.SEEK_SET)
        except OSError as cause:
            self._break(cause)

    def _break(self, cause: BaseException) -> None:
        self._broken = cause
        if self._on_broken:
            self._on_broken(cause)

    def _open_next_file(self) -> None:
        self._number += 1
        path = self._folder / f"{self._number:08d}.log"
        self._fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
        _write_all(self._fd, frame.MAGIC)
        os.fsync(self._fd)
        sync_folder(self._folder)
        self._size = len(frame.MAGIC)


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


def _lock_stream(folder: Path, stream: str) -> int:
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
