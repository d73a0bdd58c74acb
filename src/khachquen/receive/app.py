"""What is not an event: health, the website's scripts and what letters ask for here, the rest by
Django."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from khachquen.receive.answers import Answer
from khachquen.receive.scripts import answer_script, find_script
from khachquen.receive.visits import Visits

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Health = Callable[[], tuple[int, dict[str, Any]]]


class PagesApp:
    """The ASGI app behind the event paths."""

    def __init__(self, django: App, *, health: Health, visits: Visits | None = None):
        self._django = django
        self._health = health
        self._visits = visits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path == "/healthz":
            status, report = await asyncio.to_thread(self._health)
            await _send(send, Answer(status, json.dumps(report).encode()))
        elif script := find_script(path):
            headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
            await _send(send, answer_script(script, scope["method"], headers))
        elif path and self._visits and (answer := await self._visits.answer(scope)):
            await _send(send, answer)
        else:
            await self._django(scope, receive, send)


async def _send(send: Send, answer: Answer) -> None:
    headers = [
        *([(b"content-type", answer.content_type.encode())] if answer.content_type else []),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", answer.cache_control),
        *answer.headers,
    ]
    if answer.status not in (
        204,
        304,
    ):  # where a length would be that of the body which is not sent
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
