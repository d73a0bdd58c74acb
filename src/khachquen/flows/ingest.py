"""From the log into the lake: every accepted message meets one end, and is counted there.

Nothing is visible before ``commit``: files are written aside, and one transaction lists them,
writes the people, moves the watermark and adds the counts. A crash before it leaves unlisted files
that are swept; a crash after it leaves nothing to do. So each message reaches the lake once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
from django.db import transaction

from khachquen.base import from_micros, to_micros
from khachquen.collect import enrichment
from khachquen.collect.event import (
    ORDER_EVENTS,
    PRODUCT_EVENT,
    Accepted,
    Event,
    Outcome,
    Reason,
    Refusal,
    read_currency,
    read_price,
)
from khachquen.collect.protocols import Limits, salvage_id, understand
from khachquen.flows.steps import AfterStep, nothing, run_steps
from khachquen.store import (
    add_counts,
    load_next_event_id,
    load_watermarks,
    save_next_event_id,
    save_watermarks,
)
from khachquen.store.eventlog import Record, finished_files, read_log
from khachquen.store.lake import (
    MergeRow,
    NewSegment,
    SeenMessages,
    add_segments,
    hash_message,
    list_segments,
    remove_orphans,
    to_event_row,
    to_refusal_row,
    write_rows,
    write_run,
)
from khachquen.unify.catalogue import ProductNews, save_products
from khachquen.unify.identity import (
    Evidence,
    Graph,
    Identifier,
    IdentityBook,
    NodeState,
    ended_profiles,
    identifiers_of,
)
from khachquen.unify.orders import OrderNews, save_orders, save_totals
from khachquen.unify.records import (
    Activity,
    TraitTold,
    add_activity,
    profiles_of_nodes,
    save_profiles,
    save_traits,
)

_decode_accepted = msgspec.msgpack.Decoder(Accepted).decode
_encode_json = msgspec.json.Encoder().encode
_HOUR = 3_600_000_000


@dataclass(slots=True)
class Ingester:
    """What stays between batches: where things are, and what the engine remembers."""

    data: Path
    limits: Limits
    batch_bytes: int = 12 << 20
    truncate_ip: bool = False
    book: IdentityBook = field(default_factory=IdentityBook)
    seen: SeenMessages = field(init=False)

    def __post_init__(self) -> None:
        self.seen = SeenMessages(self.lake)

    @property
    def lake(self) -> Path:
        return self.data / "lake"

    @property
    def log(self) -> Path:
        return self.data / "log"

    def recover(self) -> None:
        """Take away what a crash or a failure left unlisted; nobody else may write the lake."""
        remove_orphans(self.lake)


@dataclass(slots=True)
class Batch:
    """One pass of the flow, filled in step by step.

    ``label`` names its files and must be new each time. ``poison`` are places (record, item) of
    messages that break a step of ours: they are kept as refused.
    """

    ingester: Ingester
    records: Sequence[Record]
    now: datetime
    label: str
    poison: frozenset[tuple[int, int]] = frozenset()
    events: list[Event] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    first_event_id: int = 0
    graph: Graph | None = None
    nodes: list[NodeState | None] = field(default_factory=list)
    activity: dict[int, Activity] = field(default_factory=dict)
    traits: dict[tuple[int, str, int], TraitTold] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    orders: list[OrderNews] = field(default_factory=list)
    products: list[ProductNews] = field(default_factory=list)
    segments: list[NewSegment] = field(default_factory=list)


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
        batch.ingester.book.forget()
        raise
    after_step("commit")
    outcomes = Counter(refusal.outcome.value for refusal in batch.refusals)
    outcomes[Outcome.STORED.value] = len(batch.events)
    return outcomes


def read_from_log(ingester: Ingester) -> list[Record]:
    """The records after the watermark, as many as fit one batch."""
    return list(read_log(ingester.log, load_watermarks(), max_bytes=ingester.batch_bytes))


def validate(batch: Batch) -> None:
    """Each message becomes an event, or a refusal with its reason."""
    limits = batch.ingester.limits
    for number, record in enumerate(batch.records):
        request = _decode_accepted(record.payload)
        for index, raw in enumerate(request.items):
            place = f"{record.stream}:{record.at.file_number}:{record.at.offset}:{index}"
            if (number, index) in batch.poison:
                batch.refusals.append(_internal(place, request, raw))
                continue
            result = understand(raw, request, limits, place, index)
            if isinstance(result, Event):
                batch.events.append(result)
            else:
                batch.refusals.append(result)


def deduplicate(batch: Batch) -> None:
    """A messageId a source has sent before is kept out, and said so."""
    digests = [hash_message(event.source_id, event.message_id) for event in batch.events]
    runs = [segment.path for segment in list_segments("seen")]
    again = batch.ingester.seen.find(digests, runs)
    fresh: dict[bytes, Event] = {}
    for index, (digest, event) in enumerate(zip(digests, batch.events, strict=True)):
        if index in again or digest in fresh:
            batch.refusals.append(_duplicate(event))
        else:
            fresh[digest] = event
    batch.digests, batch.events = list(fresh), list(fresh.values())


def enrich(batch: Batch) -> None:
    """Each event is told what it was made with, by whom or by which robot, and how one came."""
    for event in batch.events:
        enrichment.enrich(event, truncate_ip=batch.ingester.truncate_ip)
    if batch.ingester.truncate_ip:
        batch.refusals = [_without_address(refusal) for refusal in batch.refusals]


def resolve_identity(batch: Batch) -> None:
    """Each event gets the node of its strongest identifier; evidence joins people.

    What a robot did is kept under its identifier, but makes nobody seen or busy.
    """
    named = [_identifiers(event) for event in batch.events]
    graph = batch.graph = batch.ingester.book.open_graph(named)
    for event, identifiers in zip(batch.events, named, strict=True):
        evidence = Evidence(event.type, event.source_id, event.message_id, event.at)
        batch.nodes.append(graph.resolve(identifiers, evidence))
    for event, node in zip(batch.events, batch.nodes, strict=True):
        if node is not None and event.client.counts:
            add_activity(batch.activity, graph.profile_of(node), 1, event.at, event.at)


def update_traits(batch: Batch) -> None:
    """What is said of people, by identifier, trait and source: the newest of the batch.

    Identify calls speak for their person; of other calls only those of trusted keys do, as a till
    names the buyer beside the order.
    """
    assert batch.graph is not None
    for event, node in zip(batch.events, batch.nodes, strict=True):
        if node is None or not _speaks_of_person(event):
            continue
        for name, value in event.traits.items():
            key = (node.id, name, event.source_id)
            if key not in batch.traits or event.at >= batch.traits[key].at:
                text = _encode_json(value).decode()
                batch.traits[key] = TraitTold(text, event.at, event.message_id)
        batch.told.add(batch.graph.profile_of(node))


def update_orders(batch: Batch) -> None:
    """What trusted sources say of orders and of the catalogue."""
    for event, node in zip(batch.events, batch.nodes, strict=True):
        if not event.trusted or event.type != "track":
            continue
        if event.order and event.name in ORDER_EVENTS:
            batch.orders.append(_order_news(event, node))
        elif event.name == PRODUCT_EVENT and (news := _product_news(event, batch)):
            batch.products.append(news)


def write_segments(batch: Batch) -> None:
    """Events, refusals and the hashes of what was stored, as synced files nobody sees yet."""
    assert batch.graph is not None
    batch.first_event_id = load_next_event_id()
    rows = [
        to_event_row(
            event,
            batch.first_event_id + index,
            node.id if node else None,
            batch.graph.profile_of(node) if node else None,
        )
        for index, (event, node) in enumerate(zip(batch.events, batch.nodes, strict=True))
    ]
    lake, label = batch.ingester.lake, batch.label
    batch.segments += write_rows(lake, "events", rows, label=label)
    merged = [
        MergeRow(ended, survivor, batch.first_event_id, to_micros(batch.now))
        for ended, survivor in ended_profiles(batch.graph).items()
    ]
    batch.segments += write_rows(lake, "merges", merged, label=label)
    refused = [to_refusal_row(refusal) for refusal in batch.refusals]
    batch.segments += write_rows(lake, "refusals", refused, label=label)
    if batch.digests:
        times = [event.received_at for event in batch.events]
        batch.segments.append(
            write_run(lake, batch.digests, label=label, first_at=min(times), last_at=max(times))
        )


def save_people(batch: Batch) -> None:
    """The graph, the traits, and the line of each person they touch."""
    assert batch.graph is not None
    batch.ingester.book.save(batch.graph)
    save_traits(batch.traits)
    save_profiles(batch.graph, batch.activity, batch.told)


def save_commerce(batch: Batch) -> None:
    """Orders, products, and what each person's orders add up to."""
    assert batch.graph is not None
    nodes = save_orders(batch.orders)
    buyers = profiles_of_nodes(nodes) | ({*batch.graph.merged.values()} - {*batch.graph.merged})
    save_totals(buyers, currency=batch.ingester.limits.default_currency)
    save_products(batch.products)


def list_files(batch: Batch) -> None:
    """The batch's files become part of the lake."""
    add_segments(batch.segments, at=batch.now)
    save_next_event_id(batch.first_event_id + len(batch.events))


def count_endings(batch: Batch) -> None:
    """Received = stored + duplicate + quarantined + dropped, by hour, source and reason."""
    hours: dict[int, Counter[tuple[int, str, str]]] = {}
    for event in batch.events:
        ending = (event.source_id, Outcome.STORED.value, "")
        hours.setdefault(event.received_at // _HOUR, Counter())[ending] += 1
    for refusal in batch.refusals:
        ending = (refusal.source_id, refusal.outcome.value, refusal.reason)
        hours.setdefault(refusal.received_at // _HOUR, Counter())[ending] += 1
    for hour, counts in sorted(hours.items()):
        add_counts(from_micros(hour * _HOUR), counts)


def move_watermark(batch: Batch) -> None:
    """What was read is done with."""
    save_watermarks({record.stream: record.after for record in batch.records})


def delete_read_log(ingester: Ingester) -> None:
    """Log files wholly behind the watermark are in the lake and may go."""
    for path in finished_files(ingester.log, load_watermarks()):
        path.unlink()


STEPS = (
    validate,  # is it what the protocol promises?
    deduplicate,  # has this source said it before?
    enrich,  # what was it made with, and how did one come?
    resolve_identity,  # who was it?
    update_traits,  # what does it tell of them?
    update_orders,  # what did they buy?
    write_segments,  # for ever, but not listed yet
)
COMMIT = (  # one transaction
    save_people,
    save_commerce,
    list_files,
    count_endings,
    move_watermark,
)


def _duplicate(event: Event) -> Refusal:
    return Refusal(
        message_id=event.message_id,
        place=event.place,
        source_id=event.source_id,
        outcome=Outcome.DUPLICATE,
        reason="",
        path="",
        received_at=event.received_at,
        payload=b"",
    )


def _without_address(refusal: Refusal) -> Refusal:
    hidden = enrichment.hide_addresses(refusal.payload)
    return (
        refusal if hidden is refusal.payload else msgspec.structs.replace(refusal, payload=hidden)
    )


def _internal(place: str, request: Accepted, raw: bytes) -> Refusal:
    return Refusal(
        message_id=salvage_id(raw) or place,
        place=place,
        source_id=request.source_id,
        outcome=Outcome.QUARANTINED,
        reason=Reason.INTERNAL.value,
        path="$",
        received_at=request.received_at,
        payload=raw,
    )


def _identifiers(event: Event) -> list[Identifier]:
    """Orders from trusted keys may name a person by e-mail or phone in their properties."""
    spoken = event.properties if event.trusted and event.type == "track" else {}
    traits = event.traits if _speaks_of_person(event) else {}
    found = identifiers_of(event.user_id, event.anonymous_id, traits, spoken)
    if event.type == "alias" and event.previous_id not in (event.user_id, event.anonymous_id):
        found += identifiers_of(None, event.previous_id, {}, {})
    return found


def _speaks_of_person(event: Event) -> bool:
    """Whether the traits are a person's: those of a group call are its company's."""
    return event.type == "identify" or (
        event.trusted and bool(event.traits) and event.type != "group"
    )


def _order_news(event: Event, node: NodeState | None) -> OrderNews:
    assert event.order is not None
    assert event.name is not None
    order = event.order
    return OrderNews(
        source_id=event.source_id,
        number=order.number,
        event=event.name,
        node_id=node.id if node else None,
        at=event.at,
        currency=order.currency,
        total_minor=order.total_minor,
        units=order.units,
    )


def _product_news(event: Event, batch: Batch) -> ProductNews | None:
    told = event.properties
    sku = str(told.get("product_id") or told.get("sku") or "")[:200]
    if not sku:
        return None
    currency = read_currency(told, batch.ingester.limits.default_currency)
    return ProductNews(
        sku=sku,
        price_minor=read_price(told, currency),
        currency=currency,
        at=event.at,
        source_id=event.source_id,
        name=str(told.get("name") or "")[:300],
        category=str(told.get("category") or "")[:200],
        brand=str(told.get("brand") or "")[:200],
        url=str(told.get("url") or "")[:500],
        image_url=str(told.get("image_url") or "")[:500],
    )
