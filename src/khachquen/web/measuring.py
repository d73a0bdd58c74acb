"""Metrics as pages show them: the number, what it was before, its course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext, ngettext

from khachquen import store
from khachquen.base import Money
from khachquen.understand.metrics import (
    Amount,
    Bucket,
    Metric,
    Period,
    compile_series,
    compile_total,
    read_series,
    read_totals,
)
from khachquen.web.components.figures import day, money, number, percent

Course = tuple[tuple[Bucket, Amount], ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One number in words: its value, the other currencies, how it compares."""

    metric: Metric
    name: str
    definition: str
    value: str
    note: str
    trend: str
    amount: Amount


def in_language(words: Any) -> str:
    """A ``Text`` in the reader's language."""
    return str(words.in_language(get_language() or "vi"))


def as_utc(at: datetime | None) -> datetime | None:
    """A time of the lake, which is UTC without saying so, as an aware one."""
    return at.replace(tzinfo=UTC) if at else None


def measure(metric: Metric, period: Period) -> tuple[Amount, ...]:
    """The number, one a currency, the largest base first."""
    return read_totals(metric, store.ask(compile_total(metric, period)))


def measure_course(metric: Metric, period: Period, now: datetime, currency: str = "") -> Course:
    """The number of every step of the period."""
    answer = store.ask(compile_series(metric, period))
    return read_series(metric, answer, period.buckets(now), currency)


def main_amount(amounts: Sequence[Amount], currency: str) -> Amount:
    """The amount to show large: in the shop's currency, else the one most rows have."""
    return next((amount for amount in amounts if amount.currency == currency), amounts[0])


def written(metric: Metric, amount: Amount, currency: str) -> str:
    """An amount as this metric's unit is written."""
    if amount.value is None:
        return "–"
    if metric.unit == "money":
        return money(amount.value, amount.currency or currency)
    return number(amount.value)


def make_tile(metric: Metric, period: Period, currency: str) -> Tile:
    """The number of the period beside that of as many days before."""
    amounts = measure(metric, period)
    amount = main_amount(amounts, currency)
    before = main_amount(measure(metric, period.previous()), amount.currency or currency)
    others = [written(metric, other, currency) for other in amounts if other is not amount]
    change, trend = _compared(metric, amount, before, period.days)
    return Tile(
        metric=metric,
        name=in_language(metric.name),
        definition=in_language(metric.definition),
        value=written(metric, amount, currency),
        note=" · ".join([*(f"+ {other}" for other in others), change]),
        trend=trend,
        amount=amount,
    )


def _compared(metric: Metric, now: Amount, before: Amount, days: int) -> tuple[str, str]:
    span = ngettext("%(days)s ngày trước đó", "%(days)s ngày trước đó", days) % {"days": days}
    if not before.value or now.value is None or before.value < 0:
        return gettext("%(span)s: %(value)s") % {
            "span": span,
            "value": written(metric, before, now.currency),
        }, ""
    change = (now.value - before.value) / before.value
    words = gettext("%(change)s so với %(span)s") % {
        "change": f"{'+' if change > 0 else ''}{percent(change)}",
        "span": span,
    }
    return words, "up" if change > 0 else "down" if change < 0 else ""


def period_words(period: Period) -> str:
    """The days of a period: 23/10/2026 – 21/11/2026."""
    if period.days == 1:
        return day(period.first)
    return f"{day(period.first)} – {day(period.last)}"


def step_label(bucket: Bucket, grain: str) -> str:
    """What stands under a step of a chart; a star where the step is not whole."""
    star = "*" if bucket.is_partial else ""
    return f"{_short_day(bucket.starts_on, grain)}{star}"


def _short_day(on: date, grain: str) -> str:
    return f"{on:%m/%Y}" if grain == "month" else f"{on:%d/%m}"


def chart_values(metric: Metric, course: Course) -> list[float | None]:
    """The values of a chart: counts as they are, money in the main unit."""
    return [_plotted(metric, amount) for _, amount in course]


def _plotted(metric: Metric, amount: Amount) -> float | None:
    if amount.value is None or metric.unit == "count":
        return amount.value
    return float(Decimal(Money(amount.value, amount.currency or "VND").to_major()))


def chart_caption(period: Period, course: Course, base: str) -> str:
    """Base and period, as every chart says under its title."""
    steps = {
        "day": gettext("theo ngày"),
        "week": gettext("theo tuần, từ thứ Hai"),
        "month": gettext("theo tháng"),
    }
    parts = [base, period_words(period), steps[period.grain]]
    if any(bucket.is_partial for bucket, _ in course):
        parts.append(gettext("* chưa trọn"))
    return " · ".join(parts)
