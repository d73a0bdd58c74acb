"""What came of a campaign, as its page shows it."""

from dataclasses import asdict

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from khachquen.activate.campaigns.comparing import Interval
from khachquen.activate.campaigns.counting import reason_words
from khachquen.activate.campaigns.making import get_campaign
from khachquen.api.language import language_of
from khachquen.api.money import money
from khachquen.api.report_shapes import (
    CostShape,
    EarnedShape,
    FigureShape,
    GoalShape,
    HourShape,
    IntervalShape,
    LiftShape,
    LinkShape,
    PartShape,
    ReasonShape,
    ReportAnswer,
    ReportAsked,
)
from khachquen.base import system_clock
from khachquen.flows.aiming import Goal
from khachquen.flows.lifting import Lift
from khachquen.flows.recounting import get_report
from khachquen.flows.reporting import Cost, Earned, Part, Reading, read_wish, readings

router = Router(tags=["campaigns"])


@router.get(
    "/campaigns/{campaign_id}/report",
    response=ReportAnswer,
    operation_id="report_campaign",
    summary="What came of a campaign",
)
def report(request: HttpRequest, campaign_id: int, asked: Query[ReportAsked]) -> ReportAnswer:
    """From everybody it was meant for to what they bought; the very numbers of the page."""
    campaign = get_campaign(campaign_id)
    wish = read_wish(campaign_id, asked.dict())
    found = get_report(settings.CONFIG, wish, now=system_clock())
    language = language_of(request)
    return ReportAnswer(
        campaign_id=campaign_id,
        counted_at=found.at,
        run=wish.scope.run_id,
        model=wish.model,
        days=wish.days,
        action=wish.action,
        figures=[_figure(one, language) for one in readings(found.counts)],
        reasons=[
            ReasonShape(
                state=state,
                reason=why,
                words=reason_words(why, campaign.channel).in_language(language),
                people=many,
            )
            for state, why, many in found.reasons
        ],
        parts={
            key: [_part(value, one) for value, one in parts.items()]
            for key, parts in found.parts.items()
        },
        earned=[_earned(one) for one in found.earned],
        cost=_cost(found.cost) if found.cost else None,
        goal=_goal(found.goal) if found.goal else None,
        hours=[
            HourShape(hour=hour, opened=opened, clicked=clicked)
            for hour, (opened, clicked) in enumerate(found.hours)
        ],
        links=[
            LinkShape(variant=variant, link=link, people=many)
            for variant, links in found.links.items()
            for link, many in links.items()
        ],
        lift=_lift(found.lift) if found.lift else None,
    )


def _figure(one: Reading, language: str) -> FigureShape:
    return FigureShape(
        key=one.figure.key,
        name=one.figure.name.in_language(language),
        definition=one.figure.definition.in_language(language),
        value=one.value,
        of=one.of,
        share=_interval(one.share) if one.share else None,
    )


def _interval(one: Interval) -> IntervalShape:
    return IntervalShape(value=one.value, low=one.low, high=one.high)


def _earned(one: Earned) -> EarnedShape:
    return EarnedShape(
        orders=one.orders,
        gross=money(one.gross_minor, one.currency),
        refunded=money(one.refunded_minor, one.currency),
        net=money(one.net_minor, one.currency),
    )


def _part(value: str, one: Part) -> PartShape:
    earned = [_earned(some) for some in one.earned]
    return PartShape(value=value, figures=asdict(one.counts), earned=earned)


def _goal(one: Goal) -> GoalShape:
    return GoalShape(
        goal=one.key,
        wanted=one.wanted,
        reached=one.reached,
        in_time=one.in_time,
        by=one.by,
        currency=one.currency,
        is_met=one.is_met,
    )


def _cost(one: Cost) -> CostShape:
    return CostShape(
        spent=money(one.spent_minor, one.currency),
        budget=money(one.budget_minor, one.currency) if one.budget_minor is not None else None,
        per_unit=one.per_unit,
    )


def _lift(one: Lift) -> LiftShape:
    return LiftShape(
        meant=one.meant.of,
        meant_bought=one.meant.hits,
        held=one.held.of,
        held_bought=one.held.hits,
        share=_interval(one.share),
        worth_minor=_interval(one.worth) if one.worth else None,
        currency=one.currency,
        is_over=one.is_over,
    )
