"""The step that keeps one message once, and says of every other copy which event came first."""

import msgspec

from khachquen.base import from_micros
from khachquen.collect.event import Event, Outcome, Reason, Refusal
from khachquen.flows.batch import Batch
from khachquen.store import load_next_event_id
from khachquen.store.lake import Earlier, hash_message, hash_payload, list_segments

_encode = msgspec.json.Encoder().encode


def deduplicate(batch: Batch) -> None:
    """Has this source said it before? The first of a messageId is kept, whatever the others say.

    Another source may use the same id. One that says something else under a known id is refused
    with the reason ``different_payload`` and its own words, for somebody to look at.
    """
    first_id = batch.first_event_id = load_next_event_id()
    digests = [hash_message(event.source_id, event.message_id) for event in batch.events]
    runs = [segment.path for segment in list_segments("seen")]
    known = batch.ingester.seen.find(digests, runs)
    fresh: dict[bytes, Earlier] = {}
    kept: list[Event] = []
    for index, (digest, event) in enumerate(zip(digests, batch.events, strict=True)):
        payload = hash_payload(event)
        if first := known.get(index) or fresh.get(digest):
            batch.refusals.append(_duplicate(event, first, payload))
        else:
            fresh[digest] = Earlier(payload, first_id + len(kept))
            kept.append(event)
    batch.events, batch.digests = kept, list(fresh)
    batch.payloads = [told.payload for told in fresh.values()]


def _duplicate(event: Event, first: Earlier, payload: int) -> Refusal:
    is_other = first.payload not in (0, payload)
    return Refusal(
        message_id=event.message_id,
        place=event.place,
        source_id=event.source_id,
        outcome=Outcome.DUPLICATE,
        reason=Reason.DIFFERENT_PAYLOAD.value if is_other else "",
        path="",
        received_at=event.received_at,
        payload=_told(event) if is_other else b"",
        duplicate_of=first.event_id or None,
    )


def _told(event: Event) -> bytes:
    """What an event says, in the words of the wire."""
    wire = {
        "type": event.type,
        "event" if event.type == "track" else "name": event.name,
        "messageId": event.message_id,
        "timestamp": from_micros(event.at),
        "userId": event.user_id,
        "anonymousId": event.anonymous_id,
        "previousId": event.previous_id,
        "groupId": event.group_id,
        "properties": event.properties,
        "traits": event.traits,
        "context": event.context,
    }
    return _encode({name: value for name, value in wire.items() if value not in (None, {})})
