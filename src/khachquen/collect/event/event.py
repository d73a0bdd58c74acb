"""What an event is, once understood, and what is left of a message that could not be."""

from typing import Any

import msgspec

from khachquen.collect.event.reasons import Outcome


class Line(msgspec.Struct, frozen=True):
    """One line of an order: ``amount_minor`` is the whole line, ``price_minor`` one unit."""

    sku: str
    name: str | None
    category: str | None
    quantity: int
    price_minor: int
    amount_minor: int


class OrderTold(msgspec.Struct, frozen=True):
    """What an event says of an order, in minor units of ``currency``."""

    number: str
    currency: str
    total_minor: int
    units: int
    lines: tuple[Line, ...]


class Event(msgspec.Struct):
    """One thing somebody did, as every later step sees it. Times are microseconds UTC.

    ``place`` is where the message stood in the event log: ``web:12:3456:0``. ``clamped`` says that
    ``at`` would have been later than the arrival, so that the arrival took its place.
    """

    message_id: str
    place: str
    source_id: int
    trusted: bool
    type: str
    name: str | None
    at: int
    received_at: int
    anonymous_id: str | None
    user_id: str | None
    previous_id: str | None
    group_id: str | None
    traits: dict[str, Any]
    properties: dict[str, Any]
    context: dict[str, Any]
    ip: str | None
    user_agent: str | None
    order: OrderTold | None
    size_bytes: int
    robot: str | None = None  # which kind of robot sent it
    do_not_track: bool = False  # the browser's own wish
    clamped: bool = False


class Refusal(msgspec.Struct, frozen=True):
    """A message that did not become an event, with its reason.

    ``path`` is where in the message it was wrong, ``place`` where that stood in the event log. Of a
    quarantined one ``request`` is what came with it, for it can be taken in again; of a duplicate
    ``duplicate_of`` is the number of the event that came first, where that is known.
    """

    message_id: str
    place: str
    source_id: int
    outcome: Outcome
    reason: str
    path: str
    received_at: int
    payload: bytes
    duplicate_of: int | None = None
    request: "Accepted | None" = None


class Redrive(msgspec.Struct, array_like=True, frozen=True):
    """Taking a refused message in again: where it was refused, and for which reason."""

    place: str
    reason: str


class Accepted(msgspec.Struct, array_like=True):
    """One request as it stands in the event log: who sent it, when it came, and its messages."""

    received_at: int
    source_id: int
    trusted: bool
    protocol: str
    ip: str | None
    user_agent: str | None
    sent_at: str | None
    context: bytes | None  # of the whole batch; each message's own values win
    items: list[bytes]
    do_not_track: bool = False
    redrive: Redrive | None = None  # then there is one item
