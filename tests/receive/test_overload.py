"""Ten times more than may be sent: the rest is told to wait, nobody accepted waits long."""

import json
import socket
import threading
import time
from pathlib import Path

import pytest

from khachquen.bench.figure import percentile
from khachquen.bench.singles import send_singles
from tests.receive.conftest import PUBLIC, SECRET, Door, open_door
from tests.waiting import wait_for


def ids(door: Door) -> list[str]:
    return [message["messageId"] for message in door.kept_messages()]


def test_ten_times_a_keys_share_is_429_and_what_is_accepted_is_kept_soon(data: Path) -> None:
    with open_door(data, public_events_per_second=200, burst_seconds=1) as door:
        sent = send_singles(door.port, PUBLIC, rate=2000, seconds=2)
        kept = ids(door)
        assert len(kept) == len(set(kept)) == sent.kept
        assert sent.kept + sent.refused == 4000
        allowed = 200 + 200 * sent.lasted_s
        assert 0.9 * 600 <= sent.kept <= 1.05 * allowed
        assert percentile(sent.ack_ms, 0.99) < 1000
        assert door.post("/v1/track", {"anonymousId": "x", "event": "y"}, key=SECRET).status == 200
        wait_for(
            lambda: door.post("/v1/track", {"anonymousId": "x", "event": "y"}).status == 200,
            at_most_s=60,
        )


def test_a_disk_ten_times_too_slow_sheds_and_what_was_accepted_is_kept(data: Path) -> None:
    """Every sync takes 0.2 s; requests of 100 KB soon fill the 2 MB that may wait for it."""
    pause = threading.Event()

    def sync(descriptor: int) -> None:
        pause.wait(0.2)

    with open_door(data, sync=sync, max_waiting_mb=2) as door:
        told: list[tuple[int, float]] = []
        over = time.monotonic() + 2

        def client(number: int) -> None:
            turn = 0
            while time.monotonic() < over:
                turn += 1
                event = {"messageId": f"{number}-{turn}", "anonymousId": "x", "event": "y"}
                body = json.dumps({**event, "properties": {"text": "x" * 100_000}}).encode()
                started = time.monotonic()
                status = door.post("/v1/track", body, key=SECRET).status
                told.append((status, time.monotonic() - started))
                if status != 200:
                    pause.wait(0.01)

        crowd = [threading.Thread(target=client, args=(n,)) for n in range(40)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()

        accepted = [took * 1000 for status, took in told if status == 200]
        kept = ids(door)
        assert {status for status, _ in told} == {200, 429}
        assert len(kept) == len(set(kept)) == len(accepted)
        assert percentile(accepted, 0.99) < 1000
        assert door.front.pressure.waiting_bytes == 0
        assert door.post("/v1/track", {"anonymousId": "x", "event": "y"}, key=SECRET).status == 200


def test_connections_that_say_nothing_hold_nobody_up(data: Path) -> None:
    with open_door(data) as door:
        idle = [socket.create_connection(("127.0.0.1", door.port)) for _ in range(200)]
        try:
            for line in idle[:100]:
                line.sendall(b"POST /v1/track HTTP/1.1\r\nContent-Le")
            assert door.post("/v1/track", {"anonymousId": "x", "event": "y"}).status == 200
        finally:
            for line in idle:
                line.close()


@pytest.mark.parametrize("key", [PUBLIC, SECRET])
def test_after_the_storm_nothing_is_held_any_more(data: Path, key: str) -> None:
    with open_door(data, public_events_per_second=0) as door:
        send_singles(door.port, key, rate=1000, seconds=0.5)
        wait_for(lambda: door.front.pressure.waiting_bytes == 0)
        assert len(ids(door)) == 500
