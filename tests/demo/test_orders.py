"""Orders add up to whole đồng, follow the Vietnamese year, and come as often as the model says."""

from collections import Counter
from datetime import date, timedelta

import pytest

from khachquen.demo.catalogue import PRODUCTS
from khachquen.demo.season import tet_of, weight_of
from tests.demo.shop import messages_of_200, year_of_the_shop


def orders_between(first: date, last: date) -> float:
    """Orders a day, both days included."""
    days = Counter(order.day for order in year_of_the_shop().orders)
    length = (last - first).days + 1
    return sum(days[first + timedelta(days=n)] for n in range(length)) / length


def test_the_shop_sells_about_120_things_at_shelf_prices() -> None:
    assert len(PRODUCTS) == 107
    assert len({product["sku"] for product in PRODUCTS}) == len(PRODUCTS)
    for product in PRODUCTS:
        assert isinstance(product["price"], int)
        assert product["price"] % 1000 == 0
        assert str(product["url"]).isascii()


def test_every_order_adds_up_in_whole_dong() -> None:
    for order in year_of_the_shop().orders:
        told = order.properties
        lines = sum(line["price"] * line["quantity"] for line in told["products"])
        assert all(type(told[key]) is int for key in ("total", "subtotal", "discount", "shipping"))
        assert told["subtotal"] == lines
        assert told["total"] == told["subtotal"] - told["discount"] + told["shipping"] > 0
        assert told["discount"] % 1000 == 0


def test_an_order_number_belongs_to_one_order() -> None:
    numbers = [(o.source, o.properties["order_id"]) for o in year_of_the_shop().orders]
    assert len(numbers) == len(set(numbers))


def test_what_comes_back_was_sold_before_by_the_same_source_and_not_for_more() -> None:
    sold: dict[tuple[str, str], int] = {}
    returned = 0
    for source, message in messages_of_200():
        name, told = message.get("event"), message.get("properties", {})
        if name == "Order Completed":
            sold[source, told["order_id"]] = told["total"]
        elif name in ("Order Refunded", "Order Cancelled"):
            returned += 1
            assert type(told["total"]) is int
            assert 0 < told["total"] <= sold[source, told["order_id"]]
    assert returned > 10


def test_about_one_order_in_25_comes_back_and_fewer_are_cancelled() -> None:
    names = year_of_the_shop().names
    assert names["Order Refunded"] / names["Order Completed"] == pytest.approx(0.045, abs=0.01)
    assert names["Order Cancelled"] / names["Order Completed"] == pytest.approx(0.028, abs=0.008)


def test_the_eleventh_of_november_stands_out() -> None:
    ordinary = orders_between(date(2026, 6, 1), date(2026, 8, 31))
    assert orders_between(date(2026, 11, 11), date(2026, 11, 11)) > 2 * ordinary
    assert orders_between(date(2026, 11, 9), date(2026, 11, 13)) > 1.2 * ordinary


def test_tet_fills_the_weeks_before_and_empties_its_own() -> None:
    tet = tet_of(2026)
    ordinary = orders_between(date(2026, 6, 1), date(2026, 8, 31))
    before = orders_between(tet - timedelta(days=17), tet - timedelta(days=8))
    assert before > 1.2 * ordinary
    assert orders_between(tet, tet + timedelta(days=4)) < 0.25 * ordinary


def test_ao_dai_are_for_tet() -> None:
    orders, with_ao_dai = Counter[bool](), Counter[bool]()
    for order in year_of_the_shop().orders:
        is_before_tet = timedelta(days=4) <= tet_of(2026) - order.day <= timedelta(days=38)
        categories = {line["category"] for line in order.properties["products"]}
        orders[is_before_tet] += 1
        with_ao_dai[is_before_tet] += "Áo dài" in categories
    share = {when: with_ao_dai[when] / orders[when] for when in (True, False)}
    assert share[True] > 2 * share[False]


def test_tet_is_the_vietnamese_one() -> None:
    assert [tet_of(year) for year in (2007, 2026, 2030)] == [
        date(2007, 2, 17),
        date(2026, 2, 17),
        date(2030, 2, 2),
    ]
    assert weight_of(tet_of(2026)) < 0.15


def test_tills_are_closed_at_night() -> None:
    hours = Counter((o.at.hour + 7) % 24 for o in year_of_the_shop().orders if o.source == "pos")
    assert set(hours) <= set(range(9, 22))
