"""What Zalo tells by itself: whether it was Zalo, and what it says. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from khachquen.activate.channels.zalo.replies import read_count, read_json

__all__ = ["Delivered", "QuotaChanged", "TemplateChanged", "Told", "is_genuine", "read_event"]

_TRIED_FOR = timedelta(hours=13)  # Zalo tries to tell for twelve hours
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A template message is on the phone. ``tracking_id`` is ours; who has it, is not believed."""

    tracking_id: str
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TemplateChanged:
    """A template was approved, refused or stopped."""

    template_id: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuotaChanged:
    """The account may send another number a day."""

    daily: int


@dataclass(frozen=True, slots=True)
class Told:
    """One request: ``key`` is the same however often Zalo tells it; ``said`` None is nothing we
    listen to."""

    key: str
    at: datetime
    said: Delivered | TemplateChanged | QuotaChanged | None


def is_genuine(raw: bytes, signature: str, *, app_id: str, secret: str) -> bool:
    """Whether the account's own secret signed these very bytes. Without a secret nothing is.

    Plain SHA-256 over app id, body, the body's timestamp and the secret, as Zalo has it. The bytes
    are those that came: written anew, the same JSON has another digest.
    """
    told = signature.strip().lower().removeprefix("mac=")
    stamp = read_json(_text(raw)).get("timestamp")
    if not secret or not app_id or not isinstance(stamp, str | int):
        return False
    wanted = hashlib.sha256(app_id.encode() + raw + str(stamp).encode() + secret.encode())
    return hmac.compare_digest(wanted.hexdigest().encode(), told.encode())


def read_event(raw: bytes, *, now: datetime) -> Told | None:
    """What it says; None when it is too old, of the future, or no event at all."""
    told = read_json(_text(raw))
    at = _moment(told.get("timestamp"))
    if at is None or not now - _TRIED_FOR < at < now + _AHEAD:
        return None
    return Told(hashlib.sha256(raw).hexdigest(), at, _said(told, at))


def _said(
    told: Mapping[str, object], at: datetime
) -> Delivered | TemplateChanged | QuotaChanged | None:
    name, message = told.get("event_name"), _mapping(told.get("message"))
    if name == "user_received_message" and "delivery_time" in message:
        # Without a delivery time it is about a message of a chat, which is not ours.
        reached = _moment(message.get("delivery_time")) or at
        tracking, number = message.get("tracking_id"), message.get("msg_id")
        return Delivered(str(tracking or ""), str(number or ""), min(reached, at + _AHEAD))
    if name == "change_template_status":
        state = str(_mapping(told.get("status")).get("new_status") or "")[:20]
        reason = str(told.get("reason") or "")[:300]
        return TemplateChanged(str(told.get("template_id") or ""), state, reason)
    if name == "change_oa_daily_quota":
        daily = read_count(_mapping(told.get("quota")).get("new_value"))
        return None if daily is None else QuotaChanged(daily)
    return None


def _mapping(told: object) -> Mapping[str, object]:
    return cast(Mapping[str, object], told) if isinstance(told, dict) else {}


def _moment(told: object) -> datetime | None:
    """Milliseconds since 1970, as a number or a string."""
    text = str(told)
    if not (text.isascii() and text.isdecimal() and len(text) == 13):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
