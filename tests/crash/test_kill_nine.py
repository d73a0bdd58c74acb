"""SIGKILL under load, at random and at every named place: what was acknowledged is there once.

Eight kills with every suite, two hundred with ``make crash`` (``ROUNDS=1000`` for more).
"""

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.dying_shop import dying_shop, order
from tests.crash.places import PLACES
from tests.load import Load, check_exactly_once
from tests.served import Installation, is_alive
from tests.waiting import wait_for

pytestmark = [pytest.mark.crash, pytest.mark.served]

TARGETS = ("web", "engine", "both")
EVERYTHING = "everything"  # the supervisor too, as when the machine loses power
NAMED = "at a named place"
_EVERYTHING_EVERY = 5
_READY_S = 10.0
_ENOUGH_FOR_EVERY_PLACE = 200
_REST_S = (0.2, 2.0)
_COUNTED = """
from khachquen.store.models import Count
answer = sum(Count.objects.filter(outcome="stored").values_list("n", flat=True))
"""
_LISTED = """
from khachquen.store.models import Segment
answer = list(Segment.objects.values_list("path", flat=True))
"""
_CHECK_SQLITE = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA integrity_check")
    answer = cursor.fetchone()[0]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Installation]:
    """An installation that makes many files and keeps none, so that kills meet all kinds of work.

    Its processes can be ordered to die at a named place.
    """
    quick = {
        "KHACHQUEN_LAKE_COMPACT_FILES": "3",
        "KHACHQUEN_LAKE_RETIRE_S": "1",
        "KHACHQUEN_INGEST_LOG_FILE_MB": "1",
        "KHACHQUEN_INGEST_KEEP_LOG_MB": "0",
    }
    with dying_shop(tmp_path, **quick) as made:
        yield made


def test_nothing_acknowledged_is_lost_or_doubled(
    shop: Installation, crash_kills: int, capfd: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance, kills, slowest_s = random.Random(seed), Counter[str](), 0.0
    places = every_place(chance)
    passed = Counter[str]()
    began_at = time.monotonic()

    with Load(shop, seed) as load:
        while kills.total() < crash_kills:
            if (kills.total() + 1) % _EVERYTHING_EVERY == 0:
                target = EVERYTHING
            else:
                target = NAMED if chance.random() < 0.5 else chance.choice(TARGETS)
            if target == NAMED:
                place = next(places)
                order(shop, place)
                passed[place] += 1
                kills[target] += 1
                continue
            moment = time.monotonic() + chance.uniform(*_REST_S)
            wait_for(lambda moment=moment: time.monotonic() > moment)
            if kill(shop, target):
                kills[target] += 1
            if target == EVERYTHING:
                slowest_s = max(slowest_s, begin_again(shop))
        shop.wait_until_well()
        before = len(load.acknowledged)
        wait_for(lambda: len(load.acknowledged) > before)

    shop.wait_until_taken_in()
    stored = check_exactly_once(shop, load)
    check_whole(shop, stored)
    assert not load.refused.keys() - {0}, f"wrong answers: {load.refused}"
    assert passed.keys() == set(PLACES) or crash_kills < _ENOUGH_FOR_EVERY_PLACE
    with capfd.disabled():
        sys.stdout.write(
            f"\n  crash: seed {seed}, {kills.total()} kills ({told(kills)};"
            f" {len(passed)} of {len(PLACES)} places) in {time.monotonic() - began_at:.0f} s;"
            f" {len(load.acknowledged)} messages acknowledged, {len(load.again)} of them sent"
            f" again, {len(load.tried) - len(load.acknowledged)} unsure, {stored} stored;"
            f" 0 lost, 0 doubled; ready again within {slowest_s:.1f} s\n"
        )
    assert slowest_s < _READY_S


def every_place(chance: random.Random) -> Iterator[str]:
    """All of them in some order, again and again."""
    while True:
        yield from chance.sample(PLACES, len(PLACES))


def kill(shop: Installation, target: str) -> bool:
    """Kill without warning; whether there was anything to kill."""
    parts = {"both": ("web", "engine"), EVERYTHING: ("web", "engine")}.get(target, (target,))
    pids = [pid for part in parts if (pid := shop.child(part))]
    if target == EVERYTHING:
        pids.append(shop.supervisor().pid)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    if target == EVERYTHING:
        shop.supervisor().wait()
        wait_for(lambda: not any(is_alive(pid) for pid in pids))
    return bool(pids)


def begin_again(shop: Installation) -> float:
    """Serve it again; how many seconds until every part worked."""
    started = time.monotonic()
    shop.serve()
    ready_s = time.monotonic() - started
    check_tables(shop)
    return ready_s


def check_whole(shop: Installation, stored: int) -> None:
    """Counts, files and tables agree with each other."""
    doctor = shop.run("doctor", "--json")
    assert doctor.returncode == 0, doctor.stdout
    [[ids, lowest, highest]] = shop.ask(
        "SELECT count(DISTINCT event_id), min(event_id), max(event_id) FROM events"
    )
    assert (ids, highest - lowest + 1) == (stored, stored), "event ids are unique and have no gap"
    assert shop.run_inside(_COUNTED) == stored
    wait_for(lambda: set(shop.run_inside(_LISTED)) == files_of(shop.data / "lake"))
    check_tables(shop)


def check_tables(shop: Installation) -> None:
    if shop.is_on_sqlite:
        assert shop.run_inside(_CHECK_SQLITE) == "ok"


def files_of(lake: Path) -> set[str]:
    return {
        str(path.relative_to(lake))
        for path in lake.rglob("*")
        if path.is_file() and path.parent.name != "tmp"
    }


def told(kills: Counter[str]) -> str:
    return ", ".join(f"{target} {times}" for target, times in sorted(kills.items()))
