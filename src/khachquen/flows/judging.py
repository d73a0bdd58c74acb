"""What the messages of the log are: events, or refusals with their reason.

Events are enriched at once: that looks at nothing but the event, so it is done ahead with the rest.
"""

from collections.abc import Sequence

import msgspec

from khachquen.collect.enrichment import enrich, hide_addresses
from khachquen.collect.event import Accepted, Event, Outcome, Reason, Refusal
from khachquen.collect.protocols import Limits, salvage_id, understand
from khachquen.flows.reading_ahead import Asked, Part
from khachquen.store.eventlog import Record

_decode_accepted = msgspec.msgpack.Decoder(Accepted).decode


def judge(
    records: Sequence[Record],
    limits: Limits,
    poison: frozenset[tuple[int, int]] = frozenset(),
    *,
    truncate_ip: bool = False,
) -> Part:
    """Each message of the records becomes an event, or a refusal with its reason."""
    part = Part(records, [], [], [])
    for number, record in enumerate(records):
        request = _decode_accepted(record.payload)
        again = request.redrive
        start = f"{record.stream}:{record.at.file_number}:{record.at.offset}:"
        for index, raw in enumerate(request.items):
            place = again.place if again else f"{start}{index}"
            if (number, index) in poison:
                result: Event | Refusal = _internal(place, request, raw)
            else:
                result = understand(raw, request, limits, place, index)
            if isinstance(result, Event):
                enrich(result, truncate_ip=truncate_ip)
            elif truncate_ip:
                result = _without_address(result)
            if again:
                part.asked.append(Asked(record.stream, again, result))
            elif isinstance(result, Event):
                part.events.append(result)
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
