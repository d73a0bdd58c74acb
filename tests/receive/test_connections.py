"""HTTP as clients really speak it: pipelined, in pieces, slowly, badly; each gets what is due."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from khachquen.receive import doorkeeper
from tests.receive.conftest import PUBLIC, Door, basic, open_door
from tests.waiting import DEADLINE_S, wait_for

VIEW = {"messageId": "hoa-1", "anonymousId": "may-cua-hoa", "event": "Product Viewed"}


class Line:
    """A bare socket to the door."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
        self._seen = b""

    def say(self, *parts: bytes) -> None:
        for part in parts:
            self.socket.sendall(part)

    def hear(self) -> tuple[int, bytes]:
        """The next answer: its status and body."""
        while b"\r\n\r\n" not in self._seen:
            self._more()
        head, _, self._seen = self._seen.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(x[15:]) for x in lines if x.startswith(b"content-length:")), 0)
        while len(self._seen) < length:
            self._more()
        body, self._seen = self._seen[:length], self._seen[length:]
        return int(head.split()[1]), body

    def is_over(self) -> bool:
        """Whether the server ends the connection without another word."""
        try:
            return not self._seen and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def _more(self) -> None:
        more = self.socket.recv(65536)
        assert more, f"closed after {self._seen!r}"
        self._seen += more


@contextmanager
def talking(door: Door) -> Iterator[Line]:
    line = Line(door.port)
    try:
        yield line
    finally:
        line.socket.close()


def post(name: str, *, key: str = PUBLIC, more: str = "", version: str = "1.1") -> bytes:
    """One whole request with one event."""
    body = json.dumps({**VIEW, "messageId": name}).encode()
    return head(len(body), key=key, more=more, version=version) + body


def head(length: int, *, key: str = PUBLIC, more: str = "", version: str = "1.1") -> bytes:
    return (
        f"POST /v1/track HTTP/{version}\r\nHost: shop.example\r\nAuthorization: {basic(key)}\r\n"
        f"{more}Content-Length: {length}\r\n\r\n"
    ).encode()


def names(door: Door) -> list[str]:
    return [message["messageId"] for message in door.kept_messages()]


def test_pipelined_requests_are_answered_in_their_order(own_door: Door) -> None:
    """Strangers in between wait for a newer keyring; nobody overtakes them."""
    with talking(own_door) as line:
        line.say(b"".join(post(f"m-{n}", key=PUBLIC if n % 5 else "kqp_sai") for n in range(30)))
        statuses = [line.hear()[0] for _ in range(30)]

    assert statuses == [200 if n % 5 else 401 for n in range(30)]
    assert sorted(names(own_door)) == sorted(f"m-{n}" for n in range(30) if n % 5)


def test_a_client_that_asks_and_does_not_listen_is_owed_a_bounded_number(own_door: Door) -> None:
    with talking(own_door) as line:
        line.say(*(post(f"m-{n}") for n in range(2000)))
        assert [line.hear()[0] for _ in range(2000)] == [200] * 2000

    assert names(own_door) == [f"m-{n}" for n in range(2000)]
    assert own_door.front.pressure.waiting_bytes == 0


def test_a_request_in_single_bytes_is_a_request(own_door: Door) -> None:
    with talking(own_door) as line:
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.say(*(bytes([byte]) for byte in post("m-1")))
        assert line.hear() == (200, b'{"success":true}')
        line.say(post("m-2"))
        assert line.hear()[0] == 200

    assert names(own_door) == ["m-1", "m-2"]


def test_a_body_in_chunks(own_door: Door) -> None:
    body = json.dumps(VIEW).encode()
    start = head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    with talking(own_door) as line:
        line.say(start, b"5\r\n", body[:5], b"\r\n", b"%x\r\n" % len(body[5:]), body[5:])
        line.say(b"\r\n0\r\n\r\n", post("m-2"))
        assert [line.hear()[0], line.hear()[0]] == [200, 200]

    assert names(own_door) == ["hoa-1", "m-2"]


def test_who_asks_before_sending_the_body_is_told_to_go_on(own_door: Door) -> None:
    body = json.dumps(VIEW).encode()
    with talking(own_door) as line:
        line.say(head(len(body), more="Expect: 100-continue\r\n"))
        assert line.hear() == (100, b"")
        line.say(body)
        assert line.hear()[0] == 200


@pytest.mark.parametrize("more", ["", "Expect: 100-continue\r\n"])
def test_a_body_that_will_be_too_large_is_refused_before_it_is_sent(
    own_door: Door, more: str
) -> None:
    with talking(own_door) as line:
        line.say(head(5 << 20, more=more))
        status, body = line.hear()

    assert (status, json.loads(body)["code"]) == (413, "collect.too_large")


def test_chunks_without_end_are_refused_on_the_way(own_door: Door) -> None:
    with talking(own_door) as line:
        line.say(head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"))
        line.say(*[b"10000\r\n" + b" " * 65536 + b"\r\n"] * 65)
        assert line.hear()[0] == 413
    assert own_door.front.pressure.waiting_bytes == 0


@pytest.mark.parametrize(
    ("more", "version"), [("Connection: close\r\n", "1.1"), ("", "1.0")], ids=["asked", "old"]
)
def test_a_connection_ends_when_the_client_wants_it(
    own_door: Door, more: str, version: str
) -> None:
    with talking(own_door) as line:
        line.say(post("m-1", more=more, version=version))
        assert line.hear()[0] == 200
        assert line.is_over()


def test_head_is_answered_without_a_body(own_door: Door) -> None:
    with talking(own_door) as line:
        line.say(b"HEAD /v1/track HTTP/1.1\r\nHost: shop.example\r\n\r\n" + post("m-1"))
        seen = b""
        while seen.count(b"HTTP/1.1") < 2:
            seen += line.socket.recv(65536)

    first, second = seen.split(b"HTTP/1.1 ")[1:]
    assert first.startswith(b"405")
    assert first.endswith(b"\r\n\r\n")
    assert second.startswith(b"200")


@pytest.mark.parametrize(
    "start",
    [
        b"POST /v1/track HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(101)) + b"\r\n",
        b"POST /v1/track HTTP/1.1\r\nX-Long: " + b"a" * 600_000,
        b"GET /" + b"a" * 600_000,
    ],
    ids=["many", "endless", "long address"],
)
def test_a_head_without_end_is_refused(own_door: Door, start: bytes) -> None:
    """Whoever goes on sending may find the line cut before the answer is read; nobody hangs."""
    with talking(own_door) as line:
        with suppress(OSError):
            line.say(*(start[at : at + 50_000] for at in range(0, len(start), 50_000)))
        with suppress(OSError):
            status, body = line.hear()
            assert (status, json.loads(body)["code"]) == (431, "receive.long_head")
    assert own_door.kept() == []


def test_what_is_not_http_is_told_so_after_what_is_owed(own_door: Door) -> None:
    with talking(own_door) as line:
        line.say(post("m-1") + b"\x16\x03\x01 this is not HTTP\r\n\r\n")
        assert line.hear()[0] == 200
        status, body = line.hear()
        assert (status, json.loads(body)["code"]) == (400, "receive.not_http")
        assert line.is_over()


PAGE = b"GET /customers HTTP/1.1\r\nHost: shop.example\r\n\r\n"


def test_pages_and_events_take_turns_on_one_connection(own_door: Door) -> None:
    with talking(own_door) as line:
        for name in ("m-1", "m-2"):
            line.say(post(name))
            assert line.hear()[0] == 200
            line.say(PAGE.replace(b"GET", b"HEAD"))
            while b"\r\n\r\n" not in line._seen:
                line._more()
            line._seen = b""

    assert names(own_door) == ["m-1", "m-2"]


def test_a_page_pipelined_behind_an_event_is_to_be_asked_for_again(own_door: Door) -> None:
    with talking(own_door) as line:
        line.say(post("m-1") + PAGE + post("m-2"))
        assert line.hear()[0] == 200
        assert line.is_over()

    assert names(own_door) == ["m-1"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_HEAD_S", "_BODY_S", "_IDLE_S"):
        monkeypatch.setattr(doorkeeper, name, 0.2)
    monkeypatch.setattr(doorkeeper, "_TICK_S", 0.02)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "start", [b"", b"POST /v1/tr", head(100), head(100) + b'{"event":', PAGE[:-2]]
)
def test_who_only_holds_a_place_has_to_go(own_door: Door, start: bytes) -> None:
    with talking(own_door) as line:
        line.say(start)
        assert line.is_over()
    assert own_door.front.pressure.waiting_bytes == 0
    assert own_door.post("/v1/track", VIEW).status == 200


def test_there_are_only_so_many_places(data: Path) -> None:
    with open_door(data, server={"max_connections": 2}) as door:
        with talking(door) as hoa, talking(door) as nam:
            for line in (hoa, nam):
                line.say(post("m-1"))
                assert line.hear()[0] == 200
            with talking(door) as lan:
                status, body = lan.hear()
                assert (status, json.loads(body)["code"]) == (503, "receive.crowded")
                assert lan.is_over()
            hoa.say(post("m-2"))
            assert hoa.hear()[0] == 200

        def has_place() -> bool:
            try:
                return door.post("/v1/track", VIEW).status == 200
            except OSError:
                return False

        wait_for(has_place)


@pytest.mark.parametrize(
    "leave", [lambda s: s.close(), lambda s: s.shutdown(socket.SHUT_RDWR)], ids=["close", "reset"]
)
def test_a_client_gone_in_the_middle_leaves_nothing_behind(
    own_door: Door, leave: Callable[[socket.socket], None]
) -> None:
    line = Line(own_door.port)
    line.say(head(200_000) + b" " * 100_000)
    wait_for(lambda: own_door.front.pressure.waiting_bytes == 100_000)
    leave(line.socket)
    wait_for(lambda: own_door.front.pressure.waiting_bytes == 0)

    assert names(own_door) == []


def test_a_mistake_of_ours_is_500_and_the_next_request_works(
    own_door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("out of order")

    with talking(own_door) as line:
        monkeypatch.setattr(own_door.front.desk, "_accept", broken)
        line.say(post("m-1"))
        status, body = line.hear()
        monkeypatch.undo()
        line.say(post("m-2"))
        assert line.hear()[0] == 200

    assert (status, json.loads(body)["code"]) == (500, "internal")
    assert names(own_door) == ["m-2"]
