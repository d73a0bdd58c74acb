"""Money is exact, time is UTC, words come in two languages, doors open on use."""

import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.base import (
    InputError,
    Money,
    NotFoundError,
    Text,
    door,
    exponent_of,
    from_micros,
    to_micros,
)

HOA = Text(vi="Chị Hoa", en="Ms Hoa")


@given(
    minor=st.integers(-(10**14), 10**14),
    currency=st.sampled_from(["VND", "USD", "KWD", "GBP", "JPY"]),
)
def test_money_comes_back_as_it_went(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.from_major(money.to_major(), currency) == money


@pytest.mark.parametrize(
    ("amount", "minor"), [("0.125", 12), ("0.135", 14), ("-0.125", -12), (12.5, 1250), (7, 700)]
)
def test_half_a_cent_goes_to_the_even_side(amount: object, minor: int) -> None:
    assert Money.from_major(Decimal(str(amount)), "USD").minor == minor


@pytest.mark.parametrize("amount", ["1e400", "NaN", "-Infinity", "mười nghìn", "", 10**15])
def test_what_is_no_amount_is_refused_by_name(amount: str | int) -> None:
    with pytest.raises(InputError) as caught:
        Money.from_major(amount)
    assert caught.value.code == "money.not_a_number"
    assert str(amount) in caught.value.message.en


def test_currencies_have_their_own_decimals() -> None:
    assert [exponent_of(code) for code in ("VND", "USD", "KWD")] == [0, 2, 3]


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_comes_back_from_its_microseconds(at: datetime) -> None:
    assert from_micros(to_micros(at)) == at


def test_a_time_in_hanoi_is_the_same_instant() -> None:
    hanoi = datetime.fromisoformat("2026-11-20T09:00:00+07:00")
    assert from_micros(to_micros(hanoi)) == datetime(2026, 11, 20, 2, tzinfo=UTC)
    assert from_micros(to_micros(hanoi)).utcoffset() == timedelta(0)


def test_words_are_vietnamese_unless_english_is_asked_for() -> None:
    assert [HOA.in_language(code) for code in ("vi", "en", "en-GB", "fr", "")] == [
        "Chị Hoa",
        "Ms Hoa",
        "Ms Hoa",
        "Chị Hoa",
        "Chị Hoa",
    ]


def test_an_error_says_what_where_and_what_would_be_right() -> None:
    error = NotFoundError(
        "profiles.not_found",
        Text(vi="Không có khách hàng số 7.", en="There is no customer 7."),
        path="profile_id",
        hint=Text(vi="Hãy tìm theo email.", en="Search by e-mail."),
    )
    assert error.in_language("vi") == "Không có khách hàng số 7. (profile_id) Hãy tìm theo email."
    assert str(error) == "There is no customer 7."


def test_a_door_imports_a_module_when_a_name_is_asked_for() -> None:
    sys.modules.pop("khachquen.demo.season", None)
    open_door = door("khachquen.demo", {"season": "season"})
    with pytest.raises(AttributeError, match=r"module 'khachquen\.demo' has no attribute 'ghost'"):
        open_door("ghost")
    assert "khachquen.demo.season" not in sys.modules
