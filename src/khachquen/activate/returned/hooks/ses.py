"""Amazon SES by SNS: signed with a certificate that only Amazon's own hosts may give."""

import base64
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from khachquen.activate.channels.email.reports import Kind, Mail, Report, classify
from khachquen.activate.returned.hooks.calls import (
    Fetch,
    HookCall,
    Provider,
    ReplyTo,
    at,
    is_same,
    load,
    not_understood,
    text,
)
from khachquen.base import Text

_HOST = re.compile(r"sns\.[a-z0-9\-]{3,30}\.amazonaws\.com(\.cn)?")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip


def is_genuine(call: HookCall, secret: str, fetch: Fetch) -> bool:
    """Signed by Amazon, for the topic named at us: anybody may have a topic of their own there."""
    told = load(call.body)
    names = _SIGNED.get(text(told, "Type"))
    if names is None or not is_same(text(told, "TopicArn"), secret):
        return False
    # Version 1 signs a SHA-1, which can be forged nowadays: a topic is to be set to version 2.
    address = text(told, "SigningCertURL")
    if (
        text(told, "SignatureVersion") != "2"
        or not is_of_amazon(address)
        or not address.endswith(".pem")
    ):
        return False
    signed = "".join(f"{name}\n{told[name]}\n" for name in names if isinstance(told.get(name), str))
    try:
        key = x509.load_pem_x509_certificate(fetch(address)).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        signature = base64.b64decode(str(at(told, "Signature")), validate=True)
        key.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, OSError):
        return False
    return True


def is_of_amazon(address: str) -> bool:
    """Whether an address is one of SNS.

    >>> is_of_amazon("https://sns.ap-southeast-1.amazonaws.com/a.pem")
    True
    >>> is_of_amazon("https://sns.x.amazonaws.com.evil.example/a.pem")
    False
    """
    try:
        parts = urlsplit(address)
        is_plain = parts.port in (None, 443) and not parts.username
    except ValueError:
        return False
    return parts.scheme == "https" and is_plain and bool(_HOST.fullmatch(parts.hostname or ""))


def greet(call: HookCall) -> ReplyTo | None:
    """A topic asks once whether we want to hear; we visit what it names, if that is Amazon's."""
    told = load(call.body)
    if text(told, "Type") != "SubscriptionConfirmation":
        return None
    address = str(at(told, "SubscribeURL"))
    return ReplyTo(visit=address if is_of_amazon(address) else "")


def split(body: bytes) -> Sequence[Any]:
    """One thing a recipient: each may have an end of its own."""
    told = load(body)
    inner = load(str(at(told, "Message")).encode())
    if text(told, "Type") != "Notification" or not isinstance(inner, dict):
        return []
    for block, name in (("bounce", "bouncedRecipients"), ("complaint", "complainedRecipients")):
        people = at(inner, block, name)
        if isinstance(people, list) and len(people) > 1:
            return [{**inner, block: {**inner[block], name: [one]}} for one in people[:50]]
    return [inner]


def read(value: Any) -> Mail:
    kind = text(value, "notificationType") or text(value, "eventType")
    heads = [(text(one, "name").lower(), text(one, "value")) for one in _headers(value)]
    ids = [said for name, said in heads if name == "message-id"]
    sender = text(value, "mail", "source")
    returned = (sender,) if sender else ()
    known = tuple(one.strip("<>") for one in ids)
    if kind == "Bounce":
        report = _bounce(value)
    elif kind == "Complaint":
        people = at(value, "complaint", "complainedRecipients")
        told = text(value, "complaint", "complaintFeedbackType")
        is_fine: Kind = "not_spam" if told == "not-spam" else "complaint"
        report = Report(is_fine, _address(people), words=told)
    elif kind == "Delivery":
        people = at(value, "delivery", "recipients")
        who = people[0] if isinstance(people, list) and people else ""
        report = Report("delivered", str(who)[:320])
    else:
        return not_understood({"event": kind})
    return Mail("hook", (report,), returned, known, subject=report.words[:200])


def _bounce(value: Any) -> Report:
    people = at(value, "bounce", "bouncedRecipients")
    first = people[0] if isinstance(people, list) and people else {}
    status, words = text(first, "status"), text(first, "diagnosticCode")
    general = text(value, "bounce", "bounceType")
    particular = text(value, "bounce", "bounceSubType")
    kind: Kind = "soft"
    if general == "Permanent" and particular in ("NoEmail", "General", "Suppressed"):
        kind = classify(status, words) if status and particular == "General" else "hard"
    elif particular in ("ContentRejected", "AttachmentRejected"):
        kind = "policy"
    return Report(kind, _address(people), status, words or f"{general} {particular}")


def _address(people: Any) -> str:
    first = people[0] if isinstance(people, list) and people else {}
    return text(first, "emailAddress")


def _headers(value: Any) -> list[Any]:
    headers = at(value, "mail", "headers")
    return headers[:100] if isinstance(headers, list) else []


PROVIDER = Provider(
    "ses",
    "Amazon SES",
    Text(vi="ARN của chủ đề SNS (arn:aws:sns:…)", en="The ARN of the SNS topic (arn:aws:sns:…)"),
    is_genuine,
    split,
    read,
    greet,
)
