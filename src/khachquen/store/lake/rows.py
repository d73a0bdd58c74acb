"""A refused message as a row of the lake."""

from typing import TypeGuard

from khachquen.collect.event import Refusal
from khachquen.store.lake.schema import RefusalRow

_MAX_PAYLOAD = 4 << 20
_MAX_CONTEXT = 64 << 10


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
