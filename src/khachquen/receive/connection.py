"""One connection: event paths are answered straight from the HTTP parser, the rest goes to ASGI.

A task, a scope and two queues for each request cost more than everything that is done with a
small event. So a request on an event path becomes a ``Call`` in the parser's own callbacks, and
its answer is written when its turn has come; requests may be pipelined. All that is HTTP stays
uvicorn's: parsing, pages, flow control, shutting down.
"""

import logging
from collections import deque
from http import HTTPMethod
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from khachquen.receive.answers import (
    CROWDED,
    LONG_HEAD,
    NOT_HTTP,
    Answer,
    cors_headers,
    to_wire,
)
from khachquen.receive.call import Call
from khachquen.receive.desk import Desk, is_event_path
from khachquen.receive.doorkeeper import Doorkeeper

_log = logging.getLogger(__name__)
_MOST_HEAD_BYTES = 64 << 10
_MOST_HEADERS = 100
_MOST_TURNS = 64
"""How many answers a connection may be owed before nothing more is read from it."""


class Connection(HttpToolsProtocol):
    """What comes over one socket, in order.

    ``turns`` are the calls that were not answered on the wire yet, the oldest first. When a page
    and an event are pipelined, which no browser or proxy does, only the first of them is
    answered: the connection ends then, and the client asks again.
    """

    def __init__(self, *, desk: Desk, doorkeeper: Doorkeeper, **uvicorns: Any):
        super().__init__(**uvicorns)
        self._desk = desk
        self._doorkeeper = doorkeeper
        self._call: Call | None = None
        self._is_leaving = False
        self._is_held_back = False
        self._head_bytes = 0
        self.turns: deque[Call] = deque()
        self.in_head = False
        self.began_at = self.heard_at = 0.0
        self.stuck_at: float | None = None

    @property
    def is_reading_event(self) -> bool:
        return self._call is not None

    @property
    def is_quiet(self) -> bool:
        return not self.turns and not self._has_page

    @property
    def _has_page(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    # The transport

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.began_at = self.heard_at = self._doorkeeper.now
        if not self._doorkeeper.let_in(self):
            self._end_with(CROWDED)

    def connection_lost(self, exc: Exception | None) -> None:
        self._doorkeeper.let_out(self)
        if self._call is not None:
            self._desk.drop(self._call)
        self._is_leaving, self._call = True, None
        self.turns.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.heard_at = self._doorkeeper.now
        headers = self.headers if self.in_head else None
        super().data_received(data)
        if self.in_head and self.headers is headers:  # still the same head
            self._head_bytes += len(data)
            if self._head_bytes > _MOST_HEAD_BYTES:
                self._end_with(LONG_HEAD)

    def send_400_response(self, msg: str) -> None:
        """In its turn: an older request's client must not take this for its answer."""
        self._end_with(NOT_HTTP)

    def pause_writing(self) -> None:
        """The client does not read its answers: then nothing more is asked of it either."""
        self.stuck_at = self._doorkeeper.now
        super().pause_writing()
        self.flow.pause_reading()

    def resume_writing(self) -> None:
        self.stuck_at = None
        super().resume_writing()
        if not self._is_held_back:
            self.flow.resume_reading()

    def shutdown(self) -> None:
        if self._call is not None and self._call.answer is None:  # it was never whole
            self._desk.drop(self.turns.pop())
            self._call, self._is_leaving = None, True
        if self.turns:
            self.turns[-1].is_last = self._is_leaving = True
        else:
            super().shutdown()

    # The parser

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.in_head, self._head_bytes, self.began_at = True, 0, self._doorkeeper.now

    def on_headers_complete(self) -> None:
        self.in_head = False
        if self._is_leaving:
            return
        if len(self.headers) > _MOST_HEADERS:
            self._end_with(LONG_HEAD)
            return
        url = httptools.parse_url(self.url)
        path = unquote(url.path.decode("ascii"))
        if not is_event_path(path):
            if self.turns:
                self._leave()
                return
            self._believe_proxies()
            super().on_headers_complete()
        elif self._has_page:
            self.cycle.keep_alive, self._is_leaving = False, True
        else:
            self._begin(path, url.query or b"")

    def on_body(self, body: bytes) -> None:
        if self._is_leaving:
            return
        if self._call is None:
            super().on_body(body)
        elif self._call.answer is None:
            self._desk.grow(self._call, body)

    def on_message_complete(self) -> None:
        call, self._call = self._call, None
        if self._is_leaving:
            return
        if call is None:
            super().on_message_complete()
            return
        self._is_leaving = call.is_last
        if call.answer is None:
            self._desk.finish(call)

    # Calls

    def _begin(self, path: str, query_string: bytes) -> None:
        headers = self._headers_by_name()
        peer = self.client[0] if self.client else None
        proxies = self._desk.proxies
        is_old = self.parser.get_http_version() == "1.0"
        call = self._call = Call(
            caller=self,
            method=self.parser.get_method().decode("ascii"),
            path=path,
            query_string=query_string,
            headers=headers,
            ip=proxies.client_of(peer, headers.get("x-forwarded-for", "")),
            scheme=proxies.scheme_of(peer, self.scheme or "http", headers),
            is_last=is_old or not self.parser.should_keep_alive(),
        )
        self.turns.append(call)
        self._desk.begin(call)
        if self.expect_100_continue and call.answer is None and len(self.turns) == 1:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if len(self.turns) > _MOST_TURNS and not self._is_held_back:
            self._is_held_back = True
            self.flow.pause_reading()

    def flush(self) -> None:
        """Write the answers whose turn has come, all at once."""
        ready = []
        is_over = False
        while self.turns and (answer := self.turns[0].answer) and not is_over:
            call = self.turns.popleft()
            is_over = call.is_last
            ready.append(self._to_wire(call, answer))
        if not ready or self.transport.is_closing():
            return
        self.transport.write(ready[0] if len(ready) == 1 else b"".join(ready))
        if is_over:
            self.transport.close()
        elif self._is_held_back and len(self.turns) < _MOST_TURNS // 2:
            self._is_held_back = False
            self.flow.resume_reading()

    def _to_wire(self, call: Call, answer: Answer) -> bytes:
        usual = self.server_state.default_headers
        if "origin" in call.headers or call.is_last or call.method == HTTPMethod.HEAD:
            return to_wire(
                answer,
                [*usual, *cors_headers(call.headers, call.path)],
                is_last=call.is_last,
                has_body=call.method != HTTPMethod.HEAD,
            )
        return self._desk.wires.of(answer, usual)

    def _headers_by_name(self) -> dict[str, str]:
        """The last of each name, but all of ``x-forwarded-for``: each proxy may add its own."""
        named: dict[str, str] = {}
        for name, value in self.headers:
            text = value.decode("latin-1")
            if name == b"x-forwarded-for" and "x-forwarded-for" in named:
                text = f"{named['x-forwarded-for']},{text}"
            named[name.decode("latin-1")] = text
        return named

    def _believe_proxies(self) -> None:
        """Whose request a page is asked by, as far as a proxy of our own says so."""
        if self.client is None:
            return
        headers, peer = self._headers_by_name(), self.client[0]
        proxies = self._desk.proxies
        client = proxies.client_of(peer, headers.get("x-forwarded-for", ""))
        self.scope["client"] = (client or peer, self.client[1] if client == peer else 0)
        self.scope["scheme"] = proxies.scheme_of(peer, self.scheme or "http", headers)

    def _leave(self) -> None:
        """Nothing more is read; what is owed is still answered."""
        self._is_leaving = True
        if self.turns:
            self.turns[-1].is_last = True
        else:
            self.transport.close()

    def _end_with(self, answer: Answer) -> None:
        """One last answer, after those that are owed."""
        if self._has_page or (self._is_leaving and not self.turns):
            self.transport.close()
            return
        self._is_leaving = True
        if self._call is not None:  # its body is broken: this is its answer
            self._desk.drop(self._call)
            self._call.answer, self._call.is_last, self._call = answer, True, None
        else:
            self.turns.append(_nobodys(self, answer))
        self.flush()


def _nobodys(caller: Connection, answer: Answer) -> Call:
    """A turn for an answer to what never became a request."""
    return Call(caller, "", "", b"", {}, None, "http", is_last=True, answer=answer)
