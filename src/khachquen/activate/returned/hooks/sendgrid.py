"""SendGrid: ECDSA over the time and the bytes, with the public key the account shows."""

import base64
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from khachquen.activate.channels.email.reports import Mail, classify
from khachquen.activate.returned.hooks.calls import (
    Fetch,
    HookCall,
    Provider,
    is_fresh,
    listed,
    not_understood,
    text,
    told,
)
from khachquen.base import Text

_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIME = "x-twilio-email-event-webhook-timestamp"


def is_genuine(call: HookCall, secret: str, fetch: Fetch) -> bool:
    moment = call.headers.get(_TIME, "")
    if not secret or not is_fresh(moment, call.at):
        return False
    try:
        key = load_der_public_key(base64.b64decode(secret, validate=True))
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        signature = base64.b64decode(call.headers.get(_SIGNATURE, ""), validate=True)
        key.verify(signature, moment.encode() + call.body, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def read(value: Any) -> Mail:
    event, address = text(value, "event"), text(value, "email")
    ours = {"message_id": text(value, "smtp-id"), "words": text(value, "reason")}
    status = text(value, "status")
    if event == "bounce":
        is_blocked = text(value, "type") == "blocked"
        kind = classify(status, ours["words"])
        # "blocked" is what they call a refusal that says nothing against the address.
        kind = "policy" if is_blocked and kind == "hard" else kind
        return told(kind, address, status=status, **ours)
    if event == "dropped":
        # They kept it back for something that happened before: it says nothing new.
        return told("unreadable", address, **ours)
    if event == "spamreport":
        return told("complaint", address, **ours)
    if event in ("delivered", "deferred"):
        return told("delivered" if event == "delivered" else "delayed", address, **ours)
    return not_understood(value)


PROVIDER = Provider(
    "sendgrid",
    "SendGrid",
    Text(vi="Khóa xác minh (Verification Key)", en="The verification key"),
    is_genuine,
    listed,
    read,
)
