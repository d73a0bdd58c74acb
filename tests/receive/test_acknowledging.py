"""200 means that it is on the disk: not before, not less, nothing else."""

import errno
import gzip
import json
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.receive.conftest import (
    PUBLIC,
    SECRET,
    TILL,
    WEBSITE,
    Door,
    basic,
    open_door,
)
from tests.waiting import DEADLINE_S, wait_for

VIEW = {
    "messageId": "hoa-1",
    "anonymousId": "may-cua-hoa",
    "event": "Product Viewed",
    "properties": {"name": "Bát tràng"},
}


def test_an_event_is_answered_200_and_nothing_else_and_is_in_the_log(own_door: Door) -> None:
    reply = own_door.post("/v1/track", VIEW)

    assert (reply.status, reply.body) == (200, b'{"success":true}')
    assert reply.headers["content-type"] == "application/json"
    assert own_door.kept_messages() == [{**VIEW, "type": "track"}]


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias"])
def test_the_path_says_the_type_whatever_the_body_says(own_door: Door, kind: str) -> None:
    reply = own_door.post(f"/v1/{kind}", {**VIEW, "type": "something"})

    assert reply.status == 200
    assert own_door.kept_messages() == [{**VIEW, "type": kind}]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/import", "/v1/batch/"])
def test_a_batch_is_one_record_with_each_message_as_it_was_sent(own_door: Door, path: str) -> None:
    raw = b'{"batch": [{"type":"page" , "messageId":"m1"},7],"sentAt":"2026-11-20T02:00:00Z"}'

    assert own_door.post(path, raw, key=SECRET, user_agent="may-tinh-tien/1").status == 200

    [record] = own_door.kept()
    assert record.items == [b'{"type":"page" , "messageId":"m1"}', b"7"]
    assert (record.source_id, record.trusted) == (TILL, True)
    assert (record.sent_at, record.ip) == ("2026-11-20T02:00:00Z", "127.0.0.0")
    assert record.user_agent == "may-tinh-tien/1"


class GatedSync:
    """An ``fdatasync`` that waits until the test opens the gate."""

    def __init__(self) -> None:
        self.asked, self.gate = threading.Event(), threading.Event()

    def __call__(self, descriptor: int) -> None:
        self.asked.set()
        assert self.gate.wait(DEADLINE_S)
        os.fdatasync(descriptor)


def test_the_answer_waits_for_the_sync(data: Path) -> None:
    sync = GatedSync()
    with open_door(data, sync=sync) as door, knocking(door) as client:
        assert sync.asked.wait(DEADLINE_S), "the record reached the sync"
        assert door.kept_messages()[0]["messageId"] == "hoa-1"  # written, and yet:
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)

        sync.gate.set()
        client.settimeout(DEADLINE_S)
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_requests_that_wait_together_share_a_sync(data: Path) -> None:
    sync, count = GatedSync(), [0]

    def counted(descriptor: int) -> None:
        count[0] += 1
        sync(descriptor)

    with open_door(data, sync=counted) as door, ThreadPoolExecutor(12) as crowd:
        first = crowd.submit(door.post, "/v1/track", VIEW)
        assert sync.asked.wait(DEADLINE_S)
        others = [crowd.submit(door.post, "/v1/track", VIEW) for _ in range(11)]
        wait_for(lambda: door.waiting() == 11)
        sync.gate.set()
        assert {one.result(DEADLINE_S).status for one in [first, *others]} == {200}
        assert len(door.kept()) == 12
    assert count[0] == 2


def test_a_full_disk_is_503_with_a_time_to_come_back_and_ends_by_itself(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from khachquen.store.eventlog import writer

    written, is_full = writer._write_all, True

    def write(descriptor: int, raw: bytes) -> None:
        if is_full:
            os.write(descriptor, raw[:3])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written(descriptor, raw)

    with open_door(data) as door:
        monkeypatch.setattr(writer, "_write_all", write)
        reply = door.post("/v1/track", VIEW)
        assert (reply.status, reply.headers["retry-after"]) == (503, "1")
        assert reply.said["code"] == "store.cannot_keep"
        assert "No space left on device" in reply.said["message"]
        assert door.kept() == []

        is_full = False
        assert door.post("/v1/track", VIEW).status == 200
        assert len(door.kept()) == 1


def test_after_a_failed_sync_nothing_is_ever_acknowledged(data: Path) -> None:
    broken = [True]

    def sync(descriptor: int) -> None:
        if broken[0]:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    with open_door(data, sync=sync) as door:
        assert door.post("/v1/track", VIEW).status == 503
        broken[0] = False
        reply = door.post("/v1/track", VIEW)
        assert (reply.status, reply.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize("kept_bytes", [0, 1, 40])
def test_a_body_cut_in_the_middle_keeps_nothing(own_door: Door, kept_bytes: int) -> None:
    body = json.dumps({"batch": [{**VIEW, "type": "track"}] * 5}).encode()
    with socket.create_connection(("127.0.0.1", own_door.port)) as client:
        client.sendall(head(len(body)) + body[:kept_bytes])
    with socket.create_connection(("127.0.0.1", own_door.port)) as client:
        client.sendall(head(len(body)) + body[:-1])

    assert own_door.post("/v1/track", {**VIEW, "messageId": "nam-1"}).status == 200
    assert [m["messageId"] for m in own_door.kept_messages()] == ["nam-1"]


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "application/json", "content_encoding": "gzip"},
        {"content_type": "application/x-www-form-urlencoded"},  # as rudder-sdk-node sends it
        {},
    ],
)
def test_gzip_is_known_by_its_first_bytes(own_door: Door, headers: dict[str, str]) -> None:
    body = gzip.compress(json.dumps({"batch": [{**VIEW, "type": "track"}]}).encode())

    assert own_door.post("/v1/batch", body, **headers).status == 200
    assert own_door.kept_messages() == [{**VIEW, "type": "track"}]


def test_a_body_that_only_claims_to_be_gzip_is_read_as_it_is(own_door: Door) -> None:
    assert own_door.post("/v1/track", VIEW, content_encoding="gzip").status == 200
    assert own_door.kept_messages() == [{**VIEW, "type": "track"}]


def test_a_body_sent_as_text_is_read_all_the_same(own_door: Door) -> None:
    """analytics.js sends text/plain, so that browsers need not ask first."""
    body = {**VIEW, "writeKey": PUBLIC}

    assert own_door.post("/v1/track", body, key=None, content_type="text/plain").status == 200
    assert own_door.kept()[0].source_id == WEBSITE
    assert own_door.kept_messages() == [{**VIEW, "type": "track"}]  # the key is not kept


def test_a_forwarded_address_is_not_believed(own_door: Door) -> None:
    own_door.post("/v1/track", VIEW, x_forwarded_for="203.0.113.7", forwarded="for=203.0.113.7")

    assert own_door.kept()[0].ip == "127.0.0.0"  # the socket's, shortened


def head(length: int) -> bytes:
    return (
        f"POST /v1/batch HTTP/1.1\r\nHost: shop.example\r\nAuthorization: {basic(PUBLIC)}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def knocking(door: Door) -> socket.socket:
    """A client that has sent a whole request and has not been answered yet."""
    body = json.dumps({"batch": [{**VIEW, "type": "track"}]}).encode()
    client = socket.create_connection(("127.0.0.1", door.port))
    client.sendall(head(len(body)) + body)
    return client
