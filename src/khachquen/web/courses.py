"""Metrics over time: the steps of a period, and the charts drawn of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from khachquen.base import Money
from khachquen.understand.metrics import Amount, Bucket, Metric, Period, read_series
from khachquen.web.measuring import Tile, make_tile, measure_steps, period_words

Steps = tuple[tuple[Bucket, Amount], ...]


@dataclass(frozen=True, slots=True)
class Courses:
    """One period, seen at one moment, in one shop's currency."""

    period: Period
    now: datetime
    currency: str

    def read(self, metric: Metric) -> tuple[Tile, Steps]:
        """A metric's tile, and its number at every step."""
        amounts, answer = measure_steps(metric, self.period)
        tile = make_tile(metric, amounts, self.period, self.currency)
        steps = read_series(metric, answer, self.period.buckets(self.now), tile.amount.currency)
        return tile, steps

    def spec(self, kind: str, found: Sequence[tuple[Tile, Steps]]) -> dict[str, Any]:
        """The chart of some metrics that share a unit; money is drawn in its main unit."""
        buckets = [bucket for bucket, _ in found[0][1]]
        tile = found[0][0]
        is_money = tile.metric.unit == "money"
        return {
            "kind": kind,
            "currency": (tile.amount.currency or self.currency) if is_money else "",
            "labels": [self._label(bucket) for bucket in buckets],
            "partial": [bucket.is_partial for bucket in buckets],
            "series": [
                {
                    "name": tile.name,
                    "values": [_drawn(tile.metric, amount) for _, amount in steps],
                    "colour": colour,
                }
                for colour, (tile, steps) in enumerate(found, start=1)
            ],
        }

    def caption(self, base: str) -> str:
        """Base and period, as every chart says under its title."""
        steps = {
            "day": gettext("theo ngày"),
            "week": gettext("theo tuần, từ thứ Hai"),
            "month": gettext("theo tháng"),
        }
        parts = [base, period_words(self.period), steps[self.period.grain]]
        if any(bucket.is_partial for bucket in self.period.buckets(self.now)):
            parts.append(gettext("* chưa trọn"))
        return " · ".join(parts)

    def _label(self, bucket: Bucket) -> str:
        star = "*" if bucket.is_partial else ""
        return f"{_short(bucket.starts_on, self.period.grain)}{star}"


def _short(on: date, grain: str) -> str:
    return f"{on:%m/%Y}" if grain == "month" else f"{on:%d/%m}"


def _drawn(metric: Metric, amount: Amount) -> float | None:
    if amount.value is None or metric.unit == "count":
        return amount.value
    return float(Money(amount.value, amount.currency or "VND").to_major())
