"""Letters owed to mailboxes that were signed up: how many, how they pass, what was answered.

A form is open to anybody, so a stranger can have it write to somebody else. Therefore an address
gets one letter and, unanswered, none ever again (Decree 91/2020, Article 13, says the same), and
letters are counted by where the form was sent from and by form. Who is over a limit is written
down as skipped: whoever filled in the form sees the same page either way.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.confirmations.models import Confirmation
from khachquen.govern.consent.suppressing import mark_of
from khachquen.govern.waiting import wait_in_line

_LOCK = 0x6B71_0C0A  # any number nobody else uses
_HOUR = timedelta(hours=1)
_LEASE = timedelta(minutes=10)
_LATE = timedelta(hours=24)  # nobody remembers having signed up
_AT_ONCE = 20
_WENT = ("waiting", "claimed", "wire", "sent", "unknown")  # what is, or may be, in a mailbox


@dataclass(frozen=True, slots=True)
class Asking:
    """One submission that wants confirming. ``sent_from`` is the network address, kept as a digest
    only."""

    mark: str
    form: str
    form_name: str
    source_id: int
    identifier: str
    address: str
    told: Sequence[Mapping[str, Any]]
    evidence: Mapping[str, Any]
    language: str
    account_id: int
    template_id: int | None
    sent_from: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """``per_address`` letters without an answer, for ever; the others in an hour."""

    per_address: int = 1
    per_origin: int = 10
    per_form: int = 200
    valid: timedelta = timedelta(days=7)


def owe_letter(asking: Asking, limits: Limits, *, at: datetime) -> str:
    """Write down that this mailbox is to be asked; why it is not, or "". Call it in the
    transaction that takes the submission in. Told again under its ``mark`` it changes nothing."""
    with transaction.atomic():
        wait_in_line(_LOCK)
        if known := Confirmation.objects.filter(mark=asking.mark).first():
            return known.reason if known.state == "skipped" else ""
        address_mark = mark_of(asking.identifier)
        from_mark = mark_of(f"from:{asking.sent_from}") if asking.sent_from else ""
        why = _why_not(asking, address_mark, from_mark, limits, at)
        Confirmation.objects.create(
            mark=asking.mark,
            form=asking.form,
            form_name=asking.form_name[:200],
            source_id=asking.source_id,
            identifier=asking.identifier[:300],
            address=asking.address[:254],
            address_mark=address_mark,
            from_mark=from_mark,
            told=[dict(one) for one in asking.told],
            evidence=dict(asking.evidence),
            language=asking.language[:8],
            account_id=asking.account_id,
            template_id=asking.template_id,
            state="skipped" if why else "waiting",
            reason=why,
            due_at=at,
            asked_at=at,
            expires_at=at + limits.valid,
            ended_at=at if why else None,
        )
    return why


def _why_not(
    asking: Asking, address_mark: str, from_mark: str, limits: Limits, at: datetime
) -> str:
    of_address = Confirmation.objects.filter(address_mark=address_mark)
    if of_address.filter(answer="no").exists():
        return "said_no"
    went = Confirmation.objects.filter(state__in=_WENT)
    if went.filter(address_mark=address_mark, answer="").count() >= limits.per_address:
        return "asked_before"
    recent = went.filter(asked_at__gt=at - _HOUR)
    if from_mark and recent.filter(from_mark=from_mark).count() >= limits.per_origin:
        return "too_many_here"
    if recent.filter(form=asking.form).count() >= limits.per_form:
        return "too_many_form"
    return ""


def claim_letters(
    *,
    owner: str,
    room_of: Callable[[Collection[int]], Mapping[int, int]],
    why_not: Callable[[Sequence[Confirmation]], Mapping[int, str]],
    now: datetime,
) -> list[Confirmation]:
    """A few to be sent now. ``room_of`` says how many each account can send just now; ``why_not``
    who must not be written to after all: those are skipped for that."""
    waiting = Confirmation.objects.filter(state="waiting")
    waiting.filter(asked_at__lt=now - _LATE).update(state="failed", reason="too_late", ended_at=now)
    due = waiting.filter(due_at__lte=now)
    if not (wanted := set(due.values_list("account_id", flat=True))):
        return []
    rows: list[Confirmation] = []
    for account_id, left in room_of(wanted).items():
        of_account = due.filter(account_id=account_id).order_by("due_at", "pk")
        rows += of_account[: max(0, min(left, _AT_ONCE))]
    refused = why_not(rows)
    with transaction.atomic():
        for pk, reason in refused.items():
            waiting.filter(pk=pk).update(state="skipped", reason=reason, ended_at=now)
        willing = waiting.filter(pk__in=[row.pk for row in rows if row.pk not in refused])
        free = set(willing.select_for_update().values_list("pk", flat=True))
        taken = Confirmation.objects.filter(pk__in=free, state="waiting")
        taken.update(state="claimed", owner=owner, lease_until=now + _LEASE)
    for row in rows:
        row.attempt += 1  # written down when it has been tried
    return [row for row in rows if row.pk in free]


def note_returned(number: int, why: str) -> None:
    """The letter came back (``bounced``), or whoever got it complained (``complained``): shown with
    the form's numbers. One letter an address is all there is, so nobody is written to again."""
    Confirmation.objects.filter(pk=number, state__in=("sent", "unknown")).update(reason=why)


def exchange_letters(
    ended: Sequence[Ended], marked: Collection[int], *, owner: str, now: datetime
) -> set[int]:
    """As ``claiming.exchange``: what became of letters, and which others may leave now."""
    with transaction.atomic():
        # Who has the server's answer knows better than who gave the row up as unknown.
        held = Confirmation.objects.filter(owner=owner, state__in=("claimed", "wire", "unknown"))
        for one in ended:
            is_back = one.state == "waiting"
            more: dict[str, Any] = {"owner": ""} if is_back else {}
            if one.is_tried or not is_back:
                more["attempt"] = F("attempt") + 1
            held.filter(pk=one.recipient_id).update(
                state=one.state,
                reason=one.reason,
                reply=one.reply[:300],
                due_at=one.due_at or now,
                lease_until=None,
                ended_at=None if is_back else now,
                **more,
            )
        claimed = Confirmation.objects.filter(pk__in=list(marked), owner=owner, state="claimed")
        may = set(claimed.select_for_update().values_list("pk", flat=True))
        Confirmation.objects.filter(pk__in=may).update(state="wire", lease_until=now + _LEASE)
    return may


def recover_letters(*, now: datetime, dead: str = "") -> None:
    """As ``claiming.recover``: what was on the wire is unknown and stays so, the rest waits."""
    gone = Q(lease_until__lt=now)
    if dead:
        gone |= Q(owner__startswith=dead)
    with transaction.atomic():
        back = Confirmation.objects.filter(gone, state="claimed")
        back.update(state="waiting", owner="", lease_until=None)
        lost = Confirmation.objects.filter(gone, state="wire")
        lost.update(state="unknown", reason="sender_died", lease_until=None, ended_at=now)


def find_confirmation(number: int, *, lock: bool = False) -> Confirmation | None:
    """The sign-up of that number whose address is still known."""
    rows = Confirmation.objects.filter(pk=number).exclude(address="")
    return (rows.select_for_update() if lock else rows).first()


def answer(row: Confirmation, said: str, *, at: datetime) -> bool:
    """Keep what the mailbox said, once; False when it had said something before."""
    fresh = Confirmation.objects.filter(pk=row.pk, answer="")
    return bool(fresh.update(answer=said, answered_at=at))


def forget_expired(*, now: datetime) -> int:
    """Take address and proof out of sign-ups whose time is over; how many. What was agreed to has
    its proof in the ledger; of the others stays a digest, so that they are never asked again."""
    over = Confirmation.objects.filter(expires_at__lt=now).exclude(address="")
    return over.exclude(state__in=("claimed", "wire")).update(
        address="", identifier="", evidence={}, from_mark="", reply=""
    )
