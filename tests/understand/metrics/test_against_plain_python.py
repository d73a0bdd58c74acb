"""Every number three ways on random shops: its total, its rows added up, a plain Python loop."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from khachquen.understand.metrics import (
    METRICS,
    Metric,
    Period,
    compile_rows,
    compile_series,
    compile_total,
    read_series,
    read_totals,
)
from tests.understand.small_lake import SmallLake, event, order

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PERIOD = Period(date(2026, 11, 3), date(2026, 11, 6), "Asia/Ho_Chi_Minh")
BEFORE = PERIOD.since - timedelta(days=2)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
TYPES = ("page", "screen", "track", "identify")
NAMES = ("Signed Up", "Subscribed", "Product Viewed", "Order Completed")
Shop = tuple[list[dict[str, Any]], list[dict[str, Any]]]
Entry = tuple[datetime, object, int, str]  # when, what, how much, in which currency


def random_shop(seed: int) -> Shop:
    dice = random.Random(seed)

    def some_time() -> datetime:
        return BEFORE + timedelta(minutes=dice.randrange(6 * 24 * 60), seconds=dice.choice((0, 30)))

    events = [
        event(
            number,
            some_time(),
            type=dice.choice(TYPES),
            name=dice.choice(NAMES),
            trusted=dice.random() < 0.3,
            anonymous_id=dice.choice((None, "", "a", "b", "c", "d")),
            user_id=dice.choice((None, "", "kh-1", "kh-2")),
            page_url=dice.choice((None, "https://shop.vn/")),
            order_number=dice.choice((None, "1", "2")),
            traits=dice.choice(("{}", '{"email":"hoa@shop.vn"}', '{"phone":"0912345678"}')),
            **who(dice),
            **a_robot(dice),
        )
        for number in range(120)
    ]
    orders = [
        order(
            str(number),
            dice.choice((some_time(), None)),
            node_id=who(dice)["node_id"],
            currency=dice.choice(("VND", "VND", "USD")),
            total_minor=dice.randrange(1_000_000),
            units=dice.randrange(9),
            refunded_minor=dice.choice((0, 50_000)),
            refunded_at=dice.choice((some_time(), None)),
            cancelled_at=some_time() if dice.random() < 0.2 else None,
        )
        for number in range(60)
    ]
    return events, orders


def who(dice: random.Random) -> dict[str, int | None]:
    node = dice.choice((None, 1, 2, 3, 4))
    return {"node_id": node, "profile_id": None if node is None else (node + 1) // 2}


def a_robot(dice: random.Random) -> dict[str, str]:
    kinds = (("Googlebot", "search"), ("UptimeRobot", "monitor"), ("curl", "program"))
    robot, kind = dice.choice(kinds)
    return {"robot": robot, "robot_kind": kind} if dice.random() < 0.3 else {}


def by_people(shop: Shop) -> list[dict[str, Any]]:
    """A program that sends in its own name may speak for people; other robots never do."""
    return [one for one in shop[0] if one.get("robot_kind", "program") == "program"]


def by_robots(shop: Shop) -> list[Entry]:
    people = {one["event_id"] for one in by_people(shop)}
    robots = [one for one in shop[0] if one["event_id"] not in people]
    return [(one["at"], one["event_id"], 1, "") for one in robots]


def in_period(at: datetime | None) -> bool:
    return at is not None and PERIOD.since <= at < PERIOD.until


def on_devices(shop: Shop) -> list[dict[str, Any]]:
    found = []
    for one in by_people(shop):
        on_page = not one["trusted"] or one["page_url"]
        told = one["type"] == "track" and one["anonymous_id"] and on_page
        visitor = one["anonymous_id"] or one["user_id"]
        if visitor and (one["type"] in ("page", "screen") or told):
            prefix = "a:" if one["anonymous_id"] else "u:"
            found.append({**one, "visitor": prefix + visitor})
    return sorted(found, key=lambda one: (one["at"], one["event_id"]))


def visitors(shop: Shop) -> list[Entry]:
    return [(one["at"], one["visitor"], 1, "") for one in on_devices(shop)]


def visits(shop: Shop) -> list[Entry]:
    seen: dict[str, datetime] = {}
    found: list[Entry] = []
    for one in on_devices(shop):
        before = seen.get(one["visitor"])
        if before is None or one["at"] - before >= timedelta(minutes=30):
            found.append((one["at"], one["event_id"], 1, ""))
        seen[one["visitor"]] = one["at"]
    return found


def page_views(shop: Shop) -> list[Entry]:
    shown = [one for one in on_devices(shop) if one["type"] != "track"]
    return [(one["at"], one["event_id"], 1, "") for one in shown]


def sign_ups(shop: Shop) -> list[Entry]:
    return [
        (one["at"], one["event_id"], 1, "")
        for one in by_people(shop)
        if one["type"] == "track" and one["name"] in ("Signed Up", "Subscribed")
    ]


def newly_known(shop: Shop) -> list[Entry]:
    first: dict[int, datetime] = {}
    for one in sorted(by_people(shop), key=lambda one: one["at"]):
        left = one["type"] == "identify" and one["traits"] != "{}"
        bought = one["trusted"] and one["order_number"]
        if one["profile_id"] and (one["user_id"] or left or bought):
            first.setdefault(one["profile_id"], one["at"])
    return [(at, person, 1, "") for person, at in first.items()]


def kept(shop: Shop) -> list[dict[str, Any]]:
    return [one for one in shop[1] if not one["cancelled_at"]]


def placed(column: str = "", *, in_currency: bool = False) -> Callable[[Shop], list[Entry]]:
    def entries(shop: Shop) -> list[Entry]:
        return [
            (
                one["placed_at"],
                one["number"],
                one[column] if column else 1,
                one["currency"] if in_currency else "",
            )
            for one in kept(shop)
            if one["placed_at"]
        ]

    return entries


def cancelled(shop: Shop) -> list[Entry]:
    return [(o["cancelled_at"], o["number"], 1, "") for o in shop[1] if o["cancelled_at"]]


def refunds(shop: Shop) -> list[Entry]:
    return [
        (one["refunded_at"], one["number"], one["refunded_minor"], one["currency"])
        for one in kept(shop)
        if one["refunded_at"] and one["refunded_minor"]
    ]


def revenue(shop: Shop) -> list[Entry]:
    given_back = [(at, unit, -amount, currency) for at, unit, amount, currency in refunds(shop)]
    return placed("total_minor", in_currency=True)(shop) + given_back


def untouched(shop: Shop) -> list[Entry]:
    whole = [one for one in shop[1] if not one["refunded_at"]]
    return placed("total_minor", in_currency=True)((shop[0], whole))


def returns(shop: Shop) -> list[Entry]:
    return [(o["refunded_at"], o["number"], 1, "") for o in kept(shop) if o["refunded_at"]]


def bought(shop: Shop) -> list[Entry]:
    known = {
        one["node_id"]: one["profile_id"]
        for one in shop[0]
        if one["order_number"] and one["profile_id"]
    }
    return [
        (one["placed_at"], known[one["node_id"]], 1, "")
        for one in kept(shop)
        if one["placed_at"] and one["node_id"] in known
    ]


def first_bought(shop: Shop) -> list[Entry]:
    first: dict[object, datetime] = {}
    for at, person, _, _ in sorted(bought(shop), key=lambda entry: entry[0]):
        first.setdefault(person, at)
    return [(at, person, 1, "") for person, at in first.items()]


PLAIN: dict[str, Callable[[Shop], list[Entry]]] = {
    "visitors": visitors,
    "visits": visits,
    "page_views": page_views,
    "sign_ups": sign_ups,
    "newly_known": newly_known,
    "orders": placed(),
    "cancelled_orders": cancelled,
    "revenue": revenue,
    "gross_revenue": placed("total_minor", in_currency=True),
    "refunds": refunds,
    "average_order_value": untouched,
    "units": placed("units"),
    "returns": returns,
    "buyers": bought,
    "new_buyers": first_bought,
    "robot_events": by_robots,
}


def in_plain_python(metric: Metric, entries: list[Entry]) -> dict[str, int]:
    found: dict[str, int] = {}
    for currency in {entry[3] for entry in entries}:
        amounts = [entry[2] for entry in entries if entry[3] == currency]
        if metric.how == "distinct":
            found[currency] = len({entry[1] for entry in entries})
        elif metric.how == "mean":
            found[currency] = round(sum(amounts) / len(amounts))
        else:
            found[currency] = sum(amounts)
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_total_and_rows_and_course_agree_with_a_plain_loop(metric: Metric, seed: int) -> None:
    shop = random_shop(seed)
    lake = SmallLake(*shop)
    entries = [entry for entry in PLAIN[metric.key](shop) if in_period(entry[0])]
    expected = in_plain_python(metric, entries)

    totals = read_totals(metric, lake.ask(compile_total(metric, PERIOD)))
    assert {amount.currency: amount.value for amount in totals if amount.base} == expected

    rows = lake.ask(compile_rows(metric, PERIOD, limit=10_000)).dicts()
    as_entries = [(row["at"], row["unit"], int(row["amount"]), row["currency"]) for row in rows]
    assert in_plain_python(metric, as_entries) == expected
    if metric.how != "mean":
        assert sum(row["amount"] for row in rows) == sum(expected.values())

    steps = PERIOD.buckets(NOW)
    answer = lake.ask(compile_series(metric, PERIOD))
    for currency in expected:
        for bucket, amount in read_series(metric, answer, steps, currency):
            of_day = [entry for entry in entries if local_day(entry[0]) == bucket.starts_on]
            in_python = in_plain_python(metric, of_day)
            assert (amount.value or 0) == in_python.get(currency, 0)


def local_day(at: datetime) -> date:
    return at.replace(tzinfo=UTC).astimezone(VIETNAM).date()


def test_every_metric_has_its_plain_loop() -> None:
    assert set(PLAIN) == set(METRICS)
