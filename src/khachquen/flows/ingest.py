"""From the log into the lake: every accepted message meets one end, and is counted there.

Nothing is visible before ``commit``: files are written, and one transaction lists them,
writes the people, moves the watermark and adds the counts. A crash before it leaves unlisted files
that are swept; a crash after it leaves nothing to do. So each message reaches the lake once.
"""

from collections import Counter, defaultdict
from datetime import datetime

import msgspec
from django.db import transaction

from khachquen.base import from_micros, to_micros
from khachquen.collect.event import Outcome
from khachquen.flows.arrivals import cap_names, note_arrivals, save_names
from khachquen.flows.batch import Batch, Ingester
from khachquen.flows.bouncing import silence_bounced
from khachquen.flows.consenting import check_consents, save_consents
from khachquen.flows.deduplicating import deduplicate
from khachquen.flows.hearing import read_letters, save_outcomes
from khachquen.flows.judging import Part
from khachquen.flows.moving import move_rows
from khachquen.flows.naming import name_all, speaks_of_person
from khachquen.flows.redriving import save_redrives, settle_redrives, write_redrives
from khachquen.flows.rules import apply_rules
from khachquen.flows.sealing import note_traits, save_sealed, seal_events, seal_refusals
from khachquen.flows.steps import AfterStep, nothing, run_steps
from khachquen.flows.touching import touched_by
from khachquen.flows.trading import update_orders
from khachquen.flows.weighing import weigh
from khachquen.store import (
    add_counts,
    load_watermarks,
    save_next_event_id,
    save_watermarks,
)
from khachquen.store.lake import (
    Syncing,
    add_segments,
    number_line,
    to_refusal_row,
    write_lines,
    write_rows,
    write_run,
)
from khachquen.store.touched import touch
from khachquen.unify.catalogue import save_products
from khachquen.unify.decisions import note_changes
from khachquen.unify.identity import Evidence
from khachquen.unify.orders import save_orders, save_totals
from khachquen.unify.records import (
    TraitTold,
    profiles_of_nodes,
    save_profiles,
    save_traits,
)

_encode_json = msgspec.json.Encoder().encode
_HOUR = 3_600_000_000


def commit_batch(batch: Batch, after_step: AfterStep = nothing) -> Counter[str]:
    """All steps over one batch, and its one transaction; returns messages by outcome.

    When a step fails nothing of the batch is visible, and the ingester remembers nothing of it.
    """
    after_step(read_from_log.__name__)
    try:
        run_steps(STEPS, batch, after_step)
        with transaction.atomic():
            run_steps(COMMIT, batch, after_step)
    except BaseException:
        batch.ingester.forget()
        raise
    after_step("commit")
    outcomes = Counter(refusal.outcome.value for refusal in batch.refusals)
    outcomes[Outcome.STORED.value] = len(batch.events)
    return outcomes


def read_from_log(ingester: Ingester, now: datetime) -> Part:
    """The messages after the watermark, as many as fit one batch, each judged. Visits to letters
    come once nothing can change any more whose they were (``holding``)."""
    return ingester.ahead.take(ingester.reading(now), load_watermarks())


def validate(batch: Batch) -> None:
    """Each message becomes an event, or a refusal with its reason; often this was done ahead."""
    part = batch.part or batch.ingester.judge(batch.records, batch.now, batch.poison)
    batch.events, batch.refusals, batch.asked = part.events, part.refusals, part.asked
    batch.prepared, batch.sealable = part.prepared, part.sealable


def resolve_identity(batch: Batch) -> None:
    """Each event gets the node of its strongest identifier; evidence joins people.

    What a robot did is kept under its identifier, but makes nobody seen or busy.
    """
    named = name_all(batch.events, batch.ingester.book.rules)
    distinct = {id(identifiers): identifiers for identifiers in named}
    graph = batch.graph = batch.ingester.book.open_graph(list(distinct.values()))
    resolve, told = graph.resolve, batch.nodes.append
    for event, identifiers in zip(batch.events, named, strict=True):
        source, message, at = event.source_id, event.message_id, event.at
        told(
            resolve(
                identifiers,
                Evidence(event.type, source, message, at, event.trusted, not event.robot),
            )
        )


def settle_people(batch: Batch) -> None:
    """Whoever the batch joins or parts gets their identifiers."""
    assert batch.graph is not None
    batch.graph.settle()


def update_traits(batch: Batch) -> None:
    """What is said of people, by identifier, trait and source: the newest of the batch.

    Identify calls speak for their person; of other calls only those of trusted keys do, as a till
    names the buyer beside the order.
    """
    assert batch.graph is not None
    for event, node in zip(batch.events, batch.nodes, strict=True):
        if node is None or not speaks_of_person(event):
            continue
        for name, value in event.traits.items():
            key = (node.id, name, event.source_id)
            text = _encode_json(value).decode()
            said = TraitTold(event.at, event.message_id, text)
            if key not in batch.traits or said > batch.traits[key]:
                batch.traits[key] = said
        batch.told.add(node.profile_id)


def write_segments(batch: Batch) -> None:
    """Events, refusals and the hashes of what was stored, as files nobody sees yet."""
    assert batch.graph is not None
    told = zip(batch.ready, batch.nodes, strict=True)
    lines = [
        number_line(one.told, event_id, (node.id, node.profile_id) if node else None)
        for event_id, (one, node) in enumerate(told, batch.first_event_id)
    ]
    lake, label = batch.ingester.lake, batch.label
    batch.segments += write_lines(lake, "events", lines, label=label)
    moves = move_rows(batch.graph, at=to_micros(batch.now))
    batch.segments += write_rows(lake, "moves", moves, label=label)
    refused = [to_refusal_row(refusal) for refusal in batch.refusals]
    batch.segments += write_rows(lake, "refusals", refused, label=label)
    if batch.ready:
        times = [event.received_at for event in batch.events]
        batch.segments.append(
            write_run(
                lake,
                batch.ready,
                batch.first_event_id,
                label=label,
                first_at=min(times),
                last_at=max(times),
            )
        )


def begin_sync(batch: Batch) -> None:
    """The files go to the disk while people are written."""
    batch.syncing = Syncing(batch.ingester.lake, batch.segments)


def save_people(batch: Batch) -> None:
    """The graph, the traits, and the line of each person they touch."""
    assert batch.graph is not None
    batch.ingester.book.save(batch.graph)
    save_traits(batch.traits)
    save_profiles(batch.graph, batch.told)
    note_changes(batch.graph, at=batch.now)


def save_commerce(batch: Batch) -> None:
    """Orders, products, and what each person's orders add up to."""
    assert batch.graph is not None
    nodes = save_orders(batch.orders)
    batch.buyers = profiles_of_nodes(nodes)
    counted = batch.buyers | batch.graph.reshaped
    save_totals(counted, currency=batch.ingester.limits.default_currency)
    save_products(batch.products)


def leave_touched(batch: Batch) -> None:
    """Whose segments and columns may be others now, and by what."""
    assert batch.graph is not None
    people, moved = touched_by(batch.graph)
    touch(
        people | batch.buyers,
        moved=moved,
        events={name for event in batch.events for name in (event.type, event.name) if name},
        traits={name for _, name, _ in batch.traits},
        has_new=bool(batch.graph.new),
        at=batch.now,
    )


def list_files(batch: Batch) -> None:
    """The batch's files become part of the lake, once all of them are on the disk."""
    assert batch.syncing is not None
    batch.syncing.wait()
    add_segments(batch.segments, at=batch.now)
    save_next_event_id(batch.first_event_id + len(batch.events))


def count_endings(batch: Batch) -> None:
    """Received = stored + duplicate + quarantined + dropped, by hour, source and reason."""
    stored = Counter((event.received_at // _HOUR, event.source_id) for event in batch.events)
    refused = Counter(
        (one.received_at // _HOUR, one.source_id, one.outcome, one.reason) for one in batch.refusals
    )
    hours: dict[int, Counter[tuple[int, str, str]]] = defaultdict(Counter)
    for (hour, source_id), n in stored.items():
        hours[hour][source_id, Outcome.STORED.value, ""] += n
    for (hour, source_id, outcome, reason), n in refused.items():
        hours[hour][source_id, outcome.value, reason] += n
    for hour, counts in sorted(hours.items()):
        add_counts(from_micros(hour * _HOUR), counts)


def move_watermark(batch: Batch) -> None:
    """What was read is done with."""
    save_watermarks(batch.positions)


STEPS = (
    validate,  # is it what the protocol promises, and what can be seen of who sent it?
    settle_redrives,  # is it one that was refused before?
    seal_events,  # what of it must nobody read?
    apply_rules,  # does its source let it in?
    cap_names,  # does it invent a name too many?
    check_consents,  # what does it say of consent?
    deduplicate,  # has this source said it before?
    read_letters,  # what does it say of a letter of ours?
    resolve_identity,  # who was it?
    weigh,  # can they be one person, by what is told of them?
    settle_people,
    update_traits,  # what does it tell of them?
    update_orders,  # what did they buy?
    seal_refusals,  # nor of what was refused
    write_segments,  # for ever, but not listed yet
    write_redrives,  # what was refused, and is no more
    begin_sync,
)
COMMIT = (  # one transaction
    save_people,
    save_sealed,
    note_traits,
    save_commerce,
    leave_touched,
    list_files,
    count_endings,
    save_redrives,
    save_names,
    save_consents,
    save_outcomes,
    silence_bounced,
    note_arrivals,
    move_watermark,
)
