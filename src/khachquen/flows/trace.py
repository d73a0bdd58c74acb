"""What became of one message, from the moment it was accepted: every copy of it, each with its end.

The page and the REST interface both ask here, so they cannot differ. Within the deduplication
window an event is found by its number, which the runs of seen messages know; older ones are looked
for. A message the engine has not taken in yet is found at the end of the log.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from khachquen.base import Config, from_micros
from khachquen.collect import list_sources
from khachquen.collect.event import Accepted
from khachquen.collect.protocols import understand
from khachquen.flows.engine import limits_of
from khachquen.store import ask, find_files, load_watermarks
from khachquen.store.eventlog import Record, read_log
from khachquen.store.lake import SeenMessages, hash_message, list_segments
from khachquen.understand.quarantine import kept_under, refused_under
from khachquen.unify.profiles import ProfileRow, people_of_nodes

State = Literal["waiting", "stored", "duplicate", "quarantined", "dropped", "redriven"]
_decode_accepted = msgspec.msgpack.Decoder(Accepted).decode
_UNREAD_BYTES = 64 << 20
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Redriven:
    """What a refused message became when it was taken in again."""

    outcome: str
    reason: str
    event_id: int | None
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fate:
    """One copy of a message: the end it met, or that it waits for one.

    ``redriven`` is the state of a copy that was in quarantine and left it. ``event_id`` is the
    event it became, or the one that came before it; ``file`` where that stands in the lake.
    """

    state: State
    source_id: int
    received_at: datetime
    place: str
    reason: str = ""
    path: str = ""
    payload: str = ""
    event_id: int | None = None
    at: datetime | None = None
    node_id: int | None = None
    person: ProfileRow | None = None
    file: str = ""
    redriven: Redriven | None = None


def trace(message_id: str, config: Config, *, now: datetime) -> list[Fate]:
    """Every copy of a message id that was accepted, oldest first; none when nobody sent it."""
    # What waits is looked for first: taken in meanwhile, it is found twice rather than not at all.
    waiting = list(_waiting(message_id, config))
    refused = list(_refused(message_id))
    numbers = _numbers(message_id, config.data / "lake") | _numbers_told(refused)
    remembered = now - timedelta(days=config.ingest.dedupe_days)
    kept = list(_kept(message_id, numbers, remembered))
    if not (kept or refused or waiting):  # the window was shorter once, or nobody sent it
        kept = list(_kept(message_id, {0}, remembered))
    places = {fate.place for fate in kept + refused}
    fates = kept + refused + [fate for fate in waiting if fate.place not in places]
    return sorted(fates, key=lambda fate: (fate.received_at, fate.place, fate.state != "redriven"))


def _kept(message_id: str, numbers: set[int], remembered: datetime) -> Iterator[Fate]:
    """Its events; ``remembered`` is since when the runs know the number of each."""
    before = None if 0 in numbers else remembered
    rows = ask(kept_under(message_id, sorted(numbers), before=before)).dicts()
    people = people_of_nodes(row["node_id"] for row in rows)
    files = find_files([row["event_id"] for row in rows])
    for row in rows:
        yield Fate(
            state="stored",
            source_id=row["source_id"],
            received_at=_utc(row["received_at"]),
            place=row["place"] or "",
            event_id=row["event_id"],
            at=_utc(row["at"]),
            node_id=row["node_id"],
            person=people.get(row["node_id"]),
            file=files.get(row["event_id"], ""),
        )


def _numbers_told(refused: Sequence[Fate]) -> set[int]:
    """The events its refused copies name: the one that came first, or the one it became."""
    told = {fate.event_id for fate in refused}
    told |= {fate.redriven.event_id for fate in refused if fate.redriven}
    return {number for number in told if number}


def _numbers(message_id: str, lake: Path) -> set[int]:
    """The events the runs know by this id; 0 among them where a run of the first version does."""
    digests = [hash_message(source.id, message_id) for source in list_sources()]
    for left in reversed(range(_TRIES)):
        runs = [run.path for run in list_segments("seen")]
        try:
            found = SeenMessages(lake).find(digests, runs)
        except FileNotFoundError:  # joined with others since the list was read
            if not left:
                raise
            continue
        return {one.event_id for one in found.values()}
    raise AssertionError


def _refused(message_id: str) -> Iterator[Fate]:
    rows = ask(refused_under(message_id)).dicts()
    numbers = [row["duplicate_of"] for row in rows if row["duplicate_of"]]
    files = find_files(numbers) if numbers else {}
    for row in rows:
        redriven = _redriven(row)
        yield Fate(
            state="redriven" if redriven else row["outcome"],
            source_id=row["source_id"],
            received_at=_utc(row["received_at"]),
            place=row["place"] or "",
            reason=row["reason"],
            path=row["path"],
            payload=row["payload"],
            event_id=row["duplicate_of"],
            file=files.get(row["duplicate_of"], ""),
            redriven=redriven,
        )


def _redriven(row: dict[str, Any]) -> Redriven | None:
    if row["redriven_as"] is None:
        return None
    return Redriven(
        row["redriven_as"],
        row["redriven_reason"],
        row["redriven_event_id"],
        row["redriven_message_id"],
        _utc(row["redriven_at"]),
    )


def _waiting(message_id: str, config: Config) -> Iterator[Fate]:
    """Copies at the end of the log; a log that is far ahead is looked through only so far."""
    if not message_id:
        return
    limits = limits_of(config)
    needles = {
        message_id.encode(),
        msgspec.json.encode(message_id)[1:-1],
        _in_ascii(message_id),
    }
    for record in read_log(config.data / "log", load_watermarks(), max_bytes=_UNREAD_BYTES):
        if not any(needle in record.payload for needle in needles):
            continue
        request = _decode_accepted(record.payload)
        for index, raw in enumerate(request.items):
            place = _place(record, index)
            if (
                request.redrive is None
                and understand(raw, request, limits, place, index).message_id == message_id
            ):
                yield Fate("waiting", request.source_id, from_micros(request.received_at), place)


def _place(record: Record, index: int) -> str:
    return f"{record.stream}:{record.at.file_number}:{record.at.offset}:{index}"


def _in_ascii(message_id: str) -> bytes:
    """As a client writes it that escapes every letter beyond ASCII."""
    return json.dumps(message_id)[1:-1].encode()


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
