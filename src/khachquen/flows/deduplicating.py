"""The step that keeps one message once, and says of every other copy which event came first."""

import msgspec

from khachquen.base import from_micros
from khachquen.collect.event import Event, Outcome, Reason, Refusal, refuse
from khachquen.flows.batch import Batch
from khachquen.store import load_next_event_id
from khachquen.store.lake import Earlier, list_segments, prepare

_encode = msgspec.json.Encoder().encode


def deduplicate(batch: Batch) -> None:
    """Has this source said it before? The first of a messageId is kept, whatever the others say.

    Another source may use the same id. One that says something else under a known id is refused
    with the reason ``different_payload`` and its own words, for somebody to look at.
    """
    first_id = batch.first_event_id = load_next_event_id()
    ready = [batch.prepared.get(event.place) or prepare(event) for event in batch.events]
    runs = [segment.path for segment in list_segments("seen")]
    known = batch.ingester.seen.find([one.digest for one in ready], runs)
    if not known and len({one.digest for one in ready}) == len(ready):
        batch.ready = ready
        return
    fresh: dict[bytes, Earlier] = {}
    kept: list[Event] = []
    for index, (one, event) in enumerate(zip(ready, batch.events, strict=True)):
        if first := known.get(index) or fresh.get(one.digest):
            batch.refusals.append(_duplicate(event, first, one.payload))
        else:
            fresh[one.digest] = Earlier(one.payload, first_id + len(kept))
            batch.ready.append(one)
            kept.append(event)
    batch.events = kept


def _duplicate(event: Event, first: Earlier, payload: int) -> Refusal:
    is_other = first.payload not in (0, payload)
    return refuse(
        event,
        Outcome.DUPLICATE,
        Reason.DIFFERENT_PAYLOAD.value if is_other else "",
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
