"""Links and pictures of letters, answered beside the event paths.

After a sending thousands of mail programs ask within seconds. The pages would answer some hundred a
second and nobody could work meanwhile; here a visit waits for nothing but the disk, and no thread
waits with it. What is no address of ours is the pages' to say.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from django.db import connection

from khachquen.base import Clock, Config
from khachquen.flows.tracking import PATIENCE_S, note_visit
from khachquen.flows.visits import KINDS, Visit, read_visit
from khachquen.receive.answers import Answer


class Visits:
    """Who answers them."""

    def __init__(self, config: Config, clock: Clock):
        self._config, self._clock = config, clock

    async def answer(self, scope: Mapping[str, Any]) -> Answer | None:
        """The answer, once what was seen is on the disk or cannot be waited for; None for what is
        no letter's."""
        path, method = scope["path"], scope["method"]
        use, _, token = path[1:].partition("/")
        if use not in KINDS or method not in ("GET", "HEAD"):
            return None
        visit = read_visit(self._config, use, token)
        if visit is None:
            return None
        await self._note(visit, method, _agent_of(scope), (scope.get("client") or ("",))[0])
        return _as_answer(visit, is_head=method == "HEAD")

    async def _note(self, visit: Visit, method: str, agent: str, ip: str) -> None:
        loop = asyncio.get_running_loop()
        is_done = asyncio.Event()

        def done(_is_kept: bool) -> None:
            loop.call_soon_threadsafe(is_done.set)

        def note() -> None:
            try:
                note_visit(
                    self._config,
                    visit.kind,
                    visit.mark,
                    done,
                    method=method,
                    agent=agent,
                    ip=ip,
                    clock=self._clock,
                )
            finally:
                connection.close()  # asked for every few seconds: threads here keep none open

        await asyncio.to_thread(note)
        try:
            await asyncio.wait_for(is_done.wait(), PATIENCE_S)
        except TimeoutError:
            return  # the way to the shop is not kept waiting


def _agent_of(scope: Mapping[str, Any]) -> str:
    found = (value for name, value in scope["headers"] if name == b"user-agent")
    return next(found, b"").decode("latin-1")


def _as_answer(visit: Visit, *, is_head: bool) -> Answer:
    told = {name.lower(): value for name, value in visit.headers.items()}
    return Answer(
        visit.status,
        b"" if is_head else visit.body,
        [
            (name.encode(), value.encode())
            for name, value in told.items()
            if name not in ("content-type", "cache-control")
        ],
        told.get("content-type", ""),
        told["cache-control"].encode(),
    )
