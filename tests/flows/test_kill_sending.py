"""At most once across kill -9: the sender dies at every place there is, and another goes on."""

import signal
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from khachquen.activate.campaigns.models import Recipient, Run
from khachquen.activate.channels.email import Connection
from khachquen.flows import sending
from tests.activate.channels.servers import Box, mail_server
from tests.clock import FrozenClock
from tests.flows.post import (
    TickingClock,
    add_account,
    add_people,
    add_run,
    config,
    count,
    ends,
    send_all,
    state_of,
)
from tests.flows.test_kill import die, in_a_process
from tests.served import free_port

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
PEOPLE = 30
LINES, AT_ONCE = 2, 5
POINTS = ["claimed", "written", "marked", "answered", "handed over"]
BYTES = ["before the letter", "before the final dot", "after the final dot", "after the answer"]


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def clock_of_today(clock: FrozenClock) -> TickingClock:
    return TickingClock(clock())


@pytest.fixture
def run(box: Box, now: datetime) -> Iterator[Run]:
    with mail_server(box, port=free_port()) as port:
        account = add_account(port, at=now, connections=LINES)
        yield add_run(account, add_people(*["Khách"] * PEOPLE, at=now), at=now)


class Dying(Connection):
    """A line whose sender dies at a place of the third letter it carries."""

    place = ""
    letters = 0

    def _write(self, data: bytes) -> None:
        is_letter, is_dot = data.startswith(b"DKIM-"), data == b".\r\n"
        Dying.letters += is_letter
        is_now = Dying.letters >= 3
        if is_now and is_letter and self.place == "before the letter":
            die()
        if is_now and is_dot and self.place == "before the final dot":
            die()
        super()._write(data)
        if is_now and is_dot and self.place == "after the final dot":
            die()

    def _read(self, stage: str) -> object:  # type: ignore[override]
        reply = super()._read(stage)  # type: ignore[arg-type]
        if stage == "content" and self.letters >= 3 and self.place == "after the answer":
            die()
        return reply


def die_while_sending(clock: TickingClock, run: Run, *, point: str = "", place: str = "") -> None:
    """Send in a process that is killed at the third passing of a point, or at a place of a line."""
    passed = Counter[str]()

    def after(name: str) -> None:
        passed[name] += 1
        if name == point and passed[name] >= (1 if name in ("claimed", "written") else 3):
            die()

    def work() -> None:
        Dying.place, Dying.letters = place, 0
        mailer = sending.Mailer(config(at_once=AT_ONCE), clock, after=after, connect=Dying)
        mailer.recover()
        while state_of(run) != "done":
            mailer.step()

    assert in_a_process(work) == -signal.SIGKILL


def check(run: Run, box: Box, *, kills: int = 1) -> None:
    """Nobody twice, nobody lost; what is unknown is few and said."""
    accepted = Counter(to for _, (to,), _ in box.letters)
    assert set(accepted.values()) <= {1}
    state = {f"khach-{person}@example.vn": end[0] for person, end in ends(run).items()}
    assert len(state) == PEOPLE
    assert set(state.values()) <= {"sent", "unknown"}
    sent = {address for address, end in state.items() if end == "sent"}
    unknown = {address for address, end in state.items() if end == "unknown"}
    assert sent <= set(accepted) <= sent | unknown
    assert len(unknown) <= kills * LINES * AT_ONCE
    total = count(run)
    assert total.targeted == total.sent + total.unknown == PEOPLE


@pytest.mark.parametrize("point", POINTS)
def test_killed_after_a_step_each_gets_it_once_or_is_plainly_unknown(
    run: Run, box: Box, clock_of_today: TickingClock, point: str
) -> None:
    die_while_sending(clock_of_today, run, point=point)
    send_all(clock_of_today, run, at_once=AT_ONCE)
    check(run, box)
    if point in ("claimed", "written"):
        assert count(run).unknown == 0


@pytest.mark.parametrize("place", BYTES)
def test_killed_inside_a_letter_only_what_is_on_the_wire_is_unknown(
    run: Run, box: Box, clock_of_today: TickingClock, place: str
) -> None:
    die_while_sending(clock_of_today, run, place=place)
    rows = Recipient.objects.filter(run=run, state="wire")
    on_wire = set(rows.values_list("address", flat=True))
    assert 1 <= len(on_wire) <= LINES * AT_ONCE
    send_all(clock_of_today, run, at_once=AT_ONCE)
    check(run, box)
    unknown = Recipient.objects.filter(run=run, state="unknown", reason="sender_died")
    assert set(unknown.values_list("address", flat=True)) == on_wire


def test_killed_again_and_again_each_gets_it_once(
    run: Run, box: Box, clock_of_today: TickingClock
) -> None:
    for point in ("claimed", "marked", "written"):
        die_while_sending(clock_of_today, run, point=point)
    die_while_sending(clock_of_today, run, place="after the final dot")
    send_all(clock_of_today, run, at_once=AT_ONCE)
    check(run, box, kills=4)


def test_what_another_machine_holds_is_left_until_its_lease_is_over(
    run: Run, box: Box, clock_of_today: TickingClock
) -> None:
    """A sender of this machine that begins anew knows of its own dead only."""
    others = Recipient.objects.filter(run=run, person_id__in=(1, 2))
    until = clock_of_today()
    others.filter(person_id=1).update(state="claimed", owner="kho:1", lease_until=until)
    others.filter(person_id=2).update(state="wire", owner="kho:1", lease_until=until)
    clock_of_today.advance(seconds=-30)
    mailer = sending.Mailer(config(), clock_of_today)
    try:
        assert mailer.recover() == (0, 0)
        assert set(ends(run).values()) == {
            ("claimed", ""),
            ("wire", ""),
            ("waiting", ""),
        }
        clock_of_today.advance(seconds=31)
        assert mailer.recover() == (1, 1)
    finally:
        mailer.close()
    send_all(clock_of_today, run)
    assert ends(run)[2] == ("unknown", "sender_died")
    assert len(box.letters) == PEOPLE - 1
    assert "khach-2@example.vn" not in {to for _, (to,), _ in box.letters}


def test_whoever_wakes_up_late_sends_nothing_another_has_taken(
    run: Run, box: Box, clock_of_today: TickingClock
) -> None:
    """Stopped between claiming and marking for longer than its lease; then it goes on."""
    sleepy = sending.Mailer(config(), clock_of_today)
    try:
        sleepy.recover()
        while not sleepy._writers.jobs:
            sleepy.step()
        clock_of_today.advance(minutes=10)
        until = clock_of_today() + timedelta(hours=1)
        Recipient.objects.filter(run=run).update(owner="elsewhere:1", lease_until=until)
        while not sleepy.is_idle:
            sleepy.step()
        assert box.letters == []
    finally:
        sleepy.close()
