"""What was refused, for programs: read it page by page, mend it, take it in, see what became."""

import json
from pathlib import Path
from typing import Any

import pytest

from khachquen.govern import list_audit
from tests.api.conftest import Caller
from tests.clock import FrozenClock
from tests.flows.line import TILL, WEBSITE, order, page
from tests.flows.quarantine import Shop, counts_by_reason, rows_by_reason

pytestmark = pytest.mark.django_db

WRONG = order("HD-7", 0, messageId="m-7", userId="17850") | {
    "properties": {"order_id": "HD-7", "total": "hai trăm nghìn"}
}
RIGHT: dict[str, Any] = order("HD-7", 200_000, messageId="m-7", userId="17850")


@pytest.fixture
def shop(data: Path, clock: FrozenClock, caller: Caller) -> Shop:
    """The till wrote one total in words; the website has three calls of no type."""
    shop = Shop(data, clock)
    shop.till(WRONG)
    shop.take_in()
    clock.advance(seconds=10)
    shop.website(*[page("a-lan", messageId=f"m-{n}", type="pge") for n in range(3)])
    shop.take_in()
    return shop


def test_the_quarantine_is_read_page_by_page(caller: Caller, shop: Shop) -> None:
    _, first = caller.get("quarantine", limit=3)
    _, second = caller.get("quarantine", limit=3, cursor=first["next_cursor"])
    assert {one["message_id"] for one in first["items"]} == {"m-0", "m-1", "m-2"}
    [one] = second["items"]
    assert second["next_cursor"] == ""
    assert (one["reason"], one["path"]) == ("bad_money", "$.properties.total")
    assert one["reason_text"] == "An amount of money cannot be read."
    assert json.loads(one["payload"]) == WRONG
    assert one["is_trusted"] is True
    assert first["counts"] == [
        {"reason": "unknown_type", "source_id": WEBSITE, "count": 3},
        {"reason": "bad_money", "source_id": TILL, "count": 1},
    ]


def test_the_quarantine_is_filtered(caller: Caller, shop: Shop) -> None:
    for query in ({"reason": "bad_money"}, {"source_id": TILL}):
        _, found = caller.get("quarantine", **query)
        assert [one["message_id"] for one in found["items"]] == ["m-7"], query
    _, found = caller.get("quarantine", since="2026-11-20T02:00:05Z")
    assert len(found["items"]) == 3
    _, found = caller.get("quarantine", since="2026-11-20T02:00:05")
    assert len(found["items"]) == 3, "a time without a zone is UTC"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"cursor": "hỏng"}, "api.bad_cursor"),
        ({"cursor": "~"}, "api.bad_cursor"),
        ({"limit": 0}, "api.invalid_parameter"),
        ({"source_id": "x"}, "api.invalid_parameter"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "api.invalid_parameter"),
    ],
)
def test_a_wrong_question_is_named(caller: Caller, query: dict[str, Any], code: str) -> None:
    status, body = caller.get("quarantine", **query)
    assert (status, body["error"]["code"]) == (422, code)


def test_a_corrected_message_is_taken_in_once(caller: Caller, shop: Shop) -> None:
    _, found = caller.get("quarantine", reason="bad_money")
    item = {"place": found["items"][0]["place"], "message": RIGHT}
    status, asked = caller.post("quarantine/redrive", {"items": [item]})
    assert (status, asked["asked"], asked["is_done"]) == (200, 1, False)
    shop.take_all_in()
    _, done = caller.get(f"quarantine/redrives/{asked['id']}")
    assert (done["stored"], done["is_done"]) == (1, True)
    assert list_audit()[0].actor == "hoa@example.vn"

    status, body = caller.post("quarantine/redrive", {"items": [item]})
    assert (status, body["error"]["code"]) == (422, "redrive.nothing")
    shop.take_all_in()
    expected = {(TILL, "stored", ""): 1, (WEBSITE, "quarantined", "unknown_type"): 3}
    assert counts_by_reason(shop) == expected == rows_by_reason()

    _, receipt = caller.get("receipts/m-7")
    ends = {fate["outcome"]: fate for fate in receipt["fates"]}
    assert set(ends) == {"stored", "redriven"}
    assert ends["redriven"]["redriven"]["event_id"] == ends["stored"]["event_id"] == 1
    assert ends["stored"]["segment_file"].startswith("events/month=202611/")
    assert ends["stored"]["profile_id"]


def test_all_of_a_filter_as_they_are(caller: Caller, shop: Shop) -> None:
    status, asked = caller.post("quarantine/redrive", {"reason": "unknown_type"})
    assert (status, asked["asked"]) == (200, 3)
    shop.take_all_in()
    _, done = caller.get(f"quarantine/redrives/{asked['id']}")
    assert (done["quarantined"], done["is_done"]) == (3, True)
    status, asked = caller.post("quarantine/redrive", {"everything": True})
    assert (status, asked["asked"]) == (200, 4)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "redrive.nothing_said"),
        ({"items": [{"place": "web:9:9:9"}]}, "redrive.nothing"),
        ({"items": [{"place": 7}]}, "api.invalid_parameter"),
        ({"items": [{"place": "x", "message": "text"}]}, "api.invalid_parameter"),
        ({"items": [{"place": "x"}] * 1001}, "api.invalid_parameter"),
    ],
)
def test_a_wrong_request_changes_nothing(
    caller: Caller, shop: Shop, body: object, code: str
) -> None:
    before = counts_by_reason(shop)
    status, answer = caller.post("quarantine/redrive", body)
    assert (status, answer["error"]["code"]) == (422, code)
    shop.take_all_in()
    assert counts_by_reason(shop) == before


def test_strangers_hand_nothing_over(stranger: Caller, shop: Shop) -> None:
    status, _ = stranger.post("quarantine/redrive", {"everything": True})
    assert status == 401
    assert stranger.get("quarantine")[0] == 401
    assert shop.take_in().records == 0
    status, _ = Caller("kqt_wrong_token").get("quarantine/redrives/redrive-1-ab")
    assert status == 401


def test_a_receipt_tells_waiting_dropped_and_a_copy_that_says_something_else(
    caller: Caller, shop: Shop
) -> None:
    shop.website(page("a-mai", messageId="m-mai", context={"consent": "denied"}))
    _, receipt = caller.get("receipts/m-mai")
    assert [fate["outcome"] for fate in receipt["fates"]] == ["waiting"]
    shop.take_in()
    _, receipt = caller.get("receipts/m-mai")
    [fate] = receipt["fates"]
    assert (fate["outcome"], fate["reason"]) == ("dropped", "no_consent")
    assert fate["path"] == "$.context.consent"

    shop.website(page("a-lan", messageId="m-9"), page("a-lan", messageId="m-9", name="Khác"))
    shop.take_in()
    _, receipt = caller.get("receipts/m-9")
    first, second = receipt["fates"]
    assert (first["outcome"], second["outcome"]) == ("stored", "duplicate")
    assert second["reason_text"] == "The same id with another payload; the first one is kept."
    assert second["duplicate_of"] == first["event_id"]


def test_a_request_nobody_made_is_not_found(caller: Caller) -> None:
    status, body = caller.get("quarantine/redrives/redrive-1-ab")
    assert (status, body["error"]["code"]) == (404, "redrive.unknown")
