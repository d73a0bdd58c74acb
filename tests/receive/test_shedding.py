"""Too much is refused before anything is kept, with a time to come back, and it ends by itself."""

import errno
import gzip
import json
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from khachquen.base import BusyError, Config, InputError
from khachquen.collect import KeyHolder, Keyring
from khachquen.collect.keyring import digest_of
from khachquen.receive import pressure
from khachquen.receive.addresses import Proxies
from khachquen.receive.rates import Buckets, Rates
from tests.receive.conftest import PUBLIC, SECRET, Door, Reply, open_door
from tests.waiting import DEADLINE_S, wait_for

VIEW = {"messageId": "hoa-1", "anonymousId": "may-cua-hoa", "event": "Product Viewed"}
WEBSITE = KeyHolder(1, trusted=False, enabled=True, key_id=1)
TILL = KeyHolder(2, trusted=True, enabled=True, key_id=2)


@pytest.fixture
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "_LOOK_S", 0.02)


def refusal(reply: Reply) -> tuple[int, str, bool]:
    wait = reply.headers["retry-after"]
    return reply.status, reply.said["code"], wait.isdecimal() and int(wait) >= 1


@pytest.mark.usefixtures("_often")
def test_a_disk_almost_full_is_503_until_there_is_room(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [10 << 20]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=room[0]))
    with open_door(data, min_free_mb=50) as door:
        wait_for(lambda: door.post("/v1/track", VIEW).status == 503)
        reply = door.post("/v1/track", VIEW)
        assert refusal(reply) == (503, "receive.disk_almost_full", True)
        before = len(door.kept())
        assert door.ask("GET", "/customers").status == 200  # pages go on
        room[0] = 1 << 30
        wait_for(lambda: door.post("/v1/track", VIEW).status == 200)
        assert len(door.kept()) == before + 1


@pytest.mark.usefixtures("_often")
def test_a_log_nobody_takes_in_is_429_until_it_is(data: Path) -> None:
    waiting = [3 << 20]
    with open_door(data, backlog=lambda: waiting[0], max_backlog_mb=2) as door:
        wait_for(lambda: door.post("/v1/track", VIEW).status == 429)
        assert refusal(door.post("/v1/track", VIEW)) == (429, "receive.far_behind", True)
        waiting[0] = 2 << 20
        wait_for(lambda: door.post("/v1/track", VIEW).status == 200)


@pytest.mark.usefixtures("_often")
def test_a_backlog_that_cannot_be_measured_changes_nothing(data: Path) -> None:
    def broken() -> int:
        raise RuntimeError("the database is gone")

    with open_door(data, backlog=broken) as door:
        assert door.post("/v1/track", VIEW).status == 200


class StuckSync:
    """A disk that takes its time until the test lets go."""

    def __init__(self) -> None:
        self.asked, self.gate = threading.Event(), threading.Event()

    def __call__(self, descriptor: int) -> None:
        self.asked.set()
        assert self.gate.wait(DEADLINE_S)
        os.fdatasync(descriptor)


def test_memory_for_what_waits_is_bounded_and_nothing_accepted_is_lost(data: Path) -> None:
    sync = StuckSync()
    size = 100_000
    body = {**VIEW, "properties": {"text": "x" * size}}
    limits = {"max_waiting_mb": 1, "max_wait_ms": 60_000}
    with open_door(data, sync=sync, **limits) as door, ThreadPoolExecutor(30) as crowd:
        crowded = [crowd.submit(door.post, "/v1/track", body, key=SECRET) for _ in range(30)]
        wait_for(lambda: sum(one.done() for one in crowded) == 20)
        assert door.front.pressure.waiting_bytes <= 1 << 20
        refused = [one.result() for one in crowded if one.done()]
        assert {refusal(reply) for reply in refused} == {(429, "receive.too_much_waiting", True)}

        sync.gate.set()
        answers = [one.result(DEADLINE_S).status for one in crowded]
        assert sorted(answers) == [200] * 10 + [429] * 20
        assert len(door.kept()) == 10
        assert door.front.pressure.waiting_bytes == 0
        assert door.post("/v1/track", body, key=SECRET).status == 200


def test_a_disk_that_does_not_keep_up_is_429_before_anybody_waits_long(data: Path) -> None:
    sync = StuckSync()
    body = {**VIEW, "properties": {"text": "x" * 400_000}}
    with open_door(data, sync=sync, max_wait_ms=50) as door, ThreadPoolExecutor(4) as crowd:
        waiting = [crowd.submit(door.post, "/v1/track", body, key=SECRET) for _ in range(3)]
        assert sync.asked.wait(DEADLINE_S)
        wait_for(lambda: door.front.pressure.waiting_bytes > 1 << 20)
        wait_for(lambda: door.writer.waited_s() > 0.05)
        assert refusal(door.post("/v1/track", VIEW)) == (429, "receive.disk_is_slow", True)
        sync.gate.set()
        assert [one.result(DEADLINE_S).status for one in waiting] == [200] * 3
        assert door.post("/v1/track", VIEW).status == 200
        assert len(door.kept()) == 4


def test_a_read_only_disk_is_503_and_never_200(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from khachquen.store.eventlog import writer

    real, is_read_only = writer._write_all, True

    def write(descriptor: int, raw: bytes) -> None:
        if is_read_only:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        real(descriptor, raw)

    with open_door(data) as door:
        monkeypatch.setattr(writer, "_write_all", write)
        for _ in range(3):
            assert refusal(door.post("/v1/track", VIEW)) == (503, "store.cannot_keep", True)
        is_read_only = False
        assert door.post("/v1/track", VIEW).status == 200
        assert len(door.kept()) == 1


def test_a_public_key_sends_its_share_and_a_burst(data: Path) -> None:
    limits = {"public_events_per_second": 1, "burst_seconds": 60}
    batch = {"batch": [{**VIEW, "type": "track"}] * 10}
    with open_door(data, **limits) as door:
        answers = [door.post("/v1/batch", batch) for _ in range(8)]
        assert [reply.status for reply in answers] == [200] * 6 + [429] * 2
        status, code, has_wait = refusal(answers[-1])
        assert (status, code, has_wait) == (429, "collect.too_many", True)
        assert 8 <= int(answers[-1].headers["retry-after"]) <= 10
        assert door.post("/v1/batch", batch, key=SECRET).status == 200  # the shop's own server
        assert len(door.kept()) == 7


def test_a_key_with_a_limit_of_its_own(data: Path) -> None:
    own = KeyHolder(1, trusted=False, enabled=True, key_id=7, events_per_second=3)

    def load() -> Keyring:
        return Keyring({digest_of(PUBLIC): own})

    with open_door(data, load=load, burst_seconds=1) as door:
        answers = [door.post("/v1/track", VIEW).status for _ in range(4)]
        assert answers == [200, 200, 200, 429]


class Hours:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def rates_of(hours: Hours, **limits: int) -> Rates:
    config: Config = settings.CONFIG
    return Rates(replace(config, ingest=replace(config.ingest, **limits)), hours)


def test_the_share_is_exact_over_a_minute() -> None:
    hours = Hours()
    rates = rates_of(hours, public_events_per_second=50, burst_seconds=2)
    taken = 0
    for _ in range(60 * 200):
        hours.now += 1 / 200
        with suppress(BusyError):
            rates.admit(WEBSITE, None, 1)
            taken += 1
    assert 50 * 60 <= taken <= 50 * 62 + 1


def test_a_batch_larger_than_the_burst_passes_once_and_is_paid_for() -> None:
    hours = Hours()
    buckets = Buckets(hours)

    def take() -> float:
        return buckets.take("hoa", 100, per_second=1.0, burst=10.0)

    assert take() == 0.0
    assert take() == pytest.approx(100)
    hours.now += 99
    assert take() == pytest.approx(1)
    hours.now += 1.01
    assert take() == 0.0


def test_one_address_does_not_use_up_the_key_of_all() -> None:
    limits = {"public_events_per_second": 100, "address_events_per_second": 1, "burst_seconds": 1}
    rates = rates_of(Hours(), **limits)

    rates.admit(WEBSITE, "203.0.113.9", 1)
    for _ in range(200):
        with pytest.raises(BusyError, match="more than 1 events a second"):
            rates.admit(WEBSITE, "203.0.113.9", 1)
    rates.admit(WEBSITE, "203.0.113.10", 1)
    rates.admit(WEBSITE, "2001:db8::1", 1)
    with pytest.raises(BusyError):
        rates.admit(WEBSITE, "2001:db8::2", 1)  # the same line of one household
    for _ in range(300):
        rates.admit(TILL, "203.0.113.9", 1)


def test_made_up_names_cost_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khachquen.receive.rates._MOST_BUCKETS", 100)
    buckets = Buckets(Hours())
    for number in range(1000):
        buckets.take(number, 1, per_second=1.0, burst=1.0)
    assert len(buckets._held) == 100
    assert buckets.take(999, 1, per_second=1.0, burst=1.0) > 0


def test_a_limit_of_nothing_is_no_limit() -> None:
    rates = rates_of(Hours(), public_events_per_second=0)
    for _ in range(1000):
        rates.admit(WEBSITE, "203.0.113.9", 2500)


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("127.0.0.1", "10.9.9.9", "10.9.9.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, <script>", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9:5544", "203.0.113.9"),
        ("127.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (None, "203.0.113.9", None),
    ],
)
def test_whose_request_a_proxy_of_ours_passes_on(
    peer: str | None, forwarded: str, expected: str | None
) -> None:
    assert Proxies(["127.0.0.0/8", "10.0.0.0/8"]).client_of(peer, forwarded) == expected
    assert Proxies([]).client_of(peer, forwarded) == peer


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(InputError) as refused:
        Proxies(["10.0.0.0/8", "tường lửa"])
    assert refused.value.path == "server.trusted_proxies"


def test_behind_a_trusted_proxy_the_visitor_is_known(data: Path) -> None:
    with open_door(data, server={"trusted_proxies": ["127.0.0.1/32"]}) as door:
        door.post("/v1/track", VIEW, x_forwarded_for="6.6.6.6, 203.0.113.7")
    assert door.kept()[0].ip == "203.0.113.0"  # of the visitor, without its end


@pytest.mark.parametrize("key", [PUBLIC, SECRET])
def test_gzip_that_unpacks_to_more_than_a_hundred_times_is_refused(
    own_door: Door, key: str
) -> None:
    events = [{**VIEW, "type": "track", "properties": {"text": " " * 1000}}] * 2000
    bomb = gzip.compress(json.dumps({"batch": events}).encode(), 9)
    assert len(bomb) * 100 < 2_000_000

    reply = own_door.post("/v1/batch", bomb, key=key)
    assert reply.status == 413
    assert reply.said["code"] == ("collect.gzip_ratio" if key == SECRET else "collect.too_large")
    assert own_door.kept() == []
    honest = gzip.compress(json.dumps({"batch": events[:300]}).encode(), 9)
    assert own_door.post("/v1/batch", honest, key=key).status == 200
