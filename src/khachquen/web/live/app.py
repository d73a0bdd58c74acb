"""The stream behind the live page, in front of Django.

A stream lasts for hours, and Django keeps a thread and its database connection for each request as
long as it lasts. So Django only decides: its view at ``events/stream`` stands behind the same gate
as every page and leaves a ticket; the request is over, and what was granted is sent from here.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any

from django.http import HttpRequest

from khachquen.base import Clock
from khachquen.web.live.hub import Hub, Viewer

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = "/events/stream"
_TICKETS = "khachquen.tickets"


class LiveApp:
    """Django, and the streams its view granted.

    ``is_stopping`` says that the server is to end: every stream then ends within a moment.
    """

    def __init__(self, django: App, *, clock: Clock, is_stopping: Callable[[], bool]):
        self._django = django
        self._hub = Hub(clock=clock, is_stopping=is_stopping)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._django(scope, receive, send)
            return
        tickets: list[Viewer] = []
        answer: list[Message] = []

        async def hold(part: Message) -> None:
            answer.append(part)

        await self._django({**scope, _TICKETS: tickets}, receive, hold)
        if tickets:
            await self._stream(tickets[0], answer[0], receive, send)
        else:
            for part in answer:
                await send(part)

    async def _stream(self, viewer: Viewer, start: Message, receive: Receive, send: Send) -> None:
        """Send until the hub has no more, or nobody is there to receive."""
        headers = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
        await send({**start, "headers": headers})
        sending = asyncio.create_task(self._send_all(viewer, send))
        gone = asyncio.create_task(_until_gone(receive))
        await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
        for task in (sending, gone):
            task.cancel()
        await asyncio.gather(sending, gone, return_exceptions=True)

    async def _send_all(self, viewer: Viewer, send: Send) -> None:
        async with aclosing(self._hub.listen(viewer)) as told:
            async for part in told:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def grant(request: HttpRequest, viewer: Viewer) -> None:
    """Let the stream begin once the view has answered; elsewhere than under ASGI nothing does."""
    tickets = getattr(request, "scope", {}).get(_TICKETS)
    if tickets is not None:
        tickets.append(viewer)
