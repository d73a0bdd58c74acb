"""Postmark: it signs nothing, but calls with the name and password the address was given."""

import base64
from typing import Any

from khachquen.activate.channels.email.reports import Kind, Mail, classify
from khachquen.activate.returned.hooks.calls import (
    Fetch,
    HookCall,
    Provider,
    is_same,
    listed,
    not_understood,
    text,
    told,
)
from khachquen.base import Text

_KINDS: dict[str, Kind] = {
    "HardBounce": "hard",
    "BadEmailAddress": "hard",
    "SoftBounce": "soft",
    "Transient": "delayed",
    "DnsError": "soft",
    "Blocked": "policy",
    "SpamNotification": "policy",
    "VirusNotification": "policy",
    "DMARCPolicy": "policy",
    "AutoResponder": "auto",
    "SpamComplaint": "complaint",
}


def is_genuine(call: HookCall, secret: str, fetch: Fetch) -> bool:
    wanted = base64.b64encode(secret.encode()).decode() if ":" in secret else ""
    return is_same(call.headers.get("authorization", ""), f"Basic {wanted}" if wanted else "")


def read(value: Any) -> Mail:
    record = text(value, "RecordType")
    if record == "Delivery":
        return told("delivered", text(value, "Recipient"))
    if record not in ("Bounce", "SpamComplaint"):
        return not_understood(value)
    words = text(value, "Details") or text(value, "Description")
    kind = _KINDS.get(text(value, "Type"), "unreadable")
    if kind == "hard" and classify("", words) == "policy":
        kind = "policy"
    return told(kind, text(value, "Email"), words=words)


PROVIDER = Provider(
    "postmark",
    "Postmark",
    Text(vi="Tên và mật khẩu gọi, dạng tên:mật-khẩu", en="Name and password, as name:password"),
    is_genuine,
    listed,
    read,
)
