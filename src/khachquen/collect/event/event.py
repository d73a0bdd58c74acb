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


class Page(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where it happened, as the message tells it."""

    url: str | None = None
    path: str | None = None
    title: str | None = None
    referrer: str | None = None


PROGRAM = "program"
"""The kind of robot that is none for sure: a program that sends events in its own name."""


class Client(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody used, or what was no person at all: ``robot`` is its name, if it is one.

    ``robot_kind`` is a key of ``enrichment.ROBOT_KINDS``; ``device`` one of desktop, mobile,
    tablet, tv, console, watch.
    """

    device: str | None = None
    model: str | None = None
    os: str | None = None
    browser: str | None = None
    in_app: str | None = None
    robot: str | None = None
    robot_kind: str | None = None

    @property
    def counts(self) -> bool:
        """Whether figures count it: a program that sends events may speak for real people."""
        return self.robot is None or self.robot_kind == PROGRAM


class Arrival(msgspec.Struct, frozen=True, omit_defaults=True):
    """How somebody came to the page: ``channel`` is a key of ``enrichment.CHANNELS``.

    ``came_from`` names the site, network or newsletter behind it; the campaign is as the shop
    tagged its link, and a click id as the advertising network numbered the click.
    """

    channel: str | None = None
    came_from: str | None = None
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None
    click_kind: str | None = None
    click_id: str | None = None


class Event(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One thing somebody did, as every later step sees it. Times are microseconds UTC.

    Written as JSON it is what the lake reads: most fields of most events are empty, and what is
    empty is not written.

    ``place`` is where the message stood in the event log: ``web:12:3456:0``. ``clamped`` says that
    ``at`` would have been later than the arrival, so that the arrival took its place. ``page``,
    ``client``, ``arrival`` and ``robot`` are found out by enrichment.
    """

    message_id: str
    place: str
    source_id: int
    trusted: bool
    type: str
    at: int
    received_at: int
    traits: dict[str, Any]
    properties: dict[str, Any]
    context: dict[str, Any]
    size_bytes: int
    name: str | None = None
    anonymous_id: str | None = None
    user_id: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    order: OrderTold | None = None
    robot: str | None = None  # its name; none for people and for programs that may speak for them
    denied: str | None = None  # where it says no to being measured; "" by the browser's own wish
    clamped: bool
    page: Page = Page()
    client: Client = Client()
    arrival: Arrival = Arrival()


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


def refuse(event: Event, outcome: Outcome, reason: str = "", **rest: Any) -> Refusal:
    """What is left of an event a later step does not take; ``rest`` are fields of ``Refusal``."""
    told: dict[str, Any] = {"path": "", "payload": b"", **rest}
    return Refusal(
        message_id=event.message_id,
        place=event.place,
        source_id=event.source_id,
        outcome=outcome,
        reason=reason,
        received_at=event.received_at,
        **told,
    )


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
