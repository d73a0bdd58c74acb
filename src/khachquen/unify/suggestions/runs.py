"""Runs as work that waits its turn: asked for, begun, cancelled, done, and due by themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from khachquen.govern import record_audit
from khachquen.unify.identity.rules import STRENGTH
from khachquen.unify.matching.settings import Settings
from khachquen.unify.models import Node, Profile
from khachquen.unify.suggestions.models import Run

__all__ = [
    "LEARNS_FROM",
    "RunView",
    "begin_run",
    "cancel_run",
    "fail_run",
    "find_run",
    "finish_run",
    "is_due",
    "latest_run",
    "latest_whole_run",
    "newcomers_after",
    "note_looked_to",
    "note_progress",
    "open_run",
    "request_run",
]
_OPEN = ("asked", "running")
LEARNS_FROM = Settings().learn_from
"""From so many people on weights are learned, for which Splink is needed."""
_NIGHT = range(1, 5)  # o'clock, in the shop's own time
_NOT_BEFORE = timedelta(hours=20)
_ANY_HOUR_AFTER = timedelta(hours=36)  # for machines that are off at night
_LEAST_NEW, _LEAST_SHARE = 20, 0.01
STRONG = tuple(kind for kind in STRENGTH if kind not in ("device", "anonymous"))
"""Kinds of identifiers whose people are known, so that there is something to compare."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it stands."""

    id: int
    state: str
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    step: str
    done: int
    total: int
    people: int
    pairs: int
    suggested: int
    learned_from: int
    trouble: str
    top_node: int
    looked_to: int

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in _OPEN


def request_run(*, actor: str, at: datetime) -> int:
    """Ask for a run; one that is not over yet is the one asked for."""
    with transaction.atomic():
        if found := Run.objects.filter(state__in=_OPEN).first():
            return int(found.pk)
        run = Run.objects.create(asked_at=at, asked_by=actor[:200], state="asked")
        if actor:
            record_audit(actor=actor, action="review.run", subject=f"run:{run.pk}", at=at)
    return int(run.pk)


def cancel_run(*, actor: str, at: datetime) -> bool:
    """Stop the one that is not over; what was suggested before stays."""
    with transaction.atomic():
        ended = Run.objects.filter(state__in=_OPEN).update(state="cancelled", finished_at=at)
        if ended:
            record_audit(actor=actor, action="review.cancel", subject="run", at=at)
    return bool(ended)


def fail_run(at: datetime, *, trouble: str) -> None:
    """End the one that is not over, for something went wrong; the next comes when it is due."""
    open_ones = Run.objects.filter(state__in=_OPEN)
    open_ones.update(state="failed", finished_at=at, trouble=trouble[:100])


def open_run() -> RunView | None:
    """The run that waits or runs."""
    return _view(Run.objects.filter(state__in=_OPEN).first())


def find_run(run_id: int) -> RunView:
    """One run as it stands."""
    run = _view(Run.objects.get(id=run_id))
    assert run is not None
    return run


def latest_run() -> RunView | None:
    """The newest run, however it ended."""
    return _view(Run.objects.order_by("-id").first())


def latest_whole_run() -> RunView | None:
    """The newest run that was finished: what the queue is of."""
    return _view(Run.objects.filter(state="done").order_by("-id").first())


def begin_run(run_id: int, at: datetime) -> None:
    """It begins, or begins anew after a restart; what is told from now on is not in it."""
    top = Node.objects.aggregate(top=Max("id"))["top"] or 0
    Run.objects.filter(id=run_id).update(
        state="running", started_at=at, step="", done=0, total=0, top_node=top, looked_to=top
    )


def note_progress(run_id: int, step: str, done: int, total: int) -> None:
    """How far it is."""
    Run.objects.filter(id=run_id, state="running").update(step=step, done=done, total=total)


def finish_run(
    run_id: int, *, at: datetime, people: int, pairs: int, suggested: int, learned_from: int
) -> None:
    """It is whole; call inside the transaction that keeps what it found."""
    Run.objects.filter(id=run_id).update(
        state="done",
        finished_at=at,
        step="",
        people=people,
        pairs=pairs,
        suggested=suggested,
        learned_from=learned_from,
    )


def note_looked_to(run_id: int, node_id: int) -> None:
    """Everybody who came up to this identifier was looked up."""
    Run.objects.filter(id=run_id).update(looked_to=node_id)


@dataclass(frozen=True, slots=True)
class Newcomers:
    """People with an identifier nobody had told of at the last run.

    ``up_to`` is the newest identifier looked at; ``passed_over`` how many wait for the next run.
    """

    profile_ids: tuple[int, ...]
    up_to: int
    passed_over: bool


def newcomers_after(node_id: int, *, limit: int, backlog: int) -> Newcomers | None:
    """The next few after an identifier, none when nobody came; of more than ``backlog`` the oldest
    are left to the next run."""
    top = Node.objects.aggregate(top=Max("id"))["top"] or 0
    if top <= node_id:
        return None
    rows = Node.objects.filter(id__gt=node_id, kind__in=STRONG).order_by("-id")
    found = list(rows.values_list("id", "profile_id")[: backlog + 1])
    chosen = found[:backlog][::-1][:limit]
    is_all = len(found) <= limit
    people = tuple(dict.fromkeys(owner for _, owner in chosen))
    return Newcomers(people, top if is_all else chosen[-1][0], len(found) > backlog)


def is_due(now: datetime, *, hour: int) -> bool:
    """Whether a run should begin by itself.

    At night (1 to 5 o'clock) at most once, when one identifier in a hundred is new since the last,
    and twenty at least; in the day only when the last was begun 36 hours ago. The first run comes
    at night, or when somebody asks.
    """
    last = Run.objects.order_by("-id").first()
    if last and (last.state in _OPEN or now < last.asked_at + _NOT_BEFORE):
        return False
    if hour not in _NIGHT and (last is None or now < last.asked_at + _ANY_HOUR_AFTER):
        return False
    known = Profile.objects.filter(merged_into__isnull=True, is_known=True).count()
    whole = Run.objects.filter(state="done").order_by("-id").first()
    if whole is None:
        return known > 1
    new = Node.objects.filter(id__gt=whole.top_node, kind__in=STRONG).count()
    return new >= max(_LEAST_NEW, _LEAST_SHARE * known)


def _view(run: Run | None) -> RunView | None:
    if run is None:
        return None
    return RunView(**{name: getattr(run, name) for name in RunView.__slots__})
