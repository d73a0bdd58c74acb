"""Taking the log in, past messages that break us.

A message that breaks one of our own steps must not stop those behind it for ever. A batch that
fails for such a reason is tried again in halves, then message by message; the ones that break it
are kept as refused with the reason ``internal``, and said so in the process's log without a word
of what they say.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from traceback import extract_tb

import duckdb
import msgspec
from django.db import DataError, IntegrityError, transaction
from django.db import Error as DatabaseError

from khachquen.base import UnavailableError
from khachquen.collect.event import Accepted
from khachquen.flows.batch import Batch, Ingester
from khachquen.flows.ingest import (
    COMMIT,
    STEPS,
    commit_batch,
    read_from_log,
)
from khachquen.flows.steps import AfterStep, nothing, run_steps
from khachquen.store import load_watermarks
from khachquen.store.eventlog import Record

_log = logging.getLogger(__name__)
_decode_accepted = msgspec.msgpack.Decoder(Accepted).decode
_MOST_REHEARSALS = 400
Place = tuple[int, int]
"""A record of the batch and a message of the record, by number."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one pass did: messages by outcome; empty when the log had nothing new.

    ``is_full`` when the pass stopped at its size, not at the end of the log.
    """

    records: int
    by_outcome: Mapping[str, int]
    is_full: bool = False


def take_in(
    ingester: Ingester, *, now: datetime, label: str, after_step: AfterStep = nothing
) -> Ingested:
    """Take the next part of the log into the lake; returns at once when there is none.

    ``label`` names the files and must be new each time. Safe to call again after any failure.

    Raises:
        OSError, DatabaseError: the disk or the database cannot take it now; nothing is lost.
    """
    part = read_from_log(ingester, now)
    if not part.records:
        ingester.ahead.close()  # a quiet shop needs no second process
        return Ingested(0, {})
    batch = Batch(ingester, part.records, now, label, part=part)
    is_full = batch.is_full
    if is_full and ingester.reads_ahead:  # more is waiting
        ingester.ahead.begin(ingester.reading(now), {**load_watermarks(), **batch.positions})
    outcomes = _try(batch, after_step)
    return Ingested(len(part.records), outcomes, is_full=is_full)


def _try(batch: Batch, after_step: AfterStep) -> Counter[str]:
    try:
        return commit_batch(batch, after_step)
    except Exception as error:
        if is_passing(error):
            raise
        _log.error("A batch of %d records failed: %s", len(batch.records), where(error))
    batch.ingester.recover()
    if len(batch.records) > 1:
        middle = len(batch.records) // 2
        first = _try(_again(batch, batch.records[:middle], "a"), after_step)
        return first + _try(_again(batch, batch.records[middle:], "b"), after_step)
    return _without_poison(batch, after_step)


def _without_poison(batch: Batch, after_step: AfterStep) -> Counter[str]:
    """One record, its messages that break us refused."""
    record = batch.records[0]
    everything = [(0, index) for index in range(len(_decode_accepted(record.payload).items))]
    poison = frozenset(_Rehearsal(batch, everything).find_poison(everything))
    place = f"{record.stream}:{record.at.file_number}:{record.at.offset}"
    _log.error("%d messages at %s are refused: they break us", len(poison), place)
    try:
        return commit_batch(_again(batch, batch.records, "p", poison), after_step)
    except Exception as error:
        if is_passing(error) or len(poison) == len(everything):
            raise
    # Each does alone, but not all together.
    return commit_batch(_again(batch, batch.records, "q", frozenset(everything)), after_step)


@dataclass(slots=True)
class _Rehearsal:
    """Tries some messages of a record and takes everything back."""

    batch: Batch
    everything: Sequence[Place]
    count: int = 0

    def find_poison(self, suspects: Sequence[Place]) -> list[Place]:
        """Those of the suspects that fail on their own."""
        if self._is_fine(suspects):
            return []
        if len(suspects) == 1 or self.count >= _MOST_REHEARSALS:
            return list(suspects)
        middle = len(suspects) // 2
        return self.find_poison(suspects[:middle]) + self.find_poison(suspects[middle:])

    def _is_fine(self, tried: Sequence[Place]) -> bool:
        self.count += 1
        others = frozenset(self.everything) - frozenset(tried)
        batch = _again(self.batch, self.batch.records, f"t{self.count}", others)
        try:
            with transaction.atomic():
                run_steps(STEPS, batch)
                run_steps(COMMIT, batch)
                transaction.set_rollback(True)
        except Exception as error:
            if is_passing(error):
                raise
            return False
        finally:
            batch.ingester.forget()
            batch.ingester.recover()
        return True


def _again(
    batch: Batch, records: Sequence[Record], suffix: str, poison: frozenset[Place] = frozenset()
) -> Batch:
    return Batch(batch.ingester, records, batch.now, f"{batch.label}{suffix}", poison)


def is_passing(error: Exception) -> bool:
    """Whether the surroundings are to blame and time may mend it, rather than a message."""
    if isinstance(error, DataError | IntegrityError):
        return False
    return isinstance(
        error,
        UnavailableError
        | DatabaseError
        | OSError
        | MemoryError
        | duckdb.IOException
        | duckdb.OutOfMemoryException,
    )


def where(error: BaseException) -> str:
    """The kind of an error and the place in the code; never its words, which may name a person."""
    frames = extract_tb(error.__traceback__)
    place = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-4:]))
    return f"{type(error).__name__} at {place}"
