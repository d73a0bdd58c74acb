"""An event as a row of the lake."""

from typing import Any, TypeGuard

import msgspec

from khachquen.collect.event import Event, Refusal
from khachquen.store.lake.schema import EventRow, LineRow, RefusalRow

_encode = msgspec.json.Encoder().encode
_EMPTY = "{}"
_MAX_PAYLOAD = 4 << 20
_MAX_CONTEXT = 64 << 10


def to_event_row(
    event: Event, event_id: int, node_id: int | None, profile_id: int | None
) -> EventRow:
    """The flat row of an event: what questions ask for often stands in columns of its own."""
    page, client, arrival, order = event.page, event.client, event.arrival, event.order
    return EventRow(
        event_id=event_id,
        message_id=event.message_id,
        place=event.place,
        source_id=event.source_id,
        trusted=event.trusted,
        type=event.type,
        name=event.name,
        at=event.at,
        received_at=event.received_at,
        node_id=node_id,
        profile_id=profile_id,
        anonymous_id=event.anonymous_id,
        user_id=event.user_id,
        previous_id=event.previous_id,
        group_id=event.group_id,
        page_url=page.url,
        page_path=page.path,
        page_title=page.title,
        referrer=page.referrer,
        utm_source=arrival.source,
        utm_medium=arrival.medium,
        utm_campaign=arrival.campaign,
        ip=event.ip,
        user_agent=event.user_agent,
        order_number=order.number if order else None,
        currency=order.currency if order else None,
        total_minor=order.total_minor if order else None,
        units=order.units if order else None,
        lines=tuple(_line(line) for line in order.lines) if order else None,
        properties=_json(event.properties),
        traits=_json(event.traits),
        context=_json(event.context),
        clamped=event.clamped,
        device=client.device,
        device_model=client.model,
        os=client.os,
        browser=client.browser,
        in_app=client.in_app,
        robot=client.robot,
        robot_kind=client.robot_kind,
        channel=arrival.channel,
        came_from=arrival.came_from,
        utm_term=arrival.term,
        utm_content=arrival.content,
        click_kind=arrival.click_kind,
        click_id=arrival.click_id,
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


def _json(values: dict[str, Any]) -> str:
    return _encode(values).decode() if values else _EMPTY


def _line(line: Any) -> LineRow:
    return LineRow(
        line.sku, line.name, line.category, line.quantity, line.price_minor, line.amount_minor
    )
