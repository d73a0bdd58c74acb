"""Answers that get lost on the way back: clients send again, and everything is there once."""

import http.client
import json
import random
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.load import count_stored
from tests.served import Installation, installation

pytestmark = [pytest.mark.crash, pytest.mark.served]
CLIENTS, BATCH = 3, 100
_ENDINGS = """
from collections import Counter
from khachquen.store.models import Count
answer = Counter()
for outcome, n in Count.objects.values_list("outcome", "n"):
    answer[outcome] += n
"""


class Proxy(ThreadingHTTPServer):
    """Passes requests on; one answer in ten never reaches the client, whose line just ends."""

    daemon_threads = True

    def __init__(self, port: int):
        super().__init__(("127.0.0.1", 0), Passing)
        self.behind, self.chance = port, random.Random(11)
        self.kept = self.dropped = 0
        self.counting = threading.Lock()


class Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        line = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
        line.request("POST", self.path, body, {"Authorization": self.headers["Authorization"]})
        answer = line.getresponse()
        said = answer.read()
        line.close()
        with self.server.counting:
            self.server.kept += answer.status == 200
            is_dropped = self.server.chance.random() < 0.1
            self.server.dropped += is_dropped
        if is_dropped:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *details: object) -> None:
        """Say nothing."""


@contextmanager
def lossy_line(shop: Installation) -> Iterator[Proxy]:
    proxy = Proxy(shop.port)
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()


def send_until_acknowledged(port: int, key: str, ids: list[str]) -> None:
    messages = [{"type": "page", "messageId": name, "anonymousId": name[-2:]} for name in ids]
    body = json.dumps({"batch": messages}).encode()
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}
    for _ in range(100):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            line.request("POST", "/v1/batch", body, headers)
            if line.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            continue
        finally:
            line.close()
    raise AssertionError("a hundred answers in a row were lost")


def test_lost_answers_and_late_retries_make_no_copies(tmp_path: Path, storm_events: int) -> None:
    limits = {"KHACHQUEN_INGEST_PUBLIC_EVENTS_PER_SECOND": "0"}
    with installation(tmp_path, **limits) as shop:
        shop.serve()
        key = shop.keys["public_write_key"]
        batches = [
            [f"m-{number:08d}" for number in range(start, start + BATCH)]
            for start in range(0, storm_events, BATCH)
        ]

        with lossy_line(shop) as proxy:

            def work(mine: list[list[str]]) -> None:
                for ids in mine:
                    send_until_acknowledged(proxy.server_port, key, ids)

            clients = [
                threading.Thread(target=work, args=(batches[n::CLIENTS],)) for n in range(CLIENTS)
            ]
            for client in clients:
                client.start()
            for client in clients:
                client.join()
            assert proxy.dropped > 0

        shop.stop()
        shop.serve()
        again = random.Random(12).sample(batches, max(1, len(batches) // 100))
        for ids in again:
            send_until_acknowledged(shop.port, key, ids)
            send_until_acknowledged(shop.port, shop.keys["secret_write_key"], ids)
        shop.wait_until_taken_in()

        found = count_stored(shop)
        others = {name for ids in again for name in ids}
        assert len(found) == storm_events
        assert all(times == (2 if name in others else 1) for name, times in found.items())
        received = (proxy.kept + 2 * len(again)) * BATCH
        stored = storm_events + len(others)  # the till's own, under the same ids
        assert shop.run_inside(_ENDINGS) == {"stored": stored, "duplicate": received - stored}
