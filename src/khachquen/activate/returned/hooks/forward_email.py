"""Forward Email: HMAC-SHA-256 over the bytes, in hex, with the key of the domain's webhook."""

import hmac
from typing import Any

from khachquen.activate.channels.email.reports import Mail, classify
from khachquen.activate.returned.hooks.calls import (
    Fetch,
    HookCall,
    Provider,
    at,
    is_same,
    listed,
    not_understood,
    text,
    told,
)
from khachquen.base import Text


def is_genuine(call: HookCall, secret: str, fetch: Fetch) -> bool:
    wanted = hmac.digest(secret.encode(), call.body, "sha256").hex() if secret else ""
    return is_same(call.headers.get("x-webhook-signature", ""), wanted)


def read(value: Any) -> Mail:
    bounce = at(value, "bounce")
    if not isinstance(bounce, dict):
        return not_understood(value)
    words = text(value, "response") or text(bounce, "message")
    action, category = text(bounce, "action"), text(bounce, "category")
    ours = {
        "message_id": text(value, "headers", "Message-ID") or text(value, "message_id"),
        "sender": text(value, "sender"),
        "words": words,
    }
    address, status = text(value, "recipient"), text(bounce, "status")
    if action in ("defer", "slowdown"):
        return told("delayed", address, status=status, **ours)
    if category in ("spam", "virus", "block", "blocklist", "policy", "dmarc"):
        return told("policy", address, status=status, **ours)
    return told(classify(status, words), address, status=status, **ours)


PROVIDER = Provider(
    "forward-email",
    "Forward Email",
    Text(vi="Khóa ký webhook", en="The webhook's signature key"),
    is_genuine,
    listed,
    read,
)
