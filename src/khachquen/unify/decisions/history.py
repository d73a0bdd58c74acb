"""What became of people, written down as it happens: every merge and split with its evidence."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from khachquen.base import from_micros
from khachquen.unify.decisions.words import HistoryEntry, Refused
from khachquen.unify.identity.evidence import EdgeState, NodeState
from khachquen.unify.identity.graph import Graph
from khachquen.unify.models import Change, Decision, Edge, Node


def note_changes(graph: Graph, *, at: datetime, act: int | None = None) -> None:
    """Write down who became part of whom, and who became somebody; call after ``settle``.

    ``act`` is the decision behind it, if one was applied. People who began and ended within one
    batch were never told of and are left out.
    """
    if not graph.was:
        return
    evidence = _evidence_of(graph)
    rows = []
    for node_id, old in sorted(graph.was.items()):
        new = graph.moved[node_id].profile_id
        if node_id == old:
            rows.append(_change(graph, "merged", new, old, evidence.get(("merged", old)), at, act))
        elif node_id == new:
            larger = graph.home_of(old)
            found = evidence.get(("split", new))
            rows.append(_change(graph, "split", larger, new, found, at, act))
    Change.objects.bulk_create(rows)


def list_history(profile_id: int | None = None, *, limit: int = 200) -> list[HistoryEntry]:
    """What became of a person's records, or of everybody's, newest first."""
    changes = Change.objects.all()
    if profile_id is not None:
        mine = Node.objects.filter(profile_id=profile_id).values("id")
        changes = changes.filter(Q(profile_id__in=mine) | Q(other_id__in=mine))
    rows = list(changes.order_by("-id")[:limit])
    acts = {row.act for row in rows if row.act}
    decisions = {one.act: one for one in Decision.objects.filter(act__in=acts).order_by("-id")}
    undone = set(Decision.objects.filter(kind="undo", of__in=acts).values_list("of", flat=True))
    return [_entry(row, decisions.get(row.act), row.act in undone) for row in rows]


def list_refusals(
    profile_id: int | None = None, *, reason: str = "", limit: int = 200
) -> list[Refused]:
    """Evidence that joins nobody now, newest first; of one person, or of everybody.

    ``reason`` is how theirs begins: "conflict" for those that facts speak against, which somebody
    who knows them should decide.
    """
    refused = Edge.objects.filter(reason__startswith=reason).exclude(reason="")
    if profile_id is not None:
        mine = Node.objects.filter(profile_id=profile_id).values("id")
        refused = refused.filter(Q(left_id__in=mine) | Q(right_id__in=mine))
    rows = list(refused.order_by("-at", "-id")[:limit])
    ends = {end for row in rows for end in (row.left_id, row.right_id)}
    nodes = {node.id: node for node in Node.objects.filter(id__in=ends)}
    return [
        Refused(
            left_key=nodes[row.left_id].key,
            right_key=nodes[row.right_id].key,
            profile_ids=(nodes[row.left_id].profile_id, nodes[row.right_id].profile_id),
            evidence=row.evidence,
            trusted=row.trusted,
            source_id=row.source_id,
            message_id=row.message_id,
            told_at=row.at,
            reason=row.reason,
        )
        for row in rows
    ]


def _evidence_of(graph: Graph) -> dict[tuple[str, int], EdgeState]:
    """The first evidence that joined each person that ended, or kept out one that began."""
    found = {("merged", join.ended): join.edge for join in graph.joins}
    order = graph.drawing.order if graph.drawing and graph.was else ()
    for edge in order:
        left, right = graph.near[edge.left_id], graph.near[edge.right_id]
        if left.profile_id == right.profile_id and not edge.reason:
            for profile in _olds(graph, left, right):
                found.setdefault(("merged", profile), edge)
        elif left.profile_id != right.profile_id and edge.reason:
            found.setdefault(("split", left.profile_id), edge)
            found.setdefault(("split", right.profile_id), edge)
    return found


def _olds(graph: Graph, left: NodeState, right: NodeState) -> Iterator[int]:
    before = [graph.was.get(node.id, node.profile_id) for node in (left, right)]
    if before[0] != before[1]:
        yield from before


def _change(
    graph: Graph,
    kind: str,
    profile_id: int,
    other_id: int,
    edge: EdgeState | None,
    at: datetime,
    act: int | None,
) -> Change:
    row = Change(at=at, kind=kind, profile_id=profile_id, other_id=other_id, act=act)
    if edge:
        row.left_key, row.right_key = (_node(graph, end).key for end in edge.pair)
        row.evidence, row.trusted, row.source_id = edge.evidence, edge.trusted, edge.source_id
        row.message_id, row.told_at = edge.message_id, from_micros(edge.at)
        row.reason = edge.reason
    return row


def _node(graph: Graph, node_id: int) -> NodeState:
    """An end of some evidence: the drawing looked at it, or an event of the batch named it."""
    return graph.near.get(node_id) or graph.touched[node_id][0]


def _entry(row: Change, decision: Decision | None, is_undone: bool) -> HistoryEntry:
    return HistoryEntry(
        id=row.id,
        at=row.at,
        kind=row.kind,
        profile_id=row.profile_id,
        other_id=row.other_id,
        left_key=row.left_key,
        right_key=row.right_key,
        evidence=row.evidence,
        trusted=row.trusted,
        source_id=row.source_id,
        message_id=row.message_id,
        told_at=row.told_at,
        reason=row.reason,
        act=row.act,
        decision=decision.kind if decision else "",
        by=decision.by if decision else "",
        why=decision.why if decision else "",
        is_undone=is_undone,
    )
