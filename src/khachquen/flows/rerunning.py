"""Everybody drawn anew from the evidence: what other rules would do, and bringing it about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.base import Clock, Progress, silent, to_micros
from khachquen.flows.batch import Ingester
from khachquen.flows.deciding import COMMIT, Deciding, write_moves
from khachquen.flows.steps import run_steps
from khachquen.store.jobs import JobView, Step
from khachquen.unify.identity import Piece, Rules, count_nodes, iter_parts
from khachquen.unify.identity.ruleset import read_rules, write_rules
from khachquen.unify.profiles import people_of_nodes
from khachquen.unify.records import refresh_facts
from khachquen.unify.rulebook import note_applied

SIMULATE, APPLY = "identity.simulate", "identity.apply"
"""Kinds of jobs."""
_EXAMPLES = 20
_DRAWN_AT_ONCE = 5_000
_LOOKED_AT_ONCE = 1_000  # between two batches, so that events keep their five seconds


@dataclass(frozen=True, slots=True)
class Example:
    """People who would become one (``join``), or one who would become several (``split``).

    ``keys`` are the identifiers that would go to another person.
    """

    kind: str
    names: tuple[str, ...]
    profile_ids: tuple[int, ...]
    keys: tuple[str, ...] = ()


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

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for a job's result or ``--json``."""
        return asdict(self)


def simulate(rules: Rules, *, examples: int = _EXAMPLES, progress: Progress = silent) -> Redrawn:
    """How many people other rules would join and split, and some of them; changes nothing.

    Reads all evidence once more: some 90 µs an identifier. Of evidence for one pair only the best
    by the rules of its time is stored, so another order of evidence is judged by that.
    """
    result = Redrawn()
    for piece in iter_parts(rules):
        if piece:
            count_changes(result, piece, examples)
            progress("people", result.people_before, 0)
    return result


def simulate_part_by_part(job: JobView) -> Iterator[Step]:
    """The same as a job, between two batches; begun anew after a restart.

    What comes in meanwhile is not looked at: the figures are those of its beginning.
    """
    rules, result, done = read_rules(job.args["rules"]), Redrawn(), 0
    total = count_nodes()
    for piece in iter_parts(rules, at_once=_LOOKED_AT_ONCE, is_frozen=False):
        if piece:
            count_changes(result, piece, _EXAMPLES)
            done += len(piece.inside)
        yield Step(min(done, total), total)
    yield Step(total, total, result=result.as_dict())


def rerun(ingester: Ingester, *, now: datetime, label: str, progress: Progress = silent) -> Redrawn:
    """Draw everybody anew by the rules of the installation and let it hold.

    One transaction a piece, each whole: killed between two, the rest is as it was, and running it
    again finishes it. Where rules and evidence are what they were, nothing changes. Only the engine
    may do this.
    """
    result = Redrawn()
    for _ in _redraw(ingester, result, now=now, label=label):
        progress("people", result.people_before, 0)
    return result


def apply_part_by_part(job: JobView, ingester: Ingester, clock: Clock) -> Iterator[Step]:
    """Let other rules hold, and draw everybody by them; nothing is taken in until it is done.

    First the file, so that an engine that comes after a crash has the new rules too; it begins the
    job anew, and finds what was drawn already as it should be.
    """
    rules, result, done = read_rules(job.args["rules"]), Redrawn(), 0
    write_rules(ingester.data, rules)
    ingester.use_rules(rules)
    total, now = count_nodes(), clock()
    for piece in _redraw(ingester, result, now=now, label=f"{to_micros(now):017d}-rules{job.id}-"):
        done += len(piece.inside) if piece else 0
        yield Step(min(done, total), total)
    change = job.args["change"]
    told = result.as_dict()
    yield Step(total, total, result=told, write=lambda: note_applied(change, at=clock()))


def _redraw(
    ingester: Ingester, result: Redrawn, *, now: datetime, label: str
) -> Iterator[Piece | None]:
    for _ in refresh_facts(ingester.facts):
        yield None
    ingester.forget()
    for number, piece in enumerate(iter_parts(ingester.book.rules, at_once=_DRAWN_AT_ONCE)):
        if piece:
            count_changes(result, piece, 0)
            if piece.changes_anything:
                _take(ingester, piece, now=now, label=f"{label}r{number}")
        yield piece


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


def count_changes(result: Redrawn, piece: Piece, examples: int) -> None:
    """Add what a piece would change, and some of it by name.

    A person is counted where the identifier is that numbers them: others of theirs may be in
    another piece.
    """
    moves, person_of = piece.moves, piece.drawing.person_of
    now = {node for node in piece.inside if person_of[node] == node}
    before = {node for node in piece.inside if piece.near[node].profile_id == node}
    result.people_before += len(before)
    result.people_after += len(now)
    result.moved += len(moves)
    result.joined += len(before - now)
    result.split += len(now - before)
    if len(result.examples) < examples and moves:
        found = _examples(piece, moves.values())
        result.examples += found[: examples - len(result.examples)]


def _examples(piece: Piece, moves: Iterable[tuple[int, int]]) -> list[Example]:
    joins, splits, keys = (defaultdict[int, set[Any]](set) for _ in range(3))
    for node in piece.inside:
        before, now = piece.near[node].profile_id, piece.drawing.person_of[node]
        joins[now].add(before)
        splits[before] |= {now} if before in piece.inside else {now, before}
        if before != now:
            keys[now].add(piece.near[node].key)
            keys[before].add(piece.near[node].key)
    touched = {person for pair in moves for person in pair}
    people = people_of_nodes({p for person in touched for p in (*joins[person], person)})
    found = []
    for kind, groups in (("join", joins), ("split", splits)):
        for person, others in sorted(groups.items()):
            if person in touched and len(others) > 1:
                ids = tuple(sorted(others))
                known = (people[p].name or people[p].phone for p in ids if p in people)
                names = tuple(dict.fromkeys(filter(None, known)))
                found.append(Example(kind, names, ids[:8], tuple(sorted(keys[person]))[:8]))
    return found
