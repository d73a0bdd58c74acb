"""Judging the next part of the log while this one is being written.

Reading and judging change nothing, so what was made ahead may be thrown away at any time: after a
failure, or when the log's end was reached, the part is simply read again. DuckDB writes without
Python's lock, so on two cores the next part costs hardly any time of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from khachquen.collect.event import Event, Redrive, Refusal
from khachquen.store.eventlog import Position, Record


class Asked(NamedTuple):
    """One message asked for: by which stream, what for, and what it is understood as now."""

    stream: str
    redrive: Redrive
    result: Event | Refusal


@dataclass(slots=True)
class Part:
    """Records of the log in order, and what their messages became."""

    records: Sequence[Record]
    events: list[Event]
    refusals: list[Refusal]
    asked: list[Asked]  # of those refused before


Since = Mapping[str, Position]


class ReadingAhead:
    """At most one part, made beside the work on the part before it."""

    def __init__(self, read: Callable[[Since], Part]):
        self._read = read
        self._thread = ThreadPoolExecutor(1, "reading-ahead")
        self._since: Since = {}
        self._next: Future[Part] | None = None

    def begin(self, since: Since) -> None:
        """Start on the part after ``since``."""
        self._since, self._next = dict(since), self._thread.submit(self._read, since)

    def take(self, since: Since) -> Part:
        """The part after ``since``: the one made ahead where it is that one, else read now.

        Raises:
            OSError: the log cannot be read.
        """
        ahead, self._next = self._next, None
        if ahead and (self._since != since or ahead.exception()):
            ahead = None
        return ahead.result() if ahead else self._read(since)
