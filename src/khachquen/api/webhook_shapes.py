"""Webhooks as programs ask for them and are answered."""

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from khachquen.api.asked import MAX_LIMIT

KindAsked = Literal["segment.entered", "segment.left"]
StateAsked = Literal["", "owed", "claimed", "done", "dead", "skipped"]


class WebhookAsked(Schema):
    """What a webhook is to be."""

    name: str = Field(max_length=200)
    url: str = Field(max_length=600, examples=["https://stock.example/khachquen"])
    kinds: list[KindAsked] = Field(["segment.entered", "segment.left"], max_length=10)
    segments: list[int] = Field([], max_length=200, description="Empty: every segment.")
    gives_identifiers: bool = Field(
        False, description="Add phone, e-mail and customer number of whoever agreed to `purpose`."
    )
    purpose: str = Field("", max_length=40, examples=["sharing"])
    per_second: int = Field(20, description="At most so many messages a second.")


class RotateAsked(Schema):
    """How long the old secret signs beside the new one."""

    valid_hours: int = Field(24, ge=0, le=168)


class ResumeAsked(Schema):
    """Whether to pass over what happened meanwhile."""

    skips_missed: bool = False


class RedriveDeliveriesAsked(Schema):
    """Which given-up messages to send again; none named means all of them."""

    deliveries: list[int] = Field([], max_length=900)


class DeliveriesAsked(Schema):
    """Which messages."""

    state: StateAsked = Field("", description="Only those in one state.")
    cursor: str = Field("", max_length=20, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class WebhookShape(Schema):
    """One webhook and how it has been; never with its secret."""

    id: int
    name: str
    url: str
    kinds: list[str]
    segments: list[int]
    gives_identifiers: bool
    purpose: str
    per_second: int
    state: Literal["on", "paused", "off"]
    why: str = Field(description="`staff`, `failing` or `gone`; empty while it is on.")
    failures: int = Field(description="In a row.")
    failing_since: datetime | None
    last_good_at: datetime | None
    old_secret_until: datetime | None
    waiting: int
    dead: int = Field(description="Messages given up, to be looked at and sent again.")
    created_at: datetime
    created_by: str


class NewWebhookAnswer(Schema):
    """A new webhook with its secret, which no later answer holds."""

    webhook: WebhookShape
    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class SecretAnswer(Schema):
    """A new secret, which no later answer holds."""

    secret: str


class WebhookList(Schema):
    """Every webhook by name."""

    items: list[WebhookShape]
    next_cursor: str


class DeliveryShape(Schema):
    """One message and what came of its last try; `webhook_id` is the header receivers see."""

    id: int
    webhook_id: str
    type: str
    data: dict[str, Any]
    at: datetime
    state: str
    tries: int
    due_at: datetime
    called_at: datetime | None
    took_ms: int | None
    status: int | None
    problem: str
    answer: str


class DeliveryList(Schema):
    """The latest owed first."""

    items: list[DeliveryShape]
    next_cursor: str


class OwedAnswer(Schema):
    """The number of a message that is owed now."""

    delivery: int


class CountAnswer(Schema):
    """How many messages it was about."""

    messages: int
