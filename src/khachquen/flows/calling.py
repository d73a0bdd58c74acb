"""From who entered and left to the systems that asked to hear of it: owed, called, settled.

What is owed comes from a cursor over the memberships in the lake, moved in the transaction that
writes the owed messages. A claim, and what came of a call, are transactions of their own. Killed
anywhere: nothing owed is lost, and a message may come twice under the same id. Runs in a thread of
the engine process: rounds of the engine do not wait for other people's machines.
"""

import asyncio
import logging
import random
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, wait
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import connection

from khachquen.activate.egress import Answer, Call, Rules
from khachquen.activate.webhooks.owed import (
    Claimed,
    Cursor,
    Lanes,
    Looked,
    Message,
    claim,
    forget_old,
    has_due,
    list_cursors,
    owe,
    settle,
    sign_claimed,
)
from khachquen.base import Clock, Config
from khachquen.flows.identifying import give_identifiers
from khachquen.flows.steps import AfterStep, nothing
from khachquen.flows.taking_in import where
from khachquen.store import ask
from khachquen.store.lake import live_paths, next_commit
from khachquen.understand.segments import list_segments
from khachquen.understand.segments.asking import changes_after

if TYPE_CHECKING:
    from khachquen.activate.egress import Caller

_log = logging.getLogger(__name__)
_WAYS = {"segment.entered": True, "segment.left": False}
_KINDS = {way: kind for kind, way in _WAYS.items()}
_REST_S, _REST_AFTER_FAILURE_S = 0.5, 10.0
_TIDY_EVERY = timedelta(hours=1)


class Calls:
    """An event loop in a thread of its own, with one ``Caller`` in it."""

    def __init__(self, rules: Rules, *, timeout_s: float, tls: ssl.SSLContext | None = None):
        self._told = rules, timeout_s, tls
        self._loop = asyncio.new_event_loop()
        self._caller: Caller | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def begin(self, call: Call) -> "Future[Answer]":
        """Call without waiting for what comes of it."""
        return asyncio.run_coroutine_threadsafe(self._call(call), self._loop)

    def close(self) -> None:
        """Give up what is under way: its claim runs out, and it is owed again."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _call(self, call: Call) -> Answer:
        if self._caller is None:
            from khachquen.activate.egress import Caller  # heavy, and only here

            rules, timeout_s, tls = self._told
            self._caller = Caller(rules, timeout_s=timeout_s, tls=tls)
        return await self._caller.call(call)

    async def _end(self) -> None:
        under_way = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        if self._caller is not None:
            await self._caller.__aexit__(None, None, None)


@dataclass(slots=True)
class Calling:
    """What stays between rounds: calls under way, and how much of the lake was looked at."""

    calls: Calls
    clock: Clock
    jitter: Callable[[], float] = random.random
    after_step: AfterStep = nothing
    lanes: Lanes = field(default_factory=Lanes)
    under_way: dict["Future[Answer]", Claimed] = field(default_factory=dict)
    _looked_at: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    _tidied_at: datetime | None = None

    def round(self) -> bool:
        """One pass over the steps; returns whether anything was done or is under way."""
        settled = self.settle_answers()
        owed = self.owe_changes()
        begun = self.begin_calls()
        self._tidy()
        return bool(settled or owed or begun or self.under_way)

    def finish(self) -> None:
        """Rounds until nothing is due and nothing under way."""
        while self.round():
            if self.under_way:
                wait(self.under_way, return_when="FIRST_COMPLETED")

    def finish_one(self, delivery_id: int) -> None:
        """Send one message that is owed, unless somebody else is at it, and wait for the answer."""
        self.begin_calls(only=delivery_id)
        wait(self.under_way)
        self.settle_answers()

    def owe_changes(self) -> int:
        """Look at what entered and left since, for each endpoint with room for more."""
        cursors = list_cursors()
        if not cursors:
            return 0
        upto, files = next_commit() - 1, tuple(live_paths("memberships"))
        looked = []
        for cursor in cursors:
            known = (files, cursor.kinds, cursor.segments)
            if self._looked_at.get(cursor.endpoint_id) == known:
                continue
            looked.append(one := _look(cursor, upto))
            is_whole = len(one.messages) < cursor.room
            self._looked_at[cursor.endpoint_id] = known if is_whole else ()
        if not looked:
            return 0
        self.after_step("look")
        owed = owe(looked, at=self.clock(), written=lambda: self.after_step("owe"))
        self.after_step("commit_owed")
        return owed

    def begin_calls(self, only: int | None = None) -> int:
        """Claim what is due, and begin to call."""
        now = self.clock()
        if not has_due(now=now):
            return 0
        claimed = claim(self.lanes, now=now, only=only, written=lambda: self.after_step("claim"))
        self.after_step("commit_claim")
        for one in claimed:
            self.lanes.begin(one.endpoint_id, now)
            self.under_way[self.calls.begin(self._call(one, now))] = one
        if claimed:
            self.after_step("begin_calls")
        return len(claimed)

    def settle_answers(self) -> int:
        """Note what came of the calls that are over."""
        over = {future: one for future, one in self.under_way.items() if future.done()}
        if not over:
            return 0
        answers: Mapping[int, Answer] = {one.id: future.result() for future, one in over.items()}
        self.after_step("answered")
        settle(
            answers,
            now=self.clock(),
            jitter=self.jitter,
            written=lambda: self.after_step("settle"),
        )
        self.after_step("commit_settled")
        for future, one in over.items():
            self.lanes.end(one.endpoint_id)
            del self.under_way[future]
        return len(over)

    def close(self) -> None:
        """Let go of connections and of what is under way."""
        self.calls.close()

    def _call(self, one: Claimed, now: datetime) -> Call:
        data = dict(one.data)
        if one.purpose and data.get("profile_id"):
            data["identifiers"] = give_identifiers(data["profile_id"], one.purpose, now=now)
        body = msgspec.json.encode({"type": one.kind, "timestamp": one.at, "data": data})
        headers = {"Content-Type": "application/json", **sign_claimed(one, body, at=now)}
        return Call(one.url, headers, body)

    def _tidy(self) -> None:
        now = self.clock()
        if self._tidied_at is None or now - self._tidied_at >= _TIDY_EVERY:
            self._tidied_at = now
            forget_old(now=now)


def open_calling(config: Config, clock: Clock) -> Calling:
    """Calls as this installation may make them."""
    rules = Rules(tuple(config.egress.inside))
    return Calling(Calls(rules, timeout_s=config.egress.timeout_s), clock)


def run_calling(config: Config, clock: Clock, stop: threading.Event) -> None:
    """Rounds until told to stop; whatever fails is said in the log and tried again."""
    try:
        with closing(open_calling(config, clock)) as calling:
            while not stop.is_set():
                rest_s = _one_round(calling)
                if calling.under_way:
                    wait(calling.under_way, timeout=rest_s, return_when="FIRST_COMPLETED")
                else:
                    stop.wait(rest_s)
    finally:
        connection.close()


def _one_round(calling: Calling) -> float:
    """How long to rest after it, in seconds."""
    try:
        return 0.05 if calling.round() else _REST_S
    except Exception as error:
        _log.error("Webhooks wait after %s", where(error))
        connection.close()
        return _REST_AFTER_FAILURE_S


def _look(cursor: Cursor, upto: int) -> Looked:
    """What one endpoint is owed, as much as it has room for, from its cursor on."""
    ways = [_WAYS[kind] for kind in cursor.kinds if kind in _WAYS]
    asked = changes_after(
        cursor.place, upto=upto, segments=cursor.segments, ways=ways, limit=cursor.room
    )
    rows = ask(asked).dicts() if ways else []
    place = _after(upto)
    if len(rows) == cursor.room:
        place = (rows[-1]["seq"], rows[-1]["segment_id"], rows[-1]["profile_id"])
    return Looked(cursor, list(_messages(cursor.endpoint_id, rows)), place)


def _after(upto: int) -> tuple[int, int, int]:
    """The place behind everything of a commit."""
    return (upto + 1, 0, 0)


def _messages(endpoint_id: int, rows: Iterable[Mapping[str, Any]]) -> Iterable[Message]:
    names = {one.id: one.name for archived in (False, True) for one in _segments(archived)}
    for row in rows:
        seq, segment_id, person = row["seq"], row["segment_id"], row["profile_id"]
        yield Message(
            key=f"msg_{endpoint_id}_{seq}_{segment_id}_{person}",
            kind=_KINDS[row["is_in"]],
            data={
                "profile_id": person,
                "segment": {"id": segment_id, "name": names.get(segment_id, "")},
                "cause": row["cause"],
                "sequence": seq,
            },
            at=row["at"].replace(tzinfo=UTC),
        )


def _segments(archived: bool) -> Iterable[Any]:
    return list_segments(archived=archived)
