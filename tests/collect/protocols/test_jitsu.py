"""Jitsu's paths: Segment's words, one call a message."""

import base64
import json

import pytest

from khachquen.collect.protocols import find_route
from tests.collect.protocols.sent import events_of, only_event, split

VIEW = {
    "type": "page",
    "messageId": "m-1",
    "writeKey": "k:***",
    "userId": None,
    "anonymousId": "may-cua-hoa",
    "context": {"traits": {"name": "Hoa"}, "page": {"url": "https://nhamay.vn/"}},
    "timestamp": "2026-11-20T02:00:00.000Z",
    "sentAt": "2026-11-20T02:00:00.000Z",
}


@pytest.mark.parametrize("start", ["/api/s", "/api/s/s2s"])
@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias"])
def test_each_type_has_a_path(start: str, kind: str) -> None:
    event = only_event(f"{start}/{kind}", {**VIEW, "event": "Xem hàng"})

    assert (event.type, event.message_id, event.user_id) == (kind, "m-1", None)


def test_the_masked_key_of_the_body_is_what_the_body_says() -> None:
    assert split("/api/s/page", VIEW).write_key == "k:***"  # a header comes first


def test_a_batch() -> None:
    assert len(events_of("/api/s/s2s/batch", {"batch": [VIEW, VIEW]})) == 2


def test_a_picture_takes_both_forms_at_once() -> None:
    data = base64.urlsafe_b64encode(json.dumps(VIEW).encode()).decode()

    event = only_event(f"/api/px/track?data={data}&event=Email+Opened&userId=17850", method="GET")

    assert (event.type, event.name) == ("track", "Email Opened")
    assert (event.user_id, event.anonymous_id) == ("17850", "may-cua-hoa")


@pytest.mark.parametrize("path", ["/api/v1/profiles", "/api/v1/openapi.json", "/api/s", "/api/s/x"])
def test_the_rest_interface_is_not_ours(path: str) -> None:
    assert find_route("POST", path) is None
    assert find_route("GET", path) is None
