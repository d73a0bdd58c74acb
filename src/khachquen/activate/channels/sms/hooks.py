"""What a gateway tells by itself: whether it was the gateway, just now, and what it says. Pure."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["Arrived", "Incoming", "Told", "is_genuine", "read_told", "sign"]

_WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Incoming:
    """Somebody's text to us."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A text of ours is on the phone. ``our_id`` is what we called it; whose it was, is ours to
    know."""

    our_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """One request: ``key`` is the same however often it is told."""

    key: str
    said: Incoming | Arrived | None


def sign(raw: bytes, stamp: str, secret: str) -> str:
    """HMAC-SHA-256 of the stamp, a dot and the very bytes, as hex."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()


def is_genuine(raw: bytes, stamp: str, signature: str, *, secret: str, now: datetime) -> bool:
    """Whether the secret signed these bytes within five minutes. Without a secret nothing is.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 22, 5, tzinfo=UTC)
    >>> stamp = str(int(now.timestamp()))
    >>> own = sign(b"{}", stamp, "khoa")
    >>> is_genuine(b"{}", stamp, own, secret="khoa", now=now)
    True
    >>> is_genuine(b"{ }", stamp, own, secret="khoa", now=now)
    False
    >>> is_genuine(b"{}", stamp, own, secret="khoa", now=now + timedelta(minutes=6))
    False
    >>> is_genuine(b"{}", stamp, sign(b"{}", stamp, ""), secret="", now=now)
    False
    """
    if not secret or not (stamp.isascii() and stamp.isdecimal() and len(stamp) == 10):
        return False
    told = signature.strip().lower().removeprefix("sha256=")
    is_ours = hmac.compare_digest(sign(raw, stamp, secret).encode(), told.encode())
    return is_ours and abs(now.timestamp() - int(stamp)) <= _WINDOW.total_seconds()


def read_told(raw: bytes) -> Told:
    """What it says; nothing of what is none.

    >>> read_told(b'{"type": "incoming", "from": "0912345678", "text": "TC"}').said
    Incoming(number='0912345678', text='TC')
    >>> read_told(b'{"type": "receipt", "id": "7-ab", "state": "delivered"}').said
    Arrived(our_id='7-ab')
    >>> read_told(b'{"type": "receipt", "id": "7-ab", "state": "expired"}').said is None
    True
    """
    key = hashlib.sha256(raw).hexdigest()
    try:
        told = json.loads(raw)
    except ValueError:
        return Told(key, None)
    if not isinstance(told, dict):
        return Told(key, None)
    if told.get("type") == "incoming":
        return Told(key, Incoming(str(told.get("from"))[:30], str(told.get("text"))[:1000]))
    if told.get("type") == "receipt" and told.get("state") == "delivered":
        return Told(key, Arrived(str(told.get("id"))[:100]))
    return Told(key, None)
