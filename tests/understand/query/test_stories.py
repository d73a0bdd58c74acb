"""Chị Hoa, anh Nam and bạn Lan in the lists of a small shoe shop."""

from datetime import UTC, datetime, timedelta
from typing import Any

from khachquen.understand.query import (
    compile_list,
    compile_members,
    needs_of,
    parse_rule,
)
from khachquen.understand.query.explaining import compile_explain, read_explanation
from khachquen.understand.query.sorting import Place
from khachquen.unify.normalise import fold
from khachquen.unify.normalise.ordering import name_key
from tests.understand.query.small_shop import CATALOGUE, SmallShop

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
AT = NOON.replace(tzinfo=None)
DAY = timedelta(days=1)
ASKED: dict[str, Any] = {"now": NOON, "timezone": "Asia/Ho_Chi_Minh"}
HOA, NAM, LAN = 1, 2, 3


def person(profile_id: int, name: str, **rest: Any) -> dict[str, Any]:
    told = {"name": name, "name_key": name_key(name), "search": fold(name)}
    return {"profile_id": profile_id, "is_known": True, **told, **rest}


def viewed(profile_id: int, days_ago: float) -> dict[str, Any]:
    return {
        "event_id": int(days_ago * 10),
        "type": "track",
        "name": "Product Viewed",
        "at": AT - days_ago * DAY,
        "profile_id": profile_id,
        "properties": "{}",
    }


def shop() -> SmallShop:
    return SmallShop(
        people=[
            person(HOA, "Nguyễn Thị Hoa", **{"trait:city": "Hà Nội", "spent_minor": 900_000}),
            person(NAM, "Trần Văn Nam", **{"trait:city": "Huế", "spent_minor": 900_000}),
            person(LAN, "Đặng Ngọc Lan"),
        ],
        human_events=[viewed(HOA, 29), viewed(HOA, 3), viewed(HOA, 2), viewed(NAM, 12)],
    )


def test_hoa_stays_until_the_third_newest_view_is_thirty_days_old() -> None:
    rule = parse_rule(
        {
            "kind": "did",
            "event": "Product Viewed",
            "within": {"last": {"n": 30, "unit": "day"}},
            "is": "at_least",
            "value": 3,
        }
    )

    found = shop().ask(compile_members(rule, CATALOGUE, **ASKED)).rows

    assert found == [(HOA, True, AT + DAY)]
    assert needs_of(rule).events == {"Product Viewed"}
    assert needs_of(rule).is_timed
    assert needs_of(rule).next_edge(NOON, "Asia/Ho_Chi_Minh") is None


def test_who_put_away_a_cart_is_in_a_day_later_and_not_before() -> None:
    added = {**viewed(NAM, 0.5), "name": "Product Added"}
    rule = parse_rule(
        {
            "kind": "sequence",
            "steps": [{"event": "Product Added"}],
            "then_not": {"event": "Order Completed", "within": {"n": 24, "unit": "hour"}},
        }
    )
    lake = SmallShop(people=[person(NAM, "Trần Văn Nam")], human_events=[added])

    waiting = lake.ask(compile_members(rule, CATALOGUE, **ASKED)).rows
    later = {**ASKED, "now": NOON + DAY / 2}

    assert waiting == [(NAM, False, AT + DAY / 2)]
    assert lake.ask(compile_members(rule, CATALOGUE, **later)).rows == [(NAM, True, None)]


def test_a_city_is_found_without_diacritics_and_its_absence_is_not_a_city() -> None:
    lake = shop()

    def names(operator: str, value: Any = None) -> list[str]:
        rule = {"kind": "trait", "trait": "city", "is": operator, "value": value}
        question = compile_list(parse_rule(rule), CATALOGUE, **ASKED, sort="name")
        return [row["name"] for row in lake.ask(question).dicts()]

    assert names("contains", "ha noi") == names("starts", "HÀ") == ["Nguyễn Thị Hoa"]
    assert names("is", "hà nội") == ["Nguyễn Thị Hoa"]
    assert names("is", "ha noi") == []
    assert names("is_not", "Hà Nội") == ["Đặng Ngọc Lan", "Trần Văn Nam"]
    assert names("is_not_set") == ["Đặng Ngọc Lan"]


def test_pages_of_a_list_join_without_a_gap() -> None:
    lake, everybody = shop(), parse_rule({"kind": "all", "of": []})
    for sort in ("last_seen", "spent", "orders", "name"):
        seen, after = [], None
        for _ in range(4):
            question = compile_list(everybody, CATALOGUE, **ASKED, sort=sort, after=after, limit=1)
            for row in lake.ask(question).dicts():
                seen.append(row["profile_id"])
                after = Place(row["sort_key"], row["profile_id"])
        assert sorted(seen) == [HOA, NAM, LAN], sort
    assert seen == [LAN, HOA, NAM]


def test_why_nam_is_not_in_is_told_condition_by_condition() -> None:
    rule = parse_rule(
        {
            "kind": "all",
            "of": [
                {"kind": "trait", "trait": "city", "is": "is", "value": "Hà Nội"},
                {
                    "kind": "did",
                    "event": "Product Viewed",
                    "within": {"last": {"n": 30, "unit": "day"}},
                },
            ],
        }
    )
    lake = shop()

    told = read_explanation(
        rule, CATALOGUE, lake.ask(compile_explain(rule, CATALOGUE, NAM, **ASKED))
    )

    assert told is not None
    city, views = told.parts
    assert (told.holds, city.holds, views.holds) == (False, False, True)
    assert (city.sentence.vi, city.evidence) == ("ở Hà Nội", {"value": "Huế"})
    assert views.evidence == {"count": 1, "last": AT - 12 * DAY}
    assert views.due_at == AT + 18 * DAY
    nobody = lake.ask(compile_explain(rule, CATALOGUE, 99, **ASKED))
    assert read_explanation(rule, CATALOGUE, nobody) is None


def test_a_deep_rule_is_planned_in_a_moment() -> None:
    def views(days: int) -> dict[str, Any]:
        within = {"last": {"n": days, "unit": "day"}}
        return {"kind": "did", "event": "Product Viewed", "within": within}

    rule: dict[str, Any] = {"kind": "trait", "trait": "city", "is": "is", "value": "Huế"}
    shortest = 0
    for depth in range(1, 9):
        kind = "any" if depth % 2 else "all"
        rule = {"kind": kind, "of": [rule, views(depth), views(depth + 20)]}
        question = compile_members(parse_rule(rule), CATALOGUE, **ASKED)
        shortest = shortest or len(question.sql)

    assert len(question.sql) < 16 * shortest
    assert [profile_id for profile_id, *_ in shop().ask(question).rows] == [HOA]
