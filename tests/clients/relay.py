"""Stands where a shop's reverse proxy would: passes every byte on, and remembers what it saw.

It can also be the bad network: take a request to the server and lose the answer.
"""

import asyncio
import gzip
import re
import threading
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from httptools import HttpRequestParser, HttpResponseParser

_CHUNK = 1 << 16
_IDS = re.compile(rb'"?\b(?:messageId|eid|uuid)(?:": ?"|=)([^"&]+)')


@dataclass
class Request:
    """One request as a client sent it, and the status it was answered with (0: none arrived)."""

    method: str = ""
    target: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""
    is_whole: bool = False
    status: int = 0

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def body(self) -> bytes:
        """The body as its sender wrote it, before gzip or base64 in a form."""
        if self.raw[:2] == b"\x1f\x8b":
            return gzip.decompress(self.raw)
        if self.raw[:5] == b"data=":
            return b64decode(unquote_to_bytes(self.raw[5:]))
        return self.raw

    # What httptools calls while it reads.

    def on_url(self, url: bytes) -> None:
        self.target += url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode().lower()] = value.decode()

    def on_body(self, part: bytes) -> None:
        self.raw += part

    def on_message_complete(self) -> None:
        self.is_whole = True


@dataclass
class Relay:
    """A port in front of the server; the answers to the first ``to_lose`` posts get lost."""

    server_port: int
    to_lose: int = 0
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def told(self) -> list[Request]:
        """The requests that say something; preflights do not."""
        return [request for request in self.requests if request.method != "OPTIONS"]

    def said(self) -> set[bytes]:
        """The ids of the messages that were answered with 200."""
        kept = [request for request in self.told if request.status == 200]
        return {found for one in kept for found in _IDS.findall(one.target.encode() + one.body)}

    async def serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """One connection of a client, to its end."""
        with suppress(ConnectionError):
            server, onward = await asyncio.open_connection("127.0.0.1", self.server_port)
            talk = _Talk(self)
            answering = asyncio.create_task(talk.answer(server, back))
            await talk.ask(client, onward)
            onward.close()
            await answering
        back.close()


class _Talk:
    """One connection; its requests come one after the other."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._request = Request()
        self._is_answered = True

    def _begin(self, part: bytes) -> None:
        """A new request: remember it, and decide what becomes of its answer."""
        self._request, self._is_answered = Request(), False
        self._relay.requests.append(self._request)
        self._asked, self._answered = HttpRequestParser(self._request), HttpResponseParser(self)
        self._is_lost = self._relay.to_lose > 0 and part.startswith(b"POST ")
        self._relay.to_lose -= self._is_lost

    async def ask(self, client: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        """Pass requests on until the client hangs up."""
        while part := await client.read(_CHUNK):
            if self._is_answered:
                self._begin(part)
            self._asked.feed_data(part)
            self._request.method = self._asked.get_method().decode()
            onward.write(part)

    async def answer(self, server: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Pass answers back until the server hangs up, or lose one."""
        while part := await server.read(_CHUNK):
            if self._is_lost:
                back.transport.abort()
                return
            self._answered.feed_data(part)
            back.write(part)
        back.close()

    def on_headers_complete(self) -> None:
        self._request.status = self._answered.get_status_code()

    def on_message_complete(self) -> None:
        self._is_answered = True


@contextmanager
def relays(server_port: int, to_lose: Iterable[int]) -> Iterator[list[Relay]]:
    """One relay for each count of answers to lose, until the block ends."""
    opened = [Relay(server_port, count) for count in to_lose]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(_open(opened), loop).result()
        yield opened
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _open(relays: list[Relay]) -> None:
    for relay in relays:
        server = await asyncio.start_server(relay.serve, "127.0.0.1", relay.port)
        relay.port = server.sockets[0].getsockname()[1]
