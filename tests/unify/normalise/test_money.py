"""Đồng have no decimals and many shorthands; every one is a whole number of đồng in the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.base import Money
from khachquen.unify.normalise.reading import Amount, read_money


@pytest.mark.parametrize(
    ("typed", "dong"),
    [
        ("1tr250", 1_250_000),
        ("1.250.000đ", 1_250_000),
        ("1,250,000 VND", 1_250_000),
        ("1.250.000\u00a0₫", 1_250_000),
        ("1250k", 1_250_000),
        ("1.250k", 1_250_000),
        ("1.250tr", 1_250_000),
        ("1,25tr", 1_250_000),
        ("1.25 triệu", 1_250_000),
        ("1tr2", 1_200_000),
        ("1tr250k", 1_250_000),
        ("2 tỷ", 2_000_000_000),
        ("2 tỷ 500 triệu", 2_500_000_000),
        ("2,5 tỷ", 2_500_000_000),
        ("1.250", 1_250),
        ("1250", 1_250),
        ("1250000.00", 1_250_000),
        ("1 250 000", 1_250_000),
        ("500 nghìn", 500_000),
        ("500 ngàn đồng", 500_000),
        ("VND 500000", 500_000),
        ("-50.000đ", -50_000),
        ("(50.000)", -50_000),
        ("１２５０", 1_250),
        ("1.25E+06", 1_250_000),
        ("0", 0),
    ],
)
def test_every_way_to_write_dong(typed: str, dong: int) -> None:
    amount = read_money(typed)
    assert (amount.raw, amount.money) == (typed, Money(dong))


@pytest.mark.parametrize(
    ("typed", "currency", "money"),
    [
        ("1.234.567,89", "USD", Money(123_456_789, "USD")),
        ("1,234,567.89", "USD", Money(123_456_789, "USD")),
        ("$12.50", "VND", Money(1250, "USD")),
        ("12,5 EUR", "VND", Money(1250, "EUR")),
        ("1.234.567,89", "VND", Money(1_234_568)),
    ],
)
def test_other_money_has_cents(typed: str, currency: str, money: Money) -> None:
    assert read_money(typed, currency=currency).money == money


@pytest.mark.parametrize(
    ("typed", "currency"), [("1.250", "USD"), ("12.50", "VND"), ("1tr50", "VND"), ("1.250k", "VND")]
)
def test_what_two_people_read_differently_is_flagged(typed: str, currency: str) -> None:
    assert read_money(typed, currency=currency).is_ambiguous


@pytest.mark.parametrize("typed", ["1.250", "1tr250", "1.250.000đ", "1,25tr", "12.000"])
def test_plain_dong_are_not_flagged(typed: str) -> None:
    assert not read_money(typed).is_ambiguous


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("liên hệ", "no_amount"),
        ("1.25.000", "no_amount"),
        ("1.250.000 - 2.000.000", "no_amount"),
        ("12 34", "no_amount"),
        ("9" * 17, "too_large"),
        ("1" * 100, "no_amount"),
    ],
)
def test_what_is_no_amount_says_why(typed: str, reason: str) -> None:
    amount = read_money(typed)
    assert (amount.money, amount.reason) == (None, reason)


@given(st.integers(-(10**14), 10**14), st.sampled_from(["VND", "USD"]))
def test_money_we_write_we_can_read(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert read_money(money.format()).money == money


@given(st.one_of(st.text(max_size=30), st.text("0123456789.,ktryđ -", max_size=12)))
def test_no_text_breaks_it(text: str) -> None:
    amount = read_money(text)
    assert isinstance(amount, Amount)
    assert (amount.money is None) == bool(amount.reason)
