"""A front door on a port of this machine: real server, real log, keys held in memory."""

import asyncio
import base64
import http.client
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings

from khachquen.collect import KeyHolder, Keyring
from khachquen.collect.event import Accepted
from khachquen.collect.keyring import digest_of
from khachquen.receive import KeyringWatch, PagesApp
from khachquen.store.eventlog import LogWriter, read_log
from tests.waiting import DEADLINE_S, wait_for

PUBLIC, SECRET, OFF = "kqp_trang-web", "kqs_may-tinh-tien", "kqp_da-tat"
WEBSITE, TILL, CLOSED = 1, 2, 3


def keyring(*, without: str = "") -> Keyring:
    """The website's public key, the till's secret one, and one of a source switched off."""
    holders = {
        PUBLIC: KeyHolder(WEBSITE, trusted=False, enabled=True),
        SECRET: KeyHolder(TILL, trusted=True, enabled=True),
        OFF: KeyHolder(CLOSED, trusted=False, enabled=False),
    }
    return Keyring({digest_of(key): held for key, held in holders.items() if key != without})


@dataclass(frozen=True)
class Reply:
    """What the door answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        """The body, as JSON."""
        return json.loads(self.body)


@dataclass
class Door:
    """A running front door, and how to knock."""

    port: int
    log: Path
    writer: LogWriter = field(repr=False)
    watch: KeyringWatch
    config: Any = field(repr=False)
    front: Any = field(repr=False)

    def post(
        self, path: str, body: bytes | Any, *, key: str | None = PUBLIC, **headers: str
    ) -> Reply:
        """Send a body; one that is not bytes is written as JSON. ``a_b=`` is the header a-b."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            named["Authorization"] = basic(key)
        return self.ask("POST", path, raw, named)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, named, answer.read())
        finally:
            connection.close()

    def kept(self) -> list[Accepted]:
        """Every request in the log, read as the engine reads it."""
        records = read_log(self.log, {}, max_bytes=1 << 30)
        return [msgspec.msgpack.decode(record.payload, type=Accepted) for record in records]

    def waiting(self) -> int:
        """How many requests wait for the next sync."""
        return self.writer._pending.qsize()

    def kept_messages(self) -> list[Any]:
        """Every message in the log that is JSON."""
        return [json.loads(item) for record in self.kept() for item in record.items]


def basic(key: str) -> str:
    """The header Segment's clients send: the key as the user name, no password."""
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


async def behind_the_door(scope: Any, receive: Any, send: Any) -> None:
    """Stands where the pages are: says that it was asked, and for what."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the pages: " + scope["path"].encode()})


@contextmanager
def open_door(
    data: Path,
    *,
    load: Callable[[], Keyring] = keyring,
    sync: Callable[[int], None] = os.fdatasync,
    file_bytes: int = 64 << 20,
    backlog: Callable[[], int] = lambda: 0,
    server: Mapping[str, Any] = {},
    **limits: int,
) -> Iterator[Door]:
    """A front door over a log in ``data`` until the block ends."""
    from khachquen.serve.web import (  # needs Django to be ready
        new_front,
        new_loop,
        new_server,
        serve_front,
    )

    config = replace(settings.CONFIG, data=data)
    config = replace(config, ingest=replace(config.ingest, **limits))
    config = replace(config, server=replace(config.server, **server))
    log = LogWriter(data / "log", "web", sync=sync, file_bytes=file_bytes)
    watch = KeyringWatch(load)
    front = new_front(config, log, watch, backlog=backlog)
    pages = PagesApp(behind_the_door, health=lambda: (200, {"web": "ok"}))
    served, stop = new_server(front, pages, host="127.0.0.1", port=0), threading.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(serve_front(served, front, stop))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_for(lambda: served.started)
        port = served.servers[0].sockets[0].getsockname()[1]
        yield Door(port, data / "log", log, watch, config, front)
    finally:
        stop.set()
        thread.join(DEADLINE_S)
        log.close()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One front door for a module; its log holds what all of its tests sent."""
    with open_door(tmp_path_factory.mktemp("shop")) as opened:
        yield opened


@pytest.fixture
def own_door(data: Path) -> Iterator[Door]:
    """A front door of this test alone, whose log is empty."""
    with open_door(data) as opened:
        yield opened
