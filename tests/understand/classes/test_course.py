"""How somebody went through the stages: told from the orders, and as SQL says at any instant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from khachquen.understand.classes.course import course_of, say_cause
from khachquen.understand.query.classes import DEFAULT_CLASSES
from khachquen.understand.query.classing import compile_classes
from tests.understand.query.small_shop import SmallShop

FIRST = datetime(2026, 1, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)
SHOP = SmallShop()


def told(days: list[float], now: float, **classes: Any) -> list[tuple[float, str, str]]:
    rules = replace(DEFAULT_CLASSES, **classes)
    turns = course_of([FIRST + day * DAY for day in days], rules, now=FIRST + now * DAY)
    return [((turn.at - FIRST) / DAY, turn.stage, say_cause(turn).vi) for turn in turns]


def test_one_order_goes_all_the_way() -> None:
    assert told([0], 200) == [
        (0, "new", "đơn đầu tiên"),
        (30, "active", "đã 30 ngày từ đơn đầu tiên"),
        (60, "at_risk", "60 ngày không mua lại"),
        (180, "lost", "180 ngày không mua lại"),
    ]


def test_who_orders_again_comes_back() -> None:
    assert told([0, 10, 100, 120], 130) == [
        (0, "new", "đơn đầu tiên"),
        (30, "active", "đã 30 ngày từ đơn đầu tiên"),
        (70, "at_risk", "60 ngày không mua lại"),
        (100, "active", "mua lại"),
    ]


def test_where_new_lasts_longer_than_active_somebody_may_be_at_risk_at_once() -> None:
    assert told([0], 95, new_days=90, lost_days=100)[1:] == [
        (90, "at_risk", "90 ngày không mua lại")
    ]
    assert told([0], 95, new_days=90, active_days=10, lost_days=20)[1:] == [
        (90, "lost", "90 ngày không mua lại")
    ]


def test_an_order_of_tomorrow_or_none_at_all_says_nothing() -> None:
    assert told([], 10) == told([11], 10) == []


@given(
    days=st.lists(
        st.sampled_from([0, 1, 29, 30, 31, 60, 61, 100, 180, 250]), min_size=1, max_size=5
    ),
    now=st.sampled_from([250, 280, 310, 311, 430, 431]),
    limits=st.sampled_from([(30, 60, 180), (90, 60, 180), (200, 10, 20)]),
)
def test_the_last_turn_is_the_stage_the_question_gives(
    days: list[int], now: int, limits: tuple[int, int, int]
) -> None:
    new, active, lost = limits
    rules = replace(DEFAULT_CLASSES, new_days=new, active_days=active, lost_days=lost)
    orders, at = [FIRST + day * DAY for day in days], FIRST + now * DAY
    first, last = (f(orders).replace(tzinfo=None) for f in (min, max))
    SHOP.fill(people=[{"profile_id": 1, "first_order_at": first, "last_order_at": last}])

    [row] = SHOP.ask(compile_classes(rules, now=at, timezone="Asia/Ho_Chi_Minh")).dicts()

    assert course_of(orders, rules, now=at)[-1].stage == row["stage"]
