"""``/healthz`` is green when every part works, and says which one does not."""

import json
import os
import shutil
import signal
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from khachquen.base import Config, to_micros
from tests.clock import FrozenClock
from tests.served import Installation
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def config(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    # this thread's connection holds the test's transaction
    monkeypatch.setattr("khachquen.serve.health.close_old_connections", lambda: None)
    return replace(settings.CONFIG, data=data)


def beat(config: Config, clock: FrozenClock, trouble: str = "") -> None:
    """What the engine writes once a second."""
    said = {"pid": 1, "at": to_micros(clock()), "unread_bytes": 17, "trouble": trouble}
    (config.data / "run").mkdir(exist_ok=True)
    (config.data / "run" / "engine.json").write_text(json.dumps(said))


def health(config: Config, clock: FrozenClock) -> tuple[int, list[str]]:
    from khachquen.serve.health import check_health

    status, report = check_health(config, clock)
    assert report["status"] == ("ok" if status == 200 else "failing")
    return status, report.get("problems", [])


def test_all_well(config: Config, clock: FrozenClock) -> None:
    from khachquen.serve.health import check_health

    beat(config, clock)

    assert check_health(config, clock) == (
        200,
        {"status": "ok", "web": "ok", "unread_bytes": 17},
    )


def test_an_engine_that_never_started(config: Config, clock: FrozenClock) -> None:
    assert health(config, clock) == (503, ["engine: has not started"])


def test_an_engine_that_went_silent(config: Config, clock: FrozenClock) -> None:
    beat(config, clock)
    clock.advance(seconds=15)
    assert health(config, clock) == (200, [])
    clock.advance(seconds=1)
    assert health(config, clock) == (503, ["engine: silent for 16 s"])
    beat(config, clock)
    assert health(config, clock) == (200, [])


def test_how_long_it_may_be_silent_is_a_setting(config: Config, clock: FrozenClock) -> None:
    config = replace(config, server=replace(config.server, engine_silence_s=60))
    beat(config, clock)
    clock.advance(seconds=60)
    assert health(config, clock) == (200, [])
    clock.advance(seconds=1)
    assert health(config, clock)[0] == 503


def test_a_word_from_the_future_is_no_sign_of_life(config: Config, clock: FrozenClock) -> None:
    """The machine's clock was set back: what the engine said before proves nothing now."""
    beat(config, clock)
    clock.now -= timedelta(hours=1)

    assert health(config, clock) == (503, ["engine: its clock is 3600 s ahead"])


def test_an_engine_in_trouble(config: Config, clock: FrozenClock) -> None:
    beat(config, clock, trouble="OSError in write_rows, line 41")

    assert health(config, clock) == (503, ["engine: OSError in write_rows, line 41"])


def test_a_database_that_does_not_answer(
    config: Config, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("password of shop@db.example refused")

    beat(config, clock)
    monkeypatch.setattr(connection, "cursor", refuse)

    assert health(config, clock) == (503, ["state: OperationalError"])  # and nothing of its words


def test_a_disk_that_is_nearly_full(
    config: Config, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    beat(config, clock)
    for free, expected in ((255 << 20, (503, ["disk: 255 MB left"])), (256 << 20, (200, []))):
        monkeypatch.setattr(shutil, "disk_usage", lambda path, free=free: usage(0, 0, free))
        assert health(config, clock) == expected


@pytest.mark.served
def test_an_engine_that_hangs_turns_it_red_and_one_that_goes_on_green(
    running: Installation,
) -> None:
    engine = running.child("engine")

    os.kill(engine, signal.SIGSTOP)
    try:
        wait_for(lambda: running.health()[0] == 503)
        assert running.health()[1]["problems"][0].startswith("engine: silent for ")
    finally:
        os.kill(engine, signal.SIGCONT)
    running.wait_until_well()
    assert running.child("engine") == engine
