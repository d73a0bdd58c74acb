"""What clients are answered, by a real server: a 200 is a promise, and nothing else is a 200."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khachquen.base import InputError
from khachquen.receive.app import KINDS
from tests.receive.door import OFF, WEBSITE, Door, basic, open_door

PAGE = {"type": "page", "anonymousId": "a-hoa"}
BATCH = {"batch": [PAGE]}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("shop")) as door:
        yield door


@pytest.fixture
def door(shared: Door) -> Door:
    """The server of this file; what a test keeps is counted from here."""
    shared.holders = {**shared.holders, "kqp_website": WEBSITE, "kqp_off": OFF}
    return shared


@pytest.mark.parametrize("path", sorted(KINDS))
def test_every_path_takes_its_kind_of_message(door: Door, path: str) -> None:
    before = len(door.kept())
    reply = door.post(path, BATCH if KINDS[path] == "batch" else {"anonymousId": "a"})

    assert (reply.status, reply.body) == (200, b'{"success":true}')
    assert reply.headers["content-type"] == "application/json"
    kept = door.messages(before)
    assert [m["type"] for m in kept] == ["page" if KINDS[path] == "batch" else KINDS[path]]


def test_a_slash_at_the_end_is_the_same_path(door: Door) -> None:
    assert door.post("/v1/batch/", BATCH).status == 200


def test_a_partly_bad_batch_is_kept_whole(door: Door) -> None:
    before = len(door.kept())
    body = b'{"batch":[{"type":"page","anonymousId":"a"},"\\ud800",nonsense]}'

    assert door.post("/v1/batch", body).status == 200
    [record] = door.kept()[before:]
    assert record.items == [b'{"type":"page","anonymousId":"a"}', b'"\\ud800"', b"nonsense"]
    assert (record.source_id, record.trusted, record.ip) == (1, False, "127.0.0.1")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/v1/batch", b"{", 400, "collect.not_json"),
        ("POST", "/v1/batch", b"[]", 400, "collect.not_json"),
        ("POST", "/v1/track", b"", 400, "collect.not_json"),
        ("POST", "/v1/batch", b"\x1f\x8b broken", 400, "collect.bad_gzip"),
        ("POST", "/v1/batch?" + "a=1&" * 60, b"{}", 400, "collect.bad_query"),
        ("POST", "/v1/nothing", b"{}", 404, "collect.no_such_path"),
        ("GET", "/v1/batch", None, 405, "collect.post_only"),
        ("DELETE", "/v1/track", None, 405, "collect.post_only"),
    ],
)
def test_a_refusal_has_its_status_code_and_message(
    door: Door, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    before = len(door.kept())
    reply = door.ask(method, path, body, authorization=basic("kqp_website"))

    assert (reply.status, reply.code) == (status, code)
    assert json.loads(reply.body)["message"]
    assert len(door.kept()) == before


KEYS = [
    # Basic, X-Write-Key, body, query -> status
    (basic("kqp_website"), None, None, None, 200),
    (basic("kqp_website", colon=""), None, None, None, 200),
    (None, "kqp_website", None, None, 200),
    (None, None, "kqp_website", None, 200),
    (None, None, None, "kqp_website", 200),
    (None, None, None, None, 401),
    (basic("wrong"), "kqp_website", "kqp_website", "kqp_website", 401),
    (None, "wrong", "kqp_website", "kqp_website", 401),
    (None, None, "wrong", "kqp_website", 401),
    ("Bearer x", None, "kqp_website", None, 200),
    ("Basic !!!", "kqp_website", None, None, 200),
    (basic(""), "", "kqp_website", None, 200),
    (basic("kqp_website"), "wrong", "k:***", "wrong", 200),
]


@pytest.mark.parametrize(("authorization", "header", "in_body", "query", "status"), KEYS)
@pytest.mark.parametrize("path", ["/v1/batch", "/v1/page"])
def test_the_first_key_named_decides(
    door: Door,
    path: str,
    authorization: str | None,
    header: str | None,
    in_body: str | None,
    query: str | None,
    status: int,
) -> None:
    headers = {"authorization": authorization, "x-write-key": header}
    body = {**PAGE, **BATCH, "writeKey": in_body}
    reply = door.ask(
        "POST",
        path + (f"?writeKey={query}" if query else ""),
        {name: value for name, value in body.items() if value is not None},
        **{name: value for name, value in headers.items() if value is not None},
    )

    assert reply.status == status
    if status == 401:
        assert reply.code == "collect.unknown_key"


def test_a_source_that_is_off_takes_nothing(door: Door) -> None:
    before = len(door.kept())
    reply = door.post("/v1/batch", BATCH, authorization=basic("kqp_off"))

    assert (reply.status, reply.code) == (404, "collect.source_off")
    assert len(door.kept()) == before


def test_gzip_is_known_by_its_first_bytes(door: Door) -> None:
    packed = gzip.compress(json.dumps(BATCH).encode())
    before = len(door.kept())

    assert door.post("/v1/batch", packed).status == 200
    assert door.post("/v1/batch", packed, content_encoding="gzip").status == 200
    form = "application/x-www-form-urlencoded"
    assert door.post("/v1/batch", packed, content_type=form).status == 200
    assert door.post("/v1/batch", BATCH, content_encoding="gzip").status == 200
    assert door.messages(before) == [PAGE] * 4


@pytest.mark.parametrize("cut", [1, 8, 20])
def test_gzip_that_stops_early_is_not_half_believed(door: Door, cut: int) -> None:
    packed = gzip.compress(json.dumps(BATCH).encode())
    before = len(door.kept())

    reply = door.post("/v1/batch", packed[:-cut])

    assert (reply.status, reply.code) == (400, "collect.bad_gzip")
    assert door.post("/v1/batch", packed + b"more").code == "collect.bad_gzip"
    assert len(door.kept()) == before


def test_a_gzip_bomb_is_put_down_early(door: Door) -> None:
    bomb = gzip.compress(b" " * (64 << 20))
    reply = door.post("/v1/batch", bomb, authorization=basic("kqs_till"))

    assert len(bomb) < 100_000
    assert (reply.status, reply.code) == (413, "collect.too_large")


def test_a_public_key_sends_small_batches_and_a_trusted_one_large(door: Door) -> None:
    large = {"batch": [{**PAGE, "properties": {"note": "x" * 600_000}}]}
    refused = door.post("/v1/batch", large)
    assert (refused.status, refused.code) == (413, "collect.too_large")
    assert door.post("/v1/batch", large, authorization=basic("kqs_till")).status == 200


@pytest.mark.parametrize("padding", [5 << 20, 40 << 20])
def test_nobody_sends_more_than_a_body_may_be(door: Door, padding: int) -> None:
    """Also when what fits would be JSON by itself: the rest is not cut off and forgotten."""
    before = len(door.kept())
    body = json.dumps(BATCH).encode() + b" " * padding
    try:
        reply = door.post("/v1/batch", body, authorization=basic("kqs_till"))
    except OSError:
        assert padding > 32 << 20  # we do not listen for ever
    else:
        assert (reply.status, reply.code) == (413, "collect.too_large")
    assert len(door.kept()) == before


def test_a_body_in_uneven_pieces_that_is_too_large_is_refused(door: Door) -> None:
    before = len(door.kept())
    whole = json.dumps(BATCH).encode()

    def pieces() -> Iterator[bytes]:
        yield whole
        yield b" " * (5 << 20)
        yield b" " * 10

    connection = door.connect()
    connection.request(
        "POST", "/v1/batch", pieces(), {"authorization": basic("kqs_till")}, encode_chunked=True
    )
    assert connection.getresponse().status == 413
    connection.close()
    assert len(door.kept()) == before


def test_any_page_may_send_without_a_cookie(door: Door) -> None:
    origin = "https://nhamay.vn"
    asked = door.ask(
        "OPTIONS",
        "/v1/batch",
        origin=origin,
        access_control_request_method="POST",
        access_control_request_headers="authorization,content-type",
    )
    sent = door.post("/v1/batch", BATCH, origin=origin)
    refused = door.post("/v1/batch", b"{", origin=origin)

    assert asked.status == 204
    for reply in (asked, sent, refused):
        assert reply.headers["access-control-allow-origin"] == origin
        assert "access-control-allow-credentials" not in reply.headers
        assert "set-cookie" not in reply.headers
    allowed = asked.headers["access-control-allow-headers"].split(", ")
    for name in "authorization content-type anonymousid x-write-key x-retry-count".split():
        assert name in allowed
    assert asked.headers["access-control-max-age"] == "86400"
    assert "access-control-allow-origin" not in door.post("/v1/batch", BATCH).headers


def test_everything_else_goes_to_the_pages(door: Door) -> None:
    assert door.ask("GET", "/customers").body == b"a page"
    assert door.ask("GET", "/v2/batch").body == b"a page"
    assert json.loads(door.ask("GET", "/healthz").body) == {"status": "ok"}


def test_a_body_cut_in_the_middle_keeps_nothing(door: Door) -> None:
    before = len(door.kept())
    body = json.dumps(BATCH).encode()
    head = (
        f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-Write-Key: kqp_website\r\n"
        f"Content-Length: {len(body) + 5}\r\n\r\n"
    ).encode()
    for cut in (0, 10, len(body)):
        with socket.create_connection(("127.0.0.1", door.port), timeout=20) as connection:
            connection.sendall(head + body[:cut])
            connection.shutdown(socket.SHUT_WR)
            assert not connection.recv(1000).startswith(b"HTTP/1.1 200")
    assert door.post("/v1/batch", BATCH).status == 200
    assert len(door.kept()) == before + 1


def test_a_new_key_works_at_once_and_a_revoked_one_dies(door: Door) -> None:
    assert door.post("/v1/batch", BATCH, authorization=basic("kqp_new")).status == 401
    door.holders["kqp_new"] = WEBSITE
    assert door.post("/v1/batch", BATCH, authorization=basic("kqp_new")).status == 200

    del door.holders["kqp_new"]
    door.keys.refresh()
    assert door.post("/v1/batch", BATCH, authorization=basic("kqp_new")).status == 401


def test_guessing_keys_does_not_wear_the_database_out(door: Door) -> None:
    loads, started = door.loads, time.monotonic()
    for n in range(8):
        assert door.post("/v1/batch", BATCH, authorization=basic(f"guess-{n}")).status == 401
    assert door.loads - loads <= 1 + (time.monotonic() - started) / 0.25


def test_an_unknown_key_waits_for_a_database_that_cannot_answer(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> None:
        raise RuntimeError("database is locked")

    monkeypatch.setattr(door.keys, "_load", locked)
    reply = door.post("/v1/batch", BATCH, authorization=basic("kqp_maybe"))

    assert (reply.status, reply.code) == (503, "collect.keys_unavailable")
    assert reply.headers["retry-after"] == "1"
    assert door.post("/v1/batch", BATCH).status == 200


def test_200_is_said_only_after_the_record_is_on_the_disk(tmp_path: Path) -> None:
    order: list[str] = []
    gate = threading.Event()

    def sync(descriptor: int) -> None:
        gate.wait(20)
        order.append("synced")

    with open_door(tmp_path, sync=sync) as door:

        def send() -> None:
            order.append(f"answered {door.post('/v1/batch', BATCH).status}")

        sender = threading.Thread(target=send)
        sender.start()
        sender.join(0.3)
        assert order == []
        gate.set()
        sender.join(20)
    assert order == ["synced", "answered 200"]


def test_what_cannot_be_kept_is_answered_503_and_never_200(tmp_path: Path) -> None:
    def sync(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    broken: list[BaseException] = []
    with open_door(tmp_path, sync=sync, on_broken=broken.append) as door:
        for _ in range(3):
            reply = door.post("/v1/batch", BATCH)
            assert (reply.status, reply.code) == (503, "store.cannot_keep")
            assert reply.headers["retry-after"] == "1"
    assert len(broken) == 1


PIECES = st.sampled_from(
    [b'{"batch":[', b"]}", b"{", b"}", b"[", b"]", b",", b'"', b"\\", b"\\u0000", b"\\ud800",
     b"\xff", b"1e400", b"null", b'"type":"track"', b'"batch":', b'"writeKey":', b'"context":',
     b'"sentAt":', b"\x1f\x8b", b"\x00", b" ", b'{"type":"page","anonymousId":"a"}']
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(PIECES | st.binary(max_size=6), max_size=12).map(b"".join),
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(["kqp_website", "kqs_till", "\xff", "x"]),
    st.sampled_from(["", "?writeKey=%00", "?%ff=%ff&writeKey", "?" + "&" * 99]),
)
def test_hostile_bodies_get_an_answer_that_is_not_our_mistake(
    door: Door, body: bytes, path: str, key: str, query: str
) -> None:
    reply = door.post(path + query, body, authorization=basic(key))

    assert reply.status in (200, 400, 401, 413)
    told: dict[str, Any] = json.loads(reply.body)
    assert told == {"success": True} if reply.status == 200 else told["code"] and told["message"]


def test_the_error_of_a_query_says_what_would_be_right() -> None:
    from khachquen.receive.app import _read_query

    assert _read_query(b"writeKey=a&b=%20") == {"writeKey": "a", "b": " "}
    with pytest.raises(InputError, match="more than 50 query fields"):
        _read_query(b"&".join([b"a=1"] * 51))
