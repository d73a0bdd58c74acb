"""The identity graph as stored: nodes that move between people, edges that never change."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from django.db.models import Max

from khachquen.base import from_micros, to_micros
from khachquen.store import db_time, upsert_rows
from khachquen.unify.identity.graph import EdgeState, Graph, NodeState
from khachquen.unify.models import Edge, Node, Profile

T = TypeVar("T")
_CHUNK = 900


def chunks(values: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """Lists of at most ``size`` values, as many as a database takes in one question."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


def next_ids() -> tuple[int, int]:
    """The next free node and profile numbers. Only the engine gives numbers."""
    node = Node.objects.aggregate(top=Max("id"))["top"] or 0
    profile = Profile.objects.aggregate(top=Max("id"))["top"] or 0
    return node + 1, profile + 1


def load_nodes(keys: Collection[str]) -> dict[str, NodeState]:
    """The stored nodes among ``keys``."""
    found: dict[str, NodeState] = {}
    fields = ("id", "key", "kind", "profile_id", "first_seen", "last_seen", "events")
    for chunk in chunks(keys):
        for row in Node.objects.filter(key__in=chunk).values_list(*fields):
            node_id, key, kind, profile_id, first, last, events = row
            found[key] = NodeState(
                node_id, key, kind, profile_id, to_micros(first), to_micros(last), events
            )
    return found


def load_edges(left_ids: Collection[int]) -> set[tuple[int, int]]:
    """Pairs already joined or refused, by their left ends."""
    return {
        (left, right)
        for chunk in chunks(left_ids)
        for left, right in Edge.objects.filter(left_id__in=chunk).values_list("left_id", "right_id")
    }


def count_kinds(profile_id: int) -> Mapping[str, int]:
    """How many identifiers of each kind a person has."""
    return Counter(Node.objects.filter(profile_id=profile_id).values_list("kind", flat=True))


def ended_profiles(graph: Graph) -> dict[int, int]:
    """Each profile a batch ends, and those that had ended in one of them before → who has them now.

    Profiles that began and ended in the same batch were never told of and are left out.
    """
    moved = {p: graph.survivor_of(p) for p in graph.merged if p not in graph.new_profiles}
    for chunk in chunks(graph.merged):
        earlier = Profile.objects.filter(merged_into__in=chunk).values_list("id", "merged_into")
        moved |= {p: graph.survivor_of(into) for p, into in earlier if into is not None}
    return moved


def save_graph(graph: Graph) -> None:
    """Write what a batch changed; call inside the transaction that moves the watermark."""
    for ended in graph.merged:
        survivor = graph.survivor_of(ended)
        Node.objects.filter(profile_id=ended).update(profile_id=survivor)
        Profile.objects.filter(id=ended).update(merged_into=survivor)
        Profile.objects.filter(merged_into=ended).update(merged_into=survivor)
    for node in graph.touched.values():
        node.profile_id = graph.profile_of(node)
    upsert_rows(
        Node,
        ("id", "key", "kind", "profile_id", "first_seen", "last_seen", "events"),
        (_to_row(node) for node in graph.touched.values()),
        key=("id",),
        update=("profile_id", "first_seen", "last_seen", "events"),
    )
    Edge.objects.bulk_create(_to_edge(edge) for edge in graph.new_edges)


def _to_row(node: NodeState) -> tuple[object, ...]:
    first, last = db_time(node.first_seen), db_time(node.last_seen)
    return node.id, node.key, node.kind, node.profile_id, first, last, node.events


def _to_edge(edge: EdgeState) -> Edge:
    return Edge(
        left_id=edge.left_id,
        right_id=edge.right_id,
        evidence=edge.evidence,
        source_id=edge.source_id,
        message_id=edge.message_id,
        at=from_micros(edge.at),
        accepted=not edge.reason,
        reason=edge.reason,
    )
