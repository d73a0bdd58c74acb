"""What staff decides of people, and the engine's way of bringing it about.

A decision is written down with its audit entry and changes nothing yet. The engine, who alone moves
identifiers, applies one after the other: draw who the decision touches, write where identifiers go,
and move them in one transaction. Killed before it: files nobody lists and a decision still waiting.
Killed after it: nothing to do.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from khachquen.base import to_micros
from khachquen.flows.batch import Ingester
from khachquen.flows.moving import move_rows
from khachquen.flows.steps import AfterStep, nothing, run_steps
from khachquen.flows.taking_in import is_passing, where
from khachquen.flows.touching import touched_by
from khachquen.govern import record_audit
from khachquen.store.lake import NewSegment, Syncing, add_segments, write_rows
from khachquen.store.touched import touch
from khachquen.unify.decisions import Ruling, mark_applied, note_changes, waiting_acts
from khachquen.unify.identity import Graph
from khachquen.unify.orders import save_totals
from khachquen.unify.records import save_profiles

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Deciding:
    """One decision on its way; ``label`` names its files and must be new each time.

    Without ``act`` it is a piece of everybody, drawn anew.
    """

    ingester: Ingester
    act: int | None
    ends: frozenset[int]
    now: datetime
    label: str
    graph: Graph | None = None
    segments: list[NewSegment] = field(default_factory=list)


def decide(make: Callable[[Ruling], int], ruling: Ruling, *, action: str) -> int:
    """Write a decision down with its audit entry, both or neither; returns its number.

    ``make`` is one of the verbs of ``unify.decisions`` with its people filled in. The engine
    applies it within a second.

    Raises:
        InputError, NotFoundError, ConflictError: what the verb raises; nothing is written then.
    """
    with transaction.atomic():
        act = make(ruling)
        detail = {"why": ruling.why} if ruling.why else {}
        record_audit(
            actor=ruling.by, action=action, subject=f"decision:{act}", detail=detail, at=ruling.at
        )
    return act


def apply_decisions(
    ingester: Ingester, *, now: datetime, label: str, after_step: AfterStep = nothing
) -> int:
    """Bring about every decision that waits, one by one; returns how many.

    One that breaks us stays waiting, said so in the process's log; events go on being taken in.

    Raises:
        OSError, DatabaseError: the disk or the database cannot take it now; nothing is lost.
    """
    waiting = waiting_acts()
    for number, (act, ends) in enumerate(waiting.items()):
        one = Deciding(ingester, act, frozenset(ends), now, f"{label}d{number}")
        try:
            run_steps(STEPS, one, after_step)
            with transaction.atomic():
                run_steps(COMMIT, one, after_step)
        except BaseException as error:
            ingester.forget()
            if not isinstance(error, Exception) or is_passing(error):
                raise
            _log.error("Decision %d cannot be applied: %s", act, where(error))
            continue
        after_step("commit")
    return len(waiting)


def draw_again(one: Deciding) -> None:
    """Who is one person now, of all that hangs together with what was decided?"""
    graph = one.graph = one.ingester.book.open_graph(act=one.act)
    graph.dirty |= one.ends
    graph.settle()


def write_moves(one: Deciding) -> None:
    """Where events go, as a file nobody sees yet."""
    assert one.graph is not None
    rows = move_rows(one.graph, at=to_micros(one.now))
    one.segments = write_rows(one.ingester.lake, "moves", rows, label=one.label)


def move_identifiers(one: Deciding) -> None:
    """Identifiers go to their people."""
    assert one.graph is not None
    one.ingester.book.save(one.graph)


def fold_people(one: Deciding) -> None:
    """What each person is like, out of the identifiers they have now."""
    assert one.graph is not None
    save_profiles(one.graph)
    save_totals(one.graph.reshaped, currency=one.ingester.limits.default_currency)


def note_history(one: Deciding) -> None:
    """Who became part of whom, and by which decision."""
    assert one.graph is not None
    note_changes(one.graph, at=one.now, act=one.act)
    if one.act:
        mark_applied(one.act, at=one.now)


def leave_touched(one: Deciding) -> None:
    """Both sides of every move."""
    assert one.graph is not None
    people, moved = touched_by(one.graph)
    touch(people, moved=moved, at=one.now)


def list_files(one: Deciding) -> None:
    """Events are theirs from now on."""
    Syncing(one.ingester.lake, one.segments).wait()
    add_segments(one.segments, at=one.now)


STEPS = (draw_again, write_moves)
COMMIT = (  # one transaction
    move_identifiers,
    fold_people,
    note_history,
    leave_touched,
    list_files,
)
