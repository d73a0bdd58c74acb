"""Work in a second process: its answers, its failures, and that it never outlives who asked."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from khachquen.store import Beside
from tests.waiting import wait_for


@pytest.fixture
def dividing() -> Iterator[Beside]:
    beside = Beside("tests.store.test_beside:divide")
    yield beside
    beside.close()


def divide(number: int, *, by: int) -> tuple[float, int]:
    sys.stdout.write("what is printed is no answer")
    sys.stdout.flush()
    return number / by, os.getpid()


def die(how: int) -> None:
    os.kill(os.getpid(), how)


def sleep_on() -> None:
    signal.pause()


def test_one_process_does_one_job_after_another(dividing: Beside) -> None:
    dividing.ask(9, by=3)
    assert dividing.is_busy
    wait_for(dividing.is_done)
    third, first = dividing.answer()
    assert not dividing.is_busy
    dividing.ask(9, by=2)
    half, second = dividing.answer()

    assert (third, half) == (3.0, 4.5)
    assert first == second != os.getpid()


def test_what_the_work_raises_is_raised_here(dividing: Beside) -> None:
    dividing.ask(9, by=0)
    with pytest.raises(ZeroDivisionError):
        dividing.answer()

    dividing.ask(9, by=9)
    assert dividing.answer()[0] == 1.0


def test_a_process_that_dies_is_said_so_and_the_next_job_starts_another() -> None:
    dying = Beside("tests.store.test_beside:die")
    dying.ask(signal.SIGKILL)
    wait_for(dying.is_done)
    with pytest.raises(ChildProcessError, match="ended before it was done"):
        dying.answer()

    dying.ask(0)
    assert dying.answer() is None
    dying.close()


def test_closing_gives_up_what_is_being_done() -> None:
    lazy = Beside("tests.store.test_beside:sleep_on")
    lazy.ask()
    process = lazy._process
    assert process is not None

    lazy.close()

    assert process.poll() is not None
    assert not lazy.is_busy


def test_it_ends_with_whoever_asked_even_in_the_middle_of_a_job() -> None:
    asking = (
        "from khachquen.store import Beside; import os\n"
        "b = Beside('tests.store.test_beside:sleep_on'); b.ask()\n"
        "print(b._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    told = subprocess.run(
        [sys.executable, "-c", asking],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert told.returncode == -signal.SIGKILL
    pid = int(told.stdout)

    wait_for(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False
