"""Messages from a file or a generator through the same front door as real traffic."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext

import msgspec

from khachquen.base import Clock, Config, ConflictError, Progress, silent, to_micros
from khachquen.collect.event import Accepted
from khachquen.flows.engine import Engine, hold_engine
from khachquen.store import load_watermarks
from khachquen.store.eventlog import LogWriter, unread_bytes

_encode = msgspec.msgpack.Encoder().encode
_RECORD_BYTES = 512 << 10
_AHEAD_BYTES = 64 << 20

Messages = Iterable[tuple[int, bool, list[bytes]]]
"""Source id, whether it is trusted, and raw JSON messages."""


def feed(
    config: Config,
    messages: Messages,
    *,
    stream: str,
    clock: Clock,
    progress: Progress = silent,
    total: int = 0,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Accept messages durably and wait until the engine has taken them in; returns how many.

    While another process is the engine it does the work and this one waits for it; otherwise the
    rounds run here, so that importing needs no running server. Should that process go away, its
    place is taken.
    """
    log = LogWriter(config.data / "log", stream, file_bytes=config.ingest.log_file_mb << 20)
    done = 0
    try:
        with _engine_or_wait(config, stream, clock, sleep) as take_in:
            for records, count in _in_records(messages, clock):
                log.append(records)
                done += count
                take_in(_AHEAD_BYTES)
                progress("feed", done, total)
            take_in(0)
    finally:
        log.close()
    return done


TakeIn = Callable[[int], None]
"""Return once at most this many bytes of the log are waiting."""


class _engine_or_wait(AbstractContextManager[TakeIn]):  # noqa: N801 - reads as a function
    def __init__(self, config: Config, stream: str, clock: Clock, sleep: Callable[[float], None]):
        self._config, self._stream = config, stream
        self._clock, self._sleep = clock, sleep
        self._held: AbstractContextManager[None] = nullcontext()
        self._engine: Engine | None = None

    def __enter__(self) -> TakeIn:
        self._become_engine()
        return self._take_in

    def __exit__(self, *details: object) -> None:
        if self._engine is not None:
            self._engine.catch_up()
        self._held.__exit__(None, None, None)

    def _take_in(self, ahead_bytes: int) -> None:
        while self._waiting() > ahead_bytes:
            if self._engine is not None:
                self._engine.drain()
            elif not self._become_engine():
                self._sleep(0.1)

    def _become_engine(self) -> bool:
        held = hold_engine(self._config.data)
        try:
            held.__enter__()
        except ConflictError:
            return False
        self._held = held
        self._engine = Engine(self._config, self._clock)
        return True

    def _waiting(self) -> int:
        log = self._config.data / "log"
        return unread_bytes(log, load_watermarks(), stream=self._stream)


def _in_records(messages: Messages, clock: Clock) -> Iterator[tuple[list[bytes], int]]:
    """Messages packed into log records of about half a megabyte."""
    for source_id, trusted, items in messages:
        start = size = 0
        records: list[bytes] = []
        for index, item in enumerate(items):
            size += len(item)
            if size >= _RECORD_BYTES:
                records.append(pack(source_id, trusted, items[start : index + 1], clock))
                start, size = index + 1, 0
        if start < len(items):
            records.append(pack(source_id, trusted, items[start:], clock))
        yield records, len(items)


def pack(source_id: int, trusted: bool, items: list[bytes], clock: Clock) -> bytes:
    """One record of the log, as an accepted request leaves it."""
    return _encode(
        Accepted(to_micros(clock()), source_id, trusted, "segment", None, None, None, None, items)
    )
