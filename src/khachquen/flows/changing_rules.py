"""Changing the rules of identity safely: try them, let them hold, or put them away.

The page and the command come here. What takes long is a job; only the engine moves anybody.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from django.db import transaction

from khachquen.base import Clock, ConflictError, Text
from khachquen.flows.batch import Ingester
from khachquen.flows.rerunning import APPLY, SIMULATE, apply_part_by_part, simulate_part_by_part
from khachquen.govern import record_audit
from khachquen.store.jobs import JobView, Kind, ask_for, cancel, find_latest
from khachquen.unify.identity import Rules, rules_of
from khachquen.unify.identity.ruleset import as_data
from khachquen.unify.rulebook import (
    Change,
    begin_applying,
    discard_change,
    draft_rules,
    get_change,
)


def kinds_of(ingester: Ingester, clock: Clock) -> Mapping[str, Kind]:
    """The work about rules, for the engine's list of jobs."""
    kinds = (
        Kind(SIMULATE, simulate_part_by_part),
        Kind(APPLY, partial(apply_part_by_part, ingester=ingester, clock=clock), is_exclusive=True),
    )
    return {kind.name: kind for kind in kinds}


def draft(data: Path, rules: Rules, *, by: str, clock: Clock) -> Change:
    """Keep other rules as a draft and try them; nothing holds yet.

    Raises:
        ConflictError: they are what holds already (``identity.same_rules``).
    """
    with transaction.atomic():
        made = draft_rules(rules, rules_of(data), by=by, at=clock())
        _ask_to_simulate(made, by=by, clock=clock)
    return made


def draft_again(data: Path, change_id: int, *, by: str, clock: Clock) -> Change:
    """Draft the rules of an earlier change, as they were, against what holds now: to put them back,
    or to try once more after others came to hold.

    Raises:
        NotFoundError: there is no such change. ConflictError: as ``draft``.
    """
    return draft(data, get_change(change_id).rules, by=by, clock=clock)


def draft_former(data: Path, change_id: int, *, by: str, clock: Clock) -> Change:
    """Draft what held before a change, to take it back.

    Raises:
        NotFoundError: there is no such change. ConflictError: as ``draft``.
    """
    return draft(data, get_change(change_id).base, by=by, clock=clock)


def try_again(change_id: int, *, by: str, clock: Clock) -> None:
    """Simulate a draft once more, as when people came in since."""
    _ask_to_simulate(get_change(change_id), by=by, clock=clock)


def stop_trying(change_id: int, *, clock: Clock) -> bool:
    """Stop the simulation that runs; the draft stays."""
    job = simulation_of(get_change(change_id))
    return cancel(job.id, at=clock()) if job else False


def apply(data: Path, change_id: int, *, by: str, why: str, clock: Clock) -> JobView:
    """Let a draft hold. The engine begins within a second; until it is done nothing is taken in
    (it waits in the log), and killed in between it finishes by itself.

    Raises:
        InputError, ConflictError: as ``begin_applying``; or the draft was not tried to the end
            (``identity.not_tried``); or another change is being applied (``identity.applying``).
    """
    change = get_change(change_id)
    job = simulation_of(change)
    if change.state == "draft" and (job is None or job.state != "done"):
        raise _not_tried()
    with transaction.atomic():
        latest = find_latest(APPLY)
        if latest and latest.is_open:
            raise _applying(latest)
        made = begin_applying(change_id, rules_of(data), by=by, why=why, at=clock())
        args = {"rules": as_data(made.rules), "change": made.id}
        return ask_for(APPLY, args, subject=made.subject, by=by, at=clock())


def discard(change_id: int, *, by: str, clock: Clock) -> None:
    """Put a draft away, and stop its simulation.

    Raises:
        ConflictError: it is no draft any more (``identity.no_draft``).
    """
    discard_change(change_id, by=by, at=clock())
    stop_trying(change_id, clock=clock)


def simulation_of(change: Change) -> JobView | None:
    """The newest simulation of a draft."""
    return find_latest(SIMULATE, change.subject)


def application_of(change: Change) -> JobView | None:
    """The job that lets a change hold, once asked for."""
    return find_latest(APPLY, change.subject)


def _ask_to_simulate(change: Change, *, by: str, clock: Clock) -> None:
    args = {"rules": as_data(change.rules)}
    at = clock()
    with transaction.atomic():
        ask_for(SIMULATE, args, subject=change.subject, by=by, at=at)
        record_audit(actor=by, action="rules.simulate", subject=change.subject, at=at)


def _not_tried() -> ConflictError:
    return ConflictError(
        "identity.not_tried",
        Text(
            vi="Chưa có kết quả thử. Chỉ áp dụng sau khi đã xem trước ai bị gộp, ai bị tách.",
            en="It was not tried to the end. Apply it once you have seen who would join and split.",
        ),
    )


def _applying(job: JobView) -> ConflictError:
    return ConflictError(
        "identity.applying",
        Text(
            vi=f"Đang áp dụng một thay đổi khác ({job.asked_by} yêu cầu).",
            en=f"Another change is being applied ({job.asked_by} asked for it).",
        ),
        hint=Text(vi="Chờ xong rồi thử lại.", en="Wait for it, then try again."),
    )
