"""A load of event batches at a set rate: each leaves on time, whatever the last one did."""

import asyncio
import base64
import random
import time
from dataclasses import dataclass, field

PAGES = ("ao-thun", "vay-hoa", "ga-goi", "ao-dai", "den-ban", "giay-sneaker")
_EVENTS_A_VISIT = 10


@dataclass(slots=True)
class Sent:
    """What a load did: milliseconds from due time to acknowledgement, by batch."""

    events: int = 0
    refused: int = 0
    ack_ms: list[float] = field(default_factory=list)


class Batches:
    """Bodies of ``size`` events of about 450 bytes.

    ``visitors`` browse at a time; each leaves after ten events and a new one comes; one event in a
    hundred signs its visitor up.
    """

    def __init__(self, size: int, *, visitors: int, seed: int):
        self._size = size
        self._random = random.Random(seed)  # noqa: S311 - a load, not a secret
        self._active = [[number, 0] for number in range(visitors)]
        self._newest = visitors
        self._number = 0
        self._run = f"{self._random.getrandbits(32):08x}"

    def next_body(self) -> bytes:
        """One body whose messageIds were never sent before."""
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        events = ",".join(self._event(now) for _ in range(self._size))
        return f'{{"batch":[{events}],"sentAt":"{now}"}}'.encode()

    def _event(self, now: str) -> str:
        self._number += 1
        visitor = self._next_visitor()
        page = PAGES[self._number % len(PAGES)]
        head = (
            f'{{"messageId":"bench-{self._run}-{self._number:09d}","anonymousId":'
            f'"7b1f2c4e-0000-4000-8000-{visitor:012d}","timestamp":"{now}","context":{{"page":{{'
            f'"url":"https://shop.example/p/{page}","path":"/p/{page}","title":"{page}"}},'
            '"userAgent":"Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/130 Mobile",'
            '"library":{"name":"analytics.js","version":"1.84.3"}},'
        )
        if self._number % 100 == 0:
            return head + (
                f'"type":"identify","userId":"kh-{visitor}","traits":{{"name":"Nguyễn Thị Hoa",'
                f'"email":"kh{visitor}@shop.example"}}}}'
            )
        return head + (
            '"type":"track","event":"Product Viewed","properties":{"product_id":"AT-001",'
            '"name":"Áo thun cotton trơn","category":"Áo","price":199000,"currency":"VND"}}'
        )

    def _next_visitor(self) -> int:
        seat = self._active[self._random.randrange(len(self._active))]
        if seat[1] == _EVENTS_A_VISIT:
            seat[0], seat[1] = self._newest, 0
            self._newest += 1
        seat[1] += 1
        return seat[0]


async def send_load(
    port: int, key: str, batches: Batches, *, rate: float, seconds: float, connections: int = 8
) -> Sent:
    """Send ``rate`` batches a second for some seconds over keep-alive connections.

    Latency counts from the moment a batch was due, so a server that falls behind cannot hide it.
    """
    sent = Sent()
    queue: asyncio.Queue[float | None] = asyncio.Queue()
    workers = [
        asyncio.create_task(_send_from(queue, port, key, batches, sent)) for _ in range(connections)
    ]
    started = time.perf_counter()
    for index in range(int(rate * seconds)):
        due = started + index / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        queue.put_nowait(due)
    for _ in workers:
        queue.put_nowait(None)
    await asyncio.gather(*workers)
    return sent


async def _send_from(
    queue: "asyncio.Queue[float | None]", port: int, key: str, batches: Batches, sent: Sent
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    basic = base64.b64encode(f"{key}:".encode()).decode()
    while (due := await queue.get()) is not None:
        body = batches.next_body()
        writer.write(
            f"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {basic}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        sent.ack_ms.append((time.perf_counter() - due) * 1000)
        if head.startswith(b"HTTP/1.1 200"):
            sent.events += body.count(b'"messageId"')
        else:
            sent.refused += 1
    writer.close()
