"""What an order event says, exactly: no đồng and no cent is made or lost on the way."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khachquen.base import InputError, exponent_of
from khachquen.collect.event import REASONS, Reason, read_currency, read_order, read_price
from tests.laws import tries


def order(**properties: Any) -> dict[str, Any]:
    return {"order_id": "HD-1", **properties}


@pytest.mark.parametrize(
    ("told", "number"),
    [({"order_id": 7}, "7"), ({"orderId": "W-1"}, "W-1"), ({"order_id": "", "orderId": "b"}, "b"),
     ({"order_id": "x" * 300}, "x" * 200)],
)  # fmt: skip
def test_an_order_is_known_by_its_number(told: dict[str, Any], number: str) -> None:
    found = read_order(told, "VND")
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize("told", [{}, {"order_id": None}, {"order_id": ""}, {"order_id": 0}])
def test_without_a_number_there_is_no_order(told: dict[str, Any]) -> None:
    assert read_order({**told, "total": 5}, "VND") is None


@pytest.mark.parametrize(
    ("told", "currency"),
    [("usd", "USD"), ("VND", "VND"), ("đồng", "VND"), ("US", "VND"), (704, "VND"), ("U1D", "VND")],
)
def test_a_currency_is_three_letters_or_the_shops(told: Any, currency: str) -> None:
    assert read_currency({"currency": told}, "VND") == currency


@pytest.mark.parametrize("told", [True, "abc", "NaN", "Infinity", "1e15", -(10**15), [], {}, "1,5"])
def test_an_amount_that_is_no_number_says_where_it_stands(told: Any) -> None:
    with pytest.raises(InputError) as refused:
        read_order(order(total=told), "VND")
    assert refused.value.path == "$.properties.total"
    with pytest.raises(InputError) as refused:
        read_order(order(products=[{}, {"price": 1, "quantity": told}]), "VND")
    assert refused.value.path == "$.properties.products[1].quantity"


def test_a_price_may_be_missing() -> None:
    assert read_price({}, "VND") is None
    assert read_price({"price": ""}, "VND") is None
    assert read_price({"price": "12.345"}, "USD") == 1234
    assert read_price({"price": 0}, "VND") == 0


AMOUNTS = st.decimals(0, 10**6, places=2, allow_nan=False)


@settings(max_examples=tries(80), deadline=None)
@given(
    st.lists(st.tuples(AMOUNTS, st.integers(0, 20)), max_size=6), st.sampled_from(["VND", "USD"])
)
def test_lines_are_added_up_exactly_and_rounded_once(
    lines: list[tuple[Decimal, int]], currency: str
) -> None:
    products = [{"price": str(price), "quantity": quantity} for price, quantity in lines]

    found = read_order(order(products=products, currency=currency), "VND")

    assert found is not None
    exact = sum((price * quantity for price, quantity in lines), Decimal(0))
    assert abs(found.total_minor - exact.scaleb(exponent_of(currency))) <= Decimal("0.5")
    assert found.units == sum(quantity for _, quantity in lines)
    assert len(found.lines) == len(lines)


def test_every_reason_is_said_in_both_languages() -> None:
    assert set(REASONS) == set(Reason)
    assert all(text.vi and text.en for text in REASONS.values())
