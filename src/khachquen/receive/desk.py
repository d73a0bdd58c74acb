"""What a request on an event path is answered, whatever connection it came over.

``begin`` sees the head, ``grow`` each part of the body, ``finish`` the whole; any of them may
answer. All of it runs on the event loop and never waits: what takes long goes to a thread, and a
record that is to be kept to the log's writer, which calls back once it is on the disk.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from functools import lru_cache, partial
from typing import Any
from urllib.parse import parse_qsl

from khachquen.base import (
    Clock,
    Config,
    ForbiddenError,
    InputError,
    InvariantError,
    KhachQuenError,
    to_micros,
)
from khachquen.collect import Keyring
from khachquen.collect.protocols import (
    Asked,
    DocumentRoute,
    EventRoute,
    find_route,
    methods_of,
)
from khachquen.flows.accept import GZIP, Incoming, accept, find_holder, key_of, too_large
from khachquen.receive.addresses import Proxies
from khachquen.receive.answers import (
    INTERNAL,
    TOO_MANY_FIELDS,
    Answer,
    Wires,
    answer_error,
    preflight,
    to_answer,
)
from khachquen.receive.call import Call
from khachquen.receive.keys import KeyringWatch
from khachquen.receive.pressure import Pressure
from khachquen.receive.rates import Rates
from khachquen.store.eventlog import LogWriter

_log = logging.getLogger(__name__)
_LARGE_BYTES = 64 << 10
_find_route = lru_cache(2048)(find_route)


@lru_cache(2048)
def is_event_path(path: str) -> bool:
    """Whether a path is answered here; all others are the pages'."""
    return path.startswith("/v1/") or bool(methods_of(path))


class Desk:
    """Accepts events; 200 is answered only after the record is on the disk."""

    def __init__(
        self,
        log: LogWriter,
        keys: KeyringWatch,
        config: Config,
        *,
        clock: Clock,
        pressure: Pressure,
    ):
        self._log = log
        self._keys = keys
        self._limits = config.ingest
        self._clock = clock
        self._base_url = config.server.base_url.rstrip("/")
        self.proxies = Proxies(config.server.trusted_proxies)
        self.pressure = pressure
        self.wires = Wires()
        self._accept = partial(
            accept,
            max_bytes=self._limits.max_body_bytes,
            public_bytes=self._limits.max_batch_bytes,
            admit=Rates(config).admit,
            truncate_ip=config.privacy.truncate_ip,
        )
        self._answers: dict[int, Answer] = {}  # by route, which are constants
        self._settled: deque[tuple[Call, BaseException | None]] = deque()
        self._is_woken = False
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, call: Call) -> None:
        """Answer what needs no body; make room for the body of anything else."""
        if call.method == "OPTIONS":
            return self._tell(call, preflight())
        found = _find_route(call.method, call.path)
        if found is None:
            return self._tell(call, _no_route(call.path))
        call.route, call.names = found
        try:
            call.query = _read_query(call.query_string)
            announced = call.headers.get("content-length", "0")
            size = int(announced) if announced.isdecimal() else 0
            self._check_size(size)
            if isinstance(call.route, EventRoute):
                self.pressure.check(size)
        except KhachQuenError as error:
            self._tell(call, answer_error(error))

    def grow(self, call: Call, part: bytes) -> None:
        """One more part of the body; too much is answered before the rest of it arrives."""
        call.parts.append(part)
        call.size += len(part)
        try:
            self._check_size(call.size)
            self.pressure.check(len(part))
            self._hold(call, len(part))
        except KhachQuenError as error:
            self._tell(call, answer_error(error))

    def finish(self, call: Call) -> None:
        """The whole request is here."""
        call.parts = [b"".join(call.parts)] if len(call.parts) > 1 else call.parts
        if _is_heavy(call):
            return self._start(self._handle_beside(call))
        try:
            made = self._handle(call, self._keys.keyring)
        except ForbiddenError:  # a newer keyring may know the key
            self._start(self._handle_beside(call))
        except Exception as error:
            self._tell(call, _answer_failure(error))
        else:
            self._go_on(call, made)

    def drop(self, call: Call) -> None:
        """The client is gone; what it began to send is nothing."""
        self._hold(call, -call.held)
        call.parts.clear()

    def _tell(self, call: Call, answer: Answer) -> None:
        self.drop(call)
        call.answer = answer
        call.caller.flush()

    def _hold(self, call: Call, size: int) -> None:
        call.held += size
        self.pressure.hold(size)

    def _check_size(self, size: int) -> None:
        if size > self._limits.max_body_bytes:
            raise too_large(self._limits.max_body_bytes)

    def _handle(self, call: Call, keyring: Keyring) -> Answer | bytes:
        """The answer to a question, or the record of events, to be kept before it is answered."""
        if isinstance(call.route, DocumentRoute):
            return to_answer(call.route.tell(self._asked(call, call.route, keyring)))
        assert isinstance(call.route, EventRoute)
        incoming = Incoming(
            route=call.route,
            names=call.names,
            headers=call.headers,
            query=call.query,
            body=call.parts[0] if call.parts else b"",
            ip=call.ip,
            received_at=to_micros(self._clock()),
        )
        return self._accept(incoming, keyring)[0]

    def _asked(self, call: Call, route: DocumentRoute, keyring: Keyring) -> Asked:
        """A client's question, its key looked up where the document is for one source only."""
        host = call.headers.get("host", "localhost")
        base_url = self._base_url or f"{call.scheme}://{host}"
        if not route.needs_key:
            return Asked("", 0, True, base_url, call.query)
        value = key_of(call.headers, call.names, call.query)
        holder = find_holder(value, keyring)
        return Asked(value, holder.source_id, holder.enabled, base_url, call.query)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle_beside(self, call: Call) -> None:
        """As ``_handle``, a large body on a thread, and once more if a newer keyring is found."""
        try:
            try:
                keyring = self._keys.keyring
                made = await self._handle_heavy(call, keyring)
            except ForbiddenError:
                await self._keys.refresh_for_unknown()
                if self._keys.keyring is keyring:
                    raise
                made = await self._handle_heavy(call, self._keys.keyring)
        except Exception as error:
            self._tell(call, _answer_failure(error))
        else:
            self._go_on(call, made)

    async def _handle_heavy(self, call: Call, keyring: Keyring) -> Answer | bytes:
        if _is_heavy(call):
            return await asyncio.to_thread(self._handle, call, keyring)
        return self._handle(call, keyring)

    def _go_on(self, call: Call, made: Answer | bytes) -> None:
        if isinstance(made, Answer):
            self._tell(call, made)
            return
        call.parts.clear()
        self._hold(call, len(made) - call.held)
        loop = asyncio.get_running_loop()
        self._log.submit(made, partial(self._on_settled, loop, call))

    def _acknowledge(self, call: Call) -> Answer:
        route = call.route
        assert isinstance(route, EventRoute)
        if (answer := self._answers.get(id(route))) is None:
            answer = self._answers[id(route)] = to_answer(route.answer)
        return answer

    def _on_settled(
        self, loop: asyncio.AbstractEventLoop, call: Call, error: BaseException | None
    ) -> None:
        """On the writer's thread: the loop is woken once for all that were kept together."""
        self._settled.append((call, error))
        if not self._is_woken:
            self._is_woken = True
            loop.call_soon_threadsafe(self._tell_settled)

    def _tell_settled(self) -> None:
        """Answer all that are on the disk by now; each connection writes once."""
        self._is_woken = False  # before looking: whoever comes later wakes us again
        callers = {}
        while self._settled:
            call, error = self._settled.popleft()
            self._hold(call, -call.held)
            call.answer = _answer_failure(error) if error else self._acknowledge(call)
            callers[id(call.caller)] = call.caller
        for caller in callers.values():
            caller.flush()


def _is_heavy(call: Call) -> bool:
    """Whether reading the body may take long."""
    return call.size > _LARGE_BYTES or (bool(call.parts) and call.parts[0][:2] == GZIP)


def _answer_failure(error: BaseException) -> Answer:
    if isinstance(error, KhachQuenError) and not isinstance(error, InvariantError):
        return answer_error(error)
    _log.error("A request on an event path failed", exc_info=error)
    return INTERNAL


def _read_query(query_string: bytes) -> dict[str, str]:
    """The query's fields, the last of each name.

    Raises:
        InputError: there are hundreds of them.
    """
    if not query_string:
        return {}
    try:
        return dict(parse_qsl(query_string.decode("latin-1"), max_num_fields=100))
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
