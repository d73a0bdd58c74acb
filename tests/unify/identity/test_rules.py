"""Which values name a person, and which never may."""

from typing import Any

import pytest

from khachquen.base import InputError
from khachquen.unify.identity import Identifier, identifiers_of, load_rules
from khachquen.unify.identity.identifiers import is_blocked
from khachquen.unify.identity.rules import STRENGTH, read_rules

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
    may_dispute = load_rules().may_dispute
    assert may_dispute({"user": 1}, {"user": 1})
    assert not may_dispute({"user": 1, "email": 2}, {"email": 3, "anonymous": 9})
    assert may_dispute({"email": 3}, {"email": 3})
    assert may_dispute({"anonymous": 1000}, {"anonymous": 1})
    assert not may_dispute({"email": 7}, {"phone": 1})  # what is already so stays so
    assert not may_dispute({"phone": 1, "vouched": 9}, {"email": 1, "vouched": 9})


def test_the_shops_own_number_names_nobody() -> None:
    told = plain_rules()
    told["blocked"]["keys"] = ["phone:+842438123456"]
    traits = {"phone": "024 3812 3456", "email": "hoa@example.vn"}

    assert identifiers_of(None, None, traits, {}, read_rules(told)) == [
        Identifier("email", "hoa@example.vn")
    ]


def plain_rules() -> dict[str, Any]:
    """Rules as data, as small as they may be."""
    return {
        "kinds": {kind: {"limit": 2} for kind in STRENGTH},
        "evidence": {"order": ["trusted", "event"]},
        "blocked": {},
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"kinds": {**plain_rules()["kinds"], "phnoe": {"limit": 1}}},
            "Bad identity rules: kinds.phnoe is unknown. (kinds.phnoe) Did you mean phone?",
        ),
        (
            {"kinds": {**plain_rules()["kinds"], "user": {"limit": 0}}},
            "Bad identity rules: kinds.user.limit must be a number from 1 to 1,000,000."
            " (kinds.user.limit)",
        ),
        (
            {
                "kinds": {
                    **plain_rules()["kinds"],
                    "email": {"limit": 1, "shared_after": {"email": 3}},
                }
            },
            "Bad identity rules: kinds.email.shared_after.email is no other kind."
            " (kinds.email.shared_after.email)",
        ),
        (
            {
                "kinds": {
                    **plain_rules()["kinds"],
                    "email": {"limit": 1, "shared_after": {"user": 1}},
                }
            },
            "Bad identity rules: kinds.email.shared_after.user is below the limit of user."
            " (kinds.email.shared_after.user)",
        ),
        (
            {"evidence": {"order": ["identify", "event"]}},
            'Bad identity rules: evidence.order must begin with "trusted", have "event".'
            " (evidence.order)",
        ),
        (
            {"blocked": {"patterns": ["("]}},
            "Bad identity rules: blocked.patterns[0] is no regular expression."
            " (blocked.patterns[0])",
        ),
    ],
)
def test_rules_that_cannot_hold_say_where(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        read_rules(plain_rules() | change)

    assert refused.value.code == "identity.bad_rules"
    assert refused.value.in_language("en") == sentence


def keys(traits: dict[str, Any], context: dict[str, Any] | None = None) -> list[str]:
    return [one.key for one in identifiers_of(None, "a-1", traits, {}, context=context or {})]


def test_accounts_are_of_one_page_and_cards_are_read_as_they_are_typed() -> None:
    told = {
        "deviceId": "AB-CD",
        "memberCard": "tv 00-01",
        "facebookPsid": 7001,
        "facebookPageId": "42",
        "zaloUserId": "5511",
        "zaloOaId": "88",
    }

    assert keys(told) == [
        "zalo:88/5511",
        "facebook:42/7001",
        "card:TV0001",
        "device:ab-cd",
        "anonymous:a-1",
    ]
    assert keys({"zaloUserId": "5511"}) == ["zalo:/5511", "anonymous:a-1"]


def test_clients_of_segment_name_them_in_the_context() -> None:
    context = {
        "device": {"id": "4A1F-77", "type": "ios"},
        "externalIds": [
            {"id": "88/5511", "type": "zalo_id", "collection": "users", "encoding": "none"},
            {"id": "TV0001", "type": "loyalty_card", "collection": "users", "encoding": "none"},
            {"id": "0912 345 678", "type": "phone", "collection": "users", "encoding": "none"},
            {"id": "9", "type": "card", "collection": "accounts", "encoding": "none"},
            {"id": {"x": 1}, "type": "card", "collection": "users"},
            "TV0003",
            {"id": "5", "type": "shoe_size", "collection": "users", "encoding": "none"},
        ],
    }

    assert keys({}, context) == [
        "phone:+84912345678",
        "zalo:88/5511",
        "card:TV0001",
        "device:4a1f-77",
        "anonymous:a-1",
    ]


NO_DEVICE = ["", "  ", "0", "00000000-0000-0000-0000-000000000000", True, 1.5, None, "x" * 101]


@pytest.mark.parametrize("value", NO_DEVICE)
def test_a_device_or_card_that_is_none_is_left_out(value: object) -> None:
    assert keys({"deviceId": value, "loyalty_card": value}) == ["anonymous:a-1"]
    assert keys({}, {"device": {"id": value}, "externalIds": {}}) == ["anonymous:a-1"]
