"""One pass of the ingest flow, and what the engine keeps between two of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from khachquen.activate.campaigns.outcomes import Heard
from khachquen.activate.returned.rules import SoftRule
from khachquen.base import to_micros
from khachquen.collect.event import Event, Refusal
from khachquen.collect.protocols import Limits
from khachquen.collect.vocabulary import Caps, Vocabulary
from khachquen.flows.judging import Asked, Part, Reading, judge
from khachquen.flows.reading_ahead import ReadingAhead, has_core_to_spare
from khachquen.govern.consent import Told
from khachquen.store.eventlog import Position, Record
from khachquen.store.lake import (
    Joining,
    NewSegment,
    Prepared,
    SeenMessages,
    Syncing,
    remove_orphans,
)
from khachquen.unify.catalogue import ProductNews
from khachquen.unify.identity import Graph, IdentityBook, NodeState, Rules, rules_of
from khachquen.unify.orders import OrderNews
from khachquen.unify.records import FactReader, TraitTold
from khachquen.unify.traits import FreshRegistry
from khachquen.unify.traits.vault import Box, KeyRing, key_path


@dataclass(slots=True)
class Ingester:
    """What stays between batches: where things are, and what the engine remembers."""

    data: Path
    limits: Limits
    batch_bytes: int = 12 << 20
    caps: Caps = field(default_factory=Caps)
    truncate_ip: bool = False
    seal_keys: str = ""
    soft_rule: SoftRule = field(default_factory=SoftRule)
    book: IdentityBook = field(init=False)
    names: Vocabulary = field(init=False)
    seen: SeenMessages = field(init=False)
    reads_ahead: bool = field(default_factory=has_core_to_spare)
    ahead: ReadingAhead = field(init=False)
    joining: Joining = field(init=False)
    registry: FreshRegistry = field(default_factory=FreshRegistry)
    keys: KeyRing = field(init=False)
    _facts: FactReader | None = None
    listed: set[str] = field(default_factory=set)  # names of traits the registry has heard of

    def __post_init__(self) -> None:
        self.book = IdentityBook(rules_of(self.data))
        self.names = Vocabulary(self.caps)
        self.seen = SeenMessages(self.lake)
        self.ahead = ReadingAhead()
        self.joining = Joining(self.lake)
        self.keys = KeyRing(key_path(self.data, self.seal_keys))

    def close(self) -> None:
        """End the processes that work beside this one."""
        self.ahead.close()
        self.joining.give_up()

    def reading(self, now: datetime) -> Reading:
        """How the log is read and judged."""
        sealer, at = self.registry.get().sealer, to_micros(now)
        return Reading(self.log, self.batch_bytes, self.limits, sealer, self.truncate_ip, at)

    @property
    def facts(self) -> FactReader:
        """Reads birth dates and papers by the traits as they are declared now."""
        registry = self.registry.get()
        if self._facts is None or self._facts.registry is not registry:
            self._facts = FactReader(registry, self.keys)
        return self._facts

    def judge(
        self, records: Sequence[Record], now: datetime, poison: frozenset[tuple[int, int]]
    ) -> Part:
        """What the records' messages are, under the limits of this installation."""
        return judge(records, self.reading(now), poison)

    @property
    def lake(self) -> Path:
        return self.data / "lake"

    @property
    def log(self) -> Path:
        return self.data / "log"

    def use_rules(self, rules: Rules) -> None:
        """From now on people are joined by other rules; who they are already must be drawn anew."""
        self.book = IdentityBook(rules)

    def forget(self) -> None:
        """Give up what was learnt of a batch that failed: it is read anew from what is stored."""
        self.book.forget()
        self.names.forget()
        self.listed.clear()

    def recover(self) -> None:
        """Take away what a crash or a failure left unlisted; nobody else may write the lake."""
        self.joining.give_up()
        remove_orphans(self.lake)


@dataclass(slots=True)
class Batch:
    """One pass of the flow, filled in step by step.

    ``ready`` goes with ``events`` once it is known which of them are kept.

    ``label`` names its files and must be new each time. ``poison`` are places (record, item) of
    messages that break a step of ours: they are kept as refused. ``part`` is what the records were
    judged to be already, if they were.
    """

    ingester: Ingester
    records: Sequence[Record]
    now: datetime
    label: str
    poison: frozenset[tuple[int, int]] = frozenset()
    part: Part | None = None
    events: list[Event] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    prepared: dict[str, Prepared] = field(default_factory=dict)
    sealable: set[str] = field(default_factory=set)
    redriven: dict[str, Asked] = field(default_factory=dict)
    tallies: Counter[tuple[str, str]] = field(default_factory=Counter)
    ready: list[Prepared] = field(default_factory=list)
    first_event_id: int = 0
    graph: Graph | None = None
    nodes: list[NodeState | None] = field(default_factory=list)
    traits: dict[tuple[int, str, int], TraitTold] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    orders: list[OrderNews] = field(default_factory=list)
    buyers: set[int] = field(default_factory=set)  # whose orders changed
    products: list[ProductNews] = field(default_factory=list)
    consents: dict[str, Told] = field(default_factory=dict)  # by place of the message
    heard: list[Heard] = field(default_factory=list)  # of letters
    boxes: dict[str, list[Box]] = field(default_factory=dict)  # by place of the message
    segments: list[NewSegment] = field(default_factory=list)
    syncing: Syncing | None = None

    @property
    def is_full(self) -> bool:
        """Whether reading stopped at the size of a batch, not at the end of the log."""
        size = sum(len(record.payload) for record in self.records)
        return size >= self.ingester.batch_bytes

    @property
    def positions(self) -> dict[str, Position]:
        """How far each stream is read once this batch is in."""
        return {record.stream: record.after for record in self.records}
