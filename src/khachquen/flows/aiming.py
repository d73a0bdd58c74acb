"""What a campaign was for, beside what was reached: in the goal's own unit."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from khachquen.activate.campaigns.planning import GOALS, find_plan
from khachquen.base import Text
from khachquen.flows.following import Followed, Wish, earned_of, follow

PEOPLE = {"buyers": "ordered", "clicks": "clicked", "visits": "visited", "sign_ups": "acted"}
"""The count of the report each goal is; orders and revenue are those credited."""


@dataclass(frozen=True, slots=True)
class Goal:
    """``reached`` is the report's own figure; ``in_time`` how much of it came by the end of the day
    ``by``. Money is in minor units of ``currency``; of shared orders a goal counts parts."""

    key: str
    wanted: int
    reached: float
    in_time: float
    by: date | None = None
    currency: str = ""

    @property
    def name(self) -> Text:
        return GOALS[self.key]

    @property
    def is_met(self) -> bool:
        return self.in_time >= self.wanted

    @property
    def share(self) -> float | None:
        """Of what was wanted; None where nothing was."""
        return self.in_time / self.wanted if self.wanted else None


def goal_of(wish: Wish, followed: Followed, currency: str, zone: tzinfo) -> Goal | None:
    """The goal of the campaign's plan and what was reached of it; None where none was set."""
    plan = find_plan(wish.scope.campaign_id)
    if not plan.goal or plan.goal_number is None:
        return None
    if plan.goal == "sign_ups" and wish.action != "sign_up":
        followed = follow(replace(wish, action="sign_up"))
    reached = _measure(plan.goal, followed, currency, None)
    in_time = reached
    if plan.goal_by:
        end = datetime.combine(plan.goal_by + timedelta(days=1), time(0), zone)
        in_time = _measure(plan.goal, followed, currency, end.astimezone(UTC))
    told = currency if plan.goal == "revenue" else ""
    return Goal(plan.goal, plan.goal_number, reached, in_time, plan.goal_by, told)


def _measure(goal: str, followed: Followed, currency: str, until: datetime | None) -> float:
    """How much of it there was before a moment, or at all."""
    end = (until or datetime.max.replace(tzinfo=UTC)).replace(tzinfo=None)
    orders = [row for row in followed.credits if row["placed_at"] < end]
    if goal == "clicks":
        clicks = followed.clicks
        return len({one.recipient_id for one in clicks if one.first_at.replace(tzinfo=None) < end})
    if goal in ("visits", "sign_ups"):
        moments = [told[goal == "sign_ups"] for told in followed.came.values()]
        return sum(at is not None and at < end for at in moments)
    if goal == "buyers":
        return len({row["owner"] for row in orders})
    earned = earned_of(orders, currency)
    return earned[0].net_minor if goal == "revenue" else sum(one.orders for one in earned)
