"""The bare ASGI app: event routes and health here, everything else to Django."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from khachquen.base import (
    Clock,
    Config,
    ForbiddenError,
    InputError,
    KhachQuenError,
    UnavailableError,
    to_micros,
)
from khachquen.collect import KeyHolder, Keyring
from khachquen.collect.protocols import Asked, DocumentRoute, find_route, methods_of
from khachquen.flows.accept import GZIP, Incoming, accept, find_holder, key_of, too_large
from khachquen.receive.answers import (
    GONE,
    TOO_MANY_FIELDS,
    Answer,
    answer_error,
    cors_headers,
    preflight,
    to_answer,
)
from khachquen.receive.keys import KeyringWatch
from khachquen.receive.scripts import answer_script, find_script
from khachquen.store.eventlog import LogWriter

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Found = TypeVar("Found")
Health = Callable[[], tuple[int, dict[str, Any]]]

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
        self._truncate_ip = config.privacy.truncate_ip
        self._clock = clock
        self._base_url = config.server.base_url.rstrip("/")
        self._health = health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path == "/healthz":
            status, report = await asyncio.to_thread(self._health)
            await _send(send, Answer(status, json.dumps(report).encode()), [])
        elif methods_of(path) or path.startswith("/v1/"):
            headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
            answer = await self._answer(scope, path, headers, receive)
            await _send(send, answer, cors_headers(headers, path))
        elif script := find_script(path):
            headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
            await _send(send, answer_script(script, scope["method"], headers), [])
        else:
            await self._django(scope, receive, send)

    async def _answer(
        self, scope: Scope, path: str, headers: dict[str, str], receive: Receive
    ) -> Answer:
        if scope["method"] == "OPTIONS":
            return preflight()
        found = find_route(scope["method"], path)
        if found is None:
            return _no_route(path)
        route, names = found
        try:
            query = _read_query(scope)
            if isinstance(route, DocumentRoute):
                await _read_body(receive, self._limits.max_body_bytes)
                return to_answer(route.tell(await self._asked(scope, route, names, headers, query)))
            body = await _read_body(receive, self._limits.max_body_bytes)
            incoming = Incoming(
                route=route,
                names=names,
                headers=headers,
                query=query,
                body=body,
                ip=scope["client"][0] if scope.get("client") else None,
                received_at=to_micros(self._clock()),
            )
            await self._keep(await self._with_keys(partial(self._read, incoming)))
        except KhachQuenError as error:
            return answer_error(error)
        return to_answer(route.answer)

    async def _with_keys(self, find: Callable[[Keyring], Awaitable[Found]]) -> Found:
        """What ``find`` makes of the keyring; of a newer one when the key is not in this one."""
        keyring = self._keys.keyring
        try:
            return await find(keyring)
        except ForbiddenError:
            await self._keys.refresh_for_unknown()
            if self._keys.keyring is keyring:
                raise
            return await find(self._keys.keyring)

    async def _asked(
        self,
        scope: Scope,
        route: DocumentRoute,
        names: Mapping[str, str],
        headers: Mapping[str, str],
        query: Mapping[str, str],
    ) -> Asked:
        """A client's question, its key looked up where the document is for one source only."""
        base_url = self._base_url or f"{scope['scheme']}://{headers.get('host', 'localhost')}"
        if not route.needs_key:
            return Asked("", 0, True, base_url, query)
        value = key_of(headers, names, query)

        async def find(keyring: Keyring) -> KeyHolder:
            return find_holder(value, keyring)

        holder = await self._with_keys(find)
        return Asked(value, holder.source_id, holder.enabled, base_url, query)

    async def _read(self, incoming: Incoming, keyring: Keyring) -> bytes:
        """The record of a request; a body that may take long is read beside the others."""
        limits = self._limits
        read = partial(
            accept,
            incoming,
            keyring,
            max_bytes=limits.max_body_bytes,
            public_bytes=limits.max_batch_bytes,
            truncate_ip=self._truncate_ip,
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


def _read_query(scope: Scope) -> dict[str, str]:
    """The query's fields, the last of each name.

    Raises:
        InputError: there are hundreds of them.
    """
    try:
        return dict(parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=100))
    except ValueError:
        raise InputError("collect.bad_query", TOO_MANY_FIELDS) from None


def _no_route(path: str) -> Answer:
    if methods := methods_of(path):
        allowed = ", ".join([*methods, "OPTIONS"]).encode()
        return Answer(
            405,
            b'{"code":"collect.wrong_method","message":"This path takes another method."}',
            [(b"allow", allowed)],
        )
    return Answer(404, b'{"code":"collect.no_such_path","message":"No such event path."}')


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
        (b"content-type", answer.content_type.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", answer.cache_control),
        *answer.headers,
        *extra,
    ]
    if answer.status != 304:  # where a length would be that of the body which is not sent
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
