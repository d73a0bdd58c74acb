"""One message in, an event or a reasoned refusal out, whichever client it came from."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from khachquen.base import InputError
from khachquen.collect.event.commerce import (
    ORDER_EVENTS,
    PRODUCT_EVENT,
    read_currency,
    read_order,
    read_price,
)
from khachquen.collect.event.event import Accepted, Event, OrderTold, Refusal
from khachquen.collect.event.objections import find_denial
from khachquen.collect.event.reasons import Outcome, Reason
from khachquen.collect.protocols import jitsu, posthog, rudderstack, segment, snowplow
from khachquen.collect.protocols.checks import (
    check_text,
    from_syntax,
    from_validation,
    salvage_id,
)
from khachquen.collect.protocols.message import (
    Id,
    Limits,
    Message,
    NotUnderstoodError,
    OfNobody,
)
from khachquen.collect.protocols.times import EARLIEST, parse_time

TYPES = frozenset({"identify", "track", "page", "screen", "group", "alias"})
MAX_PROPERTIES = 300
MAX_ID_CHARS = 200
MAX_TRAIT_NAME = 100

READERS: Mapping[str, Callable[[bytes], Message]] = {
    segment.NAME: segment.read,
    rudderstack.NAME: rudderstack.read,
    jitsu.NAME: jitsu.read,
    posthog.NAME: posthog.read,
    snowplow.NAME: snowplow.read,
}
"""Protocol → what one of its raw messages says."""

_PATHS: Mapping[str, Mapping[str, str]] = {
    posthog.NAME: posthog.PATHS,
    snowplow.NAME: snowplow.PATHS,
}
"""Protocol → where its own messages have what Segment's have at a path."""


def understand(
    raw: bytes, request: Accepted, limits: Limits, place: str, index: int = 0
) -> Event | Refusal:
    """What one raw message says; ``index`` is its place in the request.

    ``place`` is where it stands in the log, the same each time it is read: it names the message
    when that brings no messageId of its own.
    """
    try:
        if index >= limits.batch_events and not request.trusted:
            raise NotUnderstoodError(Reason.TOO_MANY_EVENTS, f"$.batch[{index}]")
        message = _read(raw, request, limits)
        try:
            _check(message)
            return _to_event(message, raw, request, limits, place)
        except NotUnderstoodError as problem:
            problem.path = _in_their_words(problem.path, request.protocol)
            raise
    except NotUnderstoodError as problem:
        reason, path = problem.reason, problem.path
    except RecursionError:
        reason, path = Reason.TOO_DEEP, "$"
    return Refusal(
        message_id=salvage_id(raw, request.protocol) or place,
        place=place,
        source_id=request.source_id,
        outcome=Outcome.QUARANTINED,
        reason=reason.value,
        path=path,
        received_at=request.received_at,
        payload=raw,
        request=request,
    )


def _in_their_words(path: str, protocol: str) -> str:
    """A JSON path of Segment's as the message itself has it."""
    for ours, theirs in _PATHS.get(protocol, _NO_PATHS).items():
        if path == ours or path.startswith((f"{ours}.", f"{ours}[")):
            return theirs + path[len(ours) :]
    return path


_NO_PATHS: Mapping[str, str] = {}


def _read(raw: bytes, request: Accepted, limits: Limits) -> Message:
    """The message as a typed structure, or why it is none, in its own protocol's words."""
    allowed = limits.trusted_bytes if request.trusted else limits.public_bytes
    if len(raw) > allowed:
        raise NotUnderstoodError(Reason.TOO_LARGE)
    check_text(raw, "$")
    try:
        return READERS[request.protocol](raw)
    except msgspec.ValidationError as error:
        raise from_validation(str(error)) from None
    except UnicodeDecodeError:
        raise NotUnderstoodError(Reason.BAD_TEXT) from None
    except msgspec.DecodeError as error:
        raise from_syntax(raw, str(error)) from None


def _check(message: Message) -> None:
    """Raise NotUnderstoodError at the first thing every message must have, and this has not."""
    if message.type not in TYPES:
        raise NotUnderstoodError(Reason.UNKNOWN_TYPE, "$.type")
    if message.type == "track" and not (message.event and message.event.strip()):
        raise NotUnderstoodError(Reason.NO_EVENT_NAME, "$.event")
    if message.properties and len(message.properties) > MAX_PROPERTIES:
        raise NotUnderstoodError(Reason.TOO_MANY_PROPERTIES, "$.properties")


def _to_event(message: Message, raw: bytes, request: Accepted, limits: Limits, place: str) -> Event:
    user_id = _id(message.user_id, "$.userId")
    anonymous_id = _id(message.anonymous_id, "$.anonymousId")
    if not (user_id or anonymous_id or request.trusted or isinstance(message, OfNobody)):
        raise NotUnderstoodError(Reason.NO_IDENTITY)
    at, clamped = _event_time(message, request)
    context = message.context or {}
    if request.context:
        context = {**_batch_context(request.context, limits), **context}
    properties = message.properties or {}
    _keep_beside(message, properties, context)
    return Event(
        message_id=_id(message.message_id, "$.messageId") or place,
        place=place,
        source_id=request.source_id,
        trusted=request.trusted,
        type=message.type,
        name=_name(message),
        at=at,
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
        denied=_denied(context, request),
        clamped=clamped,
    )


def _denied(context: dict[str, Any], request: Accepted) -> str | None:
    said = find_denial(context)
    return "" if said is None and request.do_not_track and not request.trusted else said


def _keep_beside(message: Message, properties: dict[str, Any], context: dict[str, Any]) -> None:
    """What some libraries say beside properties and context, put where others have it."""
    if message.category and message.type != "track":
        properties.setdefault("category", message.category)
    if isinstance(message.channel, str):
        context.setdefault("channel", message.channel)


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
    if value is None:
        return None
    if type(value) is not str:
        value = str(int(value) if isinstance(value, float) and value.is_integer() else value)
    text = value.strip()
    if len(text) > MAX_ID_CHARS:
        raise NotUnderstoodError(Reason.ID_TOO_LONG, path)
    return text or None


def _event_time(message: Message, request: Accepted) -> tuple[int, bool]:
    """When it happened, corrected for a wrong client clock, and whether that was cut.

    ``receivedAt - (sentAt - originalTimestamp)`` (Segment); without sentAt the client's own time
    stands. Of a message with both times ``timestamp`` is taken as it is: its caller said so, or a
    server corrected it before. Never later than the arrival: that is cut, and marked.
    """
    path = "$.timestamp" if message.timestamp else "$.originalTimestamp"
    told = message.timestamp or message.original
    if not told:
        return request.received_at, False
    at = parse_time(told, path)
    if not (message.timestamp and message.original) and (sent_at := _sent_at(message, request)):
        at = request.received_at - (sent_at - at)
    if at < EARLIEST:
        raise NotUnderstoodError(Reason.BAD_TIME, path)
    return min(at, request.received_at), at > request.received_at


def _sent_at(message: Message, request: Accepted) -> int | None:
    """The sender's clock when it sent: the message's own, or the batch's where that can be read."""
    if message.sent_at:
        return parse_time(message.sent_at, "$.sentAt")
    return _read_batch_time(request.sent_at) if request.sent_at else None


@lru_cache(maxsize=16)
def _read_batch_time(told: str) -> int | None:
    """A batch's time of sending, read once for all its messages; none of theirs is bad for it."""
    try:
        return parse_time(told, "$.sentAt")
    except NotUnderstoodError:
        return None


def _ip(context: dict[str, Any], request: Accepted) -> str | None:
    """Where the visitor is: told in the context; of a device that sends itself, the socket."""
    given = context.get("ip")
    if isinstance(given, str) and 0 < len(given) <= 45 and context.get("direct") is not True:
        return given
    return request.ip


def _user_agent(context: dict[str, Any], request: Accepted) -> str | None:
    """The browser's own name: told in the context, or the request's when a browser sent it."""
    given = context.get("userAgent")
    if isinstance(given, str) and given:
        return given[:1000]
    return None if request.trusted else request.user_agent


def _batch_context(raw: bytes, limits: Limits) -> dict[str, Any]:
    """What a batch says for all its messages; wrong there, it is wrong for each of them."""
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
        check_text(raw, "$.context")
        shared = msgspec.json.decode(raw)
    except NotUnderstoodError as problem:
        return problem
    except msgspec.ValidationError as error:
        return NotUnderstoodError(from_validation(str(error)).reason, "$.context")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return NotUnderstoodError(Reason.BAD_TEXT, "$.context")
    if not isinstance(shared, dict | None):
        return NotUnderstoodError(Reason.WRONG_TYPE, "$.context")
    return shared or {}
