"""Lettermint: HMAC-SHA-256 over the time and the bytes, ``t=...,v1=...`` in one header."""

import hmac
from typing import Any

from khachquen.activate.channels.email.reports import Mail, classify
from khachquen.activate.returned.hooks.calls import (
    Fetch,
    HookCall,
    Provider,
    at,
    is_fresh,
    is_same,
    listed,
    not_understood,
    text,
    told,
)
from khachquen.base import Text


def is_genuine(call: HookCall, secret: str, fetch: Fetch) -> bool:
    parts = call.headers.get("x-lettermint-signature", "").split(",")
    said = dict(part.strip().partition("=")[::2] for part in parts[:10])
    moment = said.get("t", "")
    if not secret or not is_fresh(moment, call.at):
        return False
    wanted = hmac.digest(secret.encode(), moment.encode() + b"." + call.body, "sha256").hex()
    return is_same(said.get("v1", ""), wanted)


def read(value: Any) -> Mail:
    event, address = text(value, "event"), text(value, "data", "recipient")
    status = text(value, "data", "response", "enhanced_status_code")
    words = text(value, "data", "response", "content")
    heads = at(value, "data", "headers")
    ids = [
        text(one, "value")
        for one in (heads[:100] if isinstance(heads, list) else [])
        if text(one, "name").lower() == "message-id"
    ]
    ours = {"message_id": ids[0] if ids else "", "words": words}
    if event == "message.hard_bounced":
        kind = classify(status, words)
        return told("policy" if kind == "policy" else "hard", address, status=status, **ours)
    if event == "message.soft_bounced":
        return told("soft", address, status=status, **ours)
    if event == "message.spam_complaint":
        return told("complaint", address, **ours)
    if event == "message.delivered":
        return told("delivered", address, **ours)
    return not_understood(value)


PROVIDER = Provider(
    "lettermint",
    "Lettermint",
    Text(vi="Khóa ký webhook", en="The webhook's signing secret"),
    is_genuine,
    listed,
    read,
)
