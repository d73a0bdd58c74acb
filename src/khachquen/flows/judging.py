"""What the messages of the log are: events, or refusals with their reason.

Events are enriched at once: that looks at nothing but the event, so it is done ahead with the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from khachquen.collect.enrichment import enrich, hide_addresses
from khachquen.collect.event import Accepted, Event, Outcome, Reason, Redrive, Refusal
from khachquen.collect.protocols import Limits, salvage_id, understand
from khachquen.flows.holding import is_held
from khachquen.store.eventlog import Position, Record, read_log
from khachquen.store.lake import Prepared, prepare

if TYPE_CHECKING:  # the vault needs Django, and the process that reads ahead has none
    from khachquen.unify.traits.vault import Sealer

_decode_accepted = msgspec.msgpack.Decoder(Accepted).decode
_decode_event = msgspec.json.Decoder(Event).decode


class Asked(NamedTuple):
    """One message asked for: by which stream, what for, and what it is understood as now."""

    stream: str
    redrive: Redrive
    result: Event | Refusal


@dataclass(slots=True)
class Part:
    """Records of the log in order, and what their messages became.

    ``prepared`` has, by place, what was made ready for the lake of each event; ``sealable`` are the
    places of events in which something may have to be sealed.
    """

    records: Sequence[Record]
    events: list[Event] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)  # of those refused before
    prepared: dict[str, Prepared] = field(default_factory=dict)
    sealable: set[str] = field(default_factory=set)


class Told(NamedTuple):
    """A part on its way from one process to another: the events travel as their lines.

    ``told``, ``digests`` and ``payloads`` are the three fields of each ``Prepared``: plain lists
    pickle several times as fast.
    """

    records: Sequence[Record]
    refusals: list[Refusal]
    asked: list[Asked]
    told: Sequence[bytes]
    digests: Sequence[bytes]
    payloads: Sequence[int]
    sealable: set[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """Which log is read, about how many bytes of it at a time, and how it is judged.

    ``at`` is when: visits to letters that are younger than they must be stay where they are.
    """

    log: Path
    max_bytes: int
    limits: Limits
    sealer: "Sealer"
    truncate_ip: bool = False
    at: int = field(default=0, compare=False)


def judge_log(reading: Reading, since: Mapping[str, Position]) -> Part:
    """The part of the log after ``since``, judged.

    Raises:
        OSError: the log cannot be read.
    """
    held = partial(is_held, at=reading.at)
    records = list(read_log(reading.log, since, max_bytes=reading.max_bytes, is_held=held))
    return judge(records, reading)


def tell_log(reading: Reading, since: Mapping[str, Position]) -> Told:
    """``judge_log`` for another process."""
    part = judge_log(reading, since)
    ready = part.prepared.values()
    return Told(
        part.records,
        part.refusals,
        part.asked,
        told=[one.told for one in ready],
        digests=[one.digest for one in ready],
        payloads=[one.payload for one in ready],
        sealable=part.sealable,
    )


def from_told(told: Told) -> Part:
    """The part another process judged."""
    events = [_decode_event(line) for line in told.told]
    ready = map(Prepared, told.told, told.digests, told.payloads)
    prepared = dict(zip([event.place for event in events], ready, strict=True))
    return Part(told.records, events, told.refusals, told.asked, prepared, told.sealable)


def judge(
    records: Sequence[Record],
    reading: Reading,
    poison: frozenset[tuple[int, int]] = frozenset(),
) -> Part:
    """Each message of the records becomes an event, or a refusal with its reason."""
    part, truncate_ip = Part(records), reading.truncate_ip
    for number, record in enumerate(records):
        request = _decode_accepted(record.payload)
        again = request.redrive
        start = f"{record.stream}:{record.at.file_number}:{record.at.offset}:"
        for index, raw in enumerate(request.items):
            place = again.place if again else f"{start}{index}"
            if (number, index) in poison:
                result: Event | Refusal = _internal(place, request, raw)
            else:
                result = understand(raw, request, reading.limits, place, index)
            if isinstance(result, Event):
                enrich(result, truncate_ip=truncate_ip)
            elif truncate_ip:
                result = _without_address(result)
            if again:
                part.asked.append(Asked(record.stream, again, result))
            elif isinstance(result, Event):
                part.events.append(result)
                part.prepared[place] = prepare(result)
                if reading.sealer.may_concern(result.traits, result.properties, result.context):
                    part.sealable.add(place)
            else:
                part.refusals.append(result)
    return part


def _without_address(refusal: Refusal) -> Refusal:
    """Imports bring addresses that no request's acceptance has shortened."""
    payload = hide_addresses(refusal.payload)
    return msgspec.structs.replace(refusal, payload=payload)


def _internal(place: str, request: Accepted, raw: bytes) -> Refusal:
    return Refusal(
        message_id=salvage_id(raw, request.protocol) or place,
        place=place,
        source_id=request.source_id,
        outcome=Outcome.QUARANTINED,
        reason=Reason.INTERNAL.value,
        path="$",
        received_at=request.received_at,
        payload=raw,
        request=request,
    )
