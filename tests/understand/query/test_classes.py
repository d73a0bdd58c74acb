"""Who is new, loyal, sleeping or lost: held against a published table, and by hand."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from khachquen.understand.query import compile_members, parse_rule, say_rule
from khachquen.understand.query.classes import DEFAULT_CLASSES, Cuts
from khachquen.understand.query.classing import (
    compile_classes,
    compile_cuts,
    compile_habits,
    read_cuts,
)
from tests.understand.query.small_shop import CATALOGUE, SmallShop, catalogue_with

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
AT = NOON.replace(tzinfo=None)
DAY = timedelta(days=1)
ASKED: dict[str, Any] = {"now": NOON, "timezone": "Asia/Ho_Chi_Minh"}
HOA, NAM, LAN, MAI, TUAN = 1, 2, 3, 4, 5

# reference: customers, orders and revenue of each segment at 2006-12-31
PUBLISHED = {
    "about_to_sleep": (102, 283, 23_449),
    "at_risk": (28, 216, 22_227),
    "cannot_lose": (47, 274, 32_446),
    "champions": (35, 316, 31_646),
    "lost": (148, 393, 35_324),
    "loyal": (170, 799, 76_562),
    "need_attention": (10, 57, 4_562),
    "new": (104, 329, 28_837),
    "potential_loyalist": (342, 2_211, 204_856),
    "promising": (9, 28, 4_249),
}


@pytest.mark.shared_data("rfm_orders")
def test_rfm_is_the_published_table(shared_data: Path) -> None:
    with (shared_data / "rfm_orders" / "rfm_orders.csv").open(encoding="utf-8") as file:
        orders = list(csv.DictReader(file))
    people: dict[str, dict[str, Any]] = {}
    for order in orders:
        blank = {"profile_id": len(people), "orders": 0, "spent_minor": 0, "last_order_at": ""}
        person = people.setdefault(order["customer_id"], blank)
        person["orders"] += 1
        person["spent_minor"] += int(order["revenue"])
        person["last_order_at"] = max(person["last_order_at"], f"{order['order_date']} 12:00:00")
    shop = SmallShop(people=people.values())
    asked: dict[str, Any] = {
        "now": datetime.combine(date(2006, 12, 31), time(20), UTC),
        "timezone": "UTC",
    }

    cuts = read_cuts(shop.ask(compile_cuts(**asked)))
    classes = replace(DEFAULT_CLASSES, cuts=cuts)
    told = {row["profile_id"]: row for row in shop.ask(compile_classes(classes, **asked)).dicts()}

    assert cuts == Cuts((115, 181, 297.4, 482), (4, 5, 6, 8), (255.8, 382, 506.4, 666))
    found: dict[str, Counter[str]] = {}
    for person in people.values():
        counter = found.setdefault(told[person["profile_id"]]["rfm"], Counter())
        counter.update(customers=1, orders=person["orders"], revenue=person["spent_minor"])
    assert {key: (c["customers"], c["orders"], c["revenue"]) for key, c in found.items()} == (
        PUBLISHED
    )


def buyer(profile_id: int, first: float, last: float, spent: int = 1) -> dict[str, Any]:
    return {
        "profile_id": profile_id,
        "first_order_at": AT - first * DAY,
        "last_order_at": AT - last * DAY,
        "orders": 2,
        "spent_minor": spent,
    }


def small_shop() -> SmallShop:
    return SmallShop(
        people=[
            buyer(HOA, 10, 2, 12_000_000),
            buyer(NAM, 70, 45, 5_000_000),
            buyer(LAN, 400, 100),
            buyer(MAI, 500, 180, 0),
            {"profile_id": TUAN, "orders": 0},
        ]
    )


def test_a_stage_has_its_beginning_and_its_cause() -> None:
    told = small_shop().ask(compile_classes(DEFAULT_CLASSES, **ASKED)).rows

    assert sorted(told) == [
        (HOA, "new", AT - 10 * DAY, "first_order", "vip"),
        (NAM, "active", AT - 40 * DAY, "time", "gold"),
        (LAN, "at_risk", AT - 40 * DAY, "time", "member"),
        (MAI, "lost", AT, "time", None),
    ]


def test_a_stage_is_asked_like_any_trait_and_is_due_when_it_turns() -> None:
    rule = parse_rule({"kind": "trait", "trait": "stage", "is": "in", "value": ["new", "active"]})

    found = sorted(small_shop().ask(compile_members(rule, CATALOGUE, **ASKED)).rows)

    assert found[:2] == [(HOA, True, AT + 20 * DAY), (NAM, True, AT + 15 * DAY)]
    assert say_rule(rule, CATALOGUE).vi == "Khách có giai đoạn là mới hoặc đang mua."


def test_rfm_is_askable_once_people_are_scored() -> None:
    cuts = Cuts((10, 40, 90, 150), (1, 2, 3, 4), (1, 100, 1_000_000, 10_000_000))
    catalogue = catalogue_with(classes=replace(DEFAULT_CLASSES, cuts=cuts))
    rule = parse_rule({"kind": "trait", "trait": "rfm", "is": "is", "value": "lost"})

    found = small_shop().ask(compile_members(rule, catalogue, **ASKED)).rows

    assert found == [(MAI, True, None)]
    assert "rfm" not in CATALOGUE.people


def test_habits_are_what_is_most_frequent_from_three_orders_on() -> None:
    def order(number: str, who: int, days_ago: float, category: str) -> dict[str, Any]:
        line = {"sku": number, "category": category, "quantity": 2}
        at = AT - days_ago * DAY
        told = {"source_id": 1, "number": number, "profile_id": who, "placed_at": at}
        return {**told, "units": 2, "lines": [line]}

    shop = SmallShop(
        orders=[
            order("A1", HOA, 30, "Giày"),
            order("A2", HOA, 20, "Tất"),
            order("A3", HOA, 6.5, "Giày"),
            order("B1", NAM, 3, "Giày"),
            order("B2", NAM, 1, "Giày"),
        ]
    )

    assert shop.ask(compile_habits(timezone="Asia/Ho_Chi_Minh")).dicts() == [
        {
            "profile_id": HOA,
            "orders": 3,
            "category": "Giày",
            "hour": 12,
            "weekday": 6,
            "source_id": 1,
            "days_between": 11.8,
            "units": 2.0,
        }
    ]
