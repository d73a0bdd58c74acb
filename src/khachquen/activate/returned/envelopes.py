"""Envelope senders that say which letter came back, and that nobody else can make (VERP).

``bounce+<token>@thu.nhamay.vn``: the number of the recipient's row, the day, and 96 bits of HMAC
over both under a key of this use alone. All of it in small letters and digits, since mail servers
fold letters. A report that comes after ``_DAYS`` is believed no more.
"""

import base64
import hmac
import re
from datetime import UTC, date, datetime

__all__ = ["envelope_sender", "read_envelope_sender"]

_DAYS = 90
_BYTES = 12
_DAY_0 = date(2026, 1, 1)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_TOKEN = re.compile(r"\+([0-9a-z]{1,13})-([0-9a-z]{1,4})-([a-z2-7]{20})$")
_LONGEST_LOCAL = 64


def envelope_sender(bounce_address: str, recipient_id: int, key: bytes, *, at: datetime) -> str:
    """Who the envelope of a recipient's letter says it comes from; the account's own address stays
    where there is no bounce address, or none with a token would be too long."""
    local, _, domain = bounce_address.rpartition("@")
    body = f"{_b36(recipient_id)}-{_b36((at.astimezone(UTC).date() - _DAY_0).days)}"
    token = f"{local}+{body}-{_proof(body, key)}"
    return f"{token}@{domain}" if local and len(token) <= _LONGEST_LOCAL else ""


def read_envelope_sender(address: str, key: bytes, *, at: datetime) -> int | None:
    """The recipient's number; None for what we did not write, or so long ago that nobody reports
    honestly any more.

    >>> day = datetime(2026, 11, 19, tzinfo=UTC)
    >>> made = envelope_sender("bounce@thu.nhamay.vn", 71, b"k", at=day)
    >>> read_envelope_sender(made.upper(), b"k", at=day), read_envelope_sender(made, b"x", at=day)
    (71, None)
    """
    found = _TOKEN.search(address.rpartition("@")[0].lower())
    if found is None:
        return None
    body = f"{found[1]}-{found[2]}"
    if not hmac.compare_digest(_proof(body, key), found[3]):
        return None
    age = (at.astimezone(UTC).date() - _DAY_0).days - int(found[2], 36)
    return int(found[1], 36) if -1 <= age <= _DAYS else None


def _proof(body: str, key: bytes) -> str:
    digest = hmac.digest(key, body.encode(), "sha256")[:_BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _b36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"
