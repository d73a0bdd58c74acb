"""SQL says what plain loops say, for every kind of condition, at every edge, at any instant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from khachquen.understand.query import (
    check_rule,
    compile_count,
    compile_members,
    compile_sample,
    compile_together,
    needs_of,
    parse_rule,
)
from khachquen.understand.query.rule import Rule
from tests.laws import tries
from tests.understand.query import histories
from tests.understand.query.naive import Naive
from tests.understand.query.small_shop import CATALOGUE, SmallShop

ZONE = "Asia/Ho_Chi_Minh"
TICK = timedelta(microseconds=1)
SHOPS = st.builds(
    Naive,
    people=histories.people(),
    events=histories.events(),
    orders=histories.orders(),
    members=histories.memberships,
    now=st.just(histories.AT),
)
MANY = settings(
    max_examples=tries(60),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)


@pytest.fixture(scope="module")
def shop() -> SmallShop:
    return SmallShop()


def fill(shop: SmallShop, naive: Naive) -> None:
    members = [{"segment_id": s, "profile_id": p, "is_in": True} for s, p in naive.members]
    shop.fill(
        people=naive.people,
        human_events=naive.events,
        orders=naive.orders,
        memberships=members,
    )


def ask_members(shop: SmallShop, rule: Rule, now: datetime, **options: Any) -> dict[int, Any]:
    question = compile_members(rule, CATALOGUE, now=now, timezone=ZONE, **options)
    return {p: (is_member, due) for p, is_member, due in shop.ask(question).rows}


@MANY
@given(naive=SHOPS, told=histories.rules)
def test_every_way_of_asking_finds_the_same_people(
    shop: SmallShop, naive: Naive, told: dict[str, Any]
) -> None:
    fill(shop, naive)
    rule = parse_rule(told)
    check_rule(rule, CATALOGUE)
    expected = naive.answer(rule)
    asked: dict[str, Any] = {"now": histories.NOW, "timezone": ZONE}

    members = ask_members(shop, rule, histories.NOW)
    plain = ask_members(shop, rule, histories.NOW, rewrites=frozenset())
    count = shop.ask(compile_count(rule, CATALOGUE, **asked)).rows
    plain_count = shop.ask(compile_count(rule, CATALOGUE, **asked, rewrites=frozenset())).rows
    sample = shop.ask(compile_sample(rule, CATALOGUE, **asked)).dicts()

    assert {p for p, (is_member, _) in members.items() if is_member} == expected
    assert {p for p, (is_member, _) in plain.items() if is_member} == expected
    assert count == plain_count == [(len(expected),)]
    assert {row["profile_id"] for row in sample} == expected


@MANY
@given(naive=SHOPS, told=histories.rules)
def test_until_it_is_due_an_answer_stays(
    shop: SmallShop, naive: Naive, told: dict[str, Any]
) -> None:
    fill(shop, naive)
    rule = parse_rule(told)
    members = ask_members(shop, rule, histories.NOW)
    needs = needs_of(rule)
    edge = needs.next_edge(histories.NOW, ZONE)
    midnight = edge.replace(tzinfo=None) if edge else datetime.max  # noqa: DTZ901  # never

    for person in naive.people:
        is_member, due = members.get(person["profile_id"], (False, None))
        assert due is None or (needs.is_timed and due > naive.now)
        until = min(due or datetime.max, midnight)  # noqa: DTZ901  # never
        for later in moments(naive.now, until):
            assert replace(naive, now=later).holds(rule, person) == is_member, (later, due)


def moments(now: datetime, until: datetime) -> list[datetime]:
    """Instants at which something may turn, strictly before ``until``."""
    lengths = [
        timedelta(days=days, hours=hours) for days in (1, 7, 30, 49, 60, 180, 210) for hours in (0,)
    ]
    told = [at + length for at in histories._EDGES for length in lengths]
    told += [now + TICK, until - TICK if until.year < 9999 else now + TICK]
    return sorted({at for at in told if now < at < until})


@MANY
@given(naive=SHOPS, told=histories.rules)
def test_asked_again_when_due_the_answer_is_right(
    shop: SmallShop, naive: Naive, told: dict[str, Any]
) -> None:
    fill(shop, naive)
    rule = parse_rule(told)
    members = ask_members(shop, rule, histories.NOW)
    dues = sorted({due for _, due in members.values() if due is not None})

    for due in dues[:2]:
        then = ask_members(shop, rule, due.replace(tzinfo=UTC))
        found = {p for p, (is_member, _) in then.items() if is_member}
        assert found == replace(naive, now=due).answer(rule)


@MANY
@given(naive=SHOPS, told=st.lists(histories.rules, min_size=1, max_size=6))
def test_many_rules_at_once_say_what_each_says_alone(
    shop: SmallShop, naive: Naive, told: list[dict[str, Any]]
) -> None:
    fill(shop, naive)
    rules = [parse_rule(one) for one in told]
    asked = [(rule, CATALOGUE) for rule in rules]
    together = compile_together(asked, now=histories.NOW, timezone=ZONE)
    rows = shop.ask(together).dicts()

    assert len(rows) == len(naive.people)
    for number, rule in enumerate(rules):
        alone = ask_members(shop, rule, histories.NOW, only=True)
        answers = {
            row["profile_id"]: (row[f"is_member{number}"], row.get(f"due_at{number}"))
            for row in rows
        }
        not_told = (False, None)
        assert answers == {person: alone.get(person, not_told) for person in answers}
