"""A process may die at any time: the others go on, it comes back, nothing acknowledged is lost."""

import os
import signal
import subprocess
import sys

import pytest

from tests.load import Load, check_exactly_once
from tests.served import Installation, is_alive
from tests.waiting import wait_for

HOA = {
    "type": "identify",
    "messageId": "hoa-1",
    "userId": "KH01",
    "traits": {"name": "Nguyễn Thị Hoa", "email": "hoa@example.vn"},
}
pytestmark = pytest.mark.served
COUNT = "SELECT count(*) FROM events"


@pytest.mark.parametrize("part", ["web", "engine"])
def test_a_child_that_is_killed_is_started_again(running: Installation, part: str) -> None:
    killed, other = running.child(part), running.child("engine" if part == "web" else "web")
    assert running.tell([HOA]) == 200

    os.kill(killed, signal.SIGKILL)

    wait_for(lambda: running.child(part) not in {0, killed})
    assert not is_alive(killed)
    assert is_alive(other)
    running.wait_until_well()
    assert running.tell([{**HOA, "messageId": "hoa-2"}, HOA]) == 200
    running.wait_until_taken_in()
    assert running.ask(COUNT) == [[2]]


def test_the_web_accepts_while_the_engine_is_away(running: Installation) -> None:
    os.kill(running.child("engine"), signal.SIGSTOP)
    try:
        assert running.tell([HOA]) == 200
    finally:
        os.kill(running.child("engine"), signal.SIGKILL)
    running.wait_until_taken_in()
    assert running.ask(COUNT) == [[1]]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_stops_in_order_and_loses_nothing(
    running: Installation, number: int
) -> None:
    with Load(running, seed=1) as load:
        wait_for(lambda: len(load.acknowledged) > 100)
        assert running.stop(number) == 0
        wait_for(lambda: load.refused)
    assert set(load.refused) == {0}, "clients saw closed doors, never a wrong answer"

    running.serve()
    running.wait_until_taken_in()
    assert check_exactly_once(running, load) >= len(load.acknowledged) > 100
    assert running.stop() == 0


def test_the_children_of_a_killed_supervisor_end(running: Installation) -> None:
    pids = [running.child("web"), running.child("engine")]
    assert 0 not in pids

    running.supervisor().kill()

    wait_for(lambda: not any(is_alive(pid) for pid in pids))
    running.supervisor().wait()


def test_a_child_whose_supervisor_is_gone_before_it_looked_ends_too(shop: Installation) -> None:
    """The supervisor may be killed while the child still loads its code."""
    shop.port = 1
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    command = [sys.executable, "-m", "khachquen.serve.child", "engine", str(gone.pid)]
    child = subprocess.Popen(command, env=shop.environment())
    assert child.wait(90) == 0


def test_killed_as_a_whole_it_begins_again_where_it_was(running: Installation) -> None:
    assert running.tell([HOA]) == 200
    pids = [running.supervisor().pid, running.child("web"), running.child("engine")]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    running.supervisor().wait()

    running.serve()

    running.wait_until_taken_in()
    assert running.ask(COUNT) == [[1]]


def test_one_process_can_do_it_all(shop: Installation) -> None:
    shop.serve("--single")
    assert (shop.child("web"), shop.child("engine")) == (0, 0)

    assert shop.tell([HOA]) == 200
    shop.wait_until_taken_in()

    assert shop.ask(COUNT) == [[1]]
    assert shop.stop() == 0
