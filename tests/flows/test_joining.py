"""Joining files beside the rounds: no row is lost, doubled or listed before it is whole."""

import signal
from pathlib import Path

import pytest

from khachquen.store.lake import joining, live_paths
from tests.flows.line import Line
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db

ROWS = "SELECT * FROM events ORDER BY event_id"


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


@pytest.fixture
def in_small_files(line: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setattr(joining, "_AT_ONCE_ROWS", 3)
    for n in range(4):
        line.website({"type": "page", "messageId": f"m-{n}", "anonymousId": "a-hoa"})
        line.take_in()
    return line


def tend(line: Line, label: str) -> None:
    line.ingester.joining.tend(files=4, label=label, at=line.clock())


def wait_until_joined(line: Line) -> None:
    wait_for(line.ingester.joining._beside.is_done)


def join_all(line: Line) -> None:
    for n in range(9):
        tend(line, f"j{n}")
        if not line.ingester.joining._beside.is_busy:
            return
        wait_until_joined(line)


def test_a_large_group_is_joined_while_more_comes_in(in_small_files: Line) -> None:
    line = in_small_files
    before = line.ask(ROWS)

    tend(line, "first")
    assert len(live_paths("events")) == 4  # nothing is listed yet
    line.website({"type": "page", "messageId": "m-4", "anonymousId": "a-hoa"})
    line.take_in()
    wait_until_joined(line)
    join_all(line)

    assert line.ask(ROWS)[:4] == before
    assert [path.rpartition("/")[2] for path in live_paths("events")][1:] == ["first.parquet"]
    assert len(live_paths("events")) == 2
    assert len(live_paths("seen")) == 1
    assert line.counts() == {"stored": 5}
    line.website({"type": "page", "messageId": "m-2", "anonymousId": "a-hoa"})
    line.take_in()
    assert line.counts() == {"stored": 5, "duplicate": 1}
    line.ingester.close()


def test_a_small_group_is_joined_at_once(line: Line) -> None:
    for n in range(4):
        line.website({"type": "page", "messageId": f"m-{n}", "anonymousId": "a-hoa"})
        line.take_in()

    tend(line, "small")

    assert len(live_paths("events")) == 1
    assert line.ingester.joining._beside._process is None


def test_what_recovers_gives_up_the_file_that_was_being_written(in_small_files: Line) -> None:
    line = in_small_files
    before = line.ask(ROWS)
    tend(line, "given-up")
    wait_until_joined(line)  # the file is whole, but nobody has listed it

    line.ingester.recover()
    assert line.loose_files() == []
    join_all(line)

    assert line.ask(ROWS) == before
    assert len(live_paths("events")) == 1
    line.ingester.close()


def test_when_the_second_process_is_killed_the_files_stay_as_they_are(in_small_files: Line) -> None:
    line = in_small_files
    before, files = line.ask(ROWS), live_paths("events")
    tend(line, "killed")
    process = line.ingester.joining._beside._process
    assert process is not None
    process.send_signal(signal.SIGKILL)
    wait_for(lambda: process.poll() is not None)

    with pytest.raises(ChildProcessError):
        tend(line, "again")
    assert live_paths("events") == files
    line.ingester.recover()
    join_all(line)

    assert line.ask(ROWS) == before
    assert len(live_paths("events")) == 1
    line.ingester.close()
