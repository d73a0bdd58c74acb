"""Segment's HTTP tracking protocol: one message in, an event or a reasoned refusal out.

Facts: Segment's public tracking API reference; the corner cases are those of real client libraries.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any

import msgspec

from khachquen.base import InputError, to_micros
from khachquen.collect.event.commerce import (
    ORDER_EVENTS,
    PRODUCT_EVENT,
    read_currency,
    read_order,
    read_price,
)
from khachquen.collect.event.event import Accepted, Event, OrderTold, Refusal
from khachquen.collect.event.reasons import Outcome, Reason

TYPES = frozenset({"identify", "track", "page", "screen", "group", "alias"})
MAX_DEPTH = 100
MAX_PROPERTIES = 300
MAX_ID_CHARS = 200
MAX_TRAIT_NAME = 100
_LOOSE_TIME = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(.*)$")

_EARLIEST, _LATEST = 31_536_000_000_000, 7_258_118_400_000_000  # 1971, 2200

Id = str | int | float | None
Time = str | int | float | None


class Message(msgspec.Struct):
    """One message as it stands on the wire; ids may come as numbers."""

    type: str
    event: str | None = None
    name: str | None = None
    category: str | None = None
    message_id: Id = msgspec.field(name="messageId", default=None)
    anonymous_id: Id = msgspec.field(name="anonymousId", default=None)
    user_id: Id = msgspec.field(name="userId", default=None)
    previous_id: Id = msgspec.field(name="previousId", default=None)
    group_id: Id = msgspec.field(name="groupId", default=None)
    timestamp: Time = None
    original: Time = msgspec.field(name="originalTimestamp", default=None)
    sent_at: Time = msgspec.field(name="sentAt", default=None)
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None


class Limits(msgspec.Struct, frozen=True):
    """How large one message may be, from a public and from a trusted key.

    What a batch says for all its messages is bounded as a public message is: it is kept with each.
    """

    public_bytes: int
    trusted_bytes: int
    batch_events: int = 2500
    default_currency: str = "VND"


class NotUnderstoodError(Exception):
    """A message that cannot become an event: the reason and the JSON path."""

    def __init__(self, reason: Reason, path: str = "$"):
        super().__init__(reason.value)
        self.reason = reason
        self.path = path


_decode = msgspec.json.Decoder(Message).decode


def understand(
    raw: bytes, request: Accepted, limits: Limits, fallback_id: str, index: int = 0
) -> Event | Refusal:
    """What one raw message says; ``index`` is its place in the request.

    ``fallback_id`` names the message when it brings no messageId of its own; it must be the same
    each time the same log position is read.
    """
    try:
        if index >= limits.batch_events and not request.trusted:
            raise NotUnderstoodError(Reason.TOO_MANY_EVENTS, f"$.batch[{index}]")
        return _to_event(_checked(raw, request, limits), raw, request, limits, fallback_id)
    except NotUnderstoodError as problem:
        reason, path = problem.reason, problem.path
    except RecursionError:
        reason, path = Reason.TOO_DEEP, "$"
    return Refusal(
        message_id=salvage_id(raw) or fallback_id,
        source_id=request.source_id,
        outcome=Outcome.QUARANTINED,
        reason=reason.value,
        path=path,
        received_at=request.received_at,
        payload=raw,
    )


def _checked(raw: bytes, request: Accepted, limits: Limits) -> Message:
    """The message as a typed structure, or the first thing wrong with it."""
    allowed = limits.trusted_bytes if request.trusted else limits.public_bytes
    if len(raw) > allowed:
        raise NotUnderstoodError(Reason.TOO_LARGE)
    _check_text(raw, "$")
    try:
        message = _decode(raw)
    except msgspec.ValidationError as error:
        raise _from_validation(str(error)) from None
    except UnicodeDecodeError:
        raise NotUnderstoodError(Reason.BAD_TEXT) from None
    except msgspec.DecodeError as error:
        raise _from_syntax(raw, str(error)) from None
    if message.type not in TYPES:
        raise NotUnderstoodError(Reason.UNKNOWN_TYPE, "$.type")
    if message.type == "track" and not (message.event and message.event.strip()):
        raise NotUnderstoodError(Reason.NO_EVENT_NAME, "$.event")
    if message.properties and len(message.properties) > MAX_PROPERTIES:
        raise NotUnderstoodError(Reason.TOO_MANY_PROPERTIES, "$.properties")
    return message


def _to_event(
    message: Message, raw: bytes, request: Accepted, limits: Limits, fallback_id: str
) -> Event:
    user_id = _id(message.user_id, "$.userId")
    anonymous_id = _id(message.anonymous_id, "$.anonymousId")
    if not (user_id or anonymous_id or request.trusted):
        raise NotUnderstoodError(Reason.NO_IDENTITY)
    context = {**_batch_context(request.context, limits), **(message.context or {})}
    properties = message.properties or {}
    return Event(
        message_id=_id(message.message_id, "$.messageId") or fallback_id,
        source_id=request.source_id,
        trusted=request.trusted,
        type=message.type,
        name=_name(message),
        at=_event_time(message, request),
        received_at=request.received_at,
        anonymous_id=anonymous_id,
        user_id=user_id,
        previous_id=_id(message.previous_id, "$.previousId"),
        group_id=_id(message.group_id, "$.groupId"),
        traits=_traits(message, context),
        properties=properties,
        context=context,
        ip=_ip(context, request),
        user_agent=_user_agent(context, request),
        order=_order(message, properties, limits.default_currency),
        size_bytes=len(raw),
    )


def _name(message: Message) -> str | None:
    if message.type == "track":
        return (message.event or "").strip()[:200]
    return (message.name or message.category or "").strip()[:200] or None


def _traits(message: Message, context: dict[str, Any]) -> dict[str, Any]:
    """What is said of the person: in the message, else in its context (as RudderStack does)."""
    path, traits = "$.traits", message.traits
    if not traits:
        path, traits = "$.context.traits", context.get("traits")
    if not isinstance(traits, dict):
        return {}
    if len(traits) > MAX_PROPERTIES:
        raise NotUnderstoodError(Reason.TOO_MANY_PROPERTIES, path)
    for name in traits:
        if len(name) > MAX_TRAIT_NAME:
            raise NotUnderstoodError(Reason.ID_TOO_LONG, f"{path}.{name[:20]}")
    return traits


def _order(message: Message, properties: dict[str, Any], currency: str) -> OrderTold | None:
    if message.type != "track":
        return None
    try:
        if message.event == PRODUCT_EVENT:
            read_price(properties, read_currency(properties, currency))
        return read_order(properties, currency) if message.event in ORDER_EVENTS else None
    except InputError as error:
        raise NotUnderstoodError(Reason.BAD_MONEY, error.path or "$.properties") from None


def _id(value: Id, path: str) -> str | None:
    """An identifier as text; null and "" are absent, 17850.0 is "17850"."""
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if len(text) > MAX_ID_CHARS:
        raise NotUnderstoodError(Reason.ID_TOO_LONG, path)
    return text or None


def _event_time(message: Message, request: Accepted) -> int:
    """When it happened, corrected for a wrong client clock.

    ``receivedAt - (sentAt - originalTimestamp)`` (Segment); without sentAt the client's own time
    stands. Never later than the arrival.
    """
    path = "$.originalTimestamp" if message.original else "$.timestamp"
    told = message.original or message.timestamp
    if not told:
        return request.received_at
    at = parse_time(told, path)
    if sent_at := _sent_at(message, request):
        at = request.received_at - (sent_at - at)
    if at < _EARLIEST:
        raise NotUnderstoodError(Reason.BAD_TIME, path)
    return min(at, request.received_at)


def _sent_at(message: Message, request: Accepted) -> int | None:
    """The sender's clock when it sent: the message's own, or the batch's where that can be read."""
    if message.sent_at:
        return parse_time(message.sent_at, "$.sentAt")
    try:
        return parse_time(request.sent_at, "$.sentAt") if request.sent_at else None
    except NotUnderstoodError:
        return None  # no fault of the messages


def parse_time(told: str | int | float, path: str) -> int:
    """Microseconds UTC of an ISO 8601 time or a count of seconds or milliseconds since 1970.

    A single-digit month or day passes, as in Segment's own documentation samples; a time without
    a zone is UTC.

    >>> parse_time("2015-2-02T00:30:12.984Z", "$") == parse_time("2015-02-02T00:30:12.984Z", "$")
    True
    >>> parse_time(1_700_000_000, "$"), parse_time(1_700_000_000_000, "$")
    (1700000000000000, 1700000000000000)

    Raises:
        NotUnderstoodError: it is no time, or lies outside the years 1971 to 2200.
    """
    try:
        if isinstance(told, str):
            at = to_micros(_parse_text(told))
        else:
            at = int(told * 1000) if abs(told) > 1e11 else int(told * 1_000_000)
    except (ValueError, OverflowError):
        raise NotUnderstoodError(Reason.BAD_TIME, path) from None
    if not _EARLIEST <= at < _LATEST:
        raise NotUnderstoodError(Reason.BAD_TIME, path)
    return at


def _parse_text(told: str) -> datetime:
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        loose = _LOOSE_TIME.match(told.strip())
        if not loose:
            raise
        year, month, day, rest = loose.groups()
        at = datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}{rest}")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _ip(context: dict[str, Any], request: Accepted) -> str | None:
    given = context.get("ip")
    return given if isinstance(given, str) and 0 < len(given) <= 45 else request.ip


def _user_agent(context: dict[str, Any], request: Accepted) -> str | None:
    """The browser's own name: told in the context, or the request's when a browser sent it."""
    given = context.get("userAgent")
    if isinstance(given, str) and given:
        return given[:1000]
    return None if request.trusted else request.user_agent


def _batch_context(raw: bytes | None, limits: Limits) -> dict[str, Any]:
    """What a batch says for all its messages; wrong there, it is wrong for each of them."""
    if not raw:
        return {}
    if len(raw) > limits.public_bytes:
        raise NotUnderstoodError(Reason.TOO_LARGE, "$.context")
    shared = _read_context(raw)
    if isinstance(shared, NotUnderstoodError):
        raise shared
    return shared


@lru_cache(maxsize=16)
def _read_context(raw: bytes) -> dict[str, Any] | NotUnderstoodError:
    """A batch's context, read once for all its messages. Shared: never changed."""
    try:
        _check_text(raw, "$.context")
        shared = msgspec.json.decode(raw)
    except NotUnderstoodError as problem:
        return problem
    except msgspec.ValidationError as error:
        return NotUnderstoodError(_from_validation(str(error)).reason, "$.context")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return NotUnderstoodError(Reason.BAD_TEXT, "$.context")
    if not isinstance(shared, dict | None):
        return NotUnderstoodError(Reason.WRONG_TYPE, "$.context")
    return shared or {}


def _check_text(raw: bytes, path: str) -> None:
    """Refuse a real NUL, which databases cannot keep, and nesting no step should have to follow."""
    if b"\\u0000" not in raw and raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return
    try:
        level = [msgspec.json.decode(raw)]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return  # said better by whoever reads it next
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise NotUnderstoodError(Reason.TOO_DEEP, path)
        if any(isinstance(value, str) and "\0" in value for value in level):
            raise NotUnderstoodError(Reason.NUL_CHARACTER, path)
        level = [below for value in level for below in _inside(value)]


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return chain(value, value.values())
    return value if isinstance(value, list) else ()


def _from_validation(text: str) -> NotUnderstoodError:
    """msgspec ends its sentences with the path: "Expected `str`, got `int` - at `$.event`"."""
    _, _, path = text.rpartition(" - at ")
    path = path.strip("`").replace("[...]", "") if " - at " in text else "$"
    if "out of range" in text:
        return NotUnderstoodError(Reason.NUMBER_OUT_OF_RANGE, path)
    if path == "$" and "Expected `object`" in text:
        return NotUnderstoodError(Reason.NOT_AN_OBJECT)
    return NotUnderstoodError(Reason.WRONG_TYPE, "$.type" if "field `type`" in text else path)


def _from_syntax(raw: bytes, text: str) -> NotUnderstoodError:
    if re.search(rb"\\u[dD][89a-fA-F]", raw) or "surrogate" in text:
        return NotUnderstoodError(Reason.BAD_TEXT)
    return NotUnderstoodError(Reason.NOT_JSON)


_SALVAGE = re.compile(rb'"messageId"\s*:\s*"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,200})"')


def salvage_id(raw: bytes) -> str | None:
    """The messageId of a message that could not be taken in, so that its sender can find it."""
    found = _SALVAGE.search(raw)
    return found.group(1).decode("ascii") if found else None
