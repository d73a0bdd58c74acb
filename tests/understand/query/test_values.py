"""Values that are offered while a condition is written: real ones, the most frequent first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from khachquen.base import ForbiddenError, InputError
from khachquen.understand.query.values import Origin, compile_values
from tests.understand.query.small_shop import CATALOGUE, SmallShop

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def shop() -> SmallShop:
    """Hoa and Lan live in Huế, Nam in Hà Nội; Hoa bought a scarf and shoes."""
    at = NOW.replace(tzinfo=None)
    lines = [
        {"sku": "KH", "name": "Khăn", "category": "Phụ kiện", "quantity": 1},
        {"sku": "GI", "name": "Giày", "category": "Giày", "quantity": 1},
    ]
    full = [{"price_minor": 1, "amount_minor": 1, **line} for line in lines]
    seen = {"type": "track", "name": "Product Viewed", "profile_id": 1}
    return SmallShop(
        people=[
            {
                "profile_id": 1,
                "email": "hoa@example.vn",
                "trait:city": "Huế",
                "trait:interests": ["Gốm", "Lụa"],
            },
            {"profile_id": 2, "trait:city": "Hà Nội", "trait:interests": ["Gốm"]},
            {"profile_id": 3, "trait:city": "Huế"},
            {"profile_id": 4, "trait:city": ""},
        ],
        human_events=[
            {**seen, "event_id": 1, "at": at - DAY, "properties": '{"name":"Áo dài"}'},
            {**seen, "event_id": 2, "at": at - 91 * DAY, "properties": '{"name":"Áo bông"}'},
            {**seen, "event_id": 3, "at": at, "properties": "{}"},
        ],
        orders=[{"source_id": 1, "number": "A", "profile_id": 1, "lines": full}],
    )


def offered(shop: SmallShop, origin: Origin, key: str, **told: Any) -> list[tuple[Any, int]]:
    question = compile_values(CATALOGUE, origin, key, now=NOW, **told)
    return (
        [] if question is None else [(r["value"], r["times"]) for r in shop.ask(question).dicts()]
    )


def test_the_most_frequent_stands_first_and_nothing_is_not_a_value(shop: SmallShop) -> None:
    assert offered(shop, "trait", "city") == [("Huế", 2), ("Hà Nội", 1)]
    assert offered(shop, "trait", "city", limit=1) == [("Huế", 2)]


def test_what_was_typed_needs_no_accents(shop: SmallShop) -> None:
    assert offered(shop, "trait", "city", typed="ha n") == [("Hà Nội", 1)]
    assert offered(shop, "trait", "city", typed="'; drop table people; --") == []


def test_items_of_lists_and_lines_of_orders_are_values(shop: SmallShop) -> None:
    assert offered(shop, "trait", "interests") == [("Gốm", 2), ("Lụa", 1)]
    assert offered(shop, "order", "product", typed="khan") == [("Khăn", 1)]
    assert offered(shop, "order", "number") == [("A", 1)]


def test_of_events_the_last_ninety_days_are_looked_at(shop: SmallShop) -> None:
    assert offered(shop, "event", "name", event="Product Viewed") == [("Áo dài", 1)]


def test_what_points_at_one_person_or_is_hidden_is_never_offered(shop: SmallShop) -> None:
    assert offered(shop, "trait", "email") == []
    assert offered(shop, "trait", "points") == []
    with pytest.raises(ForbiddenError):
        offered(shop, "trait", "health")
    with pytest.raises(InputError):
        offered(shop, "trait", "khong_co")
