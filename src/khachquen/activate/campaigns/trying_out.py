"""Letters on trial: asked for by staff, to mailboxes of their own, before a campaign goes out.

They pass no guard of consent, because they go to no customer: an address a customer has, or one
that is to be left alone, is refused; only one's own is always taken. They stand in no run, no cap
and no number.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from khachquen.activate.campaigns.accounts import get_account
from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.campaigns.models import TryOut
from khachquen.activate.channels.email import read_envelope
from khachquen.activate.content import get_version
from khachquen.base import ConflictError, InputError, Text
from khachquen.govern import record_audit
from khachquen.govern.consent.suppressing import list_suppressed
from khachquen.govern.waiting import wait_in_line
from khachquen.unify.profiles import find_profile

__all__ = [
    "AT_ONCE",
    "TryOut",
    "Wish",
    "ask_try_outs",
    "claim_try_outs",
    "exchange_try_outs",
    "forget_try_outs",
    "list_try_outs",
    "recover_try_outs",
]

AT_ONCE = 5
_SHOWN = 10
_LOCK = 0x6B71_0C07  # any number nobody else uses
_HOUR = timedelta(hours=1)
_KEPT = timedelta(days=30)
_AT_A_TIME = 500
_LATE = timedelta(minutes=15)  # nobody waits for it any more
_LEASE = timedelta(minutes=10)
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which words, as whom, by which account, where to. ``addresses`` is as somebody typed it."""

    version_id: int
    account_id: int
    who: str
    addresses: str
    purpose: str = ""


def ask_try_outs(wish: Wish, *, per_hour: int, by: str, at: datetime) -> list[TryOut]:
    """Have the sender send it to each of these addresses; all of them or none.

    Raises:
        InputError: no address, more than five, one that is none, or one of a customer
            (``campaigns.try_*``), at path ``addresses``.
        ConflictError: as many as may go in an hour are on their way (``campaigns.try_limit``).
        NotFoundError: no such version or account.
    """
    version, account = get_version(wish.version_id), get_account(wish.account_id)
    addresses = _read(wish.addresses, own=by)
    with transaction.atomic():
        wait_in_line(_LOCK)
        recent = TryOut.objects.filter(asked_at__gt=at - _HOUR).count()
        if recent + len(addresses) > per_hour:
            raise _too_often(per_hour, recent)
        made = [
            TryOut.objects.create(
                account=account,
                template_id=version.template_id,
                version_id=version.id,
                purpose=wish.purpose,
                who=wish.who[:20],
                address=address,
                asked_at=at,
                asked_by=by[:200],
            )
            for address in addresses
        ]
        record_audit(
            actor=by,
            action="content.try_out",
            subject=f"template:{version.template_id}",
            at=at,
            detail={"version": version.number, "as": wish.who[:20], "letters": len(made)},
        )
    return made


def list_try_outs(template_id: int) -> list[TryOut]:
    """The last ones of a template, the newest first."""
    return list(TryOut.objects.filter(template_id=template_id).order_by("-pk")[:_SHOWN])


def claim_try_outs(*, owner: str, now: datetime) -> list[TryOut]:
    """A few to be sent now; those nobody waits for any more have failed."""
    with transaction.atomic():
        waiting = TryOut.objects.filter(state="waiting")
        late = waiting.filter(asked_at__lt=now - _LATE)
        late.update(state="failed", reason="too_late", ended_at=now)
        rows = list(waiting.select_for_update().order_by("pk")[:AT_ONCE])
        taken = TryOut.objects.filter(pk__in=[row.pk for row in rows], state="waiting")
        taken.update(state="claimed", owner=owner, lease_until=now + _LEASE)
    accounts = {row.account_id: get_account(row.account_id) for row in rows}
    for row in rows:
        row.account = accounts[row.account_id]
    return rows


def exchange_try_outs(
    ended: Sequence[Ended], marked: Collection[int], *, owner: str, now: datetime
) -> set[int]:
    """As ``claiming.exchange``; but what a server puts off has failed: somebody waits for its
    answer and can ask again."""
    with transaction.atomic():
        held = TryOut.objects.filter(owner=owner, state__in=("claimed", "wire"))
        for one in ended:
            is_back = one.state == "waiting" and not one.reply
            state = "failed" if one.state == "waiting" and one.reply else one.state
            held.filter(pk=one.recipient_id).update(
                state=state,
                reason=one.reason,
                reply=one.reply[:300],
                lease_until=None,
                ended_at=None if is_back else now,
            )
        claimed = TryOut.objects.filter(pk__in=list(marked), owner=owner, state="claimed")
        may = set(claimed.select_for_update().values_list("pk", flat=True))
        TryOut.objects.filter(pk__in=may).update(state="wire", lease_until=now + _LEASE)
    return may


def recover_try_outs(*, now: datetime, dead: str = "") -> None:
    """As ``claiming.recover``: what was on the wire is unknown, the rest waits again."""
    gone = Q(lease_until__lt=now)
    if dead:
        gone |= Q(owner__startswith=dead)
    with transaction.atomic():
        TryOut.objects.filter(gone, state="claimed").update(state="waiting", owner="")
        lost = TryOut.objects.filter(gone, state="wire")
        lost.update(state="unknown", reason="sender_died", ended_at=now)


def forget_try_outs(now: datetime) -> int:
    """Let letters on trial go after 30 days, some at a time; how many went."""
    old = TryOut.objects.filter(asked_at__lt=now - _KEPT).order_by("asked_at")
    gone = list(old.values_list("pk", flat=True)[:_AT_A_TIME])
    return TryOut.objects.filter(pk__in=gone).delete()[0] if gone else 0


def _read(told: str, *, own: str) -> list[str]:
    """Every address once, in the order typed."""
    words = [word for word in _BETWEEN.split(told) if word]
    found = {}
    for word in words:
        envelope = read_envelope(word)
        if envelope is None:
            raise _refused(
                "campaigns.try_address",
                f"{word[:100]!r} không phải là địa chỉ email.",
                f"{word[:100]!r} is no e-mail address.",
            )
        found[envelope.address.lower()] = envelope.address
    if not found:
        raise _refused(
            "campaigns.try_nobody", "Điền ít nhất một địa chỉ.", "Give at least one address."
        )
    if len(found) > AT_ONCE:
        raise _refused(
            "campaigns.try_too_many",
            f"Mỗi lần gửi thử cho nhiều nhất {AT_ONCE} địa chỉ.",
            f"At most {AT_ONCE} addresses at a time.",
        )
    for key, address in found.items():
        if key != own.lower() and (find_profile(f"email:{key}") or _is_left_alone(key)):
            raise _refused(
                "campaigns.try_customer",
                f"{address!r} là email của khách, hoặc đã từ chối nhận thư.",
                f"{address!r} is a customer's, or wants no mail.",
                Text(
                    vi="Chỉ gửi thử tới hộp thư của cửa hàng và của chính bạn.",
                    en="Try letters on mailboxes of the shop and on your own.",
                ),
            )
    return list(found.values())


def _is_left_alone(address: str) -> bool:
    return any(one.channel in ("email", "any") for one in list_suppressed([f"email:{address}"]))


def _refused(code: str, vi: str, en: str, hint: Text | None = None) -> InputError:
    return InputError(code, Text(vi=vi, en=en), path="addresses", hint=hint)


def _too_often(per_hour: int, recent: int) -> ConflictError:
    return ConflictError(
        "campaigns.try_limit",
        Text(
            vi=f"Mỗi giờ gửi thử nhiều nhất {per_hour} thư; giờ qua đã gửi {recent}.",
            en=f"At most {per_hour} letters may be tried an hour; the last hour had {recent}.",
        ),
        hint=Text(vi="Đợi một lúc rồi gửi lại.", en="Wait a while and send again."),
    )
