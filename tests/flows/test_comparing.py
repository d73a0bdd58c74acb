"""Comparing in a process of its own: it reads people for itself, and its end is nobody else's."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from khachquen.flows.comparing import forget_lookup, has_lookup
from khachquen.flows.suggesting import Suggesting
from khachquen.store import Beside
from khachquen.unify.suggestions import next_suggestion
from khachquen.unify.suggestions.models import Run
from khachquen.unify.suggestions.runs import cancel_run, request_run
from tests.clock import FrozenClock
from tests.flows.desk import Desk, person, two_of_hoa
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
WORK = "khachquen.flows.comparing:work"


@pytest.fixture
def desk(data: Path, clock: FrozenClock) -> Iterator[Desk]:
    """A desk whose comparing is really done beside it."""
    desk = Desk(data, clock)
    with closing(Suggesting(desk.config, beside=Beside(WORK))) as desk.suggesting:
        yield desk


def goes_on(desk: Desk) -> str:
    """One more rest; how the newest run stands then."""
    desk.rest()
    return Run.objects.latest("id").state


def test_it_reads_people_for_itself_and_finds_the_same(desk: Desk) -> None:
    two_of_hoa(desk)
    request_run(actor="linh@nhamay.vn", at=desk.clock())
    wait_for(lambda: goes_on(desk) == "done")

    assert desk.next().people == (person("KH-1"), person("KH-2"))
    assert has_lookup(desk.config.data)

    desk.says("apart")
    desk.customer("KH-9", "Trần Văn Nam", birthday="01/07/1985", address="7 hai bà trưng")
    desk.line.take_in()

    def is_asked() -> bool:
        desk.rest()
        return next_suggestion(desk.clock()) is not None

    wait_for(is_asked)
    assert desk.next().people == (person("KH-3"), person("KH-9"))


def test_killed_the_run_has_failed_and_the_next_one_works(desk: Desk) -> None:
    two_of_hoa(desk)
    beside = Beside("tests.flows.test_comparing:die")
    desk.suggesting = Suggesting(desk.config, beside=beside)
    request_run(actor="linh@nhamay.vn", at=desk.clock())
    wait_for(lambda: goes_on(desk) == "failed")

    assert Run.objects.get().trouble == "matching.process_ended"
    assert next_suggestion(desk.clock()) is None


def test_stopped_the_process_is_gone_at_once(desk: Desk) -> None:
    two_of_hoa(desk)
    beside = Beside("tests.flows.test_comparing:never_end")
    desk.suggesting = Suggesting(desk.config, beside=beside)
    request_run(actor="linh@nhamay.vn", at=desk.clock())
    wait_for(lambda: goes_on(desk) == "running")
    running = beside._process
    assert running is not None

    cancel_run(actor="linh@nhamay.vn", at=desk.clock())
    desk.rest()

    assert running.poll() is not None
    assert Run.objects.get().state == "cancelled"


def test_what_look_ups_are_made_in_can_be_thrown_away(desk: Desk) -> None:
    two_of_hoa(desk)
    request_run(actor="linh@nhamay.vn", at=desk.clock())
    wait_for(lambda: goes_on(desk) == "done")
    folder = desk.config.data / "run" / "matching"
    assert oct(folder.stat().st_mode & 0o777) == "0o700"

    forget_lookup(desk.config.data)

    assert not (folder / "known").exists()


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def never_end(*_: object) -> None:
    signal.pause()
