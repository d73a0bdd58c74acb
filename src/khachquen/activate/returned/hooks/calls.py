"""A provider's call as plain data, and what every provider's file says."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from khachquen.activate.channels.email.reports import Kind, Mail, Report
from khachquen.base import Text

LATEST_S = 300
"""A signed call that is older may be somebody's copy of it; where a provider signs the time."""
_MOST_TEXT = 500
_MOST_EVENTS = 5_000
Fetch = Callable[[str], bytes]
"""Gets a provider's certificate; only ``ses`` asks, and only for addresses of its own."""


@dataclass(frozen=True, slots=True)
class HookCall:
    """What was posted: the bytes as they came, names of headers in small letters."""

    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """What a provider wants to hear or have fetched before it begins."""

    body: Mapping[str, Any] | None = None
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: ``is_genuine`` says whether it speaks, ``split`` what it tells, one value a
    letter, ``read`` what such a value means, ``greet`` what it wants at its beginning, ``token``
    what counts only once, where the proof is not of the whole call."""

    key: str
    name: str
    secret: Text
    is_genuine: Callable[[HookCall, str, Fetch], bool]
    split: Callable[[bytes], Sequence[Any]]
    read: Callable[[Any], Mail]
    greet: Callable[[HookCall], ReplyTo | None] = lambda call: None
    token: Callable[[bytes], str] = lambda body: ""


def load(raw: bytes) -> Any:
    """The value of some JSON; nothing of what is none."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def listed(raw: bytes) -> list[Any]:
    """The objects of a JSON list, or the one object there is."""
    value = load(raw)
    values = value if isinstance(value, list) else [value]
    return [one for one in values[:_MOST_EVENTS] if isinstance(one, dict)]


def is_same(told: str, wanted: str) -> bool:
    """Whether a proof is the one wanted; in constant time, and never of nothing."""
    return bool(wanted) and hmac.compare_digest(told.encode(), wanted.encode())


def is_fresh(seconds: str, at: datetime) -> bool:
    """Whether a time a provider signed is of now."""
    told = seconds[:13]
    if not (told.isascii() and told.isdigit()):
        return False
    number = int(told) / (1_000 if len(told) == 13 else 1)
    return abs(at.timestamp() - number) <= LATEST_S


def at(value: Any, *path: str) -> Any:
    """What stands at a path of an object; an empty text where nothing does."""
    for name in path:
        value = value.get(name, "") if isinstance(value, dict) else ""
    return "" if value is None else value


def text(value: Any, *path: str) -> str:
    """The same as words."""
    found = at(value, *path)
    return str(found)[:_MOST_TEXT] if isinstance(found, str | int | float) else ""


def told(
    kind: Kind,
    address: str,
    *,
    status: str = "",
    words: str = "",
    message_id: str = "",
    sender: str = "",
) -> Mail:
    """What a provider says of one letter."""
    ids = (message_id.strip().strip("<>"),) if message_id else ()
    report = Report(kind, address if "@" in address else "", status, words)
    return Mail("hook", (report,), (sender,) if sender else (), ids, subject=words[:200])


def not_understood(value: Any) -> Mail:
    """Kept for somebody to look at."""
    name = text(value, "event") or text(value, "type") or text(value, "RecordType")
    return Mail("hook", (Report("unreadable", words=name),), subject=name)
