"""What may be asked with: the query parameters of each address."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema

from khachquen.unify.profiles import Who

MAX_LIMIT = 200


class SearchAsked(Schema):
    """How ``/profiles`` finds people."""

    search: str = Field(
        "",
        max_length=200,
        description="Name with or without Vietnamese marks, phone in any form, e-mail, user id.",
    )
    identifier: str = Field(
        "",
        max_length=300,
        description="Exactly one person: `email:hoa@example.vn`, `phone:0912345678`, `user:KH01` "
        "or `anonymous:...`.",
    )
    sort: Literal["last_seen", "spent", "orders", "name"] = "last_seen"
    who: Who = Field("known", description="`known` people, anonymous `visitors`, or `all`.")
    cursor: str = Field("", max_length=2000, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class FindAsked(Schema):
    """Whom the list of customers is of, as its page asks it."""

    rule: dict[str, Any] | None = Field(None, description="In the question language.")
    search: str = Field("", max_length=200, description="As in `GET /profiles`.")
    who: Who = Field("known", description="`known` people, anonymous `visitors`, or `all`.")
    sort: str = Field(
        "last_seen",
        max_length=300,
        description="`last_seen`, `first_seen`, `last_order_at`, `events`, `orders`, `spent`, "
        "`name`, `email`, `trait:KEY`, `class:rfm_recency`, `class:order_rhythm` or "
        "`class:next_order_on`, with `.asc` or `.desc` for the other way.",
    )
    cursor: str = Field("", max_length=2000, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MAX_LIMIT)
    is_counted: bool = Field(True, description="Whether `total` is wanted: it costs a question.")
    classes: bool = Field(False, description="Whether stage, tier, RFM class and habits are.")


class TimelineAsked(Schema):
    """Which part of a timeline."""

    type: Literal["", "view", "browse", "order", "identity", "other"] = Field(
        "", description="Only events of one kind."
    )
    cursor: str = Field("", max_length=300, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class QuarantineAsked(Schema):
    """Which refused messages."""

    reason: str = Field("", max_length=32, description="Only those of one reason.")
    source_id: int | None = Field(None, ge=0, lt=2**62, description="Only those of one source.")
    since: datetime | None = Field(None, description="Only those received since.")
    cursor: str = Field("", max_length=300, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class QualityAsked(Schema):
    """Whose data's quality."""

    source_id: int | None = Field(None, ge=1, lt=2**62, description="Only of one source.")


class MendedAsked(Schema):
    """One refused message: as it is, or with what it should have said."""

    place: str = Field(max_length=200)
    message: dict[str, Any] | None = Field(None, description="The corrected message.")


class RedriveAsked(Schema):
    """Which refused messages to take in again: some, all of a filter, or everything there is."""

    items: list[MendedAsked] = Field([], max_length=1000)
    reason: str = Field("", max_length=32)
    source_id: int | None = Field(None, ge=0, lt=2**62)
    since: datetime | None = None
    everything: bool = Field(False, description="Say so to ask without a filter.")


class PeriodAsked(Schema):
    """Which days, and how the course is cut."""

    first: date | None = Field(
        None, alias="from", description="First day, in the shop's timezone; 29 days before `to`."
    )
    last: date | None = Field(None, alias="to", description="Last day, included; today.")
    bucket: Literal["day", "week", "month"] | None = Field(
        None, description="Chosen by the length of the period when left out."
    )


class SegmentAsked(Schema):
    """A segment to be made or changed: a rule makes it live, none makes it a list by hand."""

    name: str = Field(max_length=400)
    rule: dict[str, Any] | None = Field(None, description="In the question language.")
    note: str = Field("", max_length=500)


class PreviewAsked(Schema):
    """A rule to be tried, kept nowhere."""

    rule: dict[str, Any]
    sample: int = Field(10, ge=0, le=50, description="How many of them to show.")
    is_counted: bool = Field(True, description="Say no to be answered sooner, with `members` null.")


class MembersAsked(Schema):
    """Which page of members or of changes."""

    cursor: str = Field("", max_length=60, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class PeopleAsked(Schema):
    """Whom to put into a list made by hand, or take out of it."""

    profile_ids: list[int] = Field(max_length=10_000)


class SegmentsAsked(Schema):
    """Which segments."""

    archived: bool = Field(False, description="Those put away instead.")
