"""Official Accounts: added, and what each may send today."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from khachquen.activate.campaigns.accounts import Room
from khachquen.activate.campaigns.locking import lock, unlock
from khachquen.activate.campaigns.models import Account
from khachquen.activate.channels.zalo import VIETNAM, ZaloReply
from khachquen.activate.zalo.models import HeardEvent, OfficialAccount
from khachquen.base import ConflictError, InputError, NotFoundError, Text
from khachquen.govern import record_audit

__all__ = [
    "OfficialAccount",
    "add_oa",
    "app_secret_of",
    "find_by_account",
    "find_oa",
    "get_oa",
    "hook_secret_of",
    "is_news",
    "list_oas",
    "note_daily",
    "note_heard",
    "note_reply",
    "room_of",
]
_KEPT = timedelta(days=2)  # longer than an event is believed
_UNLIMITED = 1_000_000_000
_NEEDED = ("name", "oa_id", "app_id", "app_secret", "hook_secret")
_SECRET = ("app_secret", "hook_secret", "refresh_token")


def add_oa(told: Mapping[str, Any], *, by: str, at: datetime) -> OfficialAccount:
    """An account messages leave by; its secrets are locked before they are kept. Without a refresh
    token it waits for the permission somebody gives on Zalo.

    Raises:
        InputError: something is missing (``zalo.missing``).
        ConflictError: there is one of that name or number (``zalo.taken``).
    """
    said = {key: str(told.get(key) or "").strip() for key in (*_NEEDED, "refresh_token")}
    for key in _NEEDED:
        if not said[key]:
            words = Text(vi="Hãy điền ô này.", en="Please fill this in.")
            raise InputError("zalo.missing", words, path=key)
    with transaction.atomic():
        _refuse_twins(said)
        account = Account.objects.create(
            channel="zalo",
            name=said["name"],
            host="",
            from_address="",
            per_second=int(told.get("per_second") or 0),
            connections=2,
            created_at=at,
        )
        locked = {key: lock(said[key]) for key in _SECRET}
        found = OfficialAccount.objects.create(
            account=account, oa_id=said["oa_id"], app_id=said["app_id"], **locked
        )
        record_audit(actor=by, action="zalo.add", subject=f"zalo_oa:{found.pk}", at=at)
    return found


def _refuse_twins(said: Mapping[str, str]) -> None:
    for path, taken in (
        ("name", Account.objects.filter(name=said["name"])),
        ("oa_id", OfficialAccount.objects.filter(oa_id=said["oa_id"])),
    ):
        if taken.exists():
            words = Text(vi="Đã có tài khoản như vậy.", en="There is such an account already.")
            raise ConflictError("zalo.taken", words, path=path)


def list_oas() -> list[OfficialAccount]:
    """Every account, by name."""
    return list(OfficialAccount.objects.select_related("account").order_by("account__name"))


def get_oa(number: int) -> OfficialAccount:
    """One account.

    Raises:
        NotFoundError: there is none of this number (``zalo.no_account``).
    """
    found = OfficialAccount.objects.select_related("account").filter(pk=number).first()
    if found is None:
        words = Text(vi="Không có tài khoản Zalo OA này.", en="There is no such Zalo account.")
        raise NotFoundError("zalo.no_account", words)
    return found


def find_oa(oa_id: str) -> OfficialAccount | None:
    """The account Zalo knows by this number."""
    return OfficialAccount.objects.filter(oa_id=oa_id).first()


def find_by_account(account_id: int) -> OfficialAccount:
    """The settings of an account messages leave by."""
    return OfficialAccount.objects.get(account_id=account_id)


def app_secret_of(oa: OfficialAccount) -> str:
    """What the app proves itself with."""
    return unlock(oa.app_secret)


def hook_secret_of(oa: OfficialAccount) -> str:
    """What its events are signed with."""
    return unlock(oa.hook_secret)


def note_reply(number: int, reply: ZaloReply, *, now: datetime) -> None:
    """Remember what an answer told of the day: how many are left, or that there are none."""
    rows = OfficialAccount.objects.filter(pk=number)
    if reply.verdict == "quota":
        rows.update(opens_at=reply.opens(now), waits_for=str(reply))
    elif reply.remaining is not None:
        midnight = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
        older = Q(counted_at=None) | Q(counted_at__lt=midnight)
        rows = rows.filter(older | Q(remaining__gt=reply.remaining))  # answers overtake each other
        rows.update(remaining=reply.remaining, daily=reply.daily, counted_at=now)


def note_daily(number: int, daily: int | None, remaining: int | None, *, now: datetime) -> None:
    """What Zalo says of the day when it is asked, or tells that it changed."""
    told = {"daily": daily, "remaining": remaining, "counted_at": now}
    rows = OfficialAccount.objects.filter(pk=number)
    rows.update(**{key: value for key, value in told.items() if value is not None})


def note_heard(number: int, *, at: datetime) -> None:
    """Remember that Zalo told something, and forget what nobody can tell again."""
    OfficialAccount.objects.filter(pk=number).update(heard_at=at)
    HeardEvent.objects.filter(at__lt=at - _KEPT).delete()


def room_of(account_id: int, *, now: datetime) -> Room:
    """What is left of the account's day. A count of another day says nothing any more: then Zalo's
    next answer will."""
    oa = OfficialAccount.objects.filter(account_id=account_id).first()
    if oa is None:
        return Room(0)
    if oa.opens_at is not None and now < oa.opens_at:
        return Room(0, oa.opens_at)
    if oa.remaining is None or oa.counted_at is None or _day(oa.counted_at) != _day(now):
        return Room(_UNLIMITED)
    if oa.remaining > 0:
        return Room(oa.remaining)
    return Room(0, ZaloReply(-144, "").opens(now))


def is_news(key: str, *, at: datetime) -> bool:
    """Whether an event was not taken in before. Ask in the transaction that takes it in."""
    _, is_new = HeardEvent.objects.get_or_create(key=key, defaults={"at": at})
    return is_new


def _day(at: datetime) -> object:
    return at.astimezone(VIETNAM).date()
