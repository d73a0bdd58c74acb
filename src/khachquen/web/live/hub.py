"""One asker, many listeners: follows the lake while somebody looks, and only then."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.db import connections
from django.http import HttpRequest

from khachquen.base import Clock
from khachquen.understand.arrivals import Newest
from khachquen.web.live.channel import Channel, View, message

LOOK_S = 1.0
BEAT_S = 10.0
STREAMS_PER_PERSON = 4  # a browser opens six connections to a host, and pages need some
STREAMS = 200
_WAKE_S = 0.25
_WAITING = 16  # messages a slow viewer may be behind; then the oldest is left out

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, at what, and from which place in the stream on."""

    user_id: int
    session_key: str
    view: View
    place: Newest


@dataclass(eq=False, slots=True)
class Listener:
    """An open stream: what waits to be sent; ``end`` says why there will be no more.

    ``is_behind`` until it was told what came in before it joined those who look at the same.
    """

    viewer: Viewer
    is_behind: bool
    waiting: "asyncio.Queue[bytes]" = field(default_factory=lambda: asyncio.Queue(_WAITING))
    end: str = ""

    def hear(self, told: bytes | None) -> None:
        """Take a message in, if there is one; a viewer that cannot follow misses the oldest."""
        if told is None:
            return
        if self.waiting.full():
            self.waiting.get_nowait()
        self.waiting.put_nowait(told)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look found: messages by view and for latecomers, and sessions that are over."""

    told: dict[View, bytes | None]
    missed: list[bytes | None]
    over: set[str]


class Hub:
    """Belongs to one event loop. The lake and the database are asked in a thread beside it."""

    def __init__(self, *, clock: Clock, is_stopping: Callable[[], bool]):
        self._clock = clock
        self._is_stopping = is_stopping
        self._listeners: list[Listener] = []
        self._channels: dict[View, Channel] = {}
        self._following: asyncio.Task[None] | None = None

    async def listen(self, viewer: Viewer) -> AsyncGenerator[bytes, None]:
        """What a viewer is sent, until the server stops or the session ends."""
        listener = self._join(viewer)
        beat_at = 0.0
        loop = asyncio.get_running_loop()
        try:
            while not listener.end and not self._is_stopping():
                try:
                    yield await asyncio.wait_for(listener.waiting.get(), _WAKE_S)
                except TimeoutError:
                    if loop.time() >= beat_at:
                        beat_at = loop.time() + BEAT_S
                        yield message("beat", {})
            yield message("end", {"reason": listener.end or "stopping"})
        finally:
            self._leave(listener)

    def _join(self, viewer: Viewer) -> Listener:
        """A place among the listeners; of a person's many streams the oldest makes room."""
        open_ones = [one for one in self._listeners if not one.end]
        mine = [one for one in open_ones if one.viewer.user_id == viewer.user_id]
        for one in mine[: max(0, len(mine) - STREAMS_PER_PERSON + 1)]:
            one.end = "full"
        listener = Listener(viewer, is_behind=viewer.view in self._channels)
        if len(self._listeners) >= STREAMS:
            listener.end = "full"
        self._listeners.append(listener)
        self._channels.setdefault(viewer.view, Channel(viewer.view, viewer.place))
        if self._following is None or self._following.done():
            self._following = asyncio.create_task(self._follow())
        return listener

    def _leave(self, listener: Listener) -> None:
        self._listeners.remove(listener)
        looked_at = Counter(one.viewer.view for one in self._listeners)
        if not looked_at[listener.viewer.view]:
            self._channels.pop(listener.viewer.view, None)

    async def _follow(self) -> None:
        while self._listeners and not self._is_stopping():
            sessions = {one.viewer.session_key for one in self._listeners}
            channels = list(self._channels.values())
            behind = [one for one in self._listeners if one.is_behind]
            late = [Channel(one.viewer.view, one.viewer.place) for one in behind]
            try:
                seen = await asyncio.to_thread(look, channels, late, sessions, self._clock())
            except Exception:
                _log.exception("The live events cannot be followed just now")
            else:
                self._spread(seen, behind)
            await asyncio.sleep(LOOK_S)

    def _spread(self, seen: _Seen, behind: Sequence[Listener]) -> None:
        for listener, told in zip(behind, seen.missed, strict=True):
            listener.is_behind = False
            listener.hear(told)
        for listener in self._listeners:
            if listener.viewer.session_key in seen.over:
                listener.end = "signed-out"
            listener.hear(seen.told.get(listener.viewer.view))


def look(
    channels: Sequence[Channel], late: Sequence[Channel], sessions: set[str], now: datetime
) -> _Seen:
    """What came in for each channel, and which sessions ended. Leaves no connection open."""
    try:
        return _Seen(
            told={channel.view: channel.look(now) for channel in channels},
            missed=[channel.look(now) for channel in late],
            over={key for key in sessions if not is_signed_in(key)},
        )
    finally:
        connections.close_all()


def is_signed_in(session_key: str) -> bool:
    """Whether a session still opens pages: not ended, not signed out, its password not changed."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return bool(get_user(request).is_authenticated)
