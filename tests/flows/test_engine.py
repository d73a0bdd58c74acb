"""The engine never ends by itself, and files fed in beside it are waited for."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from khachquen.base import Config, ConflictError, load_config, system_clock, to_micros
from khachquen.flows import engine as engines
from khachquen.flows.changing_rules import apply, draft, simulation_of
from khachquen.flows.engine import Engine, hold_engine, read_heartbeat, run_engine
from khachquen.flows.feed import feed
from khachquen.store import load_watermarks
from khachquen.store.eventlog import LogWriter, unread_bytes
from khachquen.unify.models import Node, Profile
from khachquen.unify.rulebook import get_change
from tests.clock import FrozenClock
from tests.flows.line import Line, count_endings, order, page
from tests.flows.test_rerunning import rules
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def config(data: Path) -> Config:
    config = load_config(data, env={})
    return replace(config, ingest=replace(config.ingest, poll_ms=5))


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


@contextmanager
def running(config: Config) -> Iterator[threading.Thread]:
    stop = threading.Event()

    def run() -> None:
        run_engine(config, system_clock, stop)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def test_what_comes_in_is_taken_in_and_the_engine_says_it_lives(config: Config, line: Line) -> None:
    with running(config):
        line.website(page("a-hoa", messageId="m-1"))
        wait_for(lambda: line.counts() == {"stored": 1})
        wait_for(lambda: read_heartbeat(config.data) is not None)
        heartbeat = read_heartbeat(config.data)

    assert heartbeat is not None
    assert heartbeat.trouble == ""


def test_a_failing_round_is_said_without_a_word_of_anybody_and_tried_again(
    config: Config, line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing = [True]
    real = engines.take_in

    def take_in(*arguments: Any, **named: Any) -> Any:
        if failing[0]:
            raise OSError("No space left for Nguyễn Thị Hoa, 0912345678")
        return real(*arguments, **named)

    monkeypatch.setattr(engines, "take_in", take_in)
    loose = config.data / "lake" / "events" / "month=202611"
    loose.mkdir(parents=True)

    def trouble() -> str:
        heartbeat = read_heartbeat(config.data)
        return heartbeat.trouble if heartbeat else ""

    line.website(page("a-hoa"))
    with running(config) as thread:
        wait_for(lambda: trouble() != "")
        assert trouble().startswith("OSError at test_engine.py:")
        (loose / "half.parquet").write_bytes(b"of the failed round")
        failing[0] = False
        wait_for(lambda: line.counts() == {"stored": 1})
        wait_for(lambda: trouble() == "")
        assert thread.is_alive()

    assert "OSError at test_engine.py" in caplog.text
    assert "Hoa" not in caplog.text
    assert line.loose_files() == []


def test_a_second_engine_waits_and_takes_over(config: Config, line: Line) -> None:
    with hold_engine(config.data):
        with running(config) as thread:
            line.website(page("a-hoa"))
            thread.join(0.3)
            assert thread.is_alive()
            assert line.counts() == {}
            with pytest.raises(ConflictError), hold_engine(config.data):
                pass
        assert read_heartbeat(config.data) is None
    with running(config):
        wait_for(lambda: line.counts() == {"stored": 1})


def messages(*batches: int) -> Iterator[tuple[int, bool, list[bytes]]]:
    for number, size in enumerate(batches):
        yield (
            1,
            True,
            [
                b'{"type":"page","anonymousId":"a","messageId":"m-%d-%d"}' % (number, n)
                for n in range(size)
            ],
        )


def test_a_file_is_taken_in_without_a_server(config: Config, clock: FrozenClock) -> None:
    said: list[tuple[str, int, int]] = []

    done = feed(
        config,
        messages(3, 0, 2),
        stream="import-1",
        clock=clock,
        progress=lambda *what: said.append(what),
        total=5,
    )

    assert done == 5
    assert count_endings(clock) == {"stored": 5}
    assert said[-1] == ("feed", 5, 5)
    assert Profile.objects.get().events == 5
    with hold_engine(config.data):
        pass  # the lock is free again


def test_the_same_file_again_counts_once(config: Config, clock: FrozenClock) -> None:
    for stream in ("import-1", "import-2"):
        feed(config, messages(4), stream=stream, clock=clock)

    assert count_endings(clock) == {"stored": 4, "duplicate": 4}


def test_an_import_leaves_no_log_behind_once_it_is_not_kept_any_more(
    config: Config, clock: FrozenClock
) -> None:
    feed(config, messages(3), stream="import-1", clock=clock)
    clock.advance(minutes=1)
    engine = Engine(config, clock)
    clock.advance(minutes=1)
    engine.round()
    assert [p.name for p in (config.data / "log").iterdir()] == ["import-1"]

    without = replace(config, ingest=replace(config.ingest, keep_log_mb=0))
    engine = Engine(without, clock)
    clock.advance(minutes=1)
    engine.round()
    assert [p.name for p in (config.data / "log").iterdir()] == []
    assert load_watermarks() == {}
    feed(config, messages(3), stream="import-2", clock=clock)
    assert count_endings(clock) == {"stored": 3, "duplicate": 3}


def test_a_feed_waits_for_the_engine_of_another_process(config: Config) -> None:
    with running(config):
        wait_for(lambda: read_heartbeat(config.data) is not None)
        slept: list[float] = []
        pause = threading.Event()

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            pause.wait(0.01)

        assert feed(config, messages(5), stream="import-1", clock=system_clock, sleep=sleep) == 5
        assert unread_bytes(config.data / "log", load_watermarks(), stream="import-1") == 0


def test_a_feed_takes_the_place_of_an_engine_that_went_away(
    config: Config, clock: FrozenClock
) -> None:
    held = hold_engine(config.data)
    held.__enter__()
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            held.__exit__(None, None, None)

    assert feed(config, messages(5), stream="import-1", clock=clock, sleep=sleep) == 5
    assert len(waited) == 3
    assert count_endings(clock) == {"stored": 5}


def test_a_torn_end_in_another_stream_holds_no_feed_up(
    config: Config, clock: FrozenClock, line: Line
) -> None:
    with closing(LogWriter(config.data / "log", "web")) as log:
        log.append([b"x" * 50])
    path = config.data / "log" / "web" / "00000001.log"
    path.write_bytes(path.read_bytes()[:-1])

    assert feed(config, messages(2), stream="import-1", clock=clock) == 2
    assert count_endings(clock) == {"stored": 2}


def test_a_frozen_clock_is_enough_for_a_whole_story(config: Config, clock: FrozenClock) -> None:
    feed(config, messages(1), stream="demo", clock=clock)
    assert to_micros(Profile.objects.get().last_seen) == to_micros(clock())


def test_while_other_rules_are_applied_events_wait_in_the_log_and_then_come_in(
    config: Config, line: Line, clock: FrozenClock
) -> None:
    """An engine that comes after a kill does it, too: the job is open, and first."""
    strict = rules(phone={"shared_after": {"user": 1}})
    for who in ("lan", "mai"):
        told = {"traits": {"phone": "0912345678"}}
        line.till(order(f"HD-{who}", 1_000, messageId=who, userId=who, context=told))
    line.take_in()
    change = draft(config.data, strict, by="mai@nhamay.vn", clock=clock)
    engine = Engine(config, clock)
    while (job := simulation_of(change)) and job.is_open:
        engine.rest(engine.round())
    apply(config.data, change.id, by="mai@nhamay.vn", why="Máy của cả nhà", clock=clock)
    line.website(page("a-hoa", messageId="m-1"))

    engine = Engine(config, clock)
    assert engine.round().is_full  # no rest: it goes on at once
    assert count_endings(clock) == {"stored": 2}
    engine.drain()

    assert get_change(change.id).state == "applied"
    assert count_endings(clock) == {"stored": 3}
    assert engine.ingester.book.rules == strict
    assert Node.objects.get(kind="phone").is_shared
