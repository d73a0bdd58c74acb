"""Chị Hoa and anh Nam click, look around and buy: who gets the order."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khachquen.store.engine import Table
from khachquen.understand.attribution import MODELS, Touch, bought, credited, visits
from tests.understand.small_lake import SmallLake, event, order

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
HOA, NAM = 1, 2
NEWS, SALE = 7, 8  # two campaigns; letters are 71, 72, 81 ...


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def naive(hours: float) -> datetime:
    return at(hours).replace(tzinfo=None)


def page(number: int, person: int, hours: float, **rest: Any) -> dict[str, Any]:
    return event(number, naive(hours), profile_id=person, **rest)


def bought_at(number: str, person: int | None, hours: float, total: int, **rest: Any) -> Any:
    return order(number, naive(hours), profile_id=person, total_minor=total, **rest)


def rows(answer: Table, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for row in answer.dicts()]


CLICKS = [Touch(71, NEWS, HOA, at(0)), Touch(81, SALE, HOA, at(24)), Touch(72, NEWS, NAM, at(0))]


def test_a_visit_follows_the_click_and_the_deed_follows_the_visit() -> None:
    lake = SmallLake(
        events=[
            page(1, NAM, -1),  # before he clicked
            page(2, HOA, 0.1),
            page(3, HOA, 1, type="track", name="Product Added", trusted=False),
            page(4, NAM, 3, robot="bot", robot_kind="crawler"),
        ],
        orders=[bought_at("HD1", HOA, 30, 500_000)],
    )
    told = visits(CLICKS, days=7, action="order")
    assert rows(lake.ask(told), "owner", "visited_at", "acted_at") == [(71, naive(0.1), naive(30))]
    told = visits(CLICKS, days=1, action="order")
    assert rows(lake.ask(told), "owner", "acted_at") == [(71, None)]
    told = visits(CLICKS, days=7, action="cart")
    assert rows(lake.ask(told), "owner", "acted_at") == [(71, naive(1))]


@pytest.mark.parametrize(
    ("model", "owed"),
    [("last", [(81, 100_001)]), ("first", [(71, 100_001)]),
     ("linear", [(71, 50_001), (81, 50_000)])],
)  # fmt: skip
def test_an_order_after_two_letters_is_owed_as_the_model_says(
    model: str, owed: list[tuple[int, int]]
) -> None:
    lake = SmallLake(orders=[bought_at("HD1", HOA, 30, 100_001)])
    answer = lake.ask(credited(CLICKS, days=7, model=model))
    assert rows(answer, "owner", "gross_minor") == owed


def test_what_was_cancelled_too_late_or_a_walk_ins_is_nobodys_and_refunds_are_said() -> None:
    lake = SmallLake(
        orders=[
            bought_at("HD1", NAM, 2, 300_000, refunded_minor=100_000),
            bought_at("HD2", NAM, 3, 1, cancelled_at=naive(4)),
            bought_at("HD3", NAM, 24 * 7, 1),  # the first instant outside
            bought_at("HD4", None, 2, 1),
            bought_at("HD5", NAM, -1, 1),
        ]
    )
    answer = lake.ask(credited(CLICKS, days=7, model="last", group=NEWS))
    assert rows(answer, "number", "gross_minor", "refunded_minor") == [("HD1", 300_000, 100_000)]
    assert lake.ask(credited(CLICKS, days=7, model="last", group=SALE)).rows == []
    assert rows(lake.ask(bought(at(0), at(24))), "person", "net_minor") == [(NAM, 200_000)]


TOUCHES = st.lists(
    st.builds(
        lambda person, group, hour: Touch(group * 10 + person, group, person, at(hour)),
        st.integers(1, 3), st.integers(1, 3), st.integers(0, 60),
    ),
    max_size=12,
)  # fmt: skip
ORDERS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(-5, 120), st.integers(0, 999)), max_size=8
)


@settings(max_examples=30, deadline=None)
@given(TOUCHES, ORDERS, st.sampled_from(sorted(MODELS)), st.sampled_from([1, 3]))
def test_campaigns_and_what_is_nobodys_add_up_to_all_orders_by_every_model(
    touches: list[Touch], orders: list[tuple[int, int, int]], model: str, days: int
) -> None:
    lake = SmallLake(
        orders=[
            bought_at(f"HD{number}", person, hours, total)
            for number, (person, hours, total) in enumerate(orders)
        ]
    )
    window = timedelta(days=days)
    owed: dict[str, int] = defaultdict(int)
    shares: dict[str, float] = defaultdict(float)
    for group in (1, 2, 3):
        answer = lake.ask(credited(touches, days=days, model=model, group=group))
        for row in answer.dicts():
            assert row["group"] == group
            owed[row["number"]] += row["gross_minor"]
            shares[row["number"]] += 1 / row["parts"]
    expected = {
        f"HD{number}": total
        for number, (person, hours, total) in enumerate(orders)
        if any(one.person == person and one.at <= at(hours) < one.at + window for one in touches)
    }
    assert dict(owed) == expected
    assert all(share == pytest.approx(1) for share in shares.values())
