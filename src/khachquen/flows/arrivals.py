"""Steps that keep a source in sight: how many names it invents, when it was last heard of."""

import msgspec

from khachquen.base import from_micros
from khachquen.collect.event import Accepted, Event, Outcome, Reason, Refusal, refuse
from khachquen.collect.watching import Arrival
from khachquen.collect.watching import note_arrivals as remember
from khachquen.flows.batch import Batch

_decode_accepted = msgspec.msgpack.Decoder(Accepted).decode


def cap_names(batch: Batch) -> None:
    """Does a public key invent names without end? What has a name too many is quarantined.

    Trusted keys are the shop's own voice and may say anything. So may a message somebody of the
    shop had taken in again: it is not at its place in this batch.
    """
    names = batch.ingester.names
    found = [
        (event, excess)
        for event in batch.events
        if not event.trusted and (excess := names.find_excess(event))
    ]
    if not found:
        return
    raws = Raws(batch)
    refused = [quarantine(event, *excess, raws) for event, excess in found if raws.has(event.place)]
    places = {refusal.place for refusal in refused}
    batch.events = [event for event in batch.events if event.place not in places]
    batch.refusals += refused


def save_names(batch: Batch) -> None:
    """The names public keys used for the first time.

    After a name too many everything is read anew, so that clearing the names or a larger number
    of them is felt at once; that is two thousand short rows, and only where a cap is met.
    """
    names = batch.ingester.names
    names.save()
    if names.was_short:
        names.forget()


def note_arrivals(batch: Batch) -> None:
    """When each source was last heard of, and when with something that could be used."""
    seen: dict[int, int] = {}
    stored: dict[int, int] = {}
    for event in batch.events:
        stored[event.source_id] = max(event.received_at, stored.get(event.source_id, 0))
    for refusal in batch.refusals:
        seen[refusal.source_id] = max(refusal.received_at, seen.get(refusal.source_id, 0))
    remember(
        {
            source_id: Arrival(
                from_micros(max(seen.get(source_id, 0), stored.get(source_id, 0))),
                from_micros(stored[source_id]) if source_id in stored else None,
            )
            for source_id in {*seen, *stored}
        }
    )


class Raws:
    """What was sent, by place; a record is read at most once more."""

    def __init__(self, batch: Batch):
        self._records = {
            f"{record.stream}:{record.at.file_number}:{record.at.offset}": record
            for record in batch.records
        }
        self._read: dict[str, Accepted] = {}

    def has(self, place: str) -> bool:
        """Whether the message stands in this batch."""
        return place.rpartition(":")[0] in self._records

    def request(self, place: str) -> tuple[Accepted, bytes]:
        """The request a message came in, and the message as it was sent."""
        record, _, index = place.rpartition(":")
        if record not in self._read:
            self._read[record] = _decode_accepted(self._records[record].payload)
        request = self._read[record]
        return request, request.items[int(index)]


def quarantine(event: Event, reason: Reason, path: str, raws: Raws) -> Refusal:
    """The refusal of an event that is kept as it was sent, to be taken in again."""
    request, raw = raws.request(event.place)
    return refuse(event, Outcome.QUARANTINED, reason.value, path=path, payload=raw, request=request)
