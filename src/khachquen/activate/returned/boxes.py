"""Where letters come back to: set up by staff, read by the fetcher, its health for everybody."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from khachquen.activate.campaigns.accounts import get_account
from khachquen.activate.campaigns.locking import lock, unlock
from khachquen.activate.channels.email import read_envelope
from khachquen.activate.channels.email.mailboxes import Access, Box, open_box
from khachquen.activate.egress import Rules, dial
from khachquen.activate.returned.models import ReturnBox
from khachquen.base import InputError, Text
from khachquen.govern import record_audit

__all__ = [
    "ReturnBox",
    "access_of",
    "bounce_addresses",
    "find_box",
    "list_due",
    "list_silent_boxes",
    "note_read",
    "note_tried",
    "opener",
    "save_box",
]

PROTOCOLS = ("", "imap", "pop3")
_SILENT = timedelta(days=1)
_LONGEST_LOCAL = 24  # with a token behind it a local part has 64 characters at most


def find_box(account_id: int) -> ReturnBox | None:
    """Where an account's letters come back to, if that was set up."""
    return ReturnBox.objects.filter(account_id=account_id).first()


def save_box(account_id: int, told: Mapping[str, Any], *, by: str, at: datetime) -> ReturnBox:
    """Set up where letters come back to. An empty ``password`` keeps the one there is.

    Raises:
        NotFoundError: there is no such account.
        InputError: the bounce address cannot take tokens (``returned.bounce_address``), or the
            mailbox lacks a server or name (``returned.no_server``).
    """
    account = get_account(account_id)
    wanted = {name: value for name, value in told.items() if name != "password"}
    wanted["bounce_address"] = _checked(str(told.get("bounce_address", "")).strip())
    if wanted.get("protocol") and not (wanted.get("host") and wanted.get("user")):
        raise InputError(
            "returned.no_server",
            Text(
                vi="Hãy ghi máy chủ và tên đăng nhập của hộp thư.",
                en="Say which server the mailbox is on and how to sign in.",
            ),
            path="host",
        )
    with transaction.atomic():
        box = ReturnBox.objects.filter(account=account).first() or ReturnBox(account=account)
        if (box.host, box.user, box.folder, box.protocol) != tuple(
            wanted.get(name, "") for name in ("host", "user", "folder", "protocol")
        ):
            box.validity = box.last_uid = 0
        for name, value in wanted.items():
            setattr(box, name, value)
        if told.get("password"):
            box.secret = lock(str(told["password"]))
        box.since, box.trouble, box.tried_at, box.ok_at = at, "", None, None
        box.save()
        subject, shown = f"mail_account:{account_id}", {k: str(v) for k, v in wanted.items()}
        record_audit(actor=by, action="return_box.set", subject=subject, detail=shown, at=at)
    return box


def bounce_addresses(accounts: Sequence[int]) -> dict[int, str]:
    """The bounce addresses of those accounts that have one."""
    rows = ReturnBox.objects.filter(account_id__in=accounts).exclude(bounce_address="")
    return dict(rows.values_list("account_id", "bounce_address"))


def list_due(now: datetime, *, every_s: float) -> list[ReturnBox]:
    """Mailboxes nobody looked into for that long."""
    rows = ReturnBox.objects.exclude(protocol="").filter(
        Q(tried_at__isnull=True)
        | Q(tried_at__lte=now - timedelta(seconds=every_s))
        | Q(tried_at__gt=now + timedelta(seconds=every_s))  # the clock was put back
    )
    return list(rows.order_by("pk"))


def list_silent_boxes(now: datetime) -> list[tuple[str, str]]:
    """Accounts whose mailbox could not be read for a day, with what the server said."""
    rows = ReturnBox.objects.exclude(protocol="").filter(
        Q(ok_at__lt=now - _SILENT) | Q(ok_at__isnull=True, since__lt=now - _SILENT)
    )
    return list(rows.order_by("pk").values_list("account__name", "trouble"))


def note_tried(box: ReturnBox, trouble: str, *, at: datetime) -> None:
    """How looking into it went."""
    told: dict[str, Any] = {"tried_at": at, "trouble": trouble[:300]}
    ReturnBox.objects.filter(pk=box.pk).update(**told, **({} if trouble else {"ok_at": at}))


def note_read(box: ReturnBox, *, validity: int, last_uid: int) -> None:
    """How far a folder was read. Call it in the transaction that keeps what was read."""
    ReturnBox.objects.filter(pk=box.pk).update(validity=validity, last_uid=last_uid)
    box.validity, box.last_uid = validity, last_uid


def access_of(box: ReturnBox) -> Access:
    """How to sign in there."""
    return Access(
        box.protocol, box.host, box.port, box.security, box.user, unlock(box.secret), box.folder
    )


def opener(rules: Rules) -> Callable[[Access], Box]:
    """How lines to mailboxes are opened: as those to mail servers, to the internet, and inside only
    where the operator named the network."""
    return partial(open_box, dial=partial(dial, rules=rules))


def _checked(address: str) -> str:
    if not address:
        return ""
    read = read_envelope(address)
    local = address.rpartition("@")[0]
    if read is None or read.needs_utf8 or "+" in local or len(local) > _LONGEST_LOCAL:
        raise InputError(
            "returned.bounce_address",
            Text(
                vi=f"{address[:60]!r} không dùng làm địa chỉ nhận thư trả về được.",
                en=f"{address[:60]!r} cannot be where letters come back to.",
            ),
            path="bounce_address",
            hint=Text(
                vi="Ví dụ bounce@thu.cuahang.vn: trước @ nhiều nhất 24 ký tự, không có dấu cộng.",
                en="As bounce@mail.shop.example: up to 24 characters before the @, no plus sign.",
            ),
        )
    return read.address
