"""The steps that take refused messages in again, each once, without counting any of them twice.

A message asked for comes by the log like any other, with the place it was refused at. Taken in, it
leaves the quarantine: its place is settled, its count moves from one end to another, and a row says
what became of it, all in the batch's one transaction. Refused once more, it stays where it was.
"""

from collections import Counter, defaultdict

from khachquen.base import from_micros, to_micros
from khachquen.collect.event import Outcome, Refusal
from khachquen.flows.batch import Batch
from khachquen.store import add_counts
from khachquen.store.lake import RedriveRow, write_rows
from khachquen.store.redrives import add_tallies, settle_places, settled_places

_HOUR = 3_600_000_000


def settle_redrives(batch: Batch) -> None:
    """Which refused messages may leave the quarantine? Those understood now, each once."""
    if not batch.asked:
        return
    settled = settled_places({asked.redrive.place for asked in batch.asked})
    for asked in batch.asked:
        place = asked.redrive.place
        if place in settled:
            batch.tallies[asked.stream, "repeated"] += 1
        elif isinstance(asked.result, Refusal):
            batch.tallies[asked.stream, Outcome.QUARANTINED.value] += 1
        else:
            settled.add(place)
            batch.redriven[place] = asked
            batch.events.append(asked.result)


def write_redrives(batch: Batch) -> None:
    """What became of each, as rows that take the refused ones off the list."""
    if not batch.redriven:
        return
    at = to_micros(batch.now)
    rows = []
    for event_id, event in enumerate(batch.events, batch.first_event_id):
        if asked := batch.redriven.get(event.place):
            end = (event.message_id, Outcome.STORED.value, "", event_id)
            rows.append(RedriveRow(event.place, *end, at, asked.stream))
    for one in batch.refusals:
        if asked := batch.redriven.get(one.place):
            end_ = (one.message_id, one.outcome.value, one.reason, one.duplicate_of)
            rows.append(RedriveRow(one.place, *end_, at, asked.stream))
    for row in rows:
        batch.tallies[row.stream, row.outcome] += 1
    batch.segments += write_rows(batch.ingester.lake, "redrives", rows, label=batch.label)


def save_redrives(batch: Batch) -> None:
    """One fewer in quarantine for each that left it, in the hour it was received."""
    settle_places(batch.redriven, at=batch.now)
    add_tallies(batch.tallies)
    hours: dict[int, Counter[tuple[int, str, str]]] = defaultdict(Counter)
    for asked in batch.redriven.values():
        ending = (asked.result.source_id, Outcome.QUARANTINED.value, asked.redrive.reason)
        hours[asked.result.received_at // _HOUR][ending] -= 1
    for hour, counts in sorted(hours.items()):
        add_counts(from_micros(hour * _HOUR), counts)
