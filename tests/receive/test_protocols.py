"""Five families of clients knock at one door: keys, documents, browsers from elsewhere."""

import base64
import gzip
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.receive.conftest import OFF, PUBLIC, SECRET, TILL, WEBSITE, Door, Reply, basic

TP2 = "/com.snowplowanalytics.snowplow/tp2"
VIEW = {"type": "page", "messageId": "m-1", "anonymousId": "may-cua-hoa"}
CAPTURE = {"event": "x", "distinct_id": "17850", "uuid": "m-1"}
PAGE_VIEW = {"e": "pv", "duid": "may-cua-hoa", "eid": "m-1"}
WRONG = "kqp_khong-ai-biet"


def in_body(protocol: str, key: str) -> tuple[str, dict[str, Any]]:
    """Path and body as a client of this protocol sends them, the key where it stands there."""
    return {
        "segment": ("/v1/b", {"writeKey": key, "batch": [VIEW]}),
        "rudderstack": ("/beacon/v1/batch", {"writeKey": key, "batch": [VIEW]}),
        "jitsu": ("/api/s/page", {"writeKey": key, **VIEW}),
        "posthog": ("/batch/", {"api_key": key, "batch": [CAPTURE]}),
        "posthog browser": ("/e/", {**CAPTURE, "properties": {"token": key}}),
        "snowplow": (TP2, {"schema": "iglu:x", "data": [{**PAGE_VIEW, "aid": key}]}),
        "snowplow path": (f"/sp/{key}{TP2}", {"data": [{**PAGE_VIEW, "aid": "trang-web"}]}),
    }[protocol]


def in_address(protocol: str, key: str) -> str:
    """The address of a picture, the key in it."""
    data = base64.b64encode(json.dumps({**VIEW, "writeKey": key}).encode()).decode()
    return {
        "segment": f"/v1/pixel/page?{urlencode({'data': data})}",
        "rudderstack": f"/pixel/v1/page?{urlencode({**VIEW, 'writeKey': key})}",
        "jitsu": f"/api/px/page?{urlencode({'data': data})}",
        "snowplow": f"/i?{urlencode({**PAGE_VIEW, 'aid': key})}",
        "snowplow path": f"/sp/{key}/i?{urlencode(PAGE_VIEW)}",
    }[protocol]


BODIES = [
    "segment", "rudderstack", "jitsu", "posthog", "posthog browser", "snowplow", "snowplow path",
]  # fmt: skip
PICTURES = ["segment", "rudderstack", "jitsu", "snowplow", "snowplow path"]


def code_of(reply: Reply) -> str:
    """The code of a refusal, which has a sentence too."""
    assert isinstance(reply.said["message"], str)
    code: str = reply.said["code"]
    return code


@pytest.mark.parametrize("protocol", BODIES)
def test_the_key_of_a_body_opens_its_source(own_door: Door, protocol: str) -> None:
    path, body = in_body(protocol, SECRET)

    reply = own_door.post(path, body, key=None)

    assert reply.status == 200
    assert reply.said in ({"success": True}, {"status": 1})
    [kept] = own_door.kept()
    assert (kept.source_id, kept.protocol) == (TILL, protocol.split(maxsplit=1)[0])
    assert SECRET.encode() not in b"".join(kept.items)


@pytest.mark.parametrize("protocol", BODIES)
@pytest.mark.parametrize("place", ["authorization", "x-write-key"])
def test_a_header_comes_before_the_body(own_door: Door, protocol: str, place: str) -> None:
    def named(key: str) -> dict[str, str]:
        return {"Authorization": basic(key)} if place == "authorization" else {"X-Write-Key": key}

    path, right = in_body(protocol, SECRET)
    _, wrong = in_body(protocol, WRONG)

    assert own_door.post(path, right, key=None, **_dashed(named(WRONG))).status == 401
    if protocol != "snowplow path":
        assert own_door.post(path, wrong, key=None, **_dashed(named(PUBLIC))).status == 200
        assert [kept.source_id for kept in own_door.kept()] == [WEBSITE]


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in headers.items()}


@pytest.mark.parametrize("protocol", BODIES)
@pytest.mark.parametrize(
    ("key", "status", "code"),
    [(WRONG, 401, "collect.unknown_key"), (OFF, 404, "collect.source_off")],
)
def test_a_wrong_key_and_a_source_switched_off(
    own_door: Door, protocol: str, key: str, status: int, code: str
) -> None:
    path, body = in_body(protocol, key)

    reply = own_door.post(path, body, key=None)

    assert (reply.status, code_of(reply)) == (status, code)
    assert own_door.kept() == []


@pytest.mark.parametrize("protocol", BODIES)
def test_gzip_is_known_by_its_first_bytes(own_door: Door, protocol: str) -> None:
    path, body = in_body(protocol, PUBLIC)
    packed = gzip.compress(json.dumps(body).encode())

    kind = {"Content_Type": "application/x-www-form-urlencoded"}
    assert own_door.post(path, packed, key=None, **kind).status == 200
    assert own_door.kept()[0].source_id == WEBSITE


@pytest.mark.parametrize("protocol", PICTURES)
def test_a_picture_is_answered_with_one_pixel(own_door: Door, protocol: str) -> None:
    reply = own_door.ask("GET", in_address(protocol, PUBLIC))

    assert (reply.status, reply.headers["content-type"]) == (200, "image/gif")
    assert (reply.body[:6], len(reply.body)) == (b"GIF89a", 42)
    [kept] = own_door.kept()
    assert (kept.source_id, kept.protocol) == (WEBSITE, protocol.split(maxsplit=1)[0])
    assert own_door.ask("GET", in_address(protocol, WRONG)).status == 401
    assert own_door.ask("GET", in_address(protocol, OFF)).status == 404
    assert len(own_door.kept()) == 1


@pytest.mark.parametrize("protocol", ["jitsu", "segment"])
@pytest.mark.parametrize("key", [f"{PUBLIC}:bi-mat", f"{PUBLIC}:"])
def test_of_a_key_with_a_colon_the_part_before_it_counts(
    own_door: Door, protocol: str, key: str
) -> None:
    path, body = in_body(protocol, "k:***")

    assert own_door.post(path, body, key=None, X_Write_Key=key).status == 200
    assert own_door.post(path, body, key=None).status == 401  # the mask is nobody's key
    assert own_door.post(path, body, key=None, X_Write_Key=f"{WRONG}:{PUBLIC}").status == 401


def test_the_anonymous_id_of_a_header_is_not_read(own_door: Door) -> None:
    hint = base64.b64encode(b"nguoi-khac").decode()

    assert own_door.post("/v1/page", VIEW, AnonymousId=hint).status == 200
    assert own_door.kept_messages()[0]["anonymousId"] == "may-cua-hoa"


DOCUMENTS = [
    "/v1/projects/KEY/settings",
    "/sourceConfig/?p=npm&v=3.34.1&writeKey=KEY",
    "/array/KEY/config",
    "/array/KEY/config.js",
]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_is_told_to_its_keys_holder_only(own_door: Door, path: str) -> None:
    origin = {"Origin": "https://gom-moc.example.vn"}

    told = own_door.ask("GET", path.replace("KEY", PUBLIC), headers=origin)
    refused = own_door.ask("GET", path.replace("KEY", WRONG), headers=origin)

    assert told.status == 200
    assert PUBLIC.encode() in told.body
    assert (refused.status, code_of(refused)) == (401, "collect.unknown_key")
    for reply in (told, refused):
        assert reply.headers["access-control-allow-origin"] == "https://gom-moc.example.vn"
    assert own_door.kept() == []


def test_the_settings_name_the_host_that_was_asked(own_door: Door) -> None:
    path = f"/v1/projects/{PUBLIC}/settings"

    told = own_door.ask("GET", path, headers={"Host": "khach.example.vn"})

    ours = told.said["integrations"]["Segment.io"]
    assert (ours["apiHost"], ours["protocol"]) == ("khach.example.vn/v1", "http")


def test_a_source_switched_off_tells_the_browser_to_send_nothing(own_door: Door) -> None:
    settings = own_door.ask("GET", f"/v1/projects/{OFF}/settings").said
    config = own_door.ask("GET", "/sourceConfig", headers={"Authorization": basic(OFF)}).said

    assert settings["integrations"] == {}
    assert config["source"]["enabled"] is False


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/flags/?v=2", "/flags/?v=4", "/decide/?v=3"])
def test_flags_need_no_key(own_door: Door, method: str, path: str) -> None:
    reply = own_door.ask(method, path, b'{"token":"x","distinct_id":"y"}')

    assert (reply.status, reply.said["flags"]) == (200, {})


@pytest.mark.parametrize(
    "path",
    ["/v1/t", "/v1/b", "/sourceConfig/", "/beacon/v1/batch", "/api/s/page", "/api/s/s2s/track",
     "/batch/", "/e/", "/i/v0/e/", "/flags/", "/array/x/config", TP2, "/i", f"/sp/x{TP2}"],
)  # fmt: skip
def test_a_browser_from_elsewhere_may_ask_first_everywhere(door: Door, path: str) -> None:
    reply = door.ask(
        "OPTIONS",
        path,
        headers={
            "Origin": "https://gom-moc.example.vn",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type, sp-anonymous",
        },
    )

    assert (reply.status, reply.headers["access-control-max-age"]) == (204, "86400")
    assert reply.headers["access-control-allow-origin"] == "https://gom-moc.example.vn"
    allowed = reply.headers["access-control-allow-headers"].split(", ")
    assert {"authorization", "content-type", "anonymousid", "x-write-key"} <= set(allowed)
    cookies = reply.headers.get("access-control-allow-credentials")
    assert cookies == ("true" if "snowplow" in path or path == "/i" else None)


def test_snowplows_browsers_may_bring_cookies_and_nobody_reads_them(own_door: Door) -> None:
    path, body = in_body("snowplow", PUBLIC)
    headers = {"Origin": "https://gom-moc.example.vn", "Cookie": "sessionid=cua-ai-do"}

    reply = own_door.post(path, body, key=None, **headers)

    assert reply.headers["access-control-allow-credentials"] == "true"
    assert "set-cookie" not in reply.headers
    [kept] = own_door.kept()
    assert b"cua-ai-do" not in b"".join(kept.items)


@pytest.mark.parametrize(
    ("path", "allow"),
    [("/e/", "POST, OPTIONS"), ("/i", "GET, OPTIONS"), ("/flags/", "GET, POST, OPTIONS"),
     ("/sourceConfig", "GET, OPTIONS")],
)  # fmt: skip
def test_another_method_is_told_which_are_right(door: Door, path: str, allow: str) -> None:
    reply = door.ask("PUT", path)

    assert (reply.status, code_of(reply)) == (405, "collect.wrong_method")
    assert reply.headers["allow"] == allow


@pytest.mark.parametrize("path", ["/api/v1/profiles", "/api/v1/batch", "/api/s", "/sp/x", "/array"])
def test_the_rest_interface_and_the_pages_keep_their_paths(door: Door, path: str) -> None:
    assert door.ask("POST", path).body == b"the pages: " + path.encode()


# Wire protocols, section 16, T4.


def _batch_with_three_bad() -> list[dict[str, Any]]:
    good = [
        {"type": "track", "event": "Xem", "userId": f"KH{n}", "messageId": f"m-{n}"}
        for n in range(97)
    ]
    nobody = {"type": "track", "event": "Xem", "messageId": "khong-ai"}
    huge = {**good[0], "messageId": "qua-lon", "properties": {"note": "x" * (33 << 10)}}
    nameless = {"type": "track", "userId": "KH1", "messageId": "khong-ten"}
    return [nobody, *good[:50], huge, *good[50:], nameless]


def test_a_batch_with_three_bad_messages_is_kept_whole(own_door: Door) -> None:
    reply = own_door.post("/v1/batch", {"batch": _batch_with_three_bad()})

    assert (reply.status, reply.said) == (200, {"success": True})
    assert len(own_door.kept()[0].items) == 100


def test_a_batch_of_501_kb_is_refused_with_a_code_and_a_sentence(own_door: Door) -> None:
    message = {"type": "track", "event": "Xem", "userId": "KH1", "p": "x" * 1000}
    body = json.dumps({"batch": [message] * 490}).encode()
    body = body[:-1] + b" " * ((501 << 10) - len(body)) + b"}"

    reply = own_door.post("/v1/batch", body)

    assert (reply.status, code_of(reply)) == (413, "collect.too_large")
    assert own_door.kept() == []


@pytest.mark.parametrize("body", [{}, {"batch": None}, {"batch": {}}, {"batch": "x"}, VIEW])
def test_a_batch_without_its_array_is_refused(own_door: Door, body: Any) -> None:
    reply = own_door.post("/v1/batch", body)

    assert (reply.status, code_of(reply)) == (400, "collect.no_batch")
    assert reply.said["path"] == "$.batch"
    assert own_door.kept() == []
