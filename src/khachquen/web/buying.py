"""What somebody buys and how often, in the figures a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from khachquen import store
from khachquen.understand.timelines import bought
from khachquen.unify.profiles import OrderView

_FROM_ORDERS = 3
"""A habit needs three orders to be one."""


@dataclass(frozen=True, slots=True)
class Buying:
    """The figures of somebody's orders; a habit is empty where too few orders tell of it.

    ``gap_days`` is the middle of the days between orders. Weekday and hour are the shop's.
    """

    orders: int
    cancelled: int
    net_minor: int
    returned_minor: int
    currency: str
    units_an_order: float | None = None
    average_minor: int | None = None
    gap_days: int | None = None
    weekday: str = ""
    hour: str = ""


def sum_up(orders: Sequence[OrderView]) -> Buying | None:
    """The figures of the orders in the currency of the newest; None where nothing was ordered."""
    placed = [one for one in orders if one.placed_at]
    if not placed:
        return None
    mine = [one for one in placed if one.currency == placed[0].currency]
    kept = [one for one in mine if not one.cancelled_at]
    buying = Buying(
        orders=len(kept),
        cancelled=len(mine) - len(kept),
        net_minor=sum(one.net_minor for one in kept),
        returned_minor=sum(one.refunded_minor for one in kept),
        currency=placed[0].currency,
    )
    return _with_habits(buying, kept) if kept else buying


def read_bought(node_ids: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    """The products and the categories bought for most money: part → rows."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in store.ask(bought(node_ids)).dicts():
        found.setdefault(row["part"], []).append(row)
    return found


def _with_habits(buying: Buying, kept: Sequence[OrderView]) -> Buying:
    moments = sorted(timezone.localtime(one.placed_at) for one in kept if one.placed_at)
    is_habit = len(moments) >= _FROM_ORDERS
    gaps = [(b - a).total_seconds() / 86_400 for a, b in pairwise(moments)]
    return Buying(
        orders=buying.orders,
        cancelled=buying.cancelled,
        net_minor=buying.net_minor,
        returned_minor=buying.returned_minor,
        currency=buying.currency,
        units_an_order=sum(one.units for one in kept) / len(kept),
        average_minor=round(buying.net_minor / len(kept)),
        gap_days=round(median(gaps)) if is_habit else None,
        weekday=_usual([date_format(one, "l") for one in moments]) if is_habit else "",
        hour=_usual([_part_of_day(one) for one in moments]) if is_habit else "",
    )


def _usual(values: Sequence[str]) -> str:
    """What comes most often, where it comes at least twice and in a third of the cases."""
    best = max(sorted(set(values)), key=values.count)
    times = values.count(best)
    return best if times >= 2 and times * 3 >= len(values) else ""


def _part_of_day(at: datetime) -> str:
    begin = at.hour // 2 * 2
    return f"{begin:02}:00–{(begin + 2) % 24:02}:00"
