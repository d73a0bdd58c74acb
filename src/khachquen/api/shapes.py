"""The shapes of answers, as the OpenAPI description shows them. Times are UTC, ISO 8601."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema


class Failure(Schema):
    """What went wrong: ``code`` never changes, the words follow Accept-Language."""

    code: str = Field(examples=["api.invalid_parameter"])
    message: str
    path: str = Field(description="Where: a parameter, a JSON path; may be empty.")
    hint: str = Field(description="What would be right; may be empty.")


class FailureAnswer(Schema):
    """The form of every answer that is not a success."""

    error: Failure


class MoneyShape(Schema):
    """An amount: exact text in the currency's main unit, and the same in its smallest unit."""

    amount: str = Field(examples=["199000", "12.50"])
    minor: int
    currency: str = Field(examples=["VND"])


class ProfileSummary(Schema):
    """One person as a line of a list."""

    id: int
    name: str
    phone: str = Field(description="E.164, empty when unknown.")
    email: str
    is_known: bool = Field(description="Has left more than an anonymous id.")
    first_seen: datetime
    last_seen: datetime
    events: int
    orders: int
    spent: MoneyShape = Field(description="Orders not cancelled, refunds taken off.")
    last_order_at: datetime | None


class IdentifierShape(Schema):
    """One identifier of a person."""

    kind: str = Field(examples=["email", "phone", "user", "anonymous"])
    value: str
    first_seen: datetime
    last_seen: datetime
    events: int


class SaidShape(Schema):
    """What one source last said, of which identifier, when, in which message."""

    value: Any
    source_id: int
    at: datetime
    identifier: str
    message_id: str


class TraitShape(Schema):
    """One trait: the value that counts, and everything that was said, that word first.

    Sealed values, such as ID numbers, are masked here.
    """

    name: str
    value: Any
    said: list[SaidShape]


class StageShape(Schema):
    """A stage somebody came into, when, and by what: first_order, order or time."""

    stage: str = Field(examples=["new", "active", "at_risk", "lost"])
    at: datetime
    cause: str


class ClassValues(Schema):
    """How the shop classifies a person who bought. Values are keys as questions take them."""

    stage: str | None
    value_tier: str | None
    rfm: str | None
    rfm_recency: int | None
    rfm_frequency: int | None
    rfm_money: int | None
    favourite_category: str | None
    favourite_hour: int | None = Field(description="0 to 23 on the shop's clock.")
    favourite_weekday: str | None = Field(description="1 is Monday, 7 Sunday.")
    favourite_source: int | None = Field(description="Id of the source most orders come from.")
    order_rhythm: float | None = Field(description="Median days between two orders.")
    next_order_on: date | None


class ClassesShape(ClassValues):
    """The classes of one person, and how the stages went.

    Scores and RFM class are by limits worked out at ``scored_at``; habits need some orders.
    """

    stages: list[StageShape] = Field(description="The latest first, by today's definition.")
    scored_at: datetime | None


class ProfileShape(ProfileSummary):
    """One person whole. ``asked_id`` differs from ``id`` when that record was merged away."""

    asked_id: int
    identifiers: list[IdentifierShape]
    traits: list[TraitShape]
    classes: ClassesShape


class ProfileList(Schema):
    """One page of people; ``total`` counts every hit, or the first of more if not counted."""

    items: list[ProfileSummary]
    next_cursor: str = Field(description="Empty on the last page.")
    previous_cursor: str
    total: int
    is_counted: bool = Field(description="Whether `total` is all of them, and not the first many.")


class FoundShape(ProfileSummary):
    """One person found; ``classes`` where they were asked for and the person bought."""

    classes: ClassValues | None


class FoundList(Schema):
    """One page of the people a rule holds of; ``total`` is exact where it was asked for."""

    items: list[FoundShape]
    next_cursor: str = Field(description="Empty on the last page.")
    previous_cursor: str
    total: int | None


class LineShape(Schema):
    """One line of an order."""

    sku: str
    name: str | None
    category: str | None
    quantity: int
    price: MoneyShape
    amount: MoneyShape


class OrderTold(Schema):
    """What an event said of an order."""

    number: str
    total: MoneyShape
    units: int
    lines: list[LineShape]


class EventShape(Schema):
    """One thing a person did."""

    event_id: int
    message_id: str
    source_id: int
    is_trusted: bool
    type: str = Field(examples=["track"])
    name: str | None = Field(examples=["Order Completed"])
    kind: str = Field(examples=["order"], description="What ?type= filters by.")
    at: datetime
    received_at: datetime
    page_url: str | None
    page_title: str | None
    referrer: str | None
    utm_source: str | None
    order: OrderTold | None
    properties: Any
    traits: Any


class EventList(Schema):
    """One page of a timeline, newest first."""

    items: list[EventShape]
    next_cursor: str = Field(description="Empty on the last page.")


class RedrivenShape(Schema):
    """What a message became that was in quarantine and was taken in again."""

    outcome: str = Field(examples=["stored"])
    reason: str
    reason_text: str
    event_id: int | None = Field(description="The event it is, or the one that came before it.")
    message_id: str = Field(description="Differs where the id itself was corrected.")
    at: datetime


class FateShape(Schema):
    """One copy of the message and the end it met."""

    outcome: Literal["waiting", "stored", "duplicate", "quarantined", "dropped", "redriven"]
    reason: str = Field(description="Stable code, as not_json; empty when stored.")
    reason_text: str
    path: str = Field(description="Where in the message, as $.properties.total.")
    source_id: int
    source_name: str
    received_at: datetime
    at: datetime | None = Field(description="When it happened, for a stored event.")
    place: str = Field(description="Where it stood in the event log; names this copy.")
    event_id: int | None = Field(description="The event it became.")
    profile_id: int | None
    segment_file: str = Field(description="The file of the lake that event stands in now.")
    duplicate_of: int | None = Field(description="The event that came first.")
    redriven: RedrivenShape | None


class Receipt(Schema):
    """Everything that became of a message id, oldest first."""

    message_id: str
    fates: list[FateShape]


class RefusedShape(Schema):
    """One message in quarantine, whole."""

    place: str = Field(description="Where it stood in the event log; what to redrive it by.")
    message_id: str
    source_id: int
    is_trusted: bool
    reason: str = Field(examples=["bad_money"])
    reason_text: str
    path: str = Field(examples=["$.properties.total"])
    received_at: datetime
    payload: str


class ReasonShape(Schema):
    """How many messages of a source are in quarantine for a reason."""

    reason: str
    source_id: int
    count: int


class QuarantineList(Schema):
    """One page of the quarantine; ``counts`` are of everything the filter shows."""

    items: list[RefusedShape]
    next_cursor: str = Field(description="Empty on the last page.")
    counts: list[ReasonShape]


class RedriveShape(Schema):
    """What became of the messages of one request; ``quarantined`` ones were refused once more."""

    id: str
    asked: int
    stored: int
    duplicate: int
    dropped: int
    quarantined: int
    repeated: int = Field(description="Had left the quarantine before.")
    is_done: bool


class MetricShape(Schema):
    """One number with one definition."""

    key: str = Field(examples=["revenue"])
    name: str
    definition: str
    unit: Literal["count", "money"]
    divided_by: str = Field(description="What a mean is divided by; empty for others.")
    is_less_better: bool


class MetricList(Schema):
    """Every metric there is."""

    items: list[MetricShape]
    next_cursor: str


class AmountShape(Schema):
    """A count, or money in one currency, and how many rows it rests on."""

    value: int | None = Field(description="A count, or minor units; null: nothing to divide by.")
    money: MoneyShape | None
    rows: int


class StepShape(Schema):
    """One step of the course. ``is_partial``: not all of it has happened, or lies in the period."""

    starts_on: date
    ends_on: date
    is_partial: bool
    value: int | None
    rows: int


class CourseShape(Schema):
    """The number over time, in one currency (empty for counts)."""

    currency: str
    steps: list[StepShape]


class MetricAnswer(Schema):
    """A metric over whole days of the shop's timezone; currencies are never added up."""

    metric: MetricShape
    first: date
    last: date
    timezone: str
    bucket: Literal["day", "week", "month"]
    totals: list[AmountShape]
    series: list[CourseShape]


class KeyShape(Schema):
    """A write key. Of a secret one only the first characters are known."""

    id: int
    prefix: str
    public_value: str
    is_trusted: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class SourceShape(Schema):
    """A place events come from."""

    id: int
    name: str
    kind: str = Field(examples=["website"])
    is_enabled: bool
    created_at: datetime
    last_seen_at: datetime | None
    last_stored_at: datetime | None
    expect_hours: int
    is_silent: bool
    events_per_second: int | None
    keys: list[KeyShape]


class SourceList(Schema):
    """Every source, by name."""

    items: list[SourceShape]
    next_cursor: str


class CheckShape(Schema):
    """What one check counted of one source; ``per_mille`` is the share that is right."""

    key: str = Field(examples=["contact_missing"])
    name: str
    definition: str
    weight: int
    checked: int
    failed: int
    per_mille: int | None


class AxisShape(Schema):
    """One of the five axes; ``per_mille`` is null when there was nothing to measure."""

    key: Literal["complete", "valid", "unique", "fresh", "consistent"]
    name: str
    per_mille: int | None
    failed: int
    checks: list[CheckShape]


class QualityAnswer(Schema):
    """The newest measurement; ``measured_at`` is null and the axes are empty before the first."""

    measured_at: datetime | None
    source_id: int | None
    axes: list[AxisShape]


class SegmentShape(Schema):
    """One segment. ``size`` is as of ``as_of``, which is null until everybody was looked at."""

    id: int
    name: str
    note: str
    kind: Literal["live", "static"]
    rule: dict[str, Any] | None
    version: int
    state: Literal["waiting", "live", "failed"]
    problem: str = Field(description="Why a failed one cannot be asked any more.")
    size: int
    as_of: datetime | None
    created_at: datetime
    created_by: str
    changed_at: datetime
    is_archived: bool


class SegmentList(Schema):
    """Segments by name."""

    items: list[SegmentShape]
    next_cursor: str


class MemberShape(Schema):
    """Who belongs, since when and by what."""

    profile_id: int
    name: str
    phone: str
    email: str
    since: datetime
    cause: str = Field(examples=["event", "time", "merge", "rule", "trait", "manual"])


class MemberList(Schema):
    """Members by number; ``total`` is how many there were at the last refresh."""

    items: list[MemberShape]
    next_cursor: str
    total: int


class ChangeShape(Schema):
    """Somebody entered or left."""

    profile_id: int
    is_in: bool
    at: datetime
    cause: str


class ChangeList(Schema):
    """The latest first."""

    items: list[ChangeShape]
    next_cursor: str


class SizeShape(Schema):
    """How many belonged at the end of a day, how many came and went on it."""

    on: date
    size: int
    entered: int
    left: int


class HistoryAnswer(Schema):
    """A segment's sizes by day, and its versions."""

    sizes: list[SizeShape]
    versions: list["VersionShape"]


class VersionShape(Schema):
    """What a segment was from ``at`` on."""

    number: int
    name: str
    rule: dict[str, Any] | None
    at: datetime
    by: str


class PreviewAnswer(Schema):
    """How many a rule finds now, unless nobody asked, and some of them, those seen last first."""

    members: int | None
    is_counted: bool
    sample: list[dict[str, Any]]


class ExplainAnswer(Schema):
    """One condition of a rule for one person: whether it holds, until when, on what it rests."""

    path: str
    sentence: str
    holds: bool
    due_at: datetime | None
    evidence: dict[str, Any]
    parts: list["ExplainAnswer"]


class PartShape(Schema):
    """The people of one part two segments make, and what they come to."""

    part: Literal["only_one", "both", "only_other"]
    people: int
    buyers: int
    orders: int
    spent: MoneyShape
    reachable: int
    quiet_days: int | None
    order_days: int | None


class OverlapAnswer(Schema):
    """How two segments lie over one another, and how the people of each part differ."""

    both: int
    only_one: int
    only_other: int
    parts: list[PartShape]


class ChangedAnswer(Schema):
    """How many people that was."""

    people: int
