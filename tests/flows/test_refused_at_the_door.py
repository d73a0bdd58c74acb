"""A server that will not take a letter because nobody lives there says what others write back."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from khachquen.activate.campaigns.models import Outcome, Recipient
from khachquen.activate.campaigns.outcome_counts import Happened, count_outcomes
from khachquen.flows.bouncing import AtTheDoor
from tests.activate.channels.servers import Box, mail_server
from tests.clock import FrozenClock
from tests.flows.line import Line
from tests.flows.post import TickingClock, add_account, add_people, add_run, config, ends, send_all
from tests.flows.test_fetching_reports import silenced
from tests.served import free_port

pytestmark = pytest.mark.django_db(transaction=True)
HOA, NAM, LAN, MAI = (f"khach-{n}@example.vn" for n in (1, 2, 3, 4))


@pytest.fixture
def line(data: Path, now: datetime) -> Line:
    return Line(data, FrozenClock(now))


def door(line: Line) -> AtTheDoor:
    return AtTheDoor(replace(config(), data=line.data), line.clock)


def refuse(now: datetime, *replies: str, state: str = "failed") -> None:
    """A run whose letters the server answered so, one person each."""
    names = [f"Khách {n}" for n in range(1, len(replies) + 1)]
    run = add_run(add_account(free_port(), at=now), add_people(*names, at=now), at=now)
    for row, reply in zip(Recipient.objects.filter(run=run).order_by("pk"), replies, strict=True):
        row.state, row.reason = (state, "bad_address") if reply else ("sent", "")
        row.address, row.reply = f"khach-{row.person_id}@example.vn", reply
        row.ended_at = now
        row.save()


def test_only_who_is_not_there_is_left_alone(now: datetime, line: Line) -> None:
    box = Box()
    box.refuses[HOA] = "550 5.1.1 no such user"
    box.refuses[NAM] = "550 5.1.1 blocked using a list: see spamhaus"
    box.answers[LAN] = "554 5.7.1 looks like spam"
    people = add_people("Nguyễn Thị Hoa", "Trần Văn Nam", "Phạm Thị Lan", "Lê Thị Mai", at=now)
    with mail_server(box, port=free_port()) as port:
        run = add_run(add_account(port, at=now), people, at=now)
        send_all(TickingClock(now), run)
    assert ends(run) == {
        1: ("failed", "bad_address"),
        2: ("failed", "refused"),
        3: ("failed", "refused"),
        4: ("sent", ""),
    }
    line.clock.advance(minutes=1)
    at_the_door = door(line)
    assert at_the_door.step() is True
    assert at_the_door.step() is False
    line.take_in()

    assert silenced(HOA, NAM, LAN, MAI) == {HOA: "bounced"}
    events = line.ask("select profile_id, name, properties->>'is_hard' from events")
    assert events == [(1, "Email Bounced", "true")]
    assert Outcome.objects.get().detail == "hard"
    assert count_outcomes(run.pk)["bounced"] == Happened(), "it is among the failed"


def test_said_once_whoever_dies_in_between(now: datetime, line: Line) -> None:
    refuse(now, "550 5.1.1 user unknown", "", "")
    line.clock.advance(minutes=1)
    door(line).step()
    assert door(line).step() is True, "nobody remembers, and nothing is heard of it yet"
    line.take_in()
    assert door(line).step() is False

    assert line.counts() == {"stored": 1, "duplicate": 1}
    assert silenced(HOA, NAM, LAN) == {HOA: "bounced"}


def test_an_end_that_was_written_down_late_is_not_passed_over(now: datetime, line: Line) -> None:
    refuse(now, "550 5.1.1 user unknown", "")
    line.clock.advance(minutes=1)
    at_the_door = door(line)
    at_the_door.step()
    late = Recipient.objects.get(address=NAM)
    late.state, late.reason, late.reply = "failed", "bad_address", "550 5.1.10 recipient not found"
    late.ended_at = now - timedelta(seconds=30)
    late.save()
    line.clock.advance(seconds=6)
    at_the_door.step()
    line.take_in()
    assert silenced(HOA, NAM) == {HOA: "bounced", NAM: "bounced"}


def test_what_was_written_down_by_other_rules_is_judged_by_these(now: datetime, line: Line) -> None:
    refuse(now, "550 requested action not taken", "550 listed at dnsbl.example", "")
    assert door(line).step() is False


def test_a_server_that_says_so_of_everybody_is_not_believed(now: datetime, line: Line) -> None:
    refuse(now, *["550 5.1.1 user unknown in local table"] * 25, *[""] * 20)
    line.clock.advance(minutes=1)
    assert door(line).step() is False
    line.take_in()
    assert silenced(HOA, NAM, LAN) == {}


def test_more_than_fit_a_part_are_all_said(
    now: datetime, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("khachquen.flows.bouncing._A_PART", 4)
    refuse(now, *["550 5.1.1 user unknown"] * 10)
    line.clock.advance(minutes=1)
    at_the_door = door(line)
    assert [at_the_door.step() for _ in range(4)] == [True, True, True, False]
    line.take_in()
    assert Outcome.objects.filter(kind="bounced", detail="hard").count() == 10
