"""What may be asked with: the query parameters of each address."""

from datetime import date
from typing import Literal

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


class TimelineAsked(Schema):
    """Which part of a timeline."""

    type: Literal["", "view", "browse", "order", "identity", "other"] = Field(
        "", description="Only events of one kind."
    )
    cursor: str = Field("", max_length=300, description="`next_cursor` of the page before.")
    limit: int = Field(50, ge=1, le=MAX_LIMIT)


class PeriodAsked(Schema):
    """Which days, and how the course is cut."""

    first: date | None = Field(
        None, alias="from", description="First day, in the shop's timezone; 29 days before `to`."
    )
    last: date | None = Field(None, alias="to", description="Last day, included; today.")
    bucket: Literal["day", "week", "month"] | None = Field(
        None, description="Chosen by the length of the period when left out."
    )
