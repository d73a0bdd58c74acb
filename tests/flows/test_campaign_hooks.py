"""A campaign told to another system, one signed call for each person: once, and what is not certain
is said to be unknown."""

import os
import signal
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from standardwebhooks import WebhookVerificationError

from khachquen.activate.campaigns import running
from khachquen.activate.campaigns.approving import digest_of
from khachquen.activate.campaigns.making import add_campaign
from khachquen.activate.campaigns.models import Account, Campaign, Recipient, Run
from khachquen.activate.webhooks import (
    Wish,
    add_endpoint,
    change_endpoint,
    get_endpoint,
    remove_endpoint,
    resume,
    rotate_secret,
)
from khachquen.activate.webhooks import pause as pause_endpoint
from khachquen.activate.webhooks.campaigning import account_for
from khachquen.base import InputError
from khachquen.flows.sending import Mailer
from khachquen.govern.consent import Told, record
from khachquen.govern.consent.suppressing import suppress
from khachquen.unify.models import Node, Profile
from tests.flows.post import TickingClock, config, count, ends, state_of, work_until
from tests.flows.test_kill import die, in_a_process
from tests.loopback import Says, hang_up
from tests.receiver import Receiver, receiving

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam
LINH = "linh@nhamay.vn"
LINES, AT_ONCE = 2, 3


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator allows calls to this machine."""
    monkeypatch.setattr(settings, "CONFIG", config())


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock(NOON)


class Desk:
    """The call centre as it is registered: what it may be told, and the secret it was given."""

    def __init__(self, receiver: Receiver, **wish: Any):
        self.wish = Wish(**{"name": "Tổng đài", "url": receiver.url, "per_second": 200, **wish})
        made, self.secret = add_endpoint(self.wish, actor=LINH, at=NOON)
        self.id = made.id
        self.account = account_for(self.id, at=NOON)
        Account.objects.filter(pk=self.account.pk).update(connections=LINES)
        self.account.refresh_from_db()


def add_people(*names: str, says: Any = "granted", channels: Any = ("any",)) -> list[int]:
    numbers = list(range(1, 1 + len(names)))
    for number, name in enumerate(names, 1):
        Profile.objects.create(id=number, name=name, is_known=True, first_seen=NOON, last_seen=NOON)
        Node.objects.create(
            id=number,
            key=f"email:khach-{number}@example.vn",
            kind="email",
            profile_id=number,
            first_seen=NOON,
            last_seen=NOON,
        )
        if says:
            say(number, says, *channels)
    return numbers


def say(number: int, says: Any, *channels: Any, purpose: str = "ads") -> None:
    key = f"email:khach-{number}@example.vn"
    record([Told([key], purpose, says, list(channels), method="web_form", at=NOON)], now=NOON)


def begin(desk: Desk, people: list[int], **more: Any) -> Run:
    campaign = Campaign.objects.create(
        **{
            "name": "Mời dùng thử",
            "channel": "webhook",
            "purpose": "ads",
            "segment_id": 1,
            "account": desk.account,
            "created_at": NOON,
            "created_by": LINH,
            "changed_at": NOON,
            **more,
        }
    )
    run = running.begin(campaign.pk, start_at=NOON, links_open=False, by=LINH, at=NOON)
    running.start_due(NOON)
    running.write_down(run, people, is_last=True, now=NOON)
    return run


def send(
    clock: TickingClock,
    until: Any,
    *,
    timeout_s: float = 5.0,
    own_ads_in_a_day: int = 0,
    **more: Any,
) -> None:
    told = config(quiet_from=0, quiet_until=0, at_once=AT_ONCE, own_ads_in_a_day=own_ads_in_a_day)
    told = replace(told, egress=replace(told.egress, timeout_s=timeout_s))
    with closing(Mailer(told, clock, **more)) as mailer:
        mailer.recover()
        work_until(mailer, until)


def send_all(clock: TickingClock, run: Run, **more: Any) -> None:
    send(clock, lambda: state_of(run) == "done", **more)


def test_each_person_is_told_of_once_and_the_signature_is_the_endpoints(
    clock: TickingClock,
) -> None:
    with receiving() as centre:
        desk = Desk(centre)
        run = begin(desk, add_people("Hoa", "Nam", "Lan"))
        send_all(clock, run)

        assert ends(run) == dict.fromkeys((1, 2, 3), ("sent", ""))
        assert len(set(centre.ids)) == len(centre.heard) == 3
        told = [one.checked(desk.secret, clock()) for one in centre.heard]
        assert sorted(one["data"]["profile_id"] for one in told) == [1, 2, 3]
        assert told[0]["type"] == "campaign.message"
        assert told[0]["data"] == {
            "profile_id": told[0]["data"]["profile_id"],
            "campaign": {"id": run.campaign_id, "name": "Mời dùng thử"},
            "run_id": run.pk,
            "purpose": "ads",
            "variant": None,
        }
        forged = "whsec_" + "A" * 43 + "="
        with pytest.raises(WebhookVerificationError):
            centre.heard[0].checked(forged, clock())
        found = count(run)
        assert (found.targeted, found.sent, found.open) == (3, 3, 0)


def test_a_secret_being_exchanged_signs_beside_the_old_one(clock: TickingClock) -> None:
    with receiving() as centre:
        desk = Desk(centre)
        new = rotate_secret(desk.id, valid_hours=1, actor=LINH, at=NOON)
        send_all(clock, begin(desk, add_people("Hoa")))
        for secret in (desk.secret, new):
            assert centre.heard[0].checked(secret, clock())["data"]["profile_id"] == 1


def test_only_those_who_agreed_to_every_way_and_refused_none_are_told_of(
    clock: TickingClock,
) -> None:
    with receiving() as centre:
        desk = Desk(centre)
        people = add_people("Hoa", "Nam", "Lan", "Tuấn", "Mai", says=None)
        say(1, "granted", "any")
        say(2, "granted", "email")
        say(3, "granted", "any")
        say(3, "withdrawn", "call")
        say(5, "granted", "any")
        suppress(["email:khach-5@example.vn"], channel="any", reason="do_not_contact", at=NOON)
        run = begin(desk, people)
        send_all(clock, run)
        assert ends(run) == {
            1: ("sent", ""),
            2: ("skipped", "unknown"),
            3: ("skipped", "withdrawn"),
            4: ("skipped", "unknown"),
            5: ("skipped", "do_not_contact"),
        }
        assert [one.told["data"]["profile_id"] for one in centre.heard] == [1]


def test_identifiers_leave_only_where_the_endpoint_gives_them_and_they_agreed(
    clock: TickingClock,
) -> None:
    with receiving() as centre, receiving() as other:
        open_, closed = (
            Desk(centre, gives_identifiers=True, purpose="sharing"),
            Desk(other, name="Kho"),
        )
        people = add_people("Hoa", "Nam")
        say(1, "granted", "any", purpose="sharing")
        send_all(clock, begin(open_, people))
        send_all(clock, begin(closed, people))
        told = {one.told["data"]["profile_id"]: one.told["data"] for one in centre.heard}
        assert told[1]["identifiers"] == {"email": ["khach-1@example.vn"]}
        assert told[2]["identifiers"] == {}
        assert len(other.heard) == 2
        assert b"example.vn" not in b"".join(one.body for one in other.heard)


def test_a_receiver_that_fails_once_is_tried_later_under_the_same_id(clock: TickingClock) -> None:
    with receiving(500, 200) as centre:
        run = begin(Desk(centre), add_people("Hoa"))
        send(clock, lambda: ends(run)[1] == ("waiting", "later"))
        assert Recipient.objects.get(run=run).reply == "HTTP 500 no"
        clock.advance(minutes=6)
        send_all(clock, run)
        assert ends(run) == {1: ("sent", "")}
        assert len(centre.heard) == 2
        assert len(set(centre.ids)) == 1
        assert centre.heard[0].body == centre.heard[1].body


def test_a_receiver_that_never_recovers_is_tried_six_times(clock: TickingClock) -> None:
    with receiving(500) as centre:
        run = begin(Desk(centre), add_people("Hoa"))
        for attempt in range(1, 6):
            send(clock, lambda: ends(run)[1] == ("waiting", "later"))
            assert len(centre.heard) == attempt
            clock.advance(hours=2)
            Recipient.objects.filter(run=run).update(reason="")
        send_all(clock, run)
        assert ends(run) == {1: ("failed", "tried_enough")}


def test_what_is_not_wanted_fails_that_person_and_410_switches_the_endpoint_off(
    clock: TickingClock,
) -> None:
    with receiving(422, 410) as centre:
        desk = Desk(centre)
        Account.objects.filter(pk=desk.account.pk).update(connections=1)
        run = begin(desk, add_people("Hoa", "Nam", "Lan"))
        send(clock, lambda: len(centre.heard) == 2 and count(run).open == 1)
        states = sorted(ends(run).values())
        assert states[:2] == [("failed", "refused"), ("failed", "refused")]
        assert states[2][0] == "waiting"
        assert (get_endpoint(desk.id).state, get_endpoint(desk.id).why) == ("off", "gone")


def test_a_receiver_that_does_not_believe_us_holds_everybody_at_their_place(
    clock: TickingClock,
) -> None:
    with receiving(401, 200) as centre:
        desk = Desk(centre)
        Account.objects.filter(pk=desk.account.pk).update(connections=1)
        run = begin(desk, add_people("Hoa", "Nam"))
        send_all(clock, run)
        assert set(ends(run).values()) == {("sent", "")}
        assert len(centre.heard) == 3
        assert max(Counter(centre.ids).values()) == 2
        assert "HTTP 401" in Account.objects.get(pk=desk.account.pk).trouble


def test_nobody_listening_keeps_everybody_at_their_place(clock: TickingClock) -> None:
    with receiving() as centre:
        desk, port = Desk(centre), centre.port
    run = begin(desk, add_people("Hoa", "Nam"))
    send(clock, lambda: Account.objects.get(pk=desk.account.pk).trouble == "unreachable")
    assert {state for state, _ in ends(run).values()} <= {"waiting"}
    with receiving(port=port) as centre:
        send_all(clock, run)
        assert len(centre.heard) == 2


def test_a_paused_endpoint_is_waited_for_and_a_removed_one_is_said_to_be_gone(
    clock: TickingClock,
) -> None:
    with receiving() as centre:
        desk = Desk(centre)
        run = begin(desk, add_people("Hoa", "Nam", "Lan", "Tuấn"))
        # Paused after everybody was claimed and written: nobody of them is told any more.
        send(
            clock,
            lambda: Account.objects.get(pk=desk.account.pk).trouble,
            after=lambda step: (
                pause_endpoint(desk.id, actor=LINH, at=NOON) if step == "written" else None
            ),
        )
        assert centre.heard == []
        assert {state for state, _ in ends(run).values()} == {"waiting"}
        with pytest.raises(InputError, match="cannot be sent yet"):
            begin(desk, [1])
        resume(desk.id, skips_missed=False, actor=LINH, at=NOON)
        send_all(clock, run)
        assert len(centre.heard) == 4

        other = begin(desk, [1, 2])
        remove_endpoint(desk.id, actor=LINH, at=NOON)
        send_all(clock, other)
        assert set(ends(other).values()) == {("failed", "endpoint_gone")}
        assert len(centre.heard) == 4


def test_a_new_address_is_used_and_the_pace_follows_the_endpoint(clock: TickingClock) -> None:
    with receiving() as old, receiving() as new:
        desk = Desk(old)
        run = begin(desk, add_people("Hoa"))
        wish = Wish("Tổng đài", new.url, per_second=7)
        change_endpoint(desk.id, wish, actor=LINH, at=NOON)
        send_all(clock, run)
        assert (len(old.heard), len(new.heard)) == (0, 1)
        assert Account.objects.get(pk=desk.account.pk).per_second == 7


@pytest.mark.parametrize("status", [429, 503])
def test_too_much_at_once_is_waited_out_as_long_as_was_asked_and_costs_nobody_a_try(
    clock: TickingClock, status: int
) -> None:
    asked_at: list[float] = []
    slow_down = Says(status, b"", {"Retry-After": "2"})

    def say(handler: BaseHTTPRequestHandler) -> None:
        asked_at.append(time.monotonic())
        slow_down(handler)

    with receiving(say, 200) as centre:
        desk = Desk(centre)
        Account.objects.filter(pk=desk.account.pk).update(connections=1)
        run = begin(desk, add_people("Hoa", "Nam", "Lan"))
        send_all(clock, run)
        assert set(ends(run).values()) == {("sent", "")}
        assert time.monotonic() - asked_at[0] >= 2
        tried = Recipient.objects.filter(run=run).values_list("attempt", flat=True)
        assert set(tried) == {1}
        assert len(centre.heard) == 1 + 3


def test_who_answers_too_late_is_unknown_and_one_such_does_not_cost_the_others(
    clock: TickingClock,
) -> None:
    """It takes calls and says nothing: each line loses one message, then it is left alone."""
    is_over = threading.Event()

    def hang(handler: BaseHTTPRequestHandler) -> None:
        is_over.wait(20)
        hang_up(handler)

    with receiving(hang) as centre:
        run = begin(Desk(centre), add_people(*["Khách"] * 40))
        send(clock, lambda: count(run).unknown >= LINES, timeout_s=0.3)
        lost = count(run).unknown
        assert LINES <= lost <= 2 * LINES
        assert count(run).open == 40 - lost
        centre.says = [200]
        is_over.set()
        send_all(clock, run)
        assert (count(run).sent, count(run).unknown) == (40 - lost, lost)
        assert set(Counter(centre.ids).values()) == {1}
        reply = Recipient.objects.filter(run=run, state="unknown").first()
        assert reply is not None
        assert reply.reply == "timeout"


@pytest.mark.parametrize("answer", [hang_up, 502, 504])
def test_a_line_cut_here_or_behind_whoever_answers_is_unknown_and_never_posted_again(
    clock: TickingClock, answer: Any
) -> None:
    with receiving(answer, 200) as centre:
        desk = Desk(centre)
        Account.objects.filter(pk=desk.account.pk).update(connections=1)
        run = begin(desk, add_people("Hoa", "Nam", "Lan"))
        send_all(clock, run)
        assert Counter(ends(run).values()) == {("unknown", "line_broke"): 1, ("sent", ""): 2}
        assert len(centre.heard) == len(set(centre.ids)) == 3


def test_one_that_dies_under_way_is_waited_for_and_the_rest_follow(clock: TickingClock) -> None:
    with receiving() as centre:
        desk, port = Desk(centre), centre.port
        run = begin(desk, add_people(*["Khách"] * 60))
        send(clock, lambda: len(centre.heard) >= 10)
    send(clock, lambda: Account.objects.get(pk=desk.account.pk).trouble == "unreachable")
    assert {state for state, _ in ends(run).values()} == {"sent", "waiting"}
    with receiving(port=port) as again:
        send_all(clock, run)
        assert len({*centre.ids, *again.ids}) == len(centre.ids) + len(again.ids) == 60


def test_paused_it_tells_nobody_more_then_goes_on_and_cancelled_it_ends(
    clock: TickingClock,
) -> None:
    with receiving() as centre:
        run = begin(Desk(centre, per_second=50), add_people(*["Khách"] * 60))
        send(clock, lambda: len(centre.heard) >= 5)
        running.change(run.pk, "pause", by=LINH, at=NOON)
        send(clock, lambda: not Recipient.objects.filter(state__in=("claimed", "wire")).exists())
        heard = len(centre.heard)
        assert heard < 60
        assert state_of(run) == "paused"
        running.change(run.pk, "resume", by=LINH, at=NOON)
        send(clock, lambda: len(centre.heard) > heard)
        running.change(run.pk, "cancel", by=LINH, at=NOON)
        send(clock, lambda: state_of(run) == "cancelled")
        found = count(run)
        assert found.sent == len(set(centre.ids)) == len(centre.heard) < 60
        assert found.skipped == {"cancelled": 60 - found.sent}


def test_what_the_law_and_the_shop_allow_holds_for_what_others_say_for_us(
    clock: TickingClock,
) -> None:
    with receiving() as centre:
        desk, people = Desk(centre), add_people("Hoa")
        for name in ("Đợt 1", "Đợt 2", "Đợt 3"):
            send_all(clock, begin(desk, people, name=name))
        fourth = begin(desk, people, name="Đợt 4")
        send_all(clock, fourth)
        assert ends(fourth) == {1: ("skipped", "capped_by_law")}
        clock.advance(hours=24, minutes=1)
        for name, end in (("Hôm sau", ("sent", "")), ("Hôm sau nữa", ("skipped", "capped"))):
            run = begin(desk, people, name=name)
            send_all(clock, run, own_ads_in_a_day=1)
            assert ends(run) == {1: end}
        assert len(centre.heard) == 4


def test_who_is_held_out_is_not_told_of(clock: TickingClock) -> None:
    with receiving() as centre:
        run = begin(Desk(centre), add_people(*["Khách"] * 40), holdout_percent=50)
        send_all(clock, run)
        found = count(run)
        assert found.skipped["holdout"] + found.sent == 40
        assert len(centre.heard) == found.sent
        assert 0 < found.sent < 40


def test_killed_between_a_call_and_its_answer_few_are_unknown_and_nobody_is_told_of_twice(
    clock: TickingClock, tmp_path: Path
) -> None:
    """The receiver has the fifth call whole and kills the sender before it answers."""
    number = tmp_path / "pid"

    def kill(handler: BaseHTTPRequestHandler) -> None:
        os.kill(int(number.read_text()), signal.SIGKILL)

    with receiving(200, 200, 200, 200, kill, 200) as centre:
        run = begin(Desk(centre), add_people(*["Khách"] * 20))

        def work() -> None:
            number.write_text(str(os.getpid()))
            send_all(clock, run)

        assert in_a_process(work) == -signal.SIGKILL
        held = Recipient.objects.filter(run=run, state="wire").count()
        assert 1 <= held <= LINES * AT_ONCE
        send_all(clock, run)
        check(run, centre, people=20)
        assert count(run).unknown == held


@pytest.mark.parametrize("point", ["claimed", "written", "marked", "answered", "handed over"])
def test_killed_after_a_step_each_is_told_of_once_or_plainly_unknown(
    clock: TickingClock, point: str
) -> None:
    with receiving() as centre:
        run = begin(Desk(centre), add_people(*["Khách"] * 12))
        passed = Counter[str]()

        def after(name: str) -> None:
            passed[name] += 1
            if name == point and passed[name] >= (1 if name in ("claimed", "written") else 2):
                die()

        assert in_a_process(lambda: send_all(clock, run, after=after)) == -signal.SIGKILL
        send_all(clock, run)
        check(run, centre, people=12)
        if point in ("claimed", "written"):
            assert count(run).unknown == 0


def check(run: Run, centre: Receiver, *, people: int) -> None:
    """Nobody twice, nobody lost; what is unknown is few and said."""
    heard = Counter(one.told["data"]["profile_id"] for one in centre.heard)
    state = {person: end[0] for person, end in ends(run).items()}
    assert len(state) == people
    assert set(heard.values()) == {1}
    assert set(state.values()) <= {"sent", "unknown"}
    sent = {person for person, end in state.items() if end == "sent"}
    assert sent <= set(heard)
    assert people - len(sent) <= LINES * AT_ONCE


def test_an_approval_is_of_where_it_goes_and_what_is_given_there() -> None:
    with receiving() as centre:
        desk = Desk(centre)
    told = {"name": "Mời", "channel": "webhook", "purpose": "ads", "account": desk.account}
    campaign = add_campaign({**told, "segment_id": None}, by=LINH, at=NOON)
    meant = digest_of(campaign)
    change_endpoint(desk.id, replace(desk.wish, per_second=3), actor=LINH, at=NOON)
    assert digest_of(campaign) == meant
    given = replace(desk.wish, gives_identifiers=True, purpose="sharing")
    change_endpoint(desk.id, given, actor=LINH, at=NOON)
    assert digest_of(campaign) != meant
    change_endpoint(desk.id, replace(desk.wish, url=f"{desk.wish.url}/2"), actor=LINH, at=NOON)
    assert digest_of(campaign) != meant
