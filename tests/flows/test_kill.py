"""Exactly once across kill -9: the engine dies after every step there is, and another goes on."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from khachquen.collect.enrichment.clients import read_client
from khachquen.flows import ingest
from khachquen.flows.taking_in import take_in
from khachquen.store.lake import compact, compacting, find_work, live_paths, manifest, sweep
from khachquen.unify.models import Node, Profile
from tests.clock import FrozenClock
from tests.flows.line import Line, order, page

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]

POINTS = [
    "read_from_log",
    *(step.__name__ for step in ingest.STEPS),
    *(step.__name__ for step in ingest.COMMIT),
    "commit",
]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_a_process(work: Callable[[], None]) -> int:
    """Run some work in a process of its own; returns how that ended (negative: by a signal)."""
    read_client("khachquen")  # the lists of robots and devices: read here once, not in every child
    connection.close()
    child = os.fork()
    if not child:
        try:
            work()
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    timer = threading.Timer(60, os.kill, (child, signal.SIGTERM))
    timer.start()
    _, status = os.waitpid(child, 0)
    timer.cancel()
    return os.waitstatus_to_exitcode(status)


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


def tell(line: Line) -> None:
    """Two visitors of yesterday; then what makes them chị Hoa, an order, a retry, nonsense."""

    def yesterday() -> None:
        for number in (1, 2):
            line.website(page(f"a-old-{number}", messageId=f"m-{number}"))
            line.take_in()

    assert in_a_process(yesterday) == 0
    line.website(
        page("a-hoa", messageId="m-3"),
        {
            "type": "identify",
            "messageId": "m-4",
            "anonymousId": "a-hoa",
            "userId": "17850",
            "traits": {"name": "Nguyễn Thị Hoa"},
        },
        page("a-nam", messageId="m-5"),
        page("a-hoa", messageId="m-3"),
        b"nonsense",
        page("a-old-2", messageId="m-6", userId="17850"),
        page("a-old-1", messageId="m-7", userId="17850"),
    )
    line.till(
        order("HD-1", 250_000, messageId="m-8", userId="17850"),
        order("HD-2", 100_000, messageId="m-9", userId="17850"),
        {
            "type": "track",
            "event": "Order Refunded",
            "messageId": "m-10",
            "userId": "17850",
            "properties": {"order_id": "HD-1", "total": 50_000},
        },
    )


def check_everything(line: Line) -> None:
    rows = line.ask("SELECT message_id, event_id FROM events ORDER BY event_id")
    assert rows == [(f"m-{n}", n) for n in range(1, 11)]
    assert line.counts() == {"stored": 10, "duplicate": 1, "quarantined": 1}
    assert line.ask("SELECT count(*) FROM refusals") == [(2,)]
    people = Profile.objects.filter(merged_into=None).order_by("id")
    assert list(people.values_list("name", "events", "orders", "spent_minor")) == [
        ("Nguyễn Thị Hoa", 9, 2, 300_000),
        ("", 1, 0, 0),
    ]
    assert sum(Node.objects.values_list("events", flat=True)) == 10
    hoa, nam = people.values_list("id", flat=True)
    counted = line.ask("SELECT profile_id, count(*) FROM events GROUP BY 1 ORDER BY 1")
    assert counted == [(hoa, 9), (nam, 1)]
    assert line.ask("SELECT node_id, profile_id FROM moves ORDER BY 1") == [(2, hoa)]
    assert line.loose_files() == []


def go_on(line: Line) -> None:
    """What the next engine does."""

    def work() -> None:
        line.ingester.recover()
        while line.take_in().records:
            pass

    assert in_a_process(work) == 0


@pytest.mark.parametrize("point", POINTS)
def test_killed_after_a_step_each_message_is_there_once(line: Line, point: str) -> None:
    tell(line)

    def work() -> None:
        label = "killed"
        take_in(
            line.ingester,
            now=line.clock(),
            label=label,
            after_step=lambda name: die() if name == point else None,
        )

    assert in_a_process(work) == -signal.SIGKILL
    go_on(line)
    check_everything(line)


def test_killed_again_and_again_each_message_is_there_once(line: Line) -> None:
    """Every point in turn over one folder, then the rest."""
    tell(line)
    for number, point in enumerate(POINTS):

        def work(number: int = number, point: str = point) -> None:
            line.ingester.recover()
            take_in(
                line.ingester,
                now=line.clock(),
                label=f"killed{number}",
                after_step=lambda name: die() if name == point else None,
            )

        assert in_a_process(work) == -signal.SIGKILL
    go_on(line)
    check_everything(line)


def test_killed_while_looking_for_the_message_that_breaks_us(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(line)

    def broken(batch: ingest.Batch) -> None:
        if batch.label.endswith("t3"):
            die()
        if any(event.message_id == "m-5" for event in batch.events):
            raise RuntimeError

    def work() -> None:
        monkeypatch.setattr("khachquen.flows.taking_in.COMMIT", (*ingest.COMMIT, broken))
        monkeypatch.setattr(ingest, "COMMIT", (*ingest.COMMIT, broken))
        line.take_in()

    assert in_a_process(work) == -signal.SIGKILL
    go_on(line)
    check_everything(line)


def in_small_files(line: Line) -> None:
    def work() -> None:
        for n in range(1, 9):
            line.website(page("a-hoa", messageId=f"m-{n}"))
            line.take_in()

    assert in_a_process(work) == 0


def compact_all(line: Line) -> None:
    for dataset in ("events", "seen"):
        if group := find_work(dataset, files=4):
            compact(line.data / "lake", dataset, group, label=f"joined-{dataset}", at=line.clock())


@pytest.mark.parametrize("moment", ["before listing", "before retiring", "before commit", "after"])
@pytest.mark.parametrize("dataset", ["events", "seen"])
def test_killed_while_joining_files_no_row_is_lost_or_doubled(
    line: Line, monkeypatch: pytest.MonkeyPatch, moment: str, dataset: str
) -> None:
    in_small_files(line)
    before = line.ask("SELECT * FROM events ORDER BY event_id")
    retire = manifest.retire_segments

    def retire_and_die(ids: list[int], **when: object) -> None:
        retire(ids, **when)  # type: ignore[arg-type]
        die()

    def work() -> None:
        if moment == "before listing":
            monkeypatch.setattr(compacting, "add_segments", lambda *a, **k: die())
        elif moment == "before retiring":
            monkeypatch.setattr(compacting, "retire_segments", lambda *a, **k: die())
        elif moment == "before commit":
            monkeypatch.setattr(compacting, "retire_segments", retire_and_die)
        group = find_work(dataset, files=4)
        compact(line.data / "lake", dataset, group, label="joined", at=line.clock())
        die()

    assert in_a_process(work) == -signal.SIGKILL
    assert len(live_paths(dataset)) == (1 if moment == "after" else 8)
    line.website(page("a-hoa", messageId="m-1"), page("a-hoa", messageId="m-9"))
    go_on(line)

    assert line.ask("SELECT * FROM events WHERE message_id <> 'm-9' ORDER BY event_id") == before
    assert line.counts() == {"stored": 9, "duplicate": 1}
    compact_all(line)
    assert line.ask("SELECT * FROM events WHERE message_id <> 'm-9' ORDER BY event_id") == before


def test_killed_while_sweeping_the_next_one_finishes(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_files(line)
    compact_all(line)
    lake = line.data / "lake"
    later = line.clock.advance(minutes=5)
    unlink = Path.unlink

    def unlink_and_die(path: Path, missing_ok: bool = False) -> None:
        unlink(path, missing_ok=missing_ok)
        die()

    def work() -> None:
        monkeypatch.setattr(Path, "unlink", unlink_and_die)
        sweep(lake, at=later, after_s=120)

    assert in_a_process(work) == -signal.SIGKILL
    assert sweep(lake, at=later, after_s=120) == 16
    assert line.ask("SELECT count(*), sum(event_id) FROM events") == [(8, 36)]
    assert line.loose_files() == []
