"""The bare ASGI app: event routes and health here, everything else to Django."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from khachquen.base import (
    Clock,
    Config,
    ForbiddenError,
    KhachQuenError,
    UnavailableError,
    to_micros,
)
from khachquen.collect import Keyring
from khachquen.flows.accept import GZIP, Incoming, accept, too_large
from khachquen.receive.answers import GONE, Answer, answer_error, cors_headers, preflight
from khachquen.receive.keys import KeyringWatch
from khachquen.store.eventlog import LogWriter

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Health = Callable[[], tuple[int, dict[str, Any]]]

KINDS = {
    "/v1/identify": "identify",
    "/v1/track": "track",
    "/v1/page": "page",
    "/v1/screen": "screen",
    "/v1/group": "group",
    "/v1/alias": "alias",
    "/v1/batch": "batch",
    "/v1/import": "batch",
}
_SUCCESS = Answer(200, b'{"success":true}')
_POST_ONLY = Answer(
    405,
    b'{"code":"collect.post_only","message":"Send events by POST."}',
    [(b"allow", b"POST, OPTIONS")],
)
_LARGE_BYTES = 64 << 10


class ReceiveApp:
    """Accepts events on their paths; 200 is answered only after the record is on the disk."""

    def __init__(
        self,
        django: App,
        log: LogWriter,
        keys: KeyringWatch,
        config: Config,
        *,
        clock: Clock,
        health: Health,
    ):
        self._django = django
        self._log = log
        self._keys = keys
        self._limits = config.ingest
        self._clock = clock
        self._health = health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path == "/healthz":
            status, report = await asyncio.to_thread(self._health)
            await _send(send, Answer(status, json.dumps(report).encode()), [])
        elif path.startswith("/v1/"):
            headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
            answer = await self._answer(scope, path.rstrip("/"), headers, receive)
            await _send(send, answer, cors_headers(headers))
        else:
            await self._django(scope, receive, send)

    async def _answer(
        self, scope: Scope, path: str, headers: dict[str, str], receive: Receive
    ) -> Answer:
        if scope["method"] == "OPTIONS":
            return preflight()
        kind = KINDS.get(path)
        if kind is None:
            return Answer(404, b'{"code":"collect.no_such_path","message":"No such event path."}')
        if scope["method"] != "POST":
            return _POST_ONLY
        try:
            body = await _read_body(receive, self._limits.max_body_bytes)
            incoming = Incoming(
                kind=kind,
                headers=headers,
                query=dict(parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=50)),
                body=body,
                ip=scope["client"][0] if scope.get("client") else None,
                received_at=to_micros(self._clock()),
            )
            await self._keep(await self._accept(incoming))
        except KhachQuenError as error:
            return answer_error(error)
        except ValueError:  # a query string with hundreds of fields
            return Answer(400, b'{"code":"collect.bad_query","message":"Too many query fields."}')
        return _SUCCESS

    async def _accept(self, incoming: Incoming) -> bytes:
        keyring = self._keys.keyring
        try:
            return await self._read(incoming, keyring)
        except ForbiddenError:
            await self._keys.refresh_for_unknown()
            if self._keys.keyring is keyring:
                raise
            return await self._read(incoming, self._keys.keyring)

    async def _read(self, incoming: Incoming, keyring: Keyring) -> bytes:
        """The record of a request; a body that may take long is read beside the others."""
        limits = self._limits
        read = partial(
            accept,
            incoming,
            keyring,
            max_bytes=limits.max_body_bytes,
            public_bytes=limits.max_batch_bytes,
        )
        is_large = len(incoming.body) > _LARGE_BYTES or incoming.body[:2] == GZIP
        return (await asyncio.to_thread(read) if is_large else read())[0]

    async def _keep(self, record: bytes) -> None:
        """Wait until the record is on the disk."""
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[None] = loop.create_future()

        def settle(error: BaseException | None) -> None:
            if not kept.done():
                kept.set_exception(error) if error else kept.set_result(None)

        def on_writer_thread(error: BaseException | None) -> None:
            loop.call_soon_threadsafe(settle, error)

        self._log.submit(record, on_writer_thread)
        await kept


async def _read_body(receive: Receive, max_bytes: int) -> bytes:
    """The whole body; one that is too large is answered before the rest of it arrives."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise UnavailableError("collect.gone", GONE)
        part = message.get("body", b"")
        size += len(part)
        if size > max_bytes:
            raise too_large(max_bytes)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, answer: Answer, extra: list[tuple[bytes, bytes]]) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        *answer.headers,
        *extra,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
