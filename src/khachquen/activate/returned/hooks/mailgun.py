"""Mailgun: HMAC over the time and a token, beside the event; the key is the account's own.

The proof is of time and token only. So a token counts once: a copy of the call with other words
would be a second thing of the same token, and is not kept.
"""

import hmac
from collections.abc import Sequence
from typing import Any

from khachquen.activate.channels.email.reports import Mail, classify
from khachquen.activate.returned.hooks.calls import (
    Fetch,
    HookCall,
    Provider,
    at,
    is_fresh,
    is_same,
    load,
    not_understood,
    text,
    told,
)
from khachquen.base import Text


def is_genuine(call: HookCall, secret: str, fetch: Fetch) -> bool:
    value = load(call.body)
    moment, token = text(value, "signature", "timestamp"), text(value, "signature", "token")
    if not secret or not token or not is_fresh(moment, call.at):
        return False
    wanted = hmac.digest(secret.encode(), (moment + token).encode(), "sha256").hex()
    return is_same(text(value, "signature", "signature"), wanted)


def split(body: bytes) -> Sequence[Any]:
    value = at(load(body), "event-data")
    return [value] if isinstance(value, dict) else []


def read(value: Any) -> Mail:
    event, address = text(value, "event"), text(value, "recipient")
    message_id = text(value, "message", "headers", "message-id")
    sender = text(value, "envelope", "sender")
    status = text(value, "delivery-status", "enhanced-code")
    words = text(value, "delivery-status", "message") or text(
        value, "delivery-status", "description"
    )
    ours = {"message_id": message_id, "sender": sender, "words": words}
    if event == "failed":
        if text(value, "severity") == "temporary":
            return told("delayed", address, status=status, **ours)
        if text(value, "reason") == "old":
            return told("soft", address, status=status, **ours)
        if text(value, "reason").startswith("suppress"):
            return told("unreadable", address, **ours)  # kept back for what happened before
        return told(classify(status, words), address, status=status, **ours)
    if event == "complained":
        return told("complaint", address, **ours)
    if event == "delivered":
        return told("delivered", address, **ours)
    return not_understood(value)


PROVIDER = Provider(
    "mailgun",
    "Mailgun",
    Text(vi="Khóa ký webhook (HTTP webhook signing key)", en="The HTTP webhook signing key"),
    is_genuine,
    split,
    read,
    token=lambda body: text(load(body), "signature", "token"),
)
