"""What became of a message: every fate is told."""

from tests.api.conftest import Caller


def test_a_stored_message_says_where_it_came_from_and_whose_it_is(
    caller: Caller, told: int
) -> None:
    _, found = caller.get("profiles", identifier="user:KH01")
    status, receipt = caller.get("receipts/m-3")

    assert status == 200
    [fate] = receipt["fates"]
    assert (fate["outcome"], fate["reason"], fate["path"]) == ("stored", "", "")
    assert (fate["source_id"], fate["source_name"]) == (told, "Máy tính tiền")
    assert fate["at"] == "2026-11-18T02:10:00Z"
    assert fate["received_at"] == "2026-11-20T02:00:00Z"
    assert fate["profile_id"] == found["items"][0]["id"]


def test_a_message_sent_twice_is_stored_once_and_the_second_is_a_duplicate(
    caller: Caller, told: int
) -> None:
    _, receipt = caller.get("receipts/m-1")

    assert sorted(fate["outcome"] for fate in receipt["fates"]) == ["duplicate", "stored"]


def test_a_refused_message_tells_the_reason_and_the_place_in_the_callers_language(
    caller: Caller, told: int
) -> None:
    _, english = caller.get("receipts/m-hong")
    caller.language = "vi-VN"
    _, vietnamese = caller.get("receipts/m-hong")

    [fate] = english["fates"]
    assert (fate["outcome"], fate["reason"]) == ("quarantined", "no_event_name")
    assert fate["path"] == "$.event"
    assert fate["reason_text"] == "A track call needs an event name."
    assert vietnamese["fates"][0]["reason_text"] == "Sự kiện track phải có tên trong trường event."


def test_a_message_nobody_sent_is_not_found(caller: Caller, told: int) -> None:
    for name in ("khong-co", "a/b/c", "%2F%2e%2e", "ế" * 100, "x" * 5000):
        status, body = caller.get(f"receipts/{name}")
        assert (status, body["error"]["code"]) == (404, "receipts.not_found"), name
