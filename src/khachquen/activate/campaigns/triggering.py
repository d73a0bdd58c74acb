"""Letters programs ask for, to one person each: an order is on its way, a code, a reminder.

Such a campaign is begun once and its run stays open; a letter is a row of it like any other, so
guards, caps, states, numbers and what happens after a crash are the same. The program's key is
written down with the row, in one transaction: asked again it is the same letter.
"""

import hashlib
import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.activate.campaigns.models import Campaign, Message, Recipient, Run
from khachquen.activate.campaigns.running import OPEN
from khachquen.base import ConflictError, InputError, NotFoundError, Text

__all__ = [
    "Asked",
    "MessageView",
    "ask_message",
    "data_of",
    "forget_data",
    "get_message",
    "list_messages",
]

MOST_BYTES = 32_768
_DEEPEST = 6
_KEY_LENGTH = 200
_LARGEST = 2**53  # what every program can hold as a number
_SHOWN = {"claimed": "sending", "wire": "sending"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program wants: which campaign's letter, to whom, with what to say, under its own
    ``key``. ``whom`` is the person as the program named them: who it is may change by a merge."""

    campaign_id: int
    person_id: int
    whom: str
    key: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MessageView:
    """One letter and where it stands: waiting, sending, sent, skipped, failed or unknown."""

    id: int
    campaign_id: int
    channel: str
    person_id: int
    key: str
    state: str
    reason: str
    asked_at: datetime
    ended_at: datetime | None


def ask_message(asked: Asked, *, by: str, at: datetime) -> tuple[MessageView, bool]:
    """The letter, and whether it is new: under a key of before it is that letter again.

    Raises:
        InputError: no key, or ``data`` is too large, too deep or no plain values
            (``messages.bad_key``, ``messages.bad_data``).
        NotFoundError: no such campaign (``campaigns.none``).
        ConflictError: under this key something else was asked (``messages.key_taken``); programs
            do not trigger this campaign (``messages.not_triggered``); or it is not under way
            (``messages.not_open``).
    """
    _check_key(asked.key)
    encoded = _encoded(asked.data)
    digest = hashlib.sha256(f"{asked.whom}\0{encoded}".encode()).hexdigest()
    with transaction.atomic():
        run = _open_run(asked.campaign_id, asked.key)
        if run is not None:
            message, is_new = Message.objects.get_or_create(
                campaign_id=asked.campaign_id,
                key=asked.key,
                defaults={"digest": digest, "data": json.loads(encoded), "asked_at": at,
                          "asked_by": by[:200]},
            )  # fmt: skip
        else:
            message, is_new = Message.objects.get(campaign=asked.campaign_id, key=asked.key), False
        if is_new:
            assert run is not None
            message.recipient = Recipient.objects.create(
                run=run, person_id=asked.person_id, step=message.pk, due_at=at
            )
            message.save(update_fields=["recipient"])
        elif message.digest != digest:
            raise _taken(asked.key)
    return get_message(message.pk), is_new


def get_message(message_id: int) -> MessageView:
    """One letter.

    Raises:
        NotFoundError: there is none of this number (``messages.none``).
    """
    row = Message.objects.select_related("recipient", "campaign").filter(pk=message_id).first()
    if row is None:
        raise NotFoundError(
            "messages.none",
            Text(vi=f"Không có thư số {message_id}.", en=f"There is no message {message_id}."),
        )
    return _view(row)


def list_messages(
    *, campaign_id: int | None, person_id: int | None = None, before: int | None, limit: int
) -> list[MessageView]:
    """Letters programs asked for, the newest first; those before one of them."""
    rows = Message.objects.select_related("recipient", "campaign").order_by("-pk")
    if campaign_id is not None:
        rows = rows.filter(campaign_id=campaign_id)
    if person_id is not None:
        rows = rows.filter(recipient__person_id=person_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_view(row) for row in rows[:limit]]


def data_of(recipient_ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """Recipient → what the template may say; whoever's was deleted is left out."""
    rows = Message.objects.filter(recipient_id__in=list(recipient_ids), data__isnull=False)
    return {pk: data for pk, data in rows.values_list("recipient_id", "data") if pk and data}


def forget_data(*, before: datetime) -> int:
    """Delete what was to be said in letters asked for before then and at their end; how many."""
    rows = Message.objects.filter(asked_at__lt=before, data__isnull=False)
    return rows.exclude(recipient__state__in=("waiting", "claimed", "wire")).update(data=None)


def _open_run(campaign_id: int, key: str) -> Run | None:
    """The run the letter is to be a row of, held until the transaction ends; None when it needs
    none, because it was asked for before."""
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        words = Text(vi=f"Không có chiến dịch số {campaign_id}.",
                     en=f"There is no campaign {campaign_id}.")  # fmt: skip
        raise NotFoundError("campaigns.none", words, path="campaign_id")
    rows = Run.objects.filter(campaign=campaign, is_triggered=True, state__in=OPEN)
    run = rows.exclude(state="cancelling").select_for_update().order_by("-pk").first()
    if run is None and not Message.objects.filter(campaign=campaign, key=key).exists():
        raise _closed(campaign)
    return run


def _closed(campaign: Campaign) -> ConflictError:
    if not campaign.is_triggered:
        return ConflictError(
            "messages.not_triggered",
            Text(
                vi="Chiến dịch này gửi cho một phân khúc, không gửi theo lệnh của hệ thống khác.",
                en="This campaign goes to a segment; programs do not trigger it.",
            ),
            path="campaign_id",
        )
    return ConflictError(
        "messages.not_open",
        Text(vi="Chiến dịch này chưa bắt đầu, hoặc đã dừng.", en="This campaign is not under way."),
        path="campaign_id",
        hint=Text(
            vi=f"Bắt đầu bằng POST /api/v1/campaigns/{campaign.pk}/start.",
            en=f"Begin it with POST /api/v1/campaigns/{campaign.pk}/start.",
        ),
    )


def _check_key(key: str) -> None:
    if not 0 < len(key) <= _KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise InputError(
            "messages.bad_key",
            Text(
                vi="Thiếu khóa chống gửi hai lần, hoặc khóa không dùng được.",
                en="The key that keeps a message from going twice is missing or no use.",
            ),
            path="header.Idempotency-Key",
            hint=Text(
                vi=f"1 đến {_KEY_LENGTH} ký tự ASCII, ví dụ don-hang-HD1203-da-giao.",
                en=f"1 to {_KEY_LENGTH} ASCII characters, such as order-HD1203-shipped.",
            ),
        )


def _encoded(data: Mapping[str, Any]) -> str:
    path = _wrong(data, "data", 0)
    encoded = "" if path else json.dumps(data, ensure_ascii=False, sort_keys=True)
    size = len(encoded.encode("utf-8", "replace"))
    if path or size > MOST_BYTES:
        raise InputError(
            "messages.bad_data",
            Text(
                vi="Dữ liệu cho thư quá lớn hoặc có giá trị không dùng được.",
                en="The data for the letter is too large, or holds a value that is no use.",
            ),
            path=path or "data",
            hint=Text(
                vi=f"Chữ, số, đúng/sai, danh sách; tối đa {MOST_BYTES // 1024} kB và "
                f"{_DEEPEST} tầng.",
                en=f"Text, numbers, true or false, lists; at most {MOST_BYTES // 1024} kB and "
                f"{_DEEPEST} levels.",
            ),
        )
    return encoded


def _wrong(value: Any, path: str, depth: int) -> str:
    """Where the first value is that a template cannot be given; "" when there is none."""
    if depth > _DEEPEST:
        return path
    if isinstance(value, Mapping):
        inside: Sequence[tuple[str, Any]] = [(f"{path}.{key}", one) for key, one in value.items()]
        if any(not isinstance(key, str) or "\0" in key or not _is_text(key) for key in value):
            return path
    elif isinstance(value, list):
        inside = [(f"{path}[{n}]", one) for n, one in enumerate(value)]
    else:
        return "" if _is_plain(value) else path
    return next((found for place, one in inside if (found := _wrong(one, place, depth + 1))), "")


def _is_plain(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) <= _LARGEST
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str) and "\0" not in value and _is_text(value)


def _is_text(value: str) -> bool:
    """Half a letter cannot be written down."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _view(row: Message) -> MessageView:
    at = row.recipient
    assert at is not None
    return MessageView(
        row.pk,
        row.campaign_id,
        row.campaign.channel,
        at.person_id,
        row.key,
        _SHOWN.get(at.state, at.state),
        at.reason,
        row.asked_at,
        at.ended_at,
    )


def _taken(key: str) -> ConflictError:
    return ConflictError(
        "messages.key_taken",
        Text(
            vi=f"Khóa {key[:60]!r} đã dùng cho một thư khác.",
            en=f"The key {key[:60]!r} was used for another message.",
        ),
        path="header.Idempotency-Key",
        hint=Text(
            vi="Mỗi thư một khóa; gửi lại đúng thư cũ thì giữ nguyên nội dung.",
            en="A key for each message; to ask again, ask for exactly the same.",
        ),
    )
