"""Which values name a person, and which never may."""

import pytest

from khachquen.unify.identity import Identifier, identifiers_of
from khachquen.unify.identity.rules import LIMITS, is_blocked, refusal_of

NOBODY = (
    "0 00000 -1 null NULL none nil NaN undefined unknown anonymous Anonymous guest test n/a true"
    " false - --- id email distinctid distinct_id not_authenticated".split()
)


@pytest.mark.parametrize(
    "value", [*NOBODY, "", "  ", "Khách lẻ", "khach le", "[object Object]", "N*** H", "84*****12"]
)
def test_a_value_that_stands_for_nobody_names_nobody(value: str) -> None:
    assert is_blocked(value)
    assert identifiers_of(value, value, {}, {}) == []


@pytest.mark.parametrize("value", ["17850", "hoa", "00017", "null-1", "testa", "a-1", "Đức", "10"])
def test_a_value_that_only_looks_like_one_is_a_name(value: str) -> None:
    assert not is_blocked(value)
    assert identifiers_of(value, None, {}, {}) == [Identifier("user", value)]


def test_the_strongest_comes_first() -> None:
    found = identifiers_of(
        "17850", "a-hoa", {"email": "Hoa@Example.VN", "phone": "0912 345 678"}, {}
    )

    assert [identifier.key for identifier in found] == [
        "user:17850",
        "email:hoa@example.vn",
        "phone:+84912345678",
        "anonymous:a-hoa",
    ]


def test_traits_are_believed_before_properties() -> None:
    [found] = identifiers_of(None, None, {"email": "hoa@example.vn"}, {"email": "nam@example.vn"})
    assert found == Identifier("email", "hoa@example.vn")


@pytest.mark.parametrize(
    "phone", ["0000000000", "0900000000", "1900 1234", "12345", "", "abc", None]
)
def test_a_phone_that_is_not_surely_one_persons_is_left_out(phone: str | None) -> None:
    assert identifiers_of(None, None, {"phone": phone}, {}) == []


@pytest.mark.parametrize(
    "email", ["", "hoa", "hoa@", "@example.vn", "N***@example.vn", 5, None, ["x"]]
)
def test_an_email_that_is_none_is_left_out(email: object) -> None:
    assert identifiers_of(None, None, {"email": email}, {}) == []


def test_limits_hold_for_both_together() -> None:
    assert refusal_of({"user": 1}, {"user": 1}) == "limit_user"
    assert refusal_of({"user": 1, "email": 2}, {"email": 3, "anonymous": 9}) == ""
    assert refusal_of({"email": 3}, {"email": 3}) == "limit_email"
    assert refusal_of({"anonymous": LIMITS["anonymous"]}, {"anonymous": 1}) == "limit_anonymous"
    assert refusal_of({"email": 7}, {"phone": 1}) == ""  # what is already so stays so
