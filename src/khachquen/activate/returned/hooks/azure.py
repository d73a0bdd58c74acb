"""Azure Communication Services by Event Grid: it signs nothing; the address it is given holds a
secret, which it sends along in a header of ours."""

from typing import Any

from khachquen.activate.channels.email.reports import Mail, classify
from khachquen.activate.returned.hooks.calls import (
    Fetch,
    HookCall,
    Provider,
    ReplyTo,
    is_same,
    listed,
    not_understood,
    text,
    told,
)
from khachquen.base import Text

HEADER = "x-khachquen-secret"
_VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent"
_REPORT = "Microsoft.Communication.EmailDeliveryReportReceived"


def is_genuine(call: HookCall, secret: str, fetch: Fetch) -> bool:
    return is_same(call.headers.get(HEADER, ""), secret)


def greet(call: HookCall) -> ReplyTo | None:
    """Event Grid begins by asking for its own code back."""
    for one in listed(call.body):
        if text(one, "eventType") == _VALIDATION:
            return ReplyTo({"validationResponse": text(one, "data", "validationCode")})
    return None


def split(body: bytes) -> list[Any]:
    return [one for one in listed(body) if text(one, "eventType") != _VALIDATION]


def read(value: Any) -> Mail:
    if (text(value, "eventType") or text(value, "type")) != _REPORT:
        return not_understood({"event": text(value, "eventType")})
    address, status = text(value, "data", "recipient"), text(value, "data", "status")
    words = text(value, "data", "deliveryStatusDetails", "statusMessage")
    ours = {"message_id": text(value, "data", "internetMessageId"), "words": words}
    if status in ("Delivered", "Expanded"):
        return told("delivered", address, **ours)
    if status == "Bounced":
        kind = classify("", words)
        return told("hard" if kind == "soft" and not words else kind, address, **ours)
    if status == "FilteredSpam":
        return told("policy", address, **ours)
    if status == "Failed":
        return told(classify("", words), address, **ours)
    # Suppressed and Quarantined: they kept it back, which says nothing new of the person.
    return told("policy" if status == "Quarantined" else "unreadable", address, **ours)


PROVIDER = Provider(
    "azure",
    "Azure Communication Services",
    Text(
        vi=f"Bí mật, gửi kèm trong tiêu đề {HEADER}",
        en=f"A secret, sent along in the header {HEADER}",
    ),
    is_genuine,
    split,
    read,
    greet,
)
