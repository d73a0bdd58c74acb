"""RudderStack's own paths, and its habits on the paths it shares with Segment."""

import json
from datetime import UTC, datetime

from khachquen.base import from_micros
from tests.collect.protocols.sent import answer_of, events_of, only_event, only_refusal, split


def test_the_browser_library_learns_that_nothing_stands_behind_us() -> None:
    told = json.loads(answer_of("/sourceConfig/?p=npm&v=3.34.1&writeKey=kqp_hoa").body)

    source = told["source"]
    assert (source["id"], source["writeKey"], source["enabled"]) == ("7", "kqp_hoa", True)
    assert (source["destinations"], source["dataplanes"]) == ([], {})
    assert source["config"]["statsCollection"]["errors"] == {"enabled": False}
    assert isinstance(told["updatedAt"], str)


def test_a_source_switched_off_says_so_before_anything_is_sent() -> None:
    told = json.loads(answer_of("/sourceConfig", enabled=False).body)

    assert told["source"]["enabled"] is False


def test_a_leaving_page_sends_a_beacon() -> None:
    view = {"type": "page", "name": "Ấm chén", "anonymousId": "may-cua-hoa", "userId": ""}

    event = only_event("/beacon/v1/batch?writeKey=kqp_hoa", {"batch": [view]})

    assert (event.type, event.user_id, event.anonymous_id) == ("page", None, "may-cua-hoa")


def test_a_pictures_address_spells_the_message_out() -> None:
    event = only_event(
        "/pixel/v1/track?writeKey=kqp_hoa&anonymousId=may-cua-hoa&event=Email+Opened"
        "&properties.campaign_id=tet&context.page.url=https%3A%2F%2Fnhamay.vn%2F",
        method="GET",
    )

    assert (event.type, event.name) == ("track", "Email Opened")
    assert event.properties == {"campaign_id": "tet"}
    assert event.context == {"page": {"url": "https://nhamay.vn/"}}


def test_the_address_of_a_picture_cannot_say_what_it_is_not() -> None:
    found = only_event("/pixel/v1/page?anonymousId=a&type=identify&a.b=1&a=2&a.c=3", method="GET")

    assert found.type == "page"
    assert "kqp" not in split("/pixel/v1/page?writeKey=kqp_x&a=1", method="GET").items[0].decode()
    assert only_refusal("/pixel/v1/track?anonymousId=a", method="GET") == (
        "no_event_name",
        "$.event",
    )


def test_a_nodes_messages_tell_both_of_its_times() -> None:
    sent = {
        "type": "track",
        "event": "Đặt lịch",
        "userId": "17850",
        "originalTimestamp": "2026-11-24T10:00:00.000Z",
        "sentAt": "2026-11-24T10:05:00.000Z",
        "channel": "server",
    }

    (event,) = events_of("/v1/batch", {"batch": [sent]})

    assert event.received_at - event.at == 300_000_000  # type: ignore[union-attr]


def test_a_corrected_time_is_not_corrected_again() -> None:
    archived = {
        "type": "track",
        "event": "Đặt lịch",
        "userId": "17850",
        "originalTimestamp": "2026-10-03T10:00:00Z",  # that clock was a day slow
        "sentAt": "2026-10-03T10:00:01Z",
        "timestamp": "2026-10-04T10:00:00Z",
    }

    assert from_micros(only_event("/v1/import", {"batch": [archived]}).at) == datetime(
        2026, 10, 4, 10, tzinfo=UTC
    )


def test_what_a_library_says_of_people_in_its_context_counts() -> None:
    told = {
        "type": "identify",
        "userId": "17850",
        "context": {"traits": {"name": "Trần Thị Hoa"}},
        "channel": "server",
    }

    event = only_event("/v1/batch", {"batch": [told]})

    assert (event.type, event.traits) == ("identify", {"name": "Trần Thị Hoa"})
    assert event.context["channel"] == "server"
