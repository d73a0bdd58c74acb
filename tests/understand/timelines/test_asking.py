"""What chị Hoa did, what just came in, and what was in the basket."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from khachquen.base import InputError
from khachquen.understand.metrics import Period
from khachquen.understand.timelines import (
    Place,
    event_by_id,
    has_events,
    latest_orders,
    order_lines,
    timeline,
    top_products,
)
from tests.understand.small_lake import SmallLake, event, order, refusal

NOON = datetime(2026, 11, 20, 5, 0)  # noqa: DTZ001  # as the lake keeps times
DAY = Period(date(2026, 11, 20), date(2026, 11, 20), "Asia/Ho_Chi_Minh")


def line(sku: str, quantity: int, price: int, name: str | None = None) -> dict[str, Any]:
    return {
        "sku": sku,
        "name": name,
        "category": None,
        "quantity": quantity,
        "price_minor": price,
        "amount_minor": quantity * price,
    }


def ids(lake: SmallLake, *args: Any, **options: Any) -> list[int]:
    return [row["event_id"] for row in lake.ask(timeline(*args, **options)).dicts()]


def hoa_and_nam() -> SmallLake:
    return SmallLake(
        [
            event(1, NOON, node_id=1),
            event(2, NOON, node_id=2, type="track", name="Product Viewed"),
            event(3, NOON, node_id=1, type="track", name="Order Completed"),
            event(4, NOON + timedelta(hours=1), node_id=1, type="identify"),
            event(5, NOON - timedelta(days=9), node_id=2, type="track", name="Dance"),
            event(6, NOON, node_id=3),
            event(7, NOON, node_id=None),
        ]
    )


def test_a_timeline_holds_all_identifiers_of_the_person_newest_first() -> None:
    lake = hoa_and_nam()

    assert ids(lake, [1, 2]) == [4, 3, 2, 1, 5]
    assert ids(lake, [3]) == [6]
    assert ids(lake, []) == []


def test_a_timeline_goes_on_from_a_place_even_within_one_instant() -> None:
    lake = hoa_and_nam()

    assert ids(lake, [1, 2], limit=2) == [4, 3]
    assert ids(lake, [1, 2], limit=2, before=Place(NOON.replace(tzinfo=UTC), 3)) == [2, 1]
    assert ids(lake, [1, 2], limit=2, before=Place(NOON.replace(tzinfo=UTC), 1)) == [5]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("view", [1]), ("browse", [2]), ("order", [3]), ("identity", [4]), ("other", [5])],
)
def test_a_timeline_is_filtered_by_kind(kind: str, expected: list[int]) -> None:
    assert ids(hoa_and_nam(), [1, 2], kind=kind) == expected


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        timeline([1], kind="views")

    assert caught.value.in_language("en") == "'views' is not known here. (kind) Did you mean view?"


def busy_minute() -> SmallLake:
    return SmallLake(
        [
            event(1, NOON, message_id="a"),
            event(2, NOON + timedelta(seconds=2), type="track", name="Dance", source_id=2),
        ],
        refusals=[
            refusal("a", NOON + timedelta(seconds=1), outcome="duplicate", reason="", path=""),
            refusal("b", NOON + timedelta(seconds=3)),
        ],
    )


def test_one_event_is_found_whole() -> None:
    lake = busy_minute()

    (row,) = lake.ask(event_by_id(2)).dicts()
    assert (row["name"], row["source_id"], row["properties"]) == ("Dance", 2, "{}")
    assert lake.ask(event_by_id(404)).rows == []
    assert (len(lake.ask(has_events()).rows), len(SmallLake().ask(has_events()).rows)) == (1, 0)


def told(event_id: int, name: str, number: str, lines: list[dict[str, Any]], **rest: Any) -> Any:
    return event(
        event_id,
        rest.pop("at", NOON + timedelta(minutes=event_id)),
        type="track",
        name=name,
        trusted=rest.pop("trusted", True),
        order_number=number,
        currency=rest.pop("currency", "VND"),
        lines=lines,
        **rest,
    )


def test_order_lines_are_the_last_told_and_then_the_returns() -> None:
    lake = SmallLake(
        [
            told(1, "Order Completed", "A1", [line("ao", 1, 100)]),
            told(2, "Order Updated", "A1", [line("ao", 2, 100), line("quan", 1, 50)]),
            told(3, "Order Refunded", "A1", [line("ao", 1, 100)]),
            told(4, "Order Completed", "A1", [line("x", 9, 9)], trusted=False),
            told(5, "Order Completed", "A1", [line("y", 9, 9)], source_id=7),
        ]
    )

    rows = lake.ask(order_lines(1, "A1")).dicts()
    assert [(row["entry"], row["sku"], row["quantity"], row["amount_minor"]) for row in rows] == [
        ("order", "ao", 2, 200),
        ("order", "quan", 1, 50),
        ("refund", "ao", 1, 100),
    ]
    assert lake.ask(order_lines(1, "404")).rows == []


def test_top_products_count_the_kept_orders_of_the_period() -> None:
    lake = SmallLake(
        [
            told(1, "Order Completed", "1", [line("ao", 1, 100, "Áo"), line("quan", 4, 10)]),
            told(2, "Order Updated", "1", [line("ao", 2, 100, "Áo dài"), line("quan", 4, 10)]),
            told(3, "Order Completed", "2", [line("ao", 1, 100)]),
            told(4, "Order Completed", "3", [line("giay", 9, 999)]),
            told(5, "Order Completed", "4", [line("ao", 1, 5)], currency="USD"),
            told(6, "Order Completed", "5", [line("mu", 9, 999)]),
        ],
        [
            order("1", NOON, source_id=1),
            order("2", NOON, source_id=1),
            order("3", NOON, source_id=1, cancelled_at=NOON),
            order("4", NOON, source_id=1, currency="USD"),
            order("5", NOON - timedelta(days=1), source_id=1),
        ],
    )

    rows = lake.ask(top_products(DAY)).dicts()
    assert [(r["sku"], r["name"], r["currency"], r["units"], r["amount"]) for r in rows] == [
        ("ao", "Áo dài", "VND", 3, 300),
        ("quan", None, "VND", 4, 40),
        ("ao", None, "USD", 1, 5),
    ]


def test_latest_orders_leave_out_lonely_returns() -> None:
    lake = SmallLake(
        orders=[order("1", NOON), order("2", NOON + timedelta(minutes=1)), order("C", None)]
    )

    assert [row["number"] for row in lake.ask(latest_orders()).dicts()] == ["2", "1"]
