"""Numbers: the catalogue, and one number over a period."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from khachquen.api.asked import PeriodAsked
from khachquen.api.language import language_of
from khachquen.api.money import money
from khachquen.api.shapes import (
    AmountShape,
    CourseShape,
    MetricAnswer,
    MetricList,
    MetricShape,
    StepShape,
)
from khachquen.base import InputError, Text, system_clock
from khachquen.govern import get_shop
from khachquen.store import ask
from khachquen.understand.metrics import (
    METRICS,
    Amount,
    Metric,
    Period,
    compile_series,
    compile_total,
    get_metric,
    read_series,
    read_totals,
)

router = Router(tags=["metrics"])
MAX_DAYS = 3660
_DAYS = 30
_EARLIEST, _LATEST = date(1971, 1, 1), date(2199, 12, 31)


@router.get(
    "/metrics",
    response=MetricList,
    operation_id="list_metrics",
    summary="Every metric and its definition",
)
def catalogue(request: HttpRequest) -> MetricList:
    """What can be asked for, in the words the pages use."""
    language = language_of(request)
    return MetricList(
        items=[_metric(metric, language) for metric in METRICS.values()], next_cursor=""
    )


@router.get(
    "/metrics/{key}",
    response=MetricAnswer,
    operation_id="measure_metric",
    summary="One metric over a period",
)
def measure(request: HttpRequest, key: str, asked: Query[PeriodAsked]) -> MetricAnswer:
    """The total and its course, from the same rows the screen counts.

    Distinct counts of steps may exceed the total: a visitor of two days counts on both.
    """
    metric = get_metric(key)
    now = system_clock()
    shop = get_shop()
    timezone = shop.timezone if shop else settings.CONFIG.shop.timezone
    first, last = _days(asked, now.astimezone(ZoneInfo(timezone)).date())
    period = Period(first, last, timezone)
    grain = asked.bucket or period.grain
    totals = read_totals(metric, ask(compile_total(metric, period)))
    course = ask(compile_series(metric, period, grain))
    buckets = period.buckets(now, grain)
    return MetricAnswer(
        metric=_metric(metric, language_of(request)),
        first=first,
        last=last,
        timezone=timezone,
        bucket=grain,
        totals=[_amount(amount) for amount in totals],
        series=[
            CourseShape(
                currency=total.currency,
                steps=[
                    StepShape(
                        starts_on=step.starts_on,
                        ends_on=step.ends_on,
                        is_partial=step.is_partial,
                        value=amount.value,
                        rows=amount.base,
                    )
                    for step, amount in read_series(metric, course, buckets, total.currency)
                ],
            )
            for total in totals
        ],
    )


def _metric(metric: Metric, language: str) -> MetricShape:
    divided_by = metric.denominator.in_language(language) if metric.denominator else ""
    return MetricShape(
        key=metric.key,
        name=metric.name.in_language(language),
        definition=metric.definition.in_language(language),
        unit=metric.unit,
        divided_by=divided_by,
        is_less_better=metric.less_is_better,
    )


def _amount(amount: Amount) -> AmountShape:
    has_money = amount.currency and amount.value is not None
    return AmountShape(
        value=amount.value,
        money=money(amount.value or 0, amount.currency) if has_money else None,
        rows=amount.base,
    )


def _days(asked: PeriodAsked, today: date) -> tuple[date, date]:
    """The days asked for; thirty of them up to today where not said."""
    reach = timedelta(days=_DAYS - 1)
    last = asked.last
    if last is None:
        last = min(max(asked.first, _EARLIEST), _LATEST - reach) + reach if asked.first else today
    first = asked.first or max(last, _EARLIEST + reach) - reach
    _check(first, last)
    return first, last


def _check(first: date, last: date) -> None:
    if _EARLIEST <= first <= last <= _LATEST and (last - first).days < MAX_DAYS:
        return
    raise InputError(
        "api.bad_period",
        Text(
            vi=f"Kỳ từ {first} đến {last} không hợp lệ.",
            en=f"The period {first} to {last} is not valid.",
        ),
        path="query.from",
        hint=Text(
            vi=f"from không sau to, tối đa {MAX_DAYS} ngày, trong khoảng 1971 đến 2199.",
            en=f"from is not after to, at most {MAX_DAYS} days, between 1971 and 2199.",
        ),
    )
