"""Segment's HTTP tracking protocol: one message in, an event or a reasoned refusal out.

Facts: Segment's public tracking API reference; the corner cases are those of real client libraries.
"""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from khachquen.base import InputError, from_micros, to_micros
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
MAX_PROPERTIES = 300
MAX_ID_CHARS = 200
MAX_TRAIT_NAME = 100
_LOOSE_TIME = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(.*)$")

Id = str | int | float | None


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
    timestamp: str | int | float | None = None
    original: str | None = msgspec.field(name="originalTimestamp", default=None)
    sent_at: str | None = msgspec.field(name="sentAt", default=None)
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None


class Limits(msgspec.Struct, frozen=True):
    """How large one message may be, from a public and from a trusted key."""

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
        message_id=_salvage_id(raw) or fallback_id,
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
    if b"\\u0000" in raw and "\0" in _all_text(raw):
        raise NotUnderstoodError(Reason.NUL_CHARACTER)
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
    for name, values in (("properties", message.properties), ("traits", message.traits)):
        if values and len(values) > MAX_PROPERTIES:
            raise NotUnderstoodError(Reason.TOO_MANY_PROPERTIES, f"$.{name}")
    for trait in message.traits or ():
        if len(trait) > MAX_TRAIT_NAME:
            raise NotUnderstoodError(Reason.ID_TOO_LONG, f"$.traits.{trait[:20]}")
    return message


def _to_event(
    message: Message, raw: bytes, request: Accepted, limits: Limits, fallback_id: str
) -> Event:
    user_id = _id(message.user_id, "$.userId")
    anonymous_id = _id(message.anonymous_id, "$.anonymousId")
    if not (user_id or anonymous_id or request.trusted):
        raise NotUnderstoodError(Reason.NO_IDENTITY)
    context = message.context or {}
    if request.context:
        context = {**_batch_context(request.context), **context}
    properties = message.properties or {}
    traits = message.traits or context.get("traits") or {}
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
        traits=traits if isinstance(traits, dict) else {},
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
    return (message.name or message.category or None) and (message.name or message.category)


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
    told = message.original or message.timestamp
    if told is None:
        return request.received_at
    at = parse_time(told, "$.timestamp")
    sent_at = message.sent_at or request.sent_at
    if sent_at:
        at = request.received_at - (parse_time(sent_at, "$.sentAt") - at)
    return min(at, request.received_at)


def parse_time(told: str | int | float, path: str) -> int:
    """Microseconds UTC of an ISO 8601 time or a count of seconds or milliseconds since 1970.

    A single-digit month or day passes, as in Segment's own documentation samples; a time without
    a zone is UTC.

    >>> parse_time("2015-2-02T00:30:12.984Z", "$") == parse_time("2015-02-02T00:30:12.984Z", "$")
    True
    >>> parse_time(1, "$"), parse_time(1_700_000_000_000, "$")
    (1000000, 1700000000000000)

    Raises:
        NotUnderstoodError: it is no time, or lies outside the years 1971 to 2200.
    """
    try:
        if isinstance(told, str):
            at = to_micros(_parse_text(told))
        else:
            at = int(told * 1000) if abs(told) > 1e11 else int(told * 1_000_000)
            from_micros(at)
    except (ValueError, OverflowError):
        raise NotUnderstoodError(Reason.BAD_TIME, path) from None
    if isinstance(told, str) and not 31_536_000_000_000 <= at < 7_258_118_400_000_000:
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


def _batch_context(raw: bytes) -> dict[str, Any]:
    try:
        shared = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return {}
    return shared if isinstance(shared, dict) else {}


def _all_text(raw: bytes) -> str:
    """The message decoded and written again without escapes: a real NUL stands in it bare."""
    try:
        return repr_text(msgspec.json.decode(raw))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def repr_text(value: object) -> str:
    """All strings inside a decoded JSON value, keys too, one after the other."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(repr_text(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return "".join(repr_text(part) for part in value)
    return ""


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


def _salvage_id(raw: bytes) -> str | None:
    """The messageId of a message that could not be read, so that its sender can find it."""
    found = _SALVAGE.search(raw)
    return found.group(1).decode("ascii") if found else None
