"""The paths Segment's libraries call beside the long ones, and what they ask first."""

import base64
import json

import pytest

from khachquen.base import InputError
from tests.collect.protocols.sent import answer_of, only_event, only_refusal, split

VIEW = {"anonymousId": "may-cua-hoa", "messageId": "m-1", "event": "Xem hàng"}
LETTERS = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias"}


def packed(message: object) -> str:
    return base64.b64encode(json.dumps(message).encode()).decode().rstrip("=")


@pytest.mark.parametrize(("letter", "kind"), LETTERS.items())
def test_the_browser_library_calls_the_first_letter(letter: str, kind: str) -> None:
    assert only_event(f"/v1/{letter}", VIEW).type == kind
    assert only_event(f"/v1/{letter}/", VIEW).type == kind


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/v1/import"])
def test_batches_come_on_three_paths(path: str) -> None:
    event = only_event(path, {"batch": [{**VIEW, "type": "track"}], "timestamp": "2020-01-01"})

    assert (event.name, event.at) == ("Xem hàng", event.received_at)


def test_a_picture_carries_a_message_in_its_address() -> None:
    address = f"/v1/pixel/track?writeKey=kqp_hoa&data={packed({**VIEW, 'writeKey': 'kqp_thu'})}"

    event = only_event(address, method="GET")

    assert (event.type, event.name, event.message_id) == ("track", "Xem hàng", "m-1")
    assert split(address, method="GET").write_key == "kqp_thu"


@pytest.mark.parametrize("data", ["%", "a", "bm90IGpzb24", packed([1]), "đá"])
def test_a_picture_without_a_message_is_refused(data: str) -> None:
    with pytest.raises(InputError, match="The body is not valid JSON"):
        split(f"/v1/pixel/track?data={data}", method="GET")


def test_a_picture_without_anybody_is_refused_later() -> None:
    assert only_refusal("/v1/pixel/page?writeKey=kqp_hoa", method="GET") == ("no_identity", "$")


def test_the_settings_send_the_library_back_here() -> None:
    answer = answer_of("/v1/projects/kqp_hoa/settings")

    assert answer.content_type == "application/json"
    assert json.loads(answer.body) == {
        "integrations": {
            "Segment.io": {
                "apiKey": "kqp_hoa",
                "apiHost": "khach.example.vn/v1",
                "protocol": "https",
            }
        },
        "plan": {
            "track": {"__default": {"enabled": True}},
            "identify": {"__default": {"enabled": True}},
            "group": {"__default": {"enabled": True}},
        },
        "metrics": {"sampleRate": 0},  # or the library reports its mishaps to Segment
    }


def test_a_source_switched_off_makes_the_library_send_nowhere() -> None:
    answer = answer_of("/v1/projects/kqp_hoa/settings", enabled=False)

    assert json.loads(answer.body)["integrations"] == {}
