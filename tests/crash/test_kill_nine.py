"""SIGKILL at random, under load: what was acknowledged is there once, the rest at most once.

Ten kills a round: one round runs with every suite, twenty with ``make crash``.
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

from tests.load import Load, check_exactly_once
from tests.served import Installation, installation, is_alive
from tests.waiting import wait_for

pytestmark = pytest.mark.crash

KILLS_A_ROUND = 10
TARGETS = ("web", "engine", "both")
EVERYTHING = "everything"  # the supervisor too, as when the machine loses power
_EVERYTHING_EVERY = 5
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
    """An installation that makes many files, so that kills meet every kind of work."""
    quick = {"KHACHQUEN_LAKE_COMPACT_FILES": "3", "KHACHQUEN_LAKE_RETIRE_S": "1"}
    with installation(tmp_path, **quick) as made:
        made.serve()
        yield made


def test_nothing_acknowledged_is_lost_or_doubled(
    shop: Installation, crash_rounds: int, capfd: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance, kills, slowest_s = random.Random(seed), Counter[str](), 0.0
    began_at = time.monotonic()

    with Load(shop, seed) as load:
        while kills.total() < crash_rounds * KILLS_A_ROUND:
            moment = time.monotonic() + chance.uniform(*_REST_S)
            wait_for(lambda moment=moment: time.monotonic() > moment)
            last = (kills.total() + 1) % _EVERYTHING_EVERY == 0
            target = EVERYTHING if last else chance.choice(TARGETS)
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
    with capfd.disabled():
        sys.stdout.write(
            f"\n  crash: seed {seed}, {kills.total()} kills ({told(kills)})"
            f" in {time.monotonic() - began_at:.0f} s;"
            f" {len(load.acknowledged)} messages acknowledged,"
            f" {len(load.tried) - len(load.acknowledged)} unsure, {stored} stored;"
            f" 0 lost, 0 doubled; well again within {slowest_s:.1f} s\n"
        )


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
    return time.monotonic() - started


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
