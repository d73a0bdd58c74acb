"""A program asks whether it may write, and writes down what somebody said."""

import pytest

from khachquen.govern import list_audit
from khachquen.govern.consent import find_break
from khachquen.govern.consent.models import ConsentEntry
from tests.api.conftest import Caller
from tests.web.story import tell_the_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(caller: Caller) -> int:
    tell_the_story()
    _, found = caller.get("profiles", sort="spent", limit=1)
    return int(found["items"][0]["id"])


def answer(body: dict[str, list[dict[str, object]]], purpose: str, channel: str) -> object:
    [one] = [a for a in body["answers"] if (a["purpose"], a["channel"]) == (purpose, channel)]
    return one["may_send"], one["reason"]


def test_it_may_not_write_before_it_was_told_that_it_may(caller: Caller, person: int) -> None:
    status, before = caller.get(f"profiles/{person}/consents")
    assert (status, before["words"]) == (200, [])
    assert answer(before, "ads", "email") == (False, "unknown")

    yes = {"says": "granted", "channels": ["email"], "evidence": {"form": "f-12"}}
    status, after = caller.post(f"profiles/{person}/consents", yes)

    assert status == 200
    assert answer(after, "ads", "email") == (True, "granted")
    assert answer(after, "ads", "zalo") == (False, "no_address")
    assert {one["says"] for one in after["words"]} == {"granted"}
    assert find_break() is None
    assert list_audit()[0].action == "consent.note"

    _, last = caller.post(f"profiles/{person}/consents", {"says": "withdrawn"})
    assert answer(last, "ads", "email") == (False, "withdrawn")


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ({}, "says"),
        ({"says": "maybe"}, "says"),
        ({"says": "granted", "channels": []}, "channels"),
        ({"says": "granted", "channels": ["fax"]}, "channels"),
        ({"says": "granted", "purpose": "adds"}, "purpose"),
        ({"says": "granted", "method": "telepathy"}, "method"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_nothing_is_kept(
    caller: Caller, person: int, told: dict[str, object], path: str
) -> None:
    status, body = caller.post(f"profiles/{person}/consents", told)

    assert status in (404, 422)
    assert path in body["error"]["path"]
    assert not ConsentEntry.objects.exists()


def test_purposes_are_listed_and_nobody_is_a_404(caller: Caller) -> None:
    _, body = caller.get("purposes")

    assert [one["key"] for one in body["items"]][:3] == ["ads", "care", "service"]
    assert caller.get("profiles/999/consents")[0] == 404
