"""Orders as their events tell them, whatever the order of arrival, and what they add up to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, Sum

from khachquen.base import from_micros, to_micros
from khachquen.store import db_time, update_rows
from khachquen.unify.identity.ledger import chunks
from khachquen.unify.models import Node, Order, Profile

OrderKey = tuple[int, str]
"""Source id and order number: the numbers of two sources never mix."""


@dataclass(frozen=True, slots=True)
class OrderNews:
    """What one event says of one order (amounts in minor units, time in microseconds UTC)."""

    source_id: int
    number: str
    event: str
    node_id: int | None
    at: int
    currency: str
    total_minor: int
    units: int


def save_orders(news: Iterable[OrderNews]) -> set[int]:
    """Fold news into the stored orders; returns the nodes whose totals changed.

    The newest word on total and units wins, refunds add up, the first cancellation stands: the
    same orders come out whatever order the news comes in.
    """
    by_key: dict[OrderKey, list[OrderNews]] = defaultdict(list)
    for one in news:
        by_key[one.source_id, one.number].append(one)
    orders = _load(by_key)
    nodes: set[int] = set()
    for key, items in by_key.items():
        order = orders.get(key) or _blank(items[0])
        orders[key] = order
        nodes |= {order.node_id} if order.node_id else set()
        for item in items:
            _fold(order, item)
        nodes |= {order.node_id} if order.node_id else set()
    Order.objects.bulk_create(
        orders.values(),
        update_conflicts=True,
        unique_fields=["source_id", "number"],
        update_fields=_FIELDS,
    )
    return nodes


def save_totals(profile_ids: Collection[int], *, currency: str) -> None:
    """Count each person's orders, and what they spent (net of refunds) in the shop's currency."""
    for chunk in chunks(profile_ids, 500):
        totals = _totals(chunk, currency)
        update_rows(
            Profile,
            "orders = %s, spent_minor = %s, last_order_at = %s",
            [(n, spent, _adapt(last), pid) for pid, (n, spent, last) in totals.items()],
        )


_NEVER = from_micros(0)
_FIELDS = [
    "node_id",
    "owner_told_at",
    "placed_at",
    "told_at",
    "currency",
    "total_minor",
    "refunded_minor",
    "units",
    "units_returned",
    "cancelled_at",
    "refunded_at",
]


def _load(keys: Mapping[OrderKey, object]) -> dict[OrderKey, Order]:
    numbers_of: dict[int, list[str]] = defaultdict(list)
    for source_id, number in keys:
        numbers_of[source_id].append(number)
    return {
        (order.source_id, order.number): order
        for source_id, numbers in numbers_of.items()
        for chunk in chunks(numbers)
        for order in Order.objects.filter(source_id=source_id, number__in=chunk)
    }


def _blank(news: OrderNews) -> Order:
    return Order(
        source_id=news.source_id,
        number=news.number,
        told_at=_NEVER,
        currency=news.currency,
    )


def _fold(order: Order, news: OrderNews) -> None:
    """Take one word in; ties of time go to the larger values, as in the ``orders`` view."""
    at = from_micros(news.at)
    is_word = news.event in ("Order Completed", "Order Updated")
    if is_word:
        told = (order.told_at, order.total_minor, order.units, order.currency)
        if (word := (at, news.total_minor, news.units, news.currency)) > told:
            order.told_at, order.total_minor, order.units, order.currency = word
        if news.event == "Order Completed":
            order.placed_at = min(order.placed_at or at, at)
    elif news.event == "Order Refunded":
        order.refunded_minor += news.total_minor
        order.units_returned += news.units
        order.refunded_at = max(order.refunded_at or at, at)
    elif news.event == "Order Cancelled":
        order.cancelled_at = min(order.cancelled_at or at, at)
    if order.told_at == _NEVER:
        order.currency = max(order.currency, news.currency)
    _fold_owner(order, news.node_id, at if is_word else None)


def _fold_owner(order: Order, node_id: int | None, at: datetime | None) -> None:
    """Whose order it is: the newest order word that names somebody, else any return that does."""
    if node_id is None:
        return
    if at is None:
        if order.owner_told_at is None:
            order.node_id = max(order.node_id or 0, node_id)
    elif order.owner_told_at is None or (at, node_id) > (order.owner_told_at, order.node_id or 0):
        order.owner_told_at, order.node_id = at, node_id


def _totals(
    profile_ids: Collection[int], currency: str
) -> dict[int, tuple[int, int, datetime | None]]:
    owner = dict(Node.objects.filter(profile_id__in=profile_ids).values_list("id", "profile_id"))
    placed = Q(placed_at__isnull=False, cancelled_at=None)
    totals: dict[int, tuple[int, int, datetime | None]] = dict.fromkeys(profile_ids, (0, 0, None))
    for chunk in chunks(owner):
        rows = (
            Order.objects.filter(node_id__in=chunk)
            .values("node_id")
            .annotate(
                n=Count("id", filter=placed),
                gross=Sum("total_minor", filter=placed & Q(currency=currency)),
                back=Sum("refunded_minor", filter=Q(cancelled_at=None, currency=currency)),
                last=Max("placed_at", filter=placed),
            )
        )
        for row in rows:
            pid = owner[int(row["node_id"] or 0)]
            n, spent, last = totals[pid]
            latest = max(filter(None, (last, row["last"])), default=None)
            net = (row["gross"] or 0) - (row["back"] or 0)
            totals[pid] = (n + row["n"], spent + net, latest)
    return totals


def _adapt(at: datetime | None) -> str | datetime | None:
    return db_time(to_micros(at)) if at else None
