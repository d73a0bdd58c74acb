"""Campaigns and messages as programs ask for them and are answered."""

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from khachquen.api.asked import MAX_LIMIT

RunState = Literal["scheduled", "freezing", "sending", "paused", "cancelling", "done", "cancelled"]
MessageState = Literal["waiting", "sending", "sent", "skipped", "failed", "unknown"]


class CampaignAsked(Schema):
    """What is to be said to whom. Whatever is missing is asked for when it is to be started."""

    name: str = Field(max_length=200)
    purpose: str = Field("ads", max_length=40, description="Who agreed to it is written to.")
    segment_id: int | None = Field(None, description="Who gets it; none for a triggered campaign.")
    account_id: int | None = Field(None, description="The mail account it leaves by.")
    endpoint_id: int | None = Field(
        None, description="The webhook that is told of each person; of channel `webhook` only."
    )
    template_id: int | None = Field(None, description="Its newest version; or the words below.")
    subject: str = Field("", max_length=300)
    html: str = Field("", max_length=500_000)
    text: str = Field("", max_length=200_000)
    holdout_percent: int = Field(0, ge=0, le=50)
    heeds_channel: bool = Field(
        False, description="Whoever said they prefer another channel is left out."
    )


class NewCampaignAsked(CampaignAsked):
    """A new campaign."""

    channel: Literal["email", "sms", "webhook"] = Field(
        "email",
        description="`sms`: `text` is what it says, and it leaves by the gateway of the settings. "
        "`webhook`: another system is told, and no words are needed.",
    )
    is_triggered: bool = Field(
        False, description="Programs say who gets it, one at a time, by `POST /messages`."
    )


class StartAsked(Schema):
    """When it goes; at once when nothing is said."""

    start_at: datetime | None = Field(None, description="With its time zone.")


class ApprovalAsked(Schema):
    """What to tell whoever is to approve it."""

    note: str = Field("", max_length=300)


class ApprovalShape(Schema):
    """Where an approval stands."""

    is_needed: bool = Field(description="Whether this shop wants two people for every campaign.")
    state: Literal["none", "asked", "approved", "changed", "refused", "withdrawn", "used"] = Field(
        description="`changed`: something is different since it was asked for or given."
    )
    digest: str = Field(description="Stands for all that decides what leaves now, and to whom.")
    asked_by: str
    asked_at: datetime | None
    note: str
    answered_by: str
    answered_at: datetime | None


class TestAsked(Schema):
    """Which mailboxes of the shop get it, written as to whom."""

    addresses: list[str] = Field(min_length=1, max_length=5)
    profile_id: int | None = Field(None, description="Somebody without a name when left out.")


class CampaignsAsked(Schema):
    """Which page of campaigns."""

    cursor: str = Field("", max_length=20, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class RecipientsAsked(Schema):
    """The people behind which number."""

    state: Literal["sent", "skipped", "failed", "unknown", "open"]
    reason: str = Field("", max_length=24)
    cursor: str = Field("", max_length=20, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class MessagesAsked(Schema):
    """Which messages."""

    campaign_id: int | None = Field(None, ge=1, lt=2**62)
    profile_id: int | None = Field(None, ge=1, lt=2**62)
    cursor: str = Field("", max_length=20, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class Whom(Schema):
    """One person: by number, or by an identifier of theirs."""

    profile_id: int | None = Field(None, ge=1, lt=2**62)
    identifier: str = Field("", max_length=300, examples=["email:hoa@example.vn", "user:KH01"])


class MessageAsked(Schema):
    """A letter of a triggered campaign to one person."""

    campaign_id: int = Field(ge=1, lt=2**62)
    to: Whom
    data: dict[str, Any] = Field({}, description="What the template says as `data.…`; 32 kB.")


class CountsShape(Schema):
    """`targeted` is the sum of the others."""

    targeted: int
    sent: int
    skipped: dict[str, int] = Field(description="By reason.")
    failed: dict[str, int] = Field(description="By reason.")
    unknown: int = Field(description="May have been sent; never sent again.")
    open: int


class RunShape(Schema):
    """The latest sending of a campaign."""

    id: int
    state: RunState
    start_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    counts: CountsShape | None = Field(description="Not in lists.")


class CampaignShape(Schema):
    """One campaign and its latest sending."""

    id: int
    name: str
    channel: str
    is_triggered: bool
    lane: Literal["bulk", "prompt"] = Field(description="`prompt` never waits behind `bulk`.")
    purpose: str
    segment_id: int | None
    account_id: int | None
    endpoint_id: int | None = Field(description="Of channel `webhook`.")
    template_version_id: int | None
    subject: str
    holdout_percent: int
    heeds_channel: bool
    created_at: datetime
    created_by: str
    changed_at: datetime
    missing: list[str] | None = Field(description="Still to do before it starts; not in lists.")
    run: RunShape | None


class CampaignList(Schema):
    """The newest first."""

    items: list[CampaignShape]
    next_cursor: str


class RehearsalShape(Schema):
    """What would become of everybody if it went out now."""

    looked_at: int
    is_everybody: bool = Field(description="Else the first 2,000 were looked at.")
    counts: dict[str, int] = Field(description="`ready`, `quiet_hours`, or why not.")


class RecipientShape(Schema):
    """One person of a sending."""

    id: int
    profile_id: int
    state: str
    reason: str
    reason_text: str
    reply: str = Field(description="What the server said.")
    ended_at: datetime | None


class RecipientList(Schema):
    """In the order they were written down."""

    items: list[RecipientShape]
    next_cursor: str


class TestAnswer(Schema):
    """How many test letters are on their way."""

    letters: int


class MessageShape(Schema):
    """One message and where it stands."""

    id: int
    campaign_id: int
    profile_id: int
    key: str = Field(description="The `Idempotency-Key` it was asked for with.")
    state: MessageState
    reason: str
    reason_text: str
    asked_at: datetime
    ended_at: datetime | None


class MessageList(Schema):
    """The newest first."""

    items: list[MessageShape]
    next_cursor: str
