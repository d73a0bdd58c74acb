"""What is taken in as lines and rows of the lake."""

from typing import TypeGuard

import msgspec

from khachquen.collect.event import Event, Refusal
from khachquen.store.lake.schema import RefusalRow

_encode = msgspec.json.Encoder().encode
_MAX_PAYLOAD = 4 << 20
_MAX_CONTEXT = 64 << 10


def event_line(
    event: Event, event_id: int, node_id: int | None = None, profile_id: int | None = None
) -> bytes:
    """An event as a line of the lake: its own JSON, with its number and whose it is before it."""
    return number_line(_encode(event), event_id, node_id, profile_id)


def number_line(told: bytes, event_id: int, node_id: int | None, profile_id: int | None) -> bytes:
    """The line of an event that was written as JSON before its number and person were known."""
    if node_id is None or profile_id is None:
        return b'{"event_id":%d,%b' % (event_id, told[1:])
    return b'{"event_id":%d,"node_id":%d,"profile_id":%d,%b' % (
        event_id,
        node_id,
        profile_id,
        told[1:],
    )


def to_refusal_row(refusal: Refusal) -> RefusalRow:
    """A refused message as a row; bytes that are no UTF-8 are kept readable, not exact.

    Of a message larger than any request may be, only the beginning is kept; what a batch said for
    all its messages, only while it is small: it is kept with each of them.
    """
    request = refusal.request
    shared = request.context if request else None
    return RefusalRow(
        message_id=refusal.message_id,
        place=refusal.place,
        source_id=refusal.source_id,
        outcome=refusal.outcome.value,
        reason=refusal.reason,
        path=refusal.path,
        received_at=refusal.received_at,
        payload=refusal.payload[:_MAX_PAYLOAD].decode("utf-8", "replace"),
        duplicate_of=refusal.duplicate_of,
        protocol=request.protocol if request else "",
        trusted=bool(request and request.trusted),
        ip=request.ip if request else None,
        user_agent=request.user_agent if request else None,
        sent_at=request.sent_at if request else None,
        context=shared.decode("utf-8", "replace") if _is_small(shared) else None,
        do_not_track=bool(request and request.do_not_track),
    )


def _is_small(shared: bytes | None) -> TypeGuard[bytes]:
    return shared is not None and len(shared) <= _MAX_CONTEXT
