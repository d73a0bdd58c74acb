"""The steps after which no sealed value stands anywhere but in its box.

Events are sealed before deduplication, so that not even a hash of the open value is kept. What a
later step refuses still has its message as it came, and is sealed on its way into the lake. Only
the event log holds messages as they were sent, for as long as ``ingest.keep_log_hours`` says.
"""

import msgspec

from khachquen.collect.event import Accepted, Refusal
from khachquen.flows.batch import Batch
from khachquen.unify.traits import note_arrived
from khachquen.unify.traits.vault import Sealer, save_boxes


def seal_events(batch: Batch) -> None:
    """What must nobody read without a reason? It gets a token in its place."""
    ingester = batch.ingester
    sealer, keys = ingester.registry.get().sealer, ingester.keys.get
    for event in batch.events:
        if event.place in batch.prepared and event.place not in batch.sealable:
            continue  # looked at when it was judged
        said_in = f"{event.source_id}:{event.message_id}"
        for told in (event.traits, event.properties, event.context):
            if told and (boxes := sealer.seal(told, keys, said_in)):
                batch.boxes.setdefault(event.place, []).extend(boxes)
                batch.prepared.pop(event.place, None)  # made ready with the open value


def seal_refusals(batch: Batch) -> None:
    """The same for what is kept of refused messages."""
    sealer = batch.ingester.registry.get().sealer
    batch.refusals = [
        _sealed(one, batch, sealer) if one.payload or one.request else one for one in batch.refusals
    ]


def save_sealed(batch: Batch) -> None:
    """The boxes of what is kept; of what was dropped nothing stays, not even sealed."""
    if not batch.boxes:
        return
    kept = {event.place for event in batch.events}
    kept |= {one.place for one in batch.refusals if one.payload}
    boxes = [box for place, found in batch.boxes.items() if place in kept for box in found]
    save_boxes(boxes, at=batch.now)


def note_traits(batch: Batch) -> None:
    """Names of traits nobody declared go on the list of what waits to be classified."""
    names = {name for _, name, _ in batch.traits}
    if not names <= batch.ingester.listed:
        registry = batch.ingester.registry.get()
        note_arrived(names - batch.ingester.listed, registry, at=batch.now)
        batch.ingester.listed |= names


def _sealed(refusal: Refusal, batch: Batch, sealer: Sealer) -> Refusal:
    keys = batch.ingester.keys.get
    said_in = f"{refusal.source_id}:{refusal.message_id}"
    payload, boxes = sealer.seal_payload(refusal.payload, keys, said_in)
    request = refusal.request
    if request and request.context:
        context, more = sealer.seal_payload(request.context, keys, said_in)
        request, boxes = _with_context(request, context), [*boxes, *more]
    if boxes:
        batch.boxes.setdefault(refusal.place, []).extend(boxes)
    return msgspec.structs.replace(refusal, payload=payload, request=request)


def _with_context(request: Accepted, context: bytes) -> Accepted:
    return msgspec.structs.replace(request, context=context)
