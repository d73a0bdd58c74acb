"""A few days at the shop, small enough to count on one's fingers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from khachquen.base import NotFoundError
from khachquen.understand.metrics import (
    METRICS,
    Amount,
    Period,
    compile_rows,
    compile_series,
    compile_total,
    get_metric,
    read_series,
    read_totals,
)
from tests.understand.small_lake import SmallLake, event, order

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 3), "Asia/Ho_Chi_Minh")
START = NOVEMBER.since
NOW = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)


def after(**time: float) -> datetime:
    return START + timedelta(**time)


def number(lake: SmallLake, key: str) -> Amount:
    metric = get_metric(key)
    (amount,) = read_totals(metric, lake.ask(compile_total(metric, NOVEMBER)))
    return amount


def course(lake: SmallLake, key: str, currency: str = "") -> list[int | None]:
    metric = get_metric(key)
    answer = lake.ask(compile_series(metric, NOVEMBER))
    steps = read_series(metric, answer, NOVEMBER.buckets(NOW), currency)
    return [amount.value for _, amount in steps]


def rows(lake: SmallLake, key: str) -> list[dict[str, Any]]:
    return lake.ask(compile_rows(get_metric(key), NOVEMBER)).dicts()


def test_the_channels_of_visits_add_up_to_them() -> None:
    lake = SmallLake(
        [
            event(1, after(hours=1), anonymous_id="hoa", channel="zalo"),
            event(2, after(hours=1, minutes=5), anonymous_id="hoa", channel="internal"),
            event(3, after(hours=5), anonymous_id="hoa", channel="direct"),
            event(4, after(hours=6), anonymous_id="nam", channel="zalo"),
            event(5, after(hours=7), anonymous_id="lan"),
            event(6, after(hours=7), anonymous_id="may", robot="bingbot", robot_kind="search"),
        ]
    )

    def parts(key: str) -> list[tuple[str, int]]:
        question = compile_total(get_metric(key), NOVEMBER, is_split=True)
        return [(row["split"], int(row["amount"])) for row in lake.ask(question).dicts()]

    assert parts("visits") == [("zalo", 2), ("", 1), ("direct", 1)]
    assert (number(lake, "visits").value, number(lake, "visitors").value) == (4, 3)
    assert parts("robot_events") == [("search", 1)]


def test_visitors_and_visits_are_two_numbers() -> None:
    lake = SmallLake(
        [
            event(1, after(hours=1), anonymous_id="hoa"),
            event(2, after(hours=1, minutes=29), anonymous_id="hoa"),
            event(3, after(hours=1, minutes=59), anonymous_id="hoa"),  # 30 minutes: a new visit
            event(4, after(days=1), anonymous_id="hoa"),
            event(5, after(days=1), anonymous_id="nam"),
            event(6, after(days=2), user_id="kh-7"),  # an app without anonymous ids
        ]
    )

    assert (number(lake, "visitors").value, course(lake, "visitors")) == (3, [1, 2, 1])
    assert (number(lake, "visits").value, course(lake, "visits")) == (5, [2, 2, 1])
    assert (number(lake, "page_views").value, course(lake, "page_views")) == (6, [3, 2, 1])
    assert [row["visitor"] for row in rows(lake, "visitors")] == ["u:kh-7", "a:nam", "a:hoa"]


def test_a_visit_under_way_at_midnight_belongs_to_the_day_it_began() -> None:
    lake = SmallLake(
        [
            event(1, START - timedelta(minutes=10), anonymous_id="hoa"),
            event(2, START + timedelta(minutes=10), anonymous_id="hoa"),
        ]
    )

    assert number(lake, "visits").value == 0
    assert number(lake, "visitors").value == 1


def test_tills_servers_and_files_do_not_visit() -> None:
    told = {"type": "track", "name": "Order Completed"}
    lake = SmallLake(
        [
            event(1, after(hours=1), trusted=True, user_id="kh-1", **told),
            event(2, after(hours=2), trusted=True, anonymous_id="hoa", **told),
            event(3, after(hours=3), type="identify", anonymous_id="nam"),
            event(4, after(hours=4), anonymous_id="", user_id=""),
        ]
    )

    assert (number(lake, "visitors").value, number(lake, "visits").value) == (0, 0)


def test_a_day_in_vietnam_ends_at_seventeen_hours_utc() -> None:
    late = datetime(2026, 11, 1, 16, 59, 59)  # noqa: DTZ001
    lake = SmallLake(
        [
            event(1, late, anonymous_id="hoa"),
            event(2, late + timedelta(seconds=1), anonymous_id="nam"),
            event(3, NOVEMBER.until, anonymous_id="lan"),
        ]
    )

    assert course(lake, "visitors") == [1, 1, 0]


def test_sign_ups_are_accounts_and_subscriptions() -> None:
    lake = SmallLake(
        [
            event(1, after(hours=1), type="track", name="Signed Up"),
            event(2, after(hours=1), type="track", name="Subscribed"),
            event(3, after(hours=1), type="track", name="Unsubscribed"),
            event(4, after(hours=1), type="page", name="Signed Up"),
        ]
    )

    assert number(lake, "sign_ups") == Amount(2, 2)


MONEY = [
    order("A1", after(hours=1), total_minor=500_000, units=3),
    order(
        "A2",
        after(hours=2),
        total_minor=300_000,
        units=2,
        refunded_minor=100_000,
        units_returned=1,
        refunded_at=after(days=1),
    ),
    order("A3", after(days=1), total_minor=900_000, units=9, cancelled_at=after(days=2)),
    order("C7", None, units=0, refunded_minor=50_000, units_returned=1, refunded_at=after(days=2)),
    order("A0", START - timedelta(days=9), total_minor=70_000, cancelled_at=after(hours=5)),
]


@pytest.mark.parametrize(
    ("key", "total", "days"),
    [
        ("orders", Amount(2, 2), [2, 0, 0]),
        ("cancelled_orders", Amount(2, 2), [1, 0, 1]),
        ("gross_revenue", Amount(800_000, 2, "VND"), [800_000, 0, 0]),
        ("refunds", Amount(150_000, 2, "VND"), [0, 100_000, 50_000]),
        ("revenue", Amount(650_000, 4, "VND"), [800_000, -100_000, -50_000]),
        ("average_order_value", Amount(500_000, 1, "VND"), [500_000, None, None]),
        ("units", Amount(5, 2), [5, 0, 0]),
        ("returns", Amount(2, 2), [0, 1, 1]),
    ],
)
def test_money_and_orders(key: str, total: Amount, days: list[int | None]) -> None:
    lake = SmallLake(orders=MONEY)

    assert number(lake, key) == total
    assert course(lake, key, total.currency) == days


def test_net_is_gross_less_refunds() -> None:
    lake = SmallLake(orders=MONEY)
    value = {key: number(lake, key).value or 0 for key in ("revenue", "gross_revenue", "refunds")}

    assert value["revenue"] == value["gross_revenue"] - value["refunds"]


def test_currencies_are_never_added_up() -> None:
    lake = SmallLake(
        orders=[
            order("1", after(hours=1), total_minor=1250, currency="USD"),
            order("2", after(hours=1), total_minor=500_000),
            order("3", after(hours=1), total_minor=100_000),
        ]
    )
    metric = get_metric("revenue")

    assert read_totals(metric, lake.ask(compile_total(metric, NOVEMBER))) == (
        Amount(600_000, 2, "VND"),
        Amount(1250, 1, "USD"),
    )


def test_a_mean_is_rounded_half_to_even() -> None:
    lake = SmallLake(
        orders=[
            order("1", after(hours=1), total_minor=2),
            order("2", after(hours=1), total_minor=3),
        ]
    )

    assert number(lake, "average_order_value") == Amount(2, 2, "VND")


def test_nothing_sold_is_zero_and_has_no_mean() -> None:
    lake = SmallLake()

    assert number(lake, "revenue") == Amount(0, 0)
    assert number(lake, "average_order_value") == Amount(None, 0)
    assert course(lake, "buyers") == [0, 0, 0]


def test_a_buyer_with_two_identifiers_is_one_person() -> None:
    bought = {"type": "track", "name": "Order Completed", "trusted": True}
    lake = SmallLake(
        [
            event(1, after(hours=1), node_id=10, profile_id=1, order_number="1", **bought),
            event(2, after(hours=2), node_id=11, profile_id=1, order_number="2", **bought),
            event(3, after(hours=3), node_id=12, profile_id=2, order_number="3", **bought),
            event(4, START, node_id=12, profile_id=2, order_number="0", **bought),
        ],
        [
            order("1", after(hours=1), node_id=10),
            order("2", after(hours=2), node_id=11),
            order("3", after(hours=3), node_id=12),
            order("4", after(hours=4), node_id=None),
            order("0", START - timedelta(days=1), node_id=12),
        ],
    )

    assert number(lake, "buyers").value == 2
    assert [row["unit"] for row in rows(lake, "buyers")] == [2, 1]
    assert number(lake, "new_buyers").value == 1
    assert [row["number"] for row in rows(lake, "new_buyers")] == ["1"]


def test_a_person_becomes_known_once() -> None:
    lake = SmallLake(
        [
            event(1, START - timedelta(days=1), profile_id=1, user_id="kh-1"),
            event(2, after(hours=1), profile_id=1, user_id="kh-1"),
            event(3, after(hours=1), profile_id=2, anonymous_id="a"),
            event(
                4,
                after(hours=2),
                type="identify",
                profile_id=2,
                node_id=20,
                traits='{"email": "nam@example.vn"}',
            ),
            event(5, after(hours=3), profile_id=3, anonymous_id="b"),
        ]
    )

    (row,) = rows(lake, "newly_known")
    assert (row["unit"], row["node_id"], row["name"]) == (2, 20, "identify")


def test_rows_come_in_pages() -> None:
    lake = SmallLake([event(n, after(minutes=31 * n), anonymous_id="hoa") for n in range(5)])
    visits = get_metric("visits")

    pages = [
        [row["unit"] for row in lake.ask(compile_rows(visits, NOVEMBER, limit=2, offset=o)).dicts()]
        for o in (0, 2, 4)
    ]
    assert pages == [[4, 3], [2, 1], [0]]


def test_an_unknown_metric_names_the_nearest() -> None:
    with pytest.raises(NotFoundError) as caught:
        get_metric("visiters")

    assert caught.value.in_language("en") == (
        "There is no metric 'visiters'. Did you mean visitors?"
    )


def test_every_metric_speaks_both_languages_and_shows_what_its_rows_have() -> None:
    lake = SmallLake()
    for metric in METRICS.values():
        assert metric.name.vi != metric.name.en
        assert metric.definition.vi.endswith(".")
        assert metric.definition.en.endswith(".")
        answer = lake.ask(compile_rows(metric, NOVEMBER))
        assert {column.key for column in metric.columns} <= set(answer.columns)
        assert {"at", "unit", "currency", "amount"} <= set(answer.columns)
        assert (metric.denominator is not None) == (metric.how == "mean")
