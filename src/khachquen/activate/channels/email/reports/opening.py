"""A message taken apart, within bounds: so many bytes, so many parts, so deep."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from khachquen.activate.channels.email.reports.report import MOST_BYTES

_MOST_PARTS, _DEEPEST, _MOST_NESTS = 60, 8, 60
_MOST_TEXT = 60_000
_NEST = re.compile(rb"(?im)^content-type:\s*(?:multipart|message)/")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_DROP = re.compile(r"(?is)<(style|script|head)\b.{0,5000}?</\1\s*>")
_BREAK = re.compile(r"(?i)<(br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>")


@dataclass(slots=True)
class Opened:
    """The parts that matter of one message."""

    head: Message
    reports: list[str] = field(default_factory=list)  # bodies of message/delivery-status
    feedback: list[str] = field(default_factory=list)  # bodies of message/feedback-report
    letters: list[Message] = field(default_factory=list)  # the letter it speaks of, or its head
    text: str = ""


def open_message(raw: bytes) -> Opened | None:
    """The message's parts; None when it is nothing that can be read."""
    raw = raw[:MOST_BYTES].lstrip(b"\r\n")
    if raw[:5] == b"From ":  # a line mailboxes in files begin with
        raw = raw.partition(b"\n")[2]
    if len(_NEST.findall(raw)) > _MOST_NESTS:
        return None
    try:
        head = message_from_bytes(raw)
        opened = Opened(head)
        for part in _walk(head, 0, [_MOST_PARTS]):
            _sort(opened, part)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, KeyError):
        return None
    return opened


def text_of(value: object) -> str:
    """A header as people read it, on one line; never raises."""
    try:
        parts = decode_header(str(value)[:4_000])
        text = "".join(
            part if isinstance(part, str) else part.decode(charset or "latin-1", "replace")
            for part, charset in parts
        )
    except (ValueError, LookupError, IndexError, UnicodeError, TypeError):
        text = str(value)
    except Exception:
        text = str(value)
    return " ".join(text.encode("utf-8", "replace").decode().split())[:998]


def headers(message: Message, *names: str) -> list[str]:
    """The values of some headers, in the order of the names."""
    told: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        told.setdefault(name.casefold(), []).append(_utf8(value))
    return [text_of(value) for name in names for value in told.get(name.casefold(), [])[:20]]


def addresses(values: list[str]) -> list[str]:
    """The plain addresses in headers, each once."""
    found = [address.strip() for _, address in getaddresses(values[:60]) if "@" in address]
    return list(dict.fromkeys(one for one in found if len(one) <= 320))


def body_of(part: Message) -> str:
    """The words of a part, decoded as well as it goes."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return "\n".join(
            str(one) for one in (part.get_payload() or []) if isinstance(one, Message)
        )[:_MOST_TEXT]
    charset = str(part.get_content_charset() or "utf-8")
    try:
        return payload[:_MOST_TEXT].decode(charset, "replace")
    except (LookupError, ValueError):
        return payload[:_MOST_TEXT].decode("utf-8", "replace")


def blocks_of(text: str) -> list[dict[str, str]]:
    """Groups of ``Name: value`` lines, apart by empty lines; names small, the first counts."""
    blocks: list[dict[str, str]] = [{}]
    last = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:4_000]:
        if not line.strip():
            if blocks[-1]:
                blocks.append({})
            last = ""
        elif line[0] in " \t":
            if last:
                blocks[-1][last] = (blocks[-1][last] + " " + line.strip())[:4_000]
        elif ":" in line:
            name, _, value = line.partition(":")
            last = name.strip().casefold()
            blocks[-1].setdefault(last, text_of(value.strip()))
    return [block for block in blocks if block]


def _walk(message: Message, depth: int, left: list[int]) -> Iterator[Message]:
    if left[0] <= 0 or depth > _DEEPEST:
        return
    left[0] -= 1
    yield message
    kind, payload = message.get_content_type(), message.get_payload()
    # What lies inside a returned letter is that letter's own affair, and it may be a report too.
    if isinstance(payload, list) and kind.startswith("multipart/"):
        for part in (one for one in payload if isinstance(one, Message)):
            yield from _walk(part, depth + 1, left)


def _sort(opened: Opened, part: Message) -> None:
    kind = part.get_content_type()
    if kind in ("message/delivery-status", "message/global-delivery-status"):
        opened.reports.append(_status_text(part))
    elif kind == "message/feedback-report":
        opened.feedback.append(_status_text(part))
    elif kind in ("message/rfc822", "message/global"):
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            opened.letters.append(inner[0])
        elif isinstance(inner, str):
            opened.letters.append(_head_of(body_of(part)))
    elif kind in ("text/rfc822-headers", "message/global-headers", "message/rfc822-headers"):
        opened.letters.append(_head_of(_status_text(part)))
    elif kind in ("text/plain", "text/html") and len(opened.text) < _MOST_TEXT:
        words = body_of(part)
        opened.text += "\n" + (_without_tags(words) if kind == "text/html" else words)


def _head_of(text: str) -> Message:
    return message_from_bytes(text.lstrip("\r\n").encode("utf-8", "replace"))


def _status_text(part: Message) -> str:
    """The library makes a list of messages of a delivery status, one a block; or leaves it be."""
    payload = part.get_payload()
    if isinstance(payload, list):
        blocks = [one for one in payload[:500] if isinstance(one, Message)]
        if any(one.get_content_maintype() == "multipart" for one in blocks):
            return ""
        return "\n\n".join(_block_text(one) for one in blocks)
    return body_of(part)


def _block_text(one: Message) -> str:
    lines = [f"{name}: {_utf8(value)}" for name, value in one.raw_items()]
    rest = "" if one.is_multipart() else body_of(one)
    return "\n".join([*lines, *([rest] if rest.strip() and lines else [])])


def _utf8(value: object) -> str:
    """A header as its bytes were meant: reports of RFC 6533 are UTF-8, not encoded words."""
    return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _without_tags(html: str) -> str:
    text = _TAG.sub(" ", _BREAK.sub("\n", _DROP.sub(" ", html)))
    for entity, letter in (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return text
