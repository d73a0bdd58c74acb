"""Visits to letters stay in the log until nothing can change any more whose they were.

A scanner is known by its last click, and then its first ones were a machine's too. So a visit is on
the disk at once, in a stream of its own, and is taken in half a minute later: once every visit that
could say otherwise is in the log as well. Then its verdict is made of those before it, which are
rows, and those behind it, which are read ahead here. Nothing else is kept: a crash leaves what a
crash leaves of any message that was accepted.

Pure but for the log; the process that reads ahead knows it too.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import msgspec

from khachquen.activate.campaigns.machines import KNOWN_AFTER, SETTLES
from khachquen.collect.event import Accepted
from khachquen.store.eventlog import Position, Record, read_log

__all__ = ["HELD", "STREAM", "is_held", "read_ahead"]

STREAM = "seen-"
"""What the names of the streams begin with that visits are said to."""
HELD = KNOWN_AFTER
"""How old a visit is when it is taken in."""
_AHEAD = timedelta(minutes=1) // timedelta(microseconds=1)
_HELD = HELD // timedelta(microseconds=1)
_SETTLES = SETTLES // timedelta(microseconds=1)
_EVERYTHING = 1 << 40
_decode = msgspec.msgpack.Decoder(Accepted).decode


def is_held(record: Record, *, at: int) -> bool:
    """Whether it is a visit that is not old enough. One from a time that is yet to come is not
    waited for: the clock was put back."""
    if not record.stream.startswith(STREAM):
        return False
    return at - _HELD < _decode(record.payload).received_at <= at + _AHEAD


def read_ahead(
    log: Path, since: Mapping[str, Position], *, until: int
) -> Iterator[tuple[str, Accepted]]:
    """Visits behind these places up to ``until``, and as long after it as they say something of
    those before."""
    last = until + _SETTLES

    def is_later(record: Record) -> bool:
        return _decode(record.payload).received_at > last

    for record in read_log(
        log, since, max_bytes=_EVERYTHING, streams=f"{STREAM}*", is_held=is_later
    ):
        yield record.stream, _decode(record.payload)
