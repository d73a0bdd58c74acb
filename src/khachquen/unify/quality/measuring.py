"""The measurement as work that waits its turn: asked for, done in parts, cancelled, begun anew.

One at a time. Each part is one short transaction that also says where the next begins, so that a
restart goes on and counts nobody twice.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from khachquen.govern import record_audit
from khachquen.unify.models import Order, Profile
from khachquen.unify.quality.models import Finding, Measurement, Tally
from khachquen.unify.quality.scoring import Counted, add_up
from khachquen.unify.quality.steps import STEPS, Part

_OPEN = ("asked", "running")
_FORGET_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Progress:
    """A measurement that waits or runs: how many people and orders of how many are done."""

    id: int
    done: int
    total: int
    is_running: bool


def find_progress() -> Progress | None:
    """The measurement that is not over, if there is one."""
    found = Measurement.objects.filter(state__in=_OPEN).first()
    return Progress(found.pk, found.done, found.total, found.state == "running") if found else None


def request_measurement(*, actor: str, at: datetime) -> int:
    """Ask for a measurement; one that is not over yet is the one asked for."""
    with transaction.atomic():
        if found := Measurement.objects.filter(state__in=_OPEN).first():
            return int(found.pk)
        asked = Measurement.objects.create(asked_at=at, asked_by=actor[:200], state="asked")
        if actor:
            record_audit(actor=actor, action="quality.measure", subject=str(asked.pk), at=at)
    return int(asked.pk)


def cancel_measurement(*, actor: str, at: datetime) -> bool:
    """Stop the one that is not over; what it counted is forgotten, the last whole one stays."""
    with transaction.atomic():
        ended = Measurement.objects.filter(state__in=_OPEN).update(
            state="cancelled", finished_at=at, so_far="[]"
        )
        if ended:
            record_audit(actor=actor, action="quality.cancel", subject="measurement", at=at)
    return bool(ended)


def fail_measurement(at: datetime) -> None:
    """End the one that is not over after a mistake of ours; the next is tried when it is due."""
    Measurement.objects.filter(state__in=_OPEN).update(state="failed", finished_at=at, so_far="[]")


def advance(now: datetime) -> bool:
    """The next part of the open measurement; False when there is none.

    Looking is done outside the transaction, so that nobody who writes waits for it; one cancelled
    meanwhile stays cancelled. Only the engine advances.
    """
    found = Measurement.objects.filter(state__in=_OPEN).first()
    if found is None:
        return False
    if found.state == "asked":
        _begin(found, now)
    assert found.started_at is not None
    part = STEPS[found.step](found.cursor, found.started_at)
    with transaction.atomic():
        is_open = Measurement.objects.select_for_update().filter(id=found.pk, state__in=_OPEN)
        if is_open.exists():
            _keep(found, part)
            if part.cursor is not None:
                found.cursor = part.cursor
            else:
                _next_step(found, now)
            found.save()
    return True


def _begin(found: Measurement, now: datetime) -> None:
    known = Profile.objects.filter(merged_into__isnull=True, is_known=True)
    found.state, found.started_at, found.step = "running", now, next(iter(STEPS))
    found.total = known.count() + Order.objects.count()


def _keep(found: Measurement, part: Part) -> None:
    before = [(rule, int(s), Counted(*n)) for (rule, s, *n) in json.loads(found.so_far or "[]")]
    total = add_up([*before, *part.tallies()])
    found.so_far = json.dumps([(r, s, n.checked, n.failed) for (r, s), n in total.items()])
    found.done += part.looked_at
    Finding.objects.bulk_create(
        (
            Finding(measurement_id=found.pk, rule=rule, source_id=source, subject_id=subject)
            for rule, source, subject in part.found
        ),
        batch_size=2_000,
    )


def _next_step(found: Measurement, now: datetime) -> None:
    names = list(STEPS)
    place = names.index(found.step) + 1
    found.cursor = 0
    if place < len(names):
        found.step = names[place]
        return
    Tally.objects.bulk_create(
        Tally(measurement_id=found.pk, rule=rule, source_id=source, checked=checked, failed=failed)
        for rule, source, checked, failed in json.loads(found.so_far)
    )
    found.state, found.finished_at, found.step, found.so_far = "done", now, "", "[]"


def forget_older() -> int:
    """Findings of other measurements than the newest whole one, some at a time."""
    newest = Measurement.objects.filter(state="done").order_by("-id").first()
    kept = newest.pk if newest else 0
    others = Finding.objects.filter(Q(measurement_id__lt=kept) | Q(measurement_id__gt=kept))
    ids = list(others.values_list("id", flat=True)[:_FORGET_AT_ONCE])
    for start in range(0, len(ids), 5_000):
        Finding.objects.filter(id__in=ids[start : start + 5_000]).delete()
    return len(ids)
