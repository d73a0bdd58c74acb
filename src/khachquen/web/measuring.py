"""Metrics as pages show them: the number, what it was before, its course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext

from khachquen import store
from khachquen.base import Money
from khachquen.store.engine import Table
from khachquen.understand.metrics import (
    Amount,
    Metric,
    Period,
    compile_series,
    compile_total,
    read_totals,
)
from khachquen.web.components.figures import day, money, number, percent

_MILLION = Decimal(10**6)
_BILLION = Decimal(10**9)
_LONG = Decimal(10**8)


@dataclass(frozen=True, slots=True)
class Tile:
    """One number in words: its value, its definition, how it compares.

    ``value`` is short where money is long; ``exact`` is always the whole number.
    """

    metric: Metric
    name: str
    definition: str
    value: str
    exact: str
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


def measure_steps(metric: Metric, period: Period) -> tuple[tuple[Amount, ...], Table]:
    """The number and the answer its course is read from; one question where one is enough."""
    steps = store.ask(compile_series(metric, period))
    return (read_totals(metric, steps) if metric.how == "sum" else measure(metric, period)), steps


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


def make_tile(metric: Metric, amounts: Sequence[Amount], period: Period, currency: str) -> Tile:
    """The number of the period, and beside it that of as many days before."""
    amount = main_amount(amounts, currency)
    before = main_amount(measure(metric, period.previous()), amount.currency or currency)
    exact = written(metric, amount, currency)
    value = short_money(amount) if metric.unit == "money" else exact
    others = [f"+ {written(metric, one, currency)}" for one in amounts if one is not amount]
    change, trend = _compared(amount, before)
    before_words = gettext("Kỳ trước (%(days)s): %(value)s.") % {
        "days": period_words(period.previous()),
        "value": written(metric, before, amount.currency or currency),
    }
    exact_words = f"{exact}. " if value != exact else ""
    return Tile(
        metric=metric,
        name=in_language(metric.name),
        definition=f"{exact_words}{in_language(metric.definition)} {before_words}",
        value=value,
        exact=exact,
        note=" · ".join([*others, change]),
        trend=trend,
        amount=amount,
    )


def short_money(amount: Amount) -> str:
    """Money short enough for a tile: from a hundred million đồng on, in millions or billions."""
    whole = Money(amount.value or 0, amount.currency or "VND")
    major = whole.to_major()
    if amount.value is None or abs(major) < _LONG:
        return written_money(amount)
    if abs(major) >= _BILLION:
        words, scaled = gettext("%(value)s tỷ %(symbol)s"), major / _BILLION
    else:
        words, scaled = gettext("%(value)s triệu %(symbol)s"), major / _MILLION
    symbol = whole.format().rpartition("\xa0")[2]
    return words % {"value": number(scaled, 2 if abs(scaled) < 10 else 1), "symbol": symbol}


def written_money(amount: Amount) -> str:
    """Money in full; a dash where there is none."""
    return money(amount.value, amount.currency or "VND")


def _compared(now: Amount, before: Amount) -> tuple[str, str]:
    if not before.value or now.value is None or before.value < 0:
        return gettext("chưa có kỳ trước để so"), ""
    change = (now.value - before.value) / before.value
    words = gettext("%(change)s so với kỳ trước") % {
        "change": f"{'+' if change > 0 else ''}{percent(change)}"
    }
    return words, "up" if change > 0 else "down" if change < 0 else ""


def period_words(period: Period) -> str:
    """The days of a period: 23/10/2026 – 21/11/2026."""
    if period.days == 1:
        return day(period.first)
    return f"{day(period.first)} – {day(period.last)}"
