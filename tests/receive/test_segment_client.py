"""Segment's own Python client sends to us without knowing the difference."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import uvicorn
from segment.analytics.client import Client

from khachquen.base import Config, system_clock
from khachquen.collect import KeyHolder, Keyring
from khachquen.collect.event import Accepted, Event
from khachquen.collect.keyring import digest_of
from khachquen.collect.protocols import Limits, understand
from khachquen.receive import KeyringWatch, ReceiveApp
from khachquen.store.eventlog import LogWriter, read_log

KEY = "kqs_cua-hang-hoa"
LIMITS = Limits(public_bytes=32_768, trusted_bytes=1 << 20)


class Server(uvicorn.Server):
    """A server that says when it listens, in a thread of its own."""

    def __init__(self, app: ReceiveApp, listener: socket.socket) -> None:
        super().__init__(uvicorn.Config(app, lifespan="off", log_level="warning"))
        self._listener = listener
        self._listens = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        asyncio.run(self.serve([self._listener]))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listens.set()

    def start(self) -> None:
        self._thread.start()
        assert self._listens.wait(10)

    def stop(self) -> None:
        self.should_exit = True
        self._thread.join(10)


async def no_django(scope: object, receive: object, send: object) -> None:
    raise AssertionError("an event went to Django")


@pytest.fixture
def address(data: Path) -> Iterator[str]:
    log = LogWriter(data / "log", "web")
    keyring = Keyring({digest_of(KEY): KeyHolder(source_id=1, trusted=True, enabled=True)})
    app = ReceiveApp(
        no_django,
        log,
        KeyringWatch(lambda: keyring),
        Config(data),
        clock=system_clock,
        health=lambda: (200, {}),
    )
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(app, listener)
    server.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.stop()
    log.close()


@pytest.fixture
def client(address: str) -> Client:
    def fail(error: Exception, items: object) -> None:
        raise AssertionError(f"the client was refused: {error}")

    return Client(KEY, host=address, sync_mode=True, max_retries=0, on_error=fail)


def heard(data: Path) -> list[Event]:
    """Every event in the log, understood."""
    events = []
    for record in read_log(data / "log", {}, max_bytes=1 << 30):
        request = msgspec.msgpack.decode(record.payload, type=Accepted)
        for raw in request.items:
            event = understand(raw, request, LIMITS, "no-id")
            assert isinstance(event, Event), event
            events.append(event)
    return events


def test_everything_the_client_can_say_is_heard(client: Client, data: Path) -> None:
    client.identify("KH001", {"name": "Nguyễn Thị Hoa", "email": "hoa@example.vn"})
    client.track("KH001", "Product Viewed", {"product_id": "AO-01"})
    client.page("KH001", "Docs", "Trang chủ", {"url": "https://shop.example/"})
    client.screen("KH001", "Docs", "Giỏ hàng")
    client.group("KH001", "CTY-7", {"name": "Công ty Mây"})
    client.alias("a-1", "KH001")

    events = heard(data)
    assert [event.type for event in events] == [
        "identify",
        "track",
        "page",
        "screen",
        "group",
        "alias",
    ]
    assert {event.user_id for event in events} == {"KH001"}
    assert events[0].traits["name"] == "Nguyễn Thị Hoa"
    assert events[1].name == "Product Viewed"
    assert events[2].name == "Trang chủ"
    assert events[4].group_id == "CTY-7"
    assert events[5].previous_id == "a-1"
    assert all(event.trusted and event.message_id != "no-id" for event in events)


def test_an_order_keeps_its_exact_amounts(client: Client, data: Path) -> None:
    line = {"product_id": "AO-01", "name": "Áo lanh", "price": 12.35, "quantity": 2}
    client.track(
        "KH001", "Order Completed", {"order_id": "1001", "currency": "USD", "products": [line]}
    )

    [event] = heard(data)
    assert event.order is not None
    assert (event.order.number, event.order.total_minor, event.order.units) == ("1001", 2470, 2)


def test_a_compressing_client_is_understood(address: str, data: Path) -> None:
    client = Client(KEY, host=address, sync_mode=True, max_retries=0, gzip=True)
    client.track("KH002", "Signed Up")
    assert [(event.user_id, event.name) for event in heard(data)] == [("KH002", "Signed Up")]


def test_a_wrong_key_is_refused_and_nothing_is_kept(address: str, data: Path) -> None:
    client = Client("kqs_sai", host=address, sync_mode=True, max_retries=0)
    with pytest.raises(Exception, match=r"The write key is missing, wrong or revoked\."):
        client.track("KH003", "Signed Up")
    assert heard(data) == []
