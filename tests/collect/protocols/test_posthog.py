"""PostHog's libraries: how they pack, what they call things, and which ids are nobody's."""

import base64
import gzip
import json
from typing import Any
from urllib.parse import quote_plus

import pytest

from khachquen.base import InputError
from khachquen.collect.event import Event
from tests.collect.protocols.sent import (
    RECEIVED,
    answer_of,
    events_of,
    only_event,
    only_refusal,
    split,
)

DEVICE = "0192f0aa-1111-7000-8000-00000000000a"
THROWN = "4c7b4a2e-0000-4000-8000-00000000000b"
BROWSER = {
    "token": "kqp_hoa",
    "distinct_id": DEVICE,
    "$device_id": DEVICE,
    "$is_identified": False,
    "$lib": "web",
    "$lib_version": "1.449.2",
    "$current_url": "https://nhamay.vn/am-chen?utm_source=zalo",
    "$pathname": "/am-chen",
    "$referrer": "$direct",
    "$raw_user_agent": "Mozilla/5.0 (Linux)",
    "$os": "Android",
    "$screen_width": 412,
    "$session_id": "s-1",
    "$insert_id": "x9",
    "$time": 1763.5,
    "utm_source": "zalo",
    "utm_medium": None,
    "gclid": None,
    "fbclid": "fb-1",
}


def sent(event: str, **fields: Any) -> dict[str, Any]:
    """A capture of the shop's server about customer 17850."""
    return {"event": event, "distinct_id": "17850", "uuid": "u-1", **fields}


def server(event: str, **fields: Any) -> Event:
    return only_event("/batch/", {"api_key": "kqs_1", "batch": [sent(event, **fields)]})


def browser(event: str, **properties: Any) -> Event:
    told = {**BROWSER, **properties}
    return only_event("/e/?ip=0", {"event": event, "uuid": "u-1", "properties": told})


def test_a_servers_capture() -> None:
    event = server("Đặt lịch", properties={"món": "ấm", "$lib": "posthog-python"})

    assert (event.type, event.name, event.message_id) == ("track", "Đặt lịch", "u-1")
    assert (event.user_id, event.anonymous_id) == ("17850", None)
    assert event.properties == {"món": "ấm"}
    assert event.context == {"library": {"name": "posthog-python"}}


def test_a_browsers_page_view() -> None:
    event = browser("$pageview", title="Ấm chén", sku="am-01", **{"$prev_pageview_id": "p"})

    assert (event.type, event.name) == ("page", "Ấm chén")
    assert (event.user_id, event.anonymous_id) == (None, DEVICE)
    url = "https://nhamay.vn/am-chen?utm_source=zalo"
    page = {"url": url, "path": "/am-chen", "title": "Ấm chén"}
    assert event.properties == {**page, "sku": "am-01"}
    assert event.context == {
        "library": {"name": "web", "version": "1.449.2"},
        "device": {"id": DEVICE},
        "os": {"name": "Android"},
        "screen": {"width": 412},
        "page": page,
        "userAgent": "Mozilla/5.0 (Linux)",
        "sessionId": "s-1",
        "campaign": {"source": "zalo"},
        "clickIds": {"fbclid": "fb-1"},
        "posthog": {"$is_identified": False, "$time": 1763.5, "$prev_pageview_id": "p"},
    }
    assert event.user_agent == "Mozilla/5.0 (Linux)"


def test_what_the_site_told_stays_in_the_properties() -> None:
    event = browser("Xem hàng", sku="am-01", title="Ấm tử sa", alias="a")

    assert (event.type, event.name) == ("track", "Xem hàng")
    assert event.properties == {"sku": "am-01", "title": "Ấm tử sa", "alias": "a"}


@pytest.mark.parametrize("name", ["$autocapture", "$pageleave", "$rageclick"])
def test_the_librarys_own_events_keep_their_content(name: str) -> None:
    event = browser(name, **{"$elements_chain": "button", "$event_type": "click"})

    assert (event.type, event.name) == ("track", name)
    assert event.properties["$elements_chain"] == "button"
    assert "token" not in event.properties


def test_a_screen() -> None:
    event = server("$screen", properties={"$screen_name": "Giỏ hàng", "món": 2})

    assert (event.type, event.name, event.properties) == ("screen", "Giỏ hàng", {"món": 2})


def test_identify_binds_the_device_to_the_customer() -> None:
    event = browser(
        "$identify",
        distinct_id="17850",
        **{
            "$is_identified": True,
            "$anon_distinct_id": DEVICE,
            "$set": {"name": "Hoa", "$os": "Android"},
            "$set_once": {"name": "Ai đó", "first": 1, "$initial_os": "Android"},
        },
    )

    assert (event.type, event.user_id, event.anonymous_id) == ("identify", "17850", DEVICE)
    assert event.traits == {"name": "Hoa", "first": 1}


def test_set_beside_the_event_counts_as_well() -> None:
    event = server("$set", **{"$set": {"name": "Hoa"}, "$set_once": {"first": 1}})

    assert (event.type, event.user_id) == ("identify", "17850")
    assert event.traits == {"name": "Hoa", "first": 1}


def test_after_identify_a_browser_tells_customer_and_device() -> None:
    event = browser("Xem hàng", distinct_id="17850", **{"$is_identified": True})

    assert (event.user_id, event.anonymous_id) == ("17850", DEVICE)


def test_alias_says_who_came_before() -> None:
    event = server(
        "$create_alias",
        distinct_id="khach-cu",
        properties={"distinct_id": "khach-cu", "alias": "17850"},
    )

    assert (event.type, event.previous_id, event.user_id) == ("alias", "khach-cu", "17850")
    assert event.properties == {}


GROUP = {"$group_type": "company", "$group_key": "c", "$group_set": {"name": "Gốm Mộc"}}


@pytest.mark.parametrize("made_up", ["$company_c", THROWN])
def test_the_id_of_a_group_is_nobodys(made_up: str) -> None:
    event = server("$groupidentify", distinct_id=made_up, properties=GROUP)

    assert (event.type, event.group_id, event.traits) == ("group", "c", {"name": "Gốm Mộc"})
    assert (event.user_id, event.anonymous_id) == (None, None)


def test_a_member_of_a_group_is_somebody() -> None:
    assert server("$groupidentify", properties=GROUP).user_id == "17850"
    assert browser("$groupidentify", **GROUP).anonymous_id == DEVICE
    of_company = server("Mua hàng", properties={"$groups": {"company": "c"}})
    assert of_company.context == {"groups": {"company": "c"}, "groupId": "c"}


def test_an_id_thrown_for_one_event_is_nobodys() -> None:
    personless = {"$process_person_profile": False}

    thrown = server("Dọn kho", distinct_id=THROWN, properties=personless)
    chosen = server("Dọn kho", properties=personless)
    visitor = browser("Xem hàng", **personless)

    assert (thrown.user_id, thrown.anonymous_id) == (None, None)
    assert (chosen.user_id, visitor.anonymous_id) == ("17850", DEVICE)


def test_everybody_without_cookies_is_nobody() -> None:
    event = browser("$pageview", distinct_id="$posthog_cookieless", **{"$device_id": None})

    assert (event.user_id, event.anonymous_id) == (None, None)


def test_times() -> None:
    then = "2026-11-19T10:00:00Z"

    assert server("x", timestamp=then).at == only_event("/e", sent("x", timestamp=then)).at
    assert server("x", offset=2500).at == RECEIVED - 2_500_000
    assert server("x", offset=2500, timestamp=then).at == RECEIVED - 2_500_000
    fast = {"api_key": "k", "sent_at": "2026-11-24T10:05:00Z"}
    batch = {**fast, "batch": [sent("x", timestamp="2026-11-24T10:00:00Z")]}
    assert only_event("/batch/", batch).at == RECEIVED - 300_000_000
    in_address = only_event("/e/?_=1795514700000", sent("x", timestamp="2026-11-24T10:00:00Z"))
    assert in_address.at == RECEIVED - 300_000_000


EVENT = json.dumps(sent("x", properties={"token": "kqp_hoa"})).encode()
PACKED = base64.b64encode(EVENT).decode()


@pytest.mark.parametrize(
    "body",
    [
        EVENT,
        b"  " + EVENT + b"\n",
        b"[" + EVENT + b"]",
        b'{"token":"kqp_hoa","batch":[' + EVENT + b"]}",
        b'{"api_key":"","token":"kqp_hoa","batch":[' + EVENT + b"]}",
        f"data={quote_plus(PACKED)}".encode(),
        f"data={PACKED.rstrip('=')}&compression=base64".encode(),
        f"data={quote_plus(EVENT.decode())}".encode(),
        f"data={quote_plus(base64.b64encode(b'[' + EVENT + b']').decode())}".encode(),
    ],
)
@pytest.mark.parametrize("path", ["/e/", "/batch/", "/i/v0/e/", "/capture/"])
def test_every_packing_is_understood(path: str, body: bytes) -> None:
    assert only_event(path, body).message_id == "u-1"
    assert split(path, body).write_key == "kqp_hoa"


def test_the_key_may_stand_in_any_event_or_in_the_address() -> None:
    assert split("/e/", [1, {"properties": {"token": "kqp_2"}}]).write_key == "kqp_2"
    assert split("/e/", [{"api_key": "kqp_3"}]).write_key == "kqp_3"
    assert split("/e/?token=kqp_4", [{"event": "x"}]).write_key == "kqp_4"


def test_a_kept_event_shows_no_key() -> None:
    assert b"kqp_hoa" not in split("/e/", EVENT).items[0]


@pytest.mark.parametrize("body", [b"", b"{", b"[1", b"data=%", b"data=abc", b"data", b"5", b"[]x"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="The body is not valid JSON"):
        split("/e/", body)


@pytest.mark.parametrize("body", [b"{}", b'{"batch":null}', b'{"batch":5,"api_key":"k"}'])
def test_a_batch_must_be_an_array(body: bytes) -> None:
    with pytest.raises(InputError, match="The body has no “batch” array"):
        split("/batch/", body)


@pytest.mark.parametrize("shape", ["array", "batch"])
def test_one_bad_event_costs_its_neighbours_nothing(shape: str) -> None:
    bad = b'{"event":"\\ud800","uuid":"u-bad","distinct_id":"1"}'
    items = b"[" + EVENT + b"," + bad + b"," + EVENT + b"]"
    body = items if shape == "array" else b'{"api_key":"kqp_hoa","batch":' + items + b"}"

    first, refused, last = events_of("/batch", body)

    assert isinstance(first, Event)
    assert isinstance(last, Event)
    assert (refused.message_id, refused.reason) == ("u-bad", "bad_text")  # type: ignore[union-attr]
    assert split("/batch", body).write_key == "kqp_hoa"


@pytest.mark.parametrize(
    ("event", "reason", "path"),
    [
        (sent(""), "no_event_name", "$.event"),
        ({"distinct_id": "1", "event": None}, "no_event_name", "$.event"),
        (sent("x", distinct_id=None), "no_identity", "$"),
        (sent("x", distinct_id=[]), "wrong_type", "$.distinct_id"),
        (sent("x", distinct_id="x" * 201), "id_too_long", "$.distinct_id"),
        (sent("x", uuid="x" * 201), "id_too_long", "$.uuid"),
        (sent("x", timestamp="hôm qua"), "bad_time", "$.timestamp"),
        (sent("x", offset=1e30), "bad_time", "$.offset"),
        (sent("x", properties=[]), "wrong_type", "$.properties"),
        (sent("x", properties={"$device_id": {}}), "wrong_type", "$.properties.$device_id"),
        (sent("$set", **{"$set": {"t" * 101: 1}}), "id_too_long", "$.properties.$set." + "t" * 20),
        (
            sent("$groupidentify", properties={"$group_key": "x" * 201}),
            "id_too_long",
            "$.properties.$group_key",
        ),
    ],
)
def test_a_refusal_names_the_place_in_posthogs_words(
    event: dict[str, Any], reason: str, path: str
) -> None:
    assert only_refusal("/batch/", {"api_key": "k", "batch": [event]}) == (reason, path)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/flags/?v=2", "/flags/?v=4", "/decide/?v=3"])
def test_there_are_no_flags(path: str, method: str) -> None:
    told = json.loads(answer_of(path, method=method).body)

    assert (told["flags"], told["featureFlags"], told["featureFlagPayloads"]) == ({}, {}, {})
    assert told["errorsWhileComputingFlags"] is False
    assert (told["sessionRecording"], told["supportedCompression"]) == (False, [])


def test_the_browser_is_told_to_fetch_nothing() -> None:
    config = json.loads(answer_of("/array/kqp_hoa/config").body)
    script = answer_of("/array/kqp_hoa/config.js")

    assert (config["token"], config["siteApps"]) == ("kqp_hoa", [])
    assert "surveys" not in config
    assert script.content_type == "text/javascript; charset=utf-8"
    assert json.dumps(config, separators=(",", ":"), ensure_ascii=False) in script.body.decode()


def test_gzip_is_taken_off_before() -> None:
    with pytest.raises(InputError):
        split("/e/", gzip.compress(EVENT))
