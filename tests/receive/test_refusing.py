"""What is not kept is answered with an exact status, a code and a sentence."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import InputError, Text, UnavailableError
from khachquen.receive.answers import answer_error
from tests.receive.conftest import OFF, PUBLIC, SECRET, Door, Reply, open_door

VIEW = {"messageId": "hoa-1", "anonymousId": "may-cua-hoa", "event": "Product Viewed"}
KB = 1024


def refusal(reply: Reply) -> tuple[int, str]:
    """Status and code; both clients' words must be strings, or old ones send again for ever."""
    said = reply.said
    assert isinstance(said["code"], str), said
    assert isinstance(said["message"], str), said
    assert said["message"]
    assert reply.headers["content-type"] == "application/json"
    return reply.status, said["code"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "collect.not_json"),
        (b"{", "collect.not_json"),
        (b'{"batch": [{"type": "track"}', "collect.not_json"),
        (b"not json at all", "collect.not_json"),
        (b"[1,2,3]", "collect.not_json"),
        (b'"text"', "collect.not_json"),
        (b"null", "collect.not_json"),
        (b"\xff\xfe\x00", "collect.not_json"),
        (b"\x1f\x8b\x08 broken", "collect.bad_gzip"),
        (gzip.compress(b'{"batch":[]}', mtime=0)[:-12], "collect.bad_gzip"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/batch", "/v1/track"])
def test_a_body_nothing_can_be_read_from(own_door: Door, path: str, body: bytes, code: str) -> None:
    assert refusal(own_door.post(path, body)) == (400, code)
    assert own_door.kept() == []


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/v1/tracks", (404, "collect.no_such_path")),
        ("POST", "/v1/", (404, "collect.no_such_path")),
        ("GET", "/v1/nothing", (404, "collect.no_such_path")),
        ("GET", "/v1/track", (405, "collect.wrong_method")),
        ("PUT", "/v1/batch", (405, "collect.wrong_method")),
        ("DELETE", "/v1/batch", (405, "collect.wrong_method")),
    ],
)
def test_what_is_not_an_event_path_or_not_a_post(
    door: Door, method: str, path: str, expected: tuple[int, str]
) -> None:
    reply = door.ask(method, path)

    assert refusal(reply) == expected
    assert reply.headers.get("allow") == ("POST, OPTIONS" if expected[0] == 405 else None)


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/track", "/customers", "/V1/track"])
def test_everything_else_is_the_pages(door: Door, path: str) -> None:
    assert door.ask("POST", path).body == b"the pages: " + path.encode()


def test_health_is_answered_beside_the_pages(door: Door) -> None:
    reply = door.ask("GET", "/healthz")

    assert (reply.status, reply.said) == (200, {"web": "ok"})
    assert reply.headers["cache-control"] == "no-store"


def batch_of(size: int) -> bytes:
    """A batch body of exactly this many bytes."""
    body = json.dumps({"batch": [{**VIEW, "type": "track"}], "padding": ""}).encode()
    return body[:-2] + b"x" * (size - len(body)) + body[-2:]


def test_a_public_key_sends_500_kb_and_not_a_byte_more(own_door: Door) -> None:
    assert own_door.post("/v1/batch", batch_of(500 * KB)).status == 200
    reply = own_door.post("/v1/batch", batch_of(500 * KB + 1))

    assert refusal(reply) == (413, "collect.too_large")
    assert reply.said["message"] == "The body is larger than 512,000 bytes."
    assert len(own_door.kept()) == 1


def test_a_key_in_the_body_is_held_to_the_same_sizes(own_door: Door) -> None:
    for key, size, status in (
        (PUBLIC, 500 * KB, 200),
        (PUBLIC, 500 * KB + 1, 413),
        (SECRET, 500 * KB + 1, 200),
    ):
        body = batch_of(size - len(f'"writeKey":"{key}",'))
        body = b'{"writeKey":"' + key.encode() + b'",' + body[1:]
        assert own_door.post("/v1/batch", body, key=None).status == status


@pytest.mark.parametrize("more", [1, 100, 3 * KB * KB])
def test_nobody_sends_more_than_a_body_may_hold(own_door: Door, more: int) -> None:
    reply = own_door.post("/v1/batch", batch_of(4 * KB * KB + more), key=SECRET)

    assert refusal(reply) == (413, "collect.too_large")
    assert own_door.kept() == []
    assert own_door.post("/v1/batch", batch_of(4 * KB * KB), key=SECRET).status == 200


@pytest.mark.parametrize("key", [PUBLIC, SECRET])
def test_a_gzip_bomb_is_too_large_and_never_unpacked_whole(own_door: Door, key: str) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b" " * KB * KB) for _ in range(64)) + packer.flush()
    assert len(bomb) < 100 * KB  # 64 MB in it

    assert refusal(own_door.post("/v1/batch", bomb, key=key)) == (413, "collect.too_large")
    assert own_door.kept() == []
    assert own_door.post("/v1/track", VIEW).status == 200


def test_hundreds_of_query_fields_are_refused(own_door: Door) -> None:
    path = "/v1/track?" + "&".join(f"a{n}=1" for n in range(300))

    assert refusal(own_door.post(path, VIEW)) == (400, "collect.bad_query")
    assert own_door.kept() == []


def test_a_source_that_is_switched_off_takes_nothing(own_door: Door) -> None:
    assert refusal(own_door.post("/v1/track", VIEW, key=OFF)) == (404, "collect.source_off")
    assert own_door.kept() == []


@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch", "/v1/anything"])
def test_a_browser_may_ask_first_from_any_page(door: Door, path: str) -> None:
    reply = door.ask(
        "OPTIONS",
        path,
        headers={
            "Origin": "https://gom-moc.example.vn",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type",
        },
    )

    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == "https://gom-moc.example.vn"
    assert reply.headers["access-control-max-age"] == "86400"
    allowed = reply.headers["access-control-allow-headers"].split(", ")
    assert {
        "authorization",
        "content-type",
        "anonymousid",
        "x-write-key",
        "x-retry-count",
        "x-enable-debug",
    } <= set(allowed)
    assert "*" not in allowed  # does not cover Authorization under the Fetch standard
    assert "POST" in reply.headers["access-control-allow-methods"]


@pytest.mark.parametrize(("key", "status"), [(PUBLIC, 200), ("kqp_sai", 401)])
def test_the_page_may_read_every_answer_and_no_cookie_is_ever_used(
    own_door: Door, key: str, status: int
) -> None:
    reply = own_door.post("/v1/track", VIEW, key=key, Origin="https://gom-moc.example.vn")

    assert reply.status == status
    assert reply.headers["access-control-allow-origin"] == "https://gom-moc.example.vn"
    assert reply.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in reply.headers
    assert "set-cookie" not in reply.headers


def test_without_an_origin_nothing_is_said_of_it(door: Door) -> None:
    assert "access-control-allow-origin" not in door.post("/v1/track", VIEW).headers


def test_only_unavailable_asks_to_come_back() -> None:
    full = answer_error(UnavailableError("store.cannot_keep", Text("đầy", "full")))
    wrong = answer_error(InputError("collect.not_json", Text("sai", "wrong")))

    assert (full.status, dict(full.headers)) == (503, {b"retry-after": b"1"})
    assert (wrong.status, wrong.headers) == (400, [])


def test_the_limits_are_the_settings(data: Path) -> None:
    with open_door(data, max_body_bytes=2000, max_batch_bytes=1000) as door:
        sent: dict[tuple[str, int], Any] = {
            (key, size): door.post("/v1/batch", batch_of(size), key=key).status
            for key in (PUBLIC, SECRET)
            for size in (1000, 1001, 2000, 2001)
        }

    assert [sent[PUBLIC, size] for size in (1000, 1001, 2000, 2001)] == [200, 413, 413, 413]
    assert [sent[SECRET, size] for size in (1000, 1001, 2000, 2001)] == [200, 200, 200, 413]
