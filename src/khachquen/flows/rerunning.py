"""Everybody drawn anew from the evidence: what other rules would do, and bringing it about."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from khachquen.base import Progress, silent
from khachquen.flows.batch import Ingester
from khachquen.flows.deciding import COMMIT, Deciding, write_moves
from khachquen.flows.steps import run_steps
from khachquen.unify.identity import Piece, Rules, iter_pieces
from khachquen.unify.profiles import people_of_nodes


@dataclass(frozen=True, slots=True)
class Example:
    """People who would become one (``join``), or one who would become several (``split``)."""

    kind: str
    names: tuple[str, ...]
    profile_ids: tuple[int, ...]


@dataclass(slots=True)
class Redrawn:
    """What drawing everybody anew would change, or changed.

    ``joined`` people become part of others, ``split`` begin; ``moved`` identifiers change hands.
    """

    people_before: int = 0
    people_after: int = 0
    joined: int = 0
    split: int = 0
    moved: int = 0
    examples: list[Example] = field(default_factory=list)


def simulate(rules: Rules, *, examples: int = 20, progress: Progress = silent) -> Redrawn:
    """How many people other rules would join and split, and some of them; changes nothing.

    Reads all evidence once more: some 50 µs an identifier. Of evidence for one pair only the best
    by the rules of its time is stored, so another order of evidence is judged by that.
    """
    result = Redrawn()
    for piece in iter_pieces(rules):
        _count(result, piece, examples)
        progress("people", result.people_before, 0)
    return result


def rerun(ingester: Ingester, *, now: datetime, label: str, progress: Progress = silent) -> Redrawn:
    """Draw everybody anew by the rules of the installation and let it hold.

    One transaction a piece, each whole: killed between two, the rest is as it was, and running it
    again finishes it. Where rules and evidence are what they were, nothing changes. Only the engine
    may do this.
    """
    result = Redrawn()
    for number, piece in enumerate(iter_pieces(ingester.book.rules)):
        _count(result, piece, 0)
        if piece.changes_anything:
            _take(ingester, piece, now=now, label=f"{label}r{number}")
        progress("people", result.people_before, 0)
    return result


def _take(ingester: Ingester, piece: Piece, *, now: datetime, label: str) -> None:
    ingester.forget()
    graph = ingester.book.open_graph()
    graph.near = piece.near
    graph.take(piece.drawing, piece.edges, piece.inside)
    for node_id, marks in piece.marks.items():
        node = piece.near[node_id]
        if marks != (node.is_shared, node.group_id):
            graph.altered[node_id] = node
    graph.settle()
    one = Deciding(ingester, None, frozenset(), now, label, graph)
    try:
        write_moves(one)
        with transaction.atomic():
            run_steps(COMMIT, one)
    except BaseException:
        ingester.forget()
        raise
    ingester.forget()


def _count(result: Redrawn, piece: Piece, examples: int) -> None:
    moves, person_of = piece.moves, piece.drawing.person_of
    now = {person_of[node] for node in piece.inside}
    before = {piece.near[node].profile_id for node in piece.inside}
    result.people_before += len(before)
    result.people_after += len(now)
    result.moved += len(moves)
    result.joined += len(before - now)
    result.split += len(now - before)
    if len(result.examples) < examples and moves:
        found = _examples(piece, moves.values())
        result.examples += found[: examples - len(result.examples)]


def _examples(piece: Piece, moves: Iterable[tuple[int, int]]) -> list[Example]:
    joins, splits = defaultdict(set), defaultdict(set)
    for node in piece.inside:
        before, now = piece.near[node].profile_id, piece.drawing.person_of[node]
        joins[now].add(before)
        splits[before].add(now)
    touched = {person for pair in moves for person in pair}
    people = people_of_nodes({p for person in touched for p in (*joins[person], person)})
    found = []
    for kind, groups in (("join", joins), ("split", splits)):
        for person, others in sorted(groups.items()):
            if person in touched and len(others) > 1:
                ids = tuple(sorted(others))
                known = (people[p].name or people[p].phone for p in ids if p in people)
                found.append(Example(kind, tuple(dict.fromkeys(filter(None, known))), ids))
    return found
