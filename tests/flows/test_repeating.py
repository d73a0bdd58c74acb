"""A campaign that goes again by itself: once for each of its days, whatever dies in between."""

import signal
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from khachquen.activate.campaigns import repeating, running
from khachquen.activate.campaigns.models import Account, Campaign, Recipient, Repeat, Run
from khachquen.activate.campaigns.repeating import Rhythm, begin_due, moments, save_repeat
from khachquen.base import InputError
from khachquen.govern import list_audit
from tests.activate.channels.servers import Box, mail_server
from tests.flows.post import (
    HTML,
    TEXT,
    TickingClock,
    add_account,
    add_people,
    sender,
    work_until,
)
from tests.flows.test_capping import Caps, take
from tests.flows.test_kill import die, in_a_process
from tests.served import free_port

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
LATE = timedelta(hours=6)
EVERY_MORNING: dict[str, Any] = {"every": "day", "day": 1, "at_time": time(9)}
SIX_O_CLOCK = datetime(2026, 11, 20, 6, tzinfo=SAIGON).astimezone(UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
with_database = pytest.mark.django_db(transaction=True)


def upcoming(rhythm: Rhythm, zone: str, after: datetime, count: int) -> list[str]:
    found = islice(moments(rhythm, ZoneInfo(zone), after=after), count)
    return [f"{at.astimezone(ZoneInfo(zone)):%a %d/%m %H:%M%z}" for _, at in found]


def test_every_week_on_its_day_and_of_a_short_month_the_last() -> None:
    after = datetime(2026, 1, 30, 12, tzinfo=UTC)
    week = Rhythm("week", 1, time(9), date(2026, 1, 1))
    assert upcoming(week, "Asia/Ho_Chi_Minh", after, 2) == [
        "Mon 02/02 09:00+0700",
        "Mon 09/02 09:00+0700",
    ]
    month = Rhythm("month", 31, time(9), date(2026, 1, 1), until_day=date(2026, 4, 30))
    assert upcoming(month, "Asia/Ho_Chi_Minh", after, 9) == [
        "Sat 31/01 09:00+0700",
        "Sat 28/02 09:00+0700",
        "Tue 31/03 09:00+0700",
        "Thu 30/04 09:00+0700",
    ]


def test_where_clocks_are_put_forward_and_back_it_is_once_a_day() -> None:
    night = Rhythm("day", 1, time(2, 30), date(2026, 1, 1))
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert upcoming(night, "Europe/Paris", spring, 2) == [
        "Sun 29/03 03:30+0200",
        "Mon 30/03 02:30+0200",
    ]
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert upcoming(night, "Europe/Paris", autumn, 2) == [
        "Sun 25/10 02:30+0200",
        "Mon 26/10 02:30+0100",
    ]


@pytest.fixture
def account(now: datetime) -> Account:
    return add_account(25, at=now)


@pytest.fixture
def campaign(account: Account, now: datetime) -> Campaign:
    return Campaign.objects.create(
        name="Bản tin sáng", purpose="ads", segment_id=1, account=account, subject="[QC] Gốm mới",
        html=HTML, text=TEXT, created_at=now, created_by="hoa", changed_at=now,
    )  # fmt: skip


def repeat(campaign: Campaign, at: datetime = SIX_O_CLOCK, **more: Any) -> Repeat:
    told = EVERY_MORNING | {"from_day": date(2026, 11, 1)} | more
    return save_repeat(campaign.pk, told, zone=SAIGON, by="hoa@gom-moc.example", at=at)


def due(at: datetime) -> list[str]:
    """The days of the runs begun at a moment; each is at its end at once."""
    begun = begin_due(at, zone=SAIGON, late=LATE, links_open=True)
    Run.objects.filter(pk__in=[run.pk for run in begun]).update(state="done")
    return [str(run.occurrence) for run in begun]


@with_database
def test_each_day_has_one_run_by_whoever_set_it(campaign: Campaign) -> None:
    assert repeat(campaign).next_at == SIX_O_CLOCK + 3 * HOUR
    assert due(SIX_O_CLOCK + 2.9 * HOUR) == []
    assert due(SIX_O_CLOCK + 3 * HOUR) == ["2026-11-20"]
    assert due(SIX_O_CLOCK + 3 * HOUR) == []
    assert due(SIX_O_CLOCK + DAY + 3.5 * HOUR) == ["2026-11-21"]
    run = Run.objects.order_by("-pk")[0]
    assert (run.by, run.start_at) == ("hoa@gom-moc.example", SIX_O_CLOCK + DAY + 3 * HOUR)


@with_database
def test_an_hour_moved_after_it_went_makes_no_second_one_that_day(campaign: Campaign) -> None:
    repeat(campaign)
    assert due(SIX_O_CLOCK + 3 * HOUR) == ["2026-11-20"]
    repeat(campaign, SIX_O_CLOCK + 4 * HOUR, at_time=time(15))
    assert due(SIX_O_CLOCK + 10 * HOUR) == []
    assert due(SIX_O_CLOCK + DAY + 10 * HOUR) == ["2026-11-21"]


@with_database
def test_of_many_missed_ones_the_last_is_made_up_for_while_it_is_not_too_late(
    campaign: Campaign,
) -> None:
    repeat(campaign)
    assert due(SIX_O_CLOCK + 4 * DAY + 8 * HOUR) == ["2026-11-24"]
    words = Repeat.objects.get().trouble
    assert words["en"] == "24/11/2026: sent; 4 before it were left out, the program being down."
    assert due(SIX_O_CLOCK + 5 * DAY + 9.1 * HOUR) == []
    assert Repeat.objects.get().trouble["vi"] == (
        "Ngày 25/11/2026: chương trình không chạy lúc đó."
    )
    assert [one.action for one in list_audit()].count("campaign.missed") == 2
    assert due(SIX_O_CLOCK + 6 * DAY + 3 * HOUR) == ["2026-11-26"]
    assert Repeat.objects.get().trouble == {}


@with_database
def test_paused_ended_and_put_away_it_does_not_go(campaign: Campaign) -> None:
    repeat(campaign, is_paused=True)
    assert due(SIX_O_CLOCK + 3 * HOUR) == []
    repeat(campaign, SIX_O_CLOCK + 4 * HOUR, is_paused=False, until_day=date(2026, 11, 21))
    assert due(SIX_O_CLOCK + 4 * HOUR) == []
    assert due(SIX_O_CLOCK + DAY + 3 * HOUR) == ["2026-11-21"]
    assert due(SIX_O_CLOCK + 2 * DAY + 3 * HOUR) == []
    assert Repeat.objects.get().next_at is None
    repeat(campaign, SIX_O_CLOCK + 2 * DAY, until_day=None)
    Campaign.objects.update(archived_at=SIX_O_CLOCK)
    assert due(SIX_O_CLOCK + 2 * DAY + 3 * HOUR) == []


@with_database
def test_what_cannot_be_sent_is_said_and_the_next_day_is_tried_again(campaign: Campaign) -> None:
    repeat(campaign)
    Campaign.objects.update(subject="Gốm mới")
    assert due(SIX_O_CLOCK + 3 * HOUR) == []
    assert "begin the subject with [QC]" in Repeat.objects.get().trouble["en"]
    assert due(SIX_O_CLOCK + 3.5 * HOUR) == []
    Campaign.objects.update(subject="[QC] Gốm mới")
    assert due(SIX_O_CLOCK + DAY + 3 * HOUR) == ["2026-11-21"]


@with_database
@pytest.mark.parametrize(("wrong", "path"), [
    ({"every": "year"}, "day"), ({"every": "week", "day": 8}, "day"),
    ({"until_day": date(2026, 10, 1)}, "until_day"), ({"again_days": -1}, "again_days"),
])  # fmt: skip
def test_a_rhythm_there_is_not_is_refused_beside_its_field(
    campaign: Campaign, wrong: dict[str, Any], path: str
) -> None:
    with pytest.raises(InputError) as said:
        repeat(campaign, **wrong)
    assert said.value.path == path
    assert not Repeat.objects.exists()


@with_database
@pytest.mark.parametrize(("again_days", "taken"), [
    (None, [[1, 2], [1, 2, 3], [1, 2, 3]]),
    (0, [[1, 2], [3], []]),
    (7, [[1, 2], [3], [1, 2]]),
])  # fmt: skip
def test_who_had_it_gets_it_again_as_the_rule_says(
    campaign: Campaign, again_days: int | None, taken: list[list[int]]
) -> None:
    people = add_people("Hoa", "Nam", "Lan", at=SIX_O_CLOCK)
    repeat(campaign, again_days=again_days)
    found = []
    for days, audience in ((0, people[:2]), (3, people), (8, people)):
        at = SIX_O_CLOCK + days * DAY + 3 * HOUR
        (run,) = begin_due(at, zone=SAIGON, late=LATE, links_open=True)
        running.start_due(at)
        running.write_down(run, audience, is_last=True, now=at)
        found.append(take(run, Caps(), at))
        Run.objects.update(state="done")
    assert found == taken
    had_it = Recipient.objects.filter(state="skipped", reason="had_it").count()
    assert had_it == {None: 0, 0: 5, 7: 3}[again_days]


@with_database
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("place", ["before the run", "before the next moment is noted"])
def test_killed_at_its_moment_the_day_has_exactly_one_run(
    campaign: Campaign, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repeat(campaign)
    at = SIX_O_CLOCK + 3 * HOUR

    def work() -> None:
        with monkeypatch.context() as here:
            if place == "before the run":
                here.setattr(running, "begin", lambda *_, **__: die())
            else:
                here.setattr(repeating, "_note", lambda *_: die())
            begin_due(at, zone=SAIGON, late=LATE, links_open=True)

    connection.close()
    for _ in range(3):
        assert in_a_process(work) == -signal.SIGKILL
        assert Run.objects.count() == (0 if place == "before the run" else 1)
    begin_due(at + HOUR, zone=SAIGON, late=LATE, links_open=True)
    assert [str(run.occurrence) for run in Run.objects.all()] == ["2026-11-20"]
    assert Repeat.objects.get().next_at == at + DAY
    assert Repeat.objects.get().trouble == {}


@with_database
def test_the_sender_begins_it_by_its_own_clock_and_sends_it(
    campaign: Campaign, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = add_people("Hoa", "Nam", at=SIX_O_CLOCK)
    monkeypatch.setattr("khachquen.flows.sending.ask", lambda _: _Rows(people))
    monkeypatch.setattr("khachquen.flows.sending.numbers", lambda *_, **__: None)
    repeat(campaign)
    box, clock = Box(), TickingClock(SIX_O_CLOCK + 3 * HOUR)
    with mail_server(box, port=free_port()) as port:
        Account.objects.update(port=port)
        with sender(clock, quiet_from=0, quiet_until=0) as mailer:
            work_until(mailer, lambda: Run.objects.filter(state="done").count() == 1)
            clock.advance(days=1)
            work_until(mailer, lambda: Run.objects.filter(state="done").count() == 2)
    assert sorted(to for _, (to,), _ in box.letters) == [
        "khach-1@example.vn", "khach-1@example.vn", "khach-2@example.vn", "khach-2@example.vn",
    ]  # fmt: skip


class _Rows:
    def __init__(self, people: list[int]):
        self.rows = [(person,) for person in people]
