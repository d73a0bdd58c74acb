"""The identity graph as stored: identifiers that move between people, and the evidence."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Max, Q

from khachquen.base import to_micros
from khachquen.store import db_time, upsert_rows
from khachquen.unify.identity.evidence import Bond, EdgeState, NodeState, Pair
from khachquen.unify.identity.facts import Facts
from khachquen.unify.identity.graph import Graph
from khachquen.unify.identity.rules import VOUCHED, Rules
from khachquen.unify.models import Decision, Edge, Node

T = TypeVar("T")
_CHUNK = 900


def chunks(values: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """Lists of at most ``size`` values, as many as a database takes in one question."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


def next_node_id() -> int:
    """The next free number. Only the engine gives numbers."""
    return (Node.objects.aggregate(top=Max("id"))["top"] or 0) + 1


class Ledger:
    """The stored graph, as a batch asks for it.

    Of what staff decided only the applied counts, and ``act``, which is being applied; or all of it
    if ``foresee``, for somebody who is about to decide more.
    """

    def __init__(self, rules: Rules, *, act: int | None = None, foresee: bool = False):
        self._rules = rules
        self._counted = Q() if foresee else Q(applied_at__isnull=False) | Q(act=act)

    def tally(self, profile_id: int) -> tuple[Mapping[str, int], Facts]:
        rows = Node.objects.filter(profile_id=profile_id)
        tally: Counter[str] = Counter()
        told: list[str] = []
        for kind, is_vouched, facts in rows.values_list("kind", "is_vouched", "facts"):
            tally[kind] += 1
            tally[VOUCHED] += is_vouched
            if facts:
                told += facts.split()
        return tally, frozenset(told)

    def members(self, profile_ids: Collection[int]) -> list[NodeState]:
        return _load("profile_id", profile_ids)

    def nodes(self, node_ids: Collection[int]) -> list[NodeState]:
        return _load("id", node_ids)

    def named(self, keys: Collection[str]) -> list[NodeState]:
        """The stored identifiers among ``keys``."""
        return _load("key", keys)

    def edges(self, node_ids: Collection[int]) -> list[EdgeState]:
        found: dict[Pair, EdgeState] = {}
        for chunk in chunks(node_ids, _CHUNK // 2):
            touching = Q(left_id__in=chunk) | Q(right_id__in=chunk)
            found.update((edge.pair, edge) for edge in self._edges(touching))
        return list(found.values())

    def edges_of_left(self, left_ids: Collection[int]) -> Iterator[EdgeState]:
        """What is known of pairs with these as their stronger ends."""
        for chunk in chunks(left_ids):
            yield from self._edges(Q(left_id__in=chunk))

    def bonds(self, node_ids: Collection[int]) -> list[Bond]:
        found: set[Bond] = set()
        undone = Decision.objects.filter(self._counted, kind="undo").values("of")
        decided = Decision.objects.filter(self._counted).exclude(act__in=undone)
        for chunk in chunks(node_ids, _CHUNK // 2):
            rows = decided.filter(Q(left_id__in=chunk) | Q(right_id__in=chunk))
            for number, kind, left, right in rows.values_list("id", "kind", "left_id", "right_id"):
                if left is not None and right is not None:
                    found.add(Bond(number, kind == "together", left, right))
        return list(found)

    def _edges(self, condition: Q) -> Iterator[EdgeState]:
        for row in Edge.objects.filter(condition).values_list(*_EDGE):
            left, right, evidence, trusted, source_id, message_id, at, reason = row
            rank = self._rules.rank(evidence, trusted=trusted)
            yield EdgeState(
                left, right, rank, evidence, trusted, source_id, message_id, to_micros(at), reason
            )


_NODE = (
    "id",
    "key",
    "kind",
    "profile_id",
    "first_seen",
    "last_seen",
    "events",
    "human_events",
    "first_event_at",
    "last_event_at",
    "group_id",
    "is_vouched",
    "is_shared",
    "facts",
)
_EDGE = (
    "left_id",
    "right_id",
    "evidence",
    "trusted",
    "source_id",
    "message_id",
    "at",
    "reason",
)


def _load(column: str, values: Collection[int] | Collection[str]) -> list[NodeState]:
    return [
        _to_state(*row)
        for chunk in chunks(values)
        for row in Node.objects.filter(**{f"{column}__in": chunk}).values_list(*_NODE)
    ]


def _to_state(
    node_id: int, key: str, kind: str, profile_id: int, first: datetime, last: datetime, *seen: Any
) -> NodeState:
    events, human_events, first_event, last_event, group_id, is_vouched, is_shared, facts = seen
    return NodeState(
        node_id,
        key,
        kind,
        profile_id,
        to_micros(first),
        to_micros(last),
        events,
        human_events,
        to_micros(first_event) if first_event else 0,
        to_micros(last_event) if last_event else 0,
        group_id,
        is_vouched,
        is_shared,
        facts,
    )


def save_graph(graph: Graph) -> None:
    """Write what a batch changed; call inside the transaction that moves the watermark."""
    nodes = {node.id: node for node, _ in graph.touched.values()} | graph.moved | graph.altered
    upsert_rows(
        Node, _NODE, (_to_row(node) for node in nodes.values()), key=("id",), update=_NODE[3:]
    )
    upsert_rows(
        Edge,
        _EDGE,
        (_to_edge(edge) for edge in graph.told.values()),
        key=_EDGE[:2],
        update=_EDGE[2:],
    )


def _to_row(node: NodeState) -> tuple[object, ...]:
    first, last = db_time(node.first_seen), db_time(node.last_seen)
    first_event = db_time(node.first_event) if node.first_event else None
    return (
        node.id,
        node.key,
        node.kind,
        node.profile_id,
        first,
        last,
        node.events,
        node.human_events,
        first_event,
        db_time(node.last_event) if first_event else None,
        node.group_id,
        node.is_vouched,
        node.is_shared,
        node.facts,
    )


def _to_edge(edge: EdgeState) -> tuple[object, ...]:
    return (
        edge.left_id,
        edge.right_id,
        edge.evidence,
        edge.trusted,
        edge.source_id,
        edge.message_id,
        db_time(edge.at),
        edge.reason,
    )
