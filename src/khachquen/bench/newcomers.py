"""Strangers who sign up while a load runs: how long until their profile can be asked for."""

import base64
import http.client
import json
import math
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from khachquen.bench.shop import Shop

_EVERY_S = 1.0
_LOOK_S = 0.25
_PATIENCE_S = 120.0


class Newcomers:
    """One a second, whatever became of the one before; ``seconds`` from sending to being known."""

    def __init__(self, shop: Shop):
        self._shop = shop
        self._waiting: deque[tuple[str, float]] = deque()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.seconds: list[float] = []
        self.acknowledged = 0

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """No more come; whom nobody knows two minutes later counts as for ever."""
        self._stop.set()
        self._thread.join()
        self.seconds += [math.inf] * len(self._waiting)

    def _run(self) -> None:
        due, number = time.perf_counter(), 0
        while not self._stop.wait(_LOOK_S):
            if time.perf_counter() >= due:
                due, number = due + _EVERY_S, number + 1
                self._sign_up(f"newcomer-{number}")
            self._look()
        patience = time.perf_counter() + _PATIENCE_S
        while self._waiting and time.perf_counter() < patience:
            time.sleep(_LOOK_S)
            self._look()

    def _look(self) -> None:
        while self._waiting and self._is_known(self._waiting[0][0]):
            self.seconds.append(time.perf_counter() - self._waiting.popleft()[1])

    def _sign_up(self, user_id: str) -> None:
        sent = time.perf_counter()
        basic = base64.b64encode(f"{self._shop.public_key}:".encode()).decode()
        body = json.dumps({"userId": user_id, "traits": {"name": "Nguyễn Thị Hoa"}})
        if self._ask("POST", "/v1/identify", f"Basic {basic}", body)[0] == http.client.OK:
            self.acknowledged += 1
            self._waiting.append((user_id, sent))

    def _is_known(self, user_id: str) -> bool:
        path = f"/api/v1/profiles?identifier=user:{user_id}"
        status, found = self._ask("GET", path, f"Bearer {self._shop.api_token}")
        return status == http.client.OK and bool(json.loads(found)["items"])

    def _ask(self, method: str, path: str, key: str, body: str | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._shop.port, timeout=30)
        try:
            connection.request(method, path, body and body.encode(), {"Authorization": key})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()


@contextmanager
def watch_newcomers(shop: Shop) -> Iterator[Newcomers]:
    """Newcomers for as long as the block lasts."""
    newcomers = Newcomers(shop)
    newcomers.start()
    try:
        yield newcomers
    finally:
        newcomers.finish()
