"""A real server on a free loopback port, and a client that says exactly what it wants."""

import asyncio
import base64
import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from khachquen.base import load_config
from khachquen.collect import KeyHolder, Keyring
from khachquen.collect.event import Accepted
from khachquen.collect.keyring import digest_of
from khachquen.receive import KeyringWatch, ReceiveApp
from khachquen.serve.web import make_server
from khachquen.store.eventlog import LogWriter, read_log
from tests.clock import FrozenClock

WEBSITE, TILL = KeyHolder(1, trusted=False, enabled=True), KeyHolder(2, trusted=True, enabled=True)
OFF = KeyHolder(3, trusted=False, enabled=False)


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The stable code of an error."""
        return str(json.loads(self.body)["code"])


class Door:
    """The server, its keys and its log."""

    def __init__(self, data: Path, **writer: Any) -> None:
        self.holders = {"kqp_website": WEBSITE, "kqs_till": TILL, "kqp_off": OFF}
        self.loads = 0
        self.folder = data / "log"
        self.log = LogWriter(self.folder, "web", **writer)
        self.keys = KeyringWatch(self._load)
        self.app = ReceiveApp(
            _pages,
            self.log,
            self.keys,
            load_config(data, env={}),
            clock=FrozenClock(),
            health=lambda: (200, {"status": "ok"}),
        )
        self.server = make_server(self.app, host="127.0.0.1", port=0)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve()))

    def _load(self) -> Keyring:
        self.loads += 1
        return Keyring({digest_of(key): holder for key, holder in self.holders.items()})

    def start(self) -> None:
        self.thread.start()
        pause = threading.Event()
        for _ in range(1000):
            if self.server.started:
                return
            pause.wait(0.01)
        raise TimeoutError("the server did not start")

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        self.log.close()

    @property
    def port(self) -> int:
        port: int = self.server.servers[0].sockets[0].getsockname()[1]
        return port

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection = self.connect()
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, raw, named)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        """With the website's key, unless another is named."""
        headers.setdefault("authorization", basic("kqp_website"))
        return self.ask("POST", path, body, **headers)

    def kept(self) -> list[Accepted]:
        """The records in the log, as they were accepted."""
        decode = msgspec.msgpack.Decoder(Accepted).decode
        return [decode(r.payload) for r in read_log(self.folder, {}, max_bytes=1 << 30)]

    def messages(self, after: int) -> list[dict[str, Any]]:
        """The messages of the records kept after so many."""
        return [json.loads(item) for record in self.kept()[after:] for item in record.items]


@contextmanager
def open_door(data: Path, **writer: Any) -> Iterator[Door]:
    door = Door(data, **writer)
    door.start()
    try:
        yield door
    finally:
        door.stop()


def basic(key: str, *, colon: str = ":") -> str:
    return "Basic " + base64.b64encode(f"{key}{colon}".encode()).decode()


async def _pages(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"a page"})
