"""What one call of any client says, in Segment's words, before it is judged."""

from typing import Any

import msgspec

from khachquen.collect.event.reasons import Reason

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
    channel: Any = None  # RudderStack: web, server or mobile


class OfNobody(Message):
    """A message its client marks as no person's; only a protocol's reader says so."""


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


def put(context: dict[str, Any], place: tuple[str, ...], value: object) -> None:
    """Set ``context["page"]["url"]`` for the place ("page", "url"); nothing is set to None."""
    if value is None:
        return
    *path, last = place
    for step in path:
        context = context.setdefault(step, {})
    context[last] = value
