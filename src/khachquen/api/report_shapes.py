"""The shapes of a campaign's report, as the OpenAPI description shows them."""

from datetime import date, datetime
from typing import Literal

from ninja import Field, Schema

from khachquen.api.shapes import MoneyShape


class ReportAsked(Schema):
    """How a report is counted."""

    run: int | None = Field(None, ge=1, description="One sending; all of them when left out.")
    model: Literal["last", "first", "linear"] = Field(
        "last", description="Who gets an order several letters were clicked in before."
    )
    days: int = Field(
        7,
        description="How many days after a click what follows still counts: 1, 3, 7, 14 or 30.",
    )
    action: Literal["order", "sign_up", "cart", "product"] = Field(
        "order", description="What `acted` is of."
    )


class IntervalShape(Schema):
    """A value and between which two it is with 95 % confidence."""

    value: float
    low: float
    high: float


class FigureShape(Schema):
    """A count, or a rate as `value` divided by `of`; the page shows the same."""

    key: str
    name: str
    definition: str
    value: int
    of: int | None = Field(description="What a rate divides by; null for a count.")
    share: IntervalShape | None = Field(description="The rate by Wilson; null of nothing.")


class EarnedShape(Schema):
    """Orders of one currency credited by the model, cancelled ones left out."""

    orders: float
    gross: MoneyShape
    refunded: MoneyShape
    net: MoneyShape


class PartShape(Schema):
    """Some of the letters: those of one variant, segment, class or mailbox domain.

    Segments and classes are those of when the audience was written down; who was in two segments is
    in both. An empty value: in none; `*`: the smaller domains together.
    """

    value: str
    figures: dict[str, int]
    earned: list[EarnedShape]


class GoalShape(Schema):
    """What the campaign's plan wanted, and what was reached: all in all, and by the end of its
    day. Money in minor units of `currency`."""

    goal: str = Field(description="orders, revenue, buyers, clicks, visits or sign_ups")
    wanted: int
    reached: float
    in_time: float
    by: date | None
    currency: str = Field(description="Empty unless the goal is money.")
    is_met: bool


class LiftShape(Schema):
    """Who could have got a letter beside who was held out, whether they clicked or not."""

    meant: int
    meant_bought: int
    held: int
    held_bought: int
    share: IntervalShape = Field(description="Newcombe's interval of the difference.")
    worth_minor: IntervalShape | None = Field(description="Welch's interval, money a person.")
    currency: str
    is_over: bool


class CostShape(Schema):
    """What the letters that left cost, by the plan, beside what they brought."""

    spent: MoneyShape
    budget: MoneyShape | None
    per_unit: float | None = Field(description="(net revenue - cost) / cost")


class HourShape(Schema):
    """One hour of the shop's day."""

    hour: int
    opened: int
    clicked: int


class ReasonShape(Schema):
    """Why some got no letter."""

    state: str
    reason: str
    words: str
    people: int


class LinkShape(Schema):
    """One link of the letter, in a variant's own wording."""

    variant: str = Field(description="Empty where nothing is tried out.")
    link: str
    people: int


class ReportAnswer(Schema):
    """Everything the report's page shows."""

    campaign_id: int
    counted_at: datetime = Field(
        description="Large campaigns are counted now and then, others when they are asked for."
    )
    run: int | None
    model: str
    days: int
    action: str
    figures: list[FigureShape]
    reasons: list[ReasonShape]
    parts: dict[str, list[PartShape]]
    earned: list[EarnedShape]
    cost: CostShape | None
    goal: GoalShape | None
    hours: list[HourShape]
    links: list[LinkShape]
    lift: LiftShape | None
