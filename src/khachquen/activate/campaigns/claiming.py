"""The rows a sender works on: taken, put on the wire, ended. Every transition in one place.

``waiting → claimed → wire → sent | failed | unknown``; ``waiting → skipped``; back to ``waiting``
only where it is certain that nothing left the house. Each change names the state and the owner it
changes from, so that whoever comes too late changes nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from khachquen.activate.campaigns.capping import Asked, Caps, advertising, within_caps
from khachquen.activate.campaigns.models import Campaign, Recipient, Repeat, Run
from khachquen.activate.campaigns.people import Hours, Ready, Waiting, judge_people
from khachquen.base import to_micros
from khachquen.govern.waiting import wait_in_line
from khachquen.store import change_rows, db_time, update_rows

__all__ = [
    "Caps",
    "Ended",
    "claim",
    "exchange",
    "extend",
    "find_recipient",
    "let_go",
    "put_off",
    "recover",
    "rehearse",
]

_LOCK = 0x6B71_0C06  # any number nobody else uses
_STILL_WAITING = "state = 'waiting' AND id = %s"
_MAY_LEAVE = (
    "state = 'claimed' AND owner = %s"
    " AND EXISTS (SELECT 1 FROM campaigns_run"
    " WHERE campaigns_run.id = campaigns_recipient.run_id AND campaigns_run.state = 'sending')"
)
# Who has the server's answer knows better than who gave the row up as unknown meanwhile.
_STILL_OURS = "owner = %s AND state IN ('claimed', 'wire', 'unknown') AND id = %s"


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of one letter. ``state`` waiting: nothing left the house, to be tried again;
    ``is_tried`` when a server asked for that, so that it is not asked for ever."""

    recipient_id: int
    state: str
    reason: str = ""
    reply: str = ""
    due_at: datetime | None = None
    is_tried: bool = False


def claim(
    run: Run,
    *,
    owner: str,
    most: int,
    hours: Hours | None,
    caps: Caps,
    now: datetime,
    lease: timedelta,
) -> list[Ready]:
    """Take some who are due; whoever may not be written to is skipped on the way, with the reason.

    What the caps count is reserved by the same transaction, one at a time over all senders: two
    campaigns cannot both write the last letter somebody may get today.
    """
    due = Recipient.objects.filter(run=run, state="waiting", due_at__lte=now)
    told = due.order_by("due_at", "id").values_list(*Waiting._fields)[:most]
    rows = [Waiting(*row) for row in told]
    if not rows:
        return []
    ads = advertising()
    is_ad = run.purpose in ads
    judged = judge_people(run, rows, hours if is_ad else None, now=now)
    with transaction.atomic():
        wait_in_line(_LOCK)
        if not Run.objects.select_for_update().filter(pk=run.pk, state="sending").exists():
            return []
        waiting = Recipient.objects.filter(pk__among=[row.pk for row in rows], state="waiting")
        free = set(waiting.values_list("pk", flat=True))
        willing = [one for one in judged.ready if one.recipient_id in free]
        ready, capped = within_caps(run, willing, Asked(caps, hours, ads, now))
        _skip({**judged.skipped, **capped}, now)
        _put_off(judged.later)
        _take(ready, owner, now, lease)
    return ready


def rehearse(
    campaign: Campaign, people: Sequence[int], *, hours: Hours, caps: Caps, now: datetime
) -> Counter[str]:
    """What would become of these people if the campaign went out now: "ready", "quiet_hours", or
    the reason they would be skipped for. Nothing is reserved; asked again when it is sent.

    ``tracked`` of those who are ready agreed that opens and clicks are seen; they stand under
    "ready" too.
    """
    again_days = Repeat.objects.filter(campaign=campaign).values_list("again_days", flat=True)
    run = Run(
        campaign=campaign,
        channel=campaign.channel,
        purpose=campaign.purpose,
        holdout_percent=campaign.holdout_percent,
        heeds_channel=campaign.heeds_channel,
        again_days=again_days.first(),
        tracks=campaign.tracks,
    )
    rows = [Waiting(place, person) for place, person in enumerate(people, 1)]
    ads = advertising()
    is_ad = run.purpose in ads
    judged = judge_people(run, rows, hours if is_ad else None, now=now)
    ready, capped = within_caps(run, judged.ready, Asked(caps, hours, ads, now))
    found = Counter([*judged.skipped.values(), *capped.values()])
    found["ready"], found["quiet_hours"] = len(ready), len(judged.later)
    found["tracked"] = sum(one.is_tracked for one in ready)
    return found


def exchange(
    ended: Sequence[Ended], marked: Collection[int], *, owner: str, now: datetime, lease: timedelta
) -> set[int]:
    """Write down what became of letters, and that others are about to leave; who of these may.

    One transaction: after it, and only then, may the marked ones be handed over. A run that was
    paused, a row somebody else took meanwhile: not among the answer, so they do not leave.
    """
    with transaction.atomic():
        _end(ended, owner, now)
        until = db_time(to_micros(now + lease))
        may = change_rows(
            Recipient,
            "state = 'wire', lease_until = %s",
            [until],
            marked,
            where=_MAY_LEAVE,
            given=[owner],
        )
    return set(may)


def let_go(run_id: int, *, owner: str) -> int:
    """Give back what was taken of a run and is not on the wire: it was paused or cancelled."""
    held = Recipient.objects.filter(run_id=run_id, state="claimed", owner=owner)
    return held.update(state="waiting", owner="", lease_until=None, reserved_at=None)


def find_recipient(recipient_id: int) -> Recipient | None:
    """One row with its run."""
    return Recipient.objects.select_related("run").filter(pk=recipient_id).first()


def put_off(run: Run, until: datetime, *, reason: str, most: int) -> int:
    """Nobody of a run can be written to before a moment: some of those who wait know why."""
    rows = Recipient.objects.filter(run=run, state="waiting", due_at__lt=until)
    some = list(rows.order_by("due_at", "id").values_list("pk", flat=True)[:most])
    waiting = Recipient.objects.filter(pk__in=some, state="waiting")
    return waiting.update(reason=reason, due_at=until)


def extend(*, owner: str, now: datetime, lease: timedelta) -> None:
    """This sender lives: what it holds stays its own."""
    held = Recipient.objects.filter(state__in=("claimed", "wire"), owner=owner)
    held.update(lease_until=now + lease)


def recover(*, now: datetime, dead: str = "") -> tuple[int, int]:
    """Rows of senders that are no more: (back to waiting, now unknown).

    Whose lease is over is dead, and whoever's name begins with ``dead``: that is for the one who
    holds the lock of this machine. What was not on the wire cannot have left. What was may have,
    and is never tried again by itself.
    """
    gone = Q(lease_until__lt=now)
    if dead:
        gone |= Q(owner__startswith=dead)
    with transaction.atomic():
        held = Recipient.objects.filter(gone, state="claimed")
        back = held.update(state="waiting", owner="", lease_until=None, reserved_at=None)
        lost = Recipient.objects.filter(gone, state="wire").update(
            state="unknown", reason="sender_died", lease_until=None, ended_at=now
        )
    return back, lost


def _take(ready: Sequence[Ready], owner: str, now: datetime, lease: timedelta) -> None:
    until, at = db_time(to_micros(now + lease)), db_time(to_micros(now))
    rows = [
        (owner, until, at, one.envelope.address.lower(), one.is_tracked, one.recipient_id)
        for one in ready
    ]
    update_rows(
        Recipient,
        "state = 'claimed', owner = %s, lease_until = %s, reserved_at = %s, address = %s,"
        " is_tracked = %s, attempt = attempt + 1",
        rows,
        where=_STILL_WAITING,
    )


def _skip(skipped: Mapping[int, str], now: datetime) -> None:
    at = db_time(to_micros(now))
    rows = [(reason, at, key) for key, reason in skipped.items()]
    changes = "state = 'skipped', reason = %s, ended_at = %s"
    update_rows(Recipient, changes, rows, where=_STILL_WAITING)


def _put_off(later: Mapping[int, datetime]) -> None:
    rows = [(db_time(to_micros(due)), key) for key, due in later.items()]
    changes = "reason = 'quiet_hours', due_at = %s"
    update_rows(Recipient, changes, rows, where=_STILL_WAITING)


def _end(ended: Iterable[Ended], owner: str, now: datetime) -> None:
    """One statement for all: what stays reserved is what left, or may have."""
    rows = [
        (
            one.state,
            one.reason,
            one.reply[:300],
            db_time(to_micros(one.due_at or now)),
            None if one.state == "waiting" else db_time(to_micros(now)),
            one.state in ("sent", "unknown"),
            "" if one.state == "waiting" else owner,
            int(one.state == "waiting" and not one.is_tried),
            owner,
            one.recipient_id,
        )
        for one in ended
    ]
    update_rows(
        Recipient,
        "state = %s, reason = %s, reply = %s, due_at = %s, ended_at = %s, lease_until = NULL,"
        " reserved_at = CASE WHEN %s THEN reserved_at END, owner = %s, attempt = attempt - %s",
        rows,
        where=_STILL_OURS,
    )
