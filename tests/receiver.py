"""Another system: a real server on this machine that checks what it is sent by other code."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch

from standardwebhooks import Webhook

Say = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Heard:
    """One request that came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def checked(self, secret: str, now: datetime) -> Any:
        """What it says, by the library receivers use; it raises when the signature is not ours or
        it is not five minutes within ``now``."""

        class Then(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> "datetime":  # type: ignore[override]
                return now

        with patch("standardwebhooks.webhooks.datetime", Then):
            return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """Answers ``says`` by number of the request, the last one again and again."""

    says: list[int | Say] = field(default_factory=lambda: [200])
    heard: list[Heard] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"
    connections: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.heard]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers.get("Content-Length", 0))
        body = handler.rfile.read(size)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.heard.append(Heard(handler.path, headers, body))
        says = self.says[min(len(self.heard), len(self.says)) - 1]
        if callable(says):
            says(handler)
            return
        words = b"ok" if says == 200 else b"no"
        handler.send_response(says)
        handler.send_header("Content-Length", str(len(words)))
        handler.end_headers()
        handler.wfile.write(words)


@contextmanager
def receiving(
    *says: int | Say, tls: ssl.SSLContext | None = None, port: int = 0
) -> Iterator[Receiver]:
    """A receiver that is up."""
    receiver = Receiver(list(says) or [200], scheme="https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            receiver.connections += 1
            super().setup()

        def do_POST(self) -> None:
            receiver.answer(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", port), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
