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
    compile_moves,
    read_cuts,
)
from khachquen.understand.query.sharing import compile_decile, compile_shares
from khachquen.understand.query.usual import compile_habits
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


def test_everybody_who_bought_has_a_stage_and_a_tier() -> None:
    told = small_shop().ask(compile_classes(DEFAULT_CLASSES, **ASKED)).dicts()

    assert [(row["profile_id"], row["stage"], row["value_tier"]) for row in told] == [
        (HOA, "new", "vip"),
        (NAM, "active", "gold"),
        (LAN, "at_risk", "member"),
        (MAI, "lost", None),
    ]
    of_nam = small_shop().ask(compile_classes(DEFAULT_CLASSES, people=[NAM], **ASKED)).dicts()
    assert of_nam == [told[1]]
    assert (told[1]["last_order_at"], told[1]["spent_minor"]) == (AT - 45 * DAY, 5_000_000)


def test_a_change_says_who_would_move_before_it_holds() -> None:
    stricter = replace(DEFAULT_CLASSES, active_days=40)

    told = small_shop().ask(compile_moves(DEFAULT_CLASSES, stricter, **ASKED)).dicts()

    moved = [(row["was_stage"], row["becomes_stage"], row["people"]) for row in told]
    assert sorted(moved) == [
        ("active", "at_risk", 1),
        ("at_risk", "at_risk", 1),
        ("lost", "lost", 1),
        ("new", "new", 1),
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
        people=[{"profile_id": HOA}, {"profile_id": NAM}],
        orders=[
            order("A1", HOA, 30, "Giày"),
            order("A2", HOA, 20, "Tất"),
            order("A3", HOA, 6.5, "Giày"),
            order("B1", NAM, 3, "Giày"),
            order("B2", NAM, 1, "Giày"),
        ],
    )

    usual = {
        "profile_id": HOA,
        "favourite_category": "Giày",
        "favourite_hour": 12,
        "favourite_weekday": "6",
        "favourite_source": 1,
        "order_rhythm": 11.8,
        "next_order_on": date(2026, 11, 25),
    }
    assert shop.ask(compile_habits(CATALOGUE, **ASKED)).dicts() == [usual]
    of_both = compile_habits(
        CATALOGUE, people=[HOA, NAM], numbers=["A1", "A2", "A3", "B1"], **ASKED
    )
    assert shop.ask(of_both).dicts() == [usual]
    assert not shop.ask(compile_habits(CATALOGUE, people=[NAM], numbers=["B1"], **ASKED)).rows


def test_shares_count_each_value_among_the_best_and_the_rest() -> None:
    shop = small_shop()
    best = parse_rule({"kind": "trait", "trait": "spent", "is": "at_least", "value": 5_000_000})
    bought = parse_rule({"kind": "trait", "trait": "last_order_at", "is": "is_set"})
    keys = ["stage", "favourite_category", "city"]

    told = shop.ask(compile_shares(best, bought, CATALOGUE, keys, **ASKED)).rows

    assert sorted(told) == [
        (0, "", 2, 2),
        (1, "active", 1, 0),
        (1, "at_risk", 0, 1),
        (1, "lost", 0, 1),
        (1, "new", 1, 0),
    ]
    assert shop.ask(compile_decile()).rows == [(12_000_000,)]
