"""Single events, one a request, at a set rate: acknowledged how fast, beside a server that only
says 200.

The load is open: each request leaves when it is due, whatever became of those before it, and its
time counts from then. It is cheap, because it shares the machine with what it measures: bodies are
cut from one template, and a connection writes all that is due at once.
"""

import asyncio
import base64
import re
import secrets
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvloop

from khachquen.bench.figure import HIGHER, LOWER, Figure, percentile
from khachquen.bench.shop import Shop, cpu_s, free_port, web_of

_CONNECTIONS = 64
_TICK_S = 0.002
_VISITORS = 5000
_STATUS = re.compile(rb"HTTP/1\.1 (\d\d\d) ")
_TAIL = 12  # one byte less than a status line's beginning
_BODY = (
    '{"messageId":"single-%s-%%09d","anonymousId":"7b1f2c4e-0000-4000-8000-%%012d","timestamp":"%s"'
    ',"event":"Product Viewed","context":{"page":{"url":"https://shop.example/p/ao-thun",'
    '"path":"/p/ao-thun","title":"Áo thun"},"library":{"name":"analytics.js","version":"1.84.3"}},'
    '"properties":{"product_id":"AT-001","price":199000,"currency":"VND"}}'
)


@dataclass(slots=True)
class Answered:
    """What became of a load: milliseconds from due to answered, and what was not a 200."""

    kept: int = 0
    refused: int = 0
    ack_ms: list[float] = field(default_factory=list)
    lasted_s: float = 0.0


class Requests:
    """Whole requests as bytes, no messageId twice."""

    def __init__(self, key: str):
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        body = (_BODY % (secrets.token_hex(4), now)).encode()
        basic = base64.b64encode(f"{key}:".encode()).decode()
        length = len(body % (1, 1))
        self._template = (
            f"POST /v1/track HTTP/1.1\r\nHost: shop.example\r\nAuthorization: Basic {basic}\r\n"
            f"User-Agent: bench\r\nContent-Type: application/json\r\nContent-Length: {length}"
            "\r\n\r\n"
        ).replace("%", "%%").encode() + body
        self._number = 0

    def next(self) -> bytes:
        self._number += 1
        return self._template % (self._number, self._number // 10 % _VISITORS)


class _Client(asyncio.Protocol):
    """One keep-alive connection; requests go out without waiting for answers."""

    def __init__(self, answered: Answered):
        self._answered = answered
        self._due: deque[float] = deque()
        self._tail = b""
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, due: list[float], requests: Requests) -> None:
        self._due.extend(due)
        self.transport.write(b"".join([requests.next() for _ in due]))

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        for status in _STATUS.findall(self._tail + data):
            self._answered.ack_ms.append((now - self._due.popleft()) * 1000)
            if status == b"200":
                self._answered.kept += 1
            else:
                self._answered.refused += 1
        self._tail = data[-_TAIL:]

    @property
    def waiting(self) -> int:
        return len(self._due)


def send_singles(port: int, key: str, *, rate: int, seconds: float) -> Answered:
    """Send ``rate`` requests a second for some seconds, and wait for the last answer."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_send(port, key, rate, seconds))


async def _send(port: int, key: str, rate: int, seconds: float) -> Answered:
    answered, requests = Answered(), Requests(key)
    loop = asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(lambda: _Client(answered), "127.0.0.1", port))[1]
        for _ in range(_CONNECTIONS)
    ]
    started, sent, turn = time.perf_counter(), 0, 0
    while sent < rate * seconds:
        await asyncio.sleep(_TICK_S)
        due = min(int((time.perf_counter() - started) * rate), int(rate * seconds))
        turn = _share(clients, [started + n / rate for n in range(sent, due)], requests, turn)
        sent = due
    deadline = time.perf_counter() + 30
    while any(client.waiting for client in clients) and time.perf_counter() < deadline:
        await asyncio.sleep(_TICK_S)
    answered.lasted_s = time.perf_counter() - started
    answered.refused += sum(client.waiting for client in clients)
    for client in clients:
        client.transport.close()
    return answered


def _share(clients: list[_Client], due: list[float], requests: Requests, turn: int) -> int:
    """What is due goes out over the next connections, a few on each."""
    for start in range(0, len(due), 4):
        clients[turn % len(clients)].send(due[start : start + 4], requests)
        turn += 1
    return turn


def measure_singles(
    shop: Shop, singles: tuple[int, int], *, stored: int, say: Callable[[str], None]
) -> list[Figure]:
    """Figures of one run on a served installation, and of the same load on a bare server.

    ``singles`` says how many a second and for how long; ``stored`` events are there already. The bare server is uvicorn answering 200 with no logic and
    keeping nothing.
    """
    rate, seconds = singles
    if not rate:
        return []
    with _bare_server() as (port, pid):
        send_singles(port, "bare", rate=rate, seconds=2)
        bare_cpu = cpu_s(pid)
        bare = send_singles(port, "bare", rate=rate, seconds=min(seconds, 10))
        bare_cpu = (cpu_s(pid) - bare_cpu) / max(1, bare.kept)
    warm = send_singles(shop.port, shop.public_key, rate=rate, seconds=2)
    web = web_of(shop)
    cpu = cpu_s(web)
    sent = send_singles(shop.port, shop.public_key, rate=rate, seconds=seconds)
    cpu = (cpu_s(web) - cpu) / max(1, sent.kept)
    say(f"{sent.kept:,} single events acknowledged, {sent.refused} not")
    expected = stored + sent.kept + warm.kept
    missing = expected - shop.wait_until_queryable(expected, timeout_s=120)
    work = f"{rate:,} single-event requests/s offered for {seconds} s, public rate limits lifted"
    name = "bare uvicorn answering 200"
    per_s, bare_per_s = sent.kept / sent.lasted_s, bare.kept / bare.lasted_s
    p99, bare_p99 = percentile(sent.ack_ms, 0.99), percentile(bare.ack_ms, 0.99)
    p50, bare_p50 = percentile(sent.ack_ms, 0.5), percentile(bare.ack_ms, 0.5)
    return [
        Figure("ingest.single_throughput", work, per_s, "requests/s", bare_per_s, name, HIGHER),
        Figure("ingest.single_p50", work, p50, "ms", bare_p50, name, LOWER),
        Figure("ingest.single_p99", work, p99, "ms", bare_p99, name, LOWER),
        Figure("ingest.single_cpu", work, cpu * 1e6, "us/request", bare_cpu * 1e6, name, LOWER),
        Figure("ingest.single_refused", work, sent.refused, "requests", 0.0, "promised", LOWER),
        Figure("ingest.single_missing", work, missing, "events", 0.0, "promised", LOWER),
    ]


@contextmanager
def _bare_server() -> Iterator[tuple[int, int]]:
    """The baseline in a process of its own: its port and process id."""
    port = free_port()
    command = [sys.executable, "-m", "khachquen.bench.bare", str(port)]
    process = subprocess.Popen(command)  # noqa: S603
    try:
        _wait_for_port(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
