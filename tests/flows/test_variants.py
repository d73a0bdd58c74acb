"""One campaign in several ways: who gets which, what a test decides and when, and who is written to
a second time."""

import email
import email.policy
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from msgspec import to_builtins

from khachquen.activate.campaigns import running, winning
from khachquen.activate.campaigns.claiming import Caps, claim
from khachquen.activate.campaigns.models import Account, Campaign, Decision, Outcome, Recipient, Run
from khachquen.activate.campaigns.people import is_held_out
from khachquen.activate.campaigns.resending import Silent, begin_again, count_silent, why_not
from khachquen.activate.campaigns.variants import (
    Plan,
    Variant,
    draw,
    plan_of,
    save_plan,
    seats,
    size_of,
    words_of,
)
from khachquen.activate.content.identity import Identity, save_identity
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.writing import add_template
from khachquen.base import ConflictError, InputError
from khachquen.flows.sending import Mailer
from khachquen.govern import User
from khachquen.govern.consent.suppressing import suppress
from khachquen.unify.models import Profile
from tests.activate.channels.servers import Box, mail_server
from tests.activate.content.wordings import wording
from tests.clock import FrozenClock
from tests.flows.post import (
    TickingClock,
    add_account,
    add_people,
    add_run,
    config,
    count,
    ends,
    say,
    send_all,
    sender,
    state_of,
    work_until,
)
from tests.flows.test_kill import die, in_a_process
from tests.served import free_port

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
SAID = (
    "Chào {{ person.name | default: 'bạn' }}. {{ shop.sender }}, {{ shop.address }}"
    " <a href='{{ links.unsubscribe }}'>Hủy</a> <a href='{{ links.preferences }}'>Chọn</a>"
)
A, B = Variant("A", 50), Variant("B", 50, subject="[QC] {{ person.given_name }} ơi, gốm mới")
SPLIT = Plan((A, B))
TEST = Plan((A, B), design="test", test_percent=40, wait_hours=4)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def ticking(clock: FrozenClock) -> TickingClock:
    return TickingClock(clock())


@pytest.fixture
def account(box: Box, now: datetime) -> Iterator[Account]:
    with mail_server(box, port=free_port()) as port:
        yield add_account(port, at=now)


@pytest.fixture
def version(now: datetime) -> int:
    hoa = User.objects.create(email="hoa@gom-moc.example", is_admin=True, created_at=now)
    save_identity(Identity(sender="Gốm Mộc", address="12 Hàng Bông, Hà Nội"), user=hoa, at=now)
    made = add_template("Gốm mới", wording(SAID, subject="[QC] Gốm mới"), user=hoa, at=now)
    return get_template(made).version.id


def begin(
    account: Account, people: Sequence[int], plan: Plan, *, version: int, at: datetime, **more: Any
) -> Run:
    told = {"version_id": version, "html": "", "text": "", "experiment": to_builtins(plan), "id": 4}
    return add_run(account, people, at=at, **(told | more))


def subjects(box: Box) -> dict[str, str]:
    return {
        to: str(email.message_from_bytes(letter, policy=email.policy.default)["Subject"])
        for _, (to,), letter in box.letters
    }


def variants(run: Run) -> dict[int, str]:
    return dict(Recipient.objects.filter(run=run).values_list("person_id", "variant"))


def happen(run: Run, people: Sequence[int], kind: str, *, after: timedelta, **more: Any) -> None:
    """What these people did with their letter, so long after it left."""
    Recipient.objects.filter(run=run, state="sent").update(is_tracked=True)
    for row in Recipient.objects.filter(run=run, person_id__in=people):
        assert row.ended_at is not None
        at = row.ended_at + after
        Outcome.objects.create(recipient=row, kind=kind, first_at=at, last_at=at, **more)


def test_everybody_is_split_and_each_reads_the_subject_of_their_variant(
    account: Account, box: Box, now: datetime, ticking: TickingClock, version: int
) -> None:
    people = add_people("Nguyễn Thị Hoa", "Trần Văn Nam", "Lê Lan", "Phạm Tuấn", at=now)
    run = begin(account, people, SPLIT, version=version, at=now)
    send_all(ticking, run)
    given = variants(run)
    assert given == {1: "A", 2: "B", 3: "A", 4: "A"}
    assert subjects(box) == {
        "khach-1@example.vn": "[QC] Gốm mới",
        "khach-2@example.vn": "[QC] Nam ơi, gốm mới",
        "khach-3@example.vn": "[QC] Gốm mới",
        "khach-4@example.vn": "[QC] Gốm mới",
    }


def test_a_later_edit_changes_nothing_of_a_run(
    account: Account, now: datetime, version: int
) -> None:
    run = begin(account, add_people("Hoa", "Nam", at=now), SPLIT, version=version, at=now)
    three = Plan((A, B, Variant("C", 0, subject="[QC] Khác")))
    with pytest.raises(InputError, match="100"):
        save_plan(run.campaign_id, three, 0, by="hoa@gom-moc.example", at=now)
    assert plan_of(Campaign.objects.get()) == SPLIT
    save_plan(run.campaign_id, Plan(), 10, by="hoa@gom-moc.example", at=now)
    assert Campaign.objects.get().experiment == {}
    assert plan_of(Run.objects.get()) == SPLIT


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan((A,)), "từ 2 đến 5"),
        (Plan((A, Variant("B", 50))), "giống hệt"),
        (Plan((A, Variant("B", 40, subject="x"))), "hiện là 90"),
        (Plan((A, Variant("B", 50, offset_minutes=20_000))), "7 ngày"),
        (Plan((A, B), design="test", test_percent=95), "1 đến 90"),
        (Plan((A, B), wait_hours=0), "1 đến 168 giờ"),
        (Plan((A, B), usual_percent=0), "lớn hơn 0"),
    ],
)
def test_what_is_no_test_is_refused_with_the_reason(
    account: Account, now: datetime, plan: Plan, words: str
) -> None:
    run = add_run(account, [], at=now)
    with pytest.raises(InputError) as refused:
        save_plan(run.campaign_id, plan, 0, by="hoa@gom-moc.example", at=now)
    assert words in refused.value.message.vi
    assert Campaign.objects.get().experiment == {}


def test_a_subject_without_its_label_keeps_the_campaign_from_going(
    account: Account, now: datetime, version: int
) -> None:
    bare = Plan((A, Variant("B", 50, subject="Gốm mới")))
    with pytest.raises(InputError) as refused:
        begin(account, add_people("Hoa", at=now), bare, version=version, at=now)
    assert refused.value.hint is not None
    assert "bản B" in refused.value.hint.vi
    assert not Run.objects.exists()


def test_a_later_hour_is_a_later_letter(
    account: Account, box: Box, now: datetime, ticking: TickingClock, version: int
) -> None:
    hours = Plan((A, Variant("B", 50, offset_minutes=120)))
    people = add_people("Hoa", "Nam", "Lan", "Tuấn", at=now)
    run = begin(account, people, hours, version=version, at=now)
    quiet = {"quiet_from": 0, "quiet_until": 0}
    with sender(ticking, **quiet) as mailer:
        work_until(mailer, lambda: count(run).sent == 3)
        assert ends(run)[2] == ("waiting", "")
        ticking.advance(hours=2)
        work_until(mailer, lambda: state_of(run) == "done")
    assert count(run).sent == 4


# -- a test first, and what it decides -------------------------------------------------------------

MANY = 60
QUIET = {"quiet_from": 0, "quiet_until": 0}


def begin_test(account: Account, now: datetime, version: int, **more: Any) -> Run:
    """Sixty people; 25 of them are the test, the others wait."""
    people = add_people(*["Khách"] * MANY, at=now)
    return begin(account, people, TEST, version=version, at=now, **more)


def of_variant(run: Run, key: str) -> list[int]:
    return sorted(person for person, had in variants(run).items() if had == key)


def test_who_waits_gets_the_better_one_when_the_time_is_over_and_not_before(
    account: Account, box: Box, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = begin_test(account, now, version)
    tested = {key: of_variant(run, key) for key in "AB"}
    assert {key: len(who) for key, who in tested.items()} == {"A": 12, "B": 13}
    with sender(ticking, **QUIET) as mailer:
        work_until(mailer, lambda: count(run).sent == 25)
        happen(run, tested["B"], "clicked", after=timedelta(hours=1), detail="1")
        happen(run, tested["A"][:1], "clicked", after=timedelta(hours=3), detail="1")
        run = running.get_run(run.pk)
        early = winning.standing(run)
        assert (early.under_way, early.waiting) == (0, 35)
        ticking.advance(hours=3, minutes=50)
        assert winning.tend(run, most=9, now=ticking()) == 0
        assert not Decision.objects.exists()
        ticking.advance(minutes=15)
        work_until(mailer, lambda: state_of(run) == "done")

    decision = winning.find_ended(running.get_run(run.pk), now=ticking())
    assert decision is not None
    assert (decision.chosen, decision.why, decision.is_winner) == ("B", "better", True)
    assert [(one.key, one.of, one.hits) for one in decision.groups] == [("A", 12, 1), ("B", 13, 13)]
    (pair,) = decision.pairs
    assert pair.p < 0.001
    assert round(pair.difference.value, 4) == round(1 - 1 / 12, 4)
    assert Counter(variants(run).values()) == {"A": 12, "B": 48}
    assert Counter("ơi" in one for one in subjects(box).values()) == {True: 48, False: 12}
    total = count(run)
    assert (total.targeted, total.sent, total.open) == (60, 60, 0)


def test_where_nothing_differs_the_shops_own_choice_goes_and_is_no_winner(
    account: Account, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = begin_test(account, now, version)
    with sender(ticking, **QUIET) as mailer:
        work_until(mailer, lambda: count(run).sent == 25)
        happen(run, of_variant(run, "A")[:6], "clicked", after=timedelta(hours=1))
        happen(run, of_variant(run, "B")[:7], "clicked", after=timedelta(hours=1))
        ticking.advance(hours=5)
        work_until(mailer, lambda: state_of(run) == "done")
    decision = Decision.objects.get()
    assert (decision.chosen, decision.why) == ("A", "no_difference")
    assert len(of_variant(run, "A")) == 47


def test_machines_late_answers_and_who_is_not_followed_count_for_nothing(
    account: Account, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = begin_test(account, now, version)
    with sender(ticking, **QUIET) as mailer:
        work_until(mailer, lambda: count(run).sent == 25)
    b = of_variant(run, "B")
    happen(run, b[:4], "clicked", after=timedelta(minutes=1), is_machine=True)
    happen(run, b[4:8], "clicked", after=timedelta(hours=4, minutes=1))
    happen(run, b[8:9], "clicked", after=timedelta(hours=2), detail="1")
    happen(run, b[8:9], "clicked", after=timedelta(hours=3), detail="2")
    happen(run, b[9:10], "opened", after=timedelta(hours=1))
    Recipient.objects.filter(run=run, person_id=b[10]).update(is_tracked=False)
    run = running.get_run(run.pk)
    found = winning.count_groups(run, TEST)
    assert [(one.key, one.of, one.hits) for one in found] == [("A", 12, 0), ("B", 12, 1)]


def test_a_pause_makes_no_difference_and_who_is_no_longer_willing_is_not_written_to(
    account: Account, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = begin_test(account, now, version)
    rest = of_variant(run, "")
    with sender(ticking, **QUIET) as mailer:
        work_until(mailer, lambda: count(run).sent == 25)
        running.change(run.pk, "pause", by="hoa@gom-moc.example", at=now)
        suppress(
            [f"email:khach-{rest[0]}@example.vn"], channel="email", reason="complained", at=now
        )
        ticking.advance(hours=9)
        for _ in range(20):
            mailer.step()
        assert not Decision.objects.exists()
        running.change(run.pk, "resume", by="hoa@gom-moc.example", at=now)
        work_until(mailer, lambda: state_of(run) == "done")
    assert Decision.objects.get().why == "too_few"
    assert ends(run)[rest[0]] == ("skipped", "complained")
    assert count(run).sent == 59


def test_cancelled_before_the_decision_nobody_else_is_written_to(
    account: Account, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = begin_test(account, now, version)
    with sender(ticking, **QUIET) as mailer:
        work_until(mailer, lambda: count(run).sent == 25)
        running.change(run.pk, "cancel", by="hoa@gom-moc.example", at=now)
        work_until(mailer, lambda: state_of(run) == "cancelled")
    ticking.advance(hours=9)
    assert winning.tend(running.get_run(run.pk), most=9, now=ticking()) == 0
    total = count(run)
    assert (total.sent, total.skipped) == (25, {"cancelled": 35})


def test_killed_between_the_decision_and_the_release_it_is_decided_once(
    account: Account, box: Box, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = begin_test(account, now, version)
    with sender(ticking, **QUIET) as mailer:
        work_until(mailer, lambda: count(run).sent == 25)
    happen(run, of_variant(run, "B"), "clicked", after=timedelta(hours=1))
    ticking.advance(hours=5)

    def decide_and_die() -> None:
        found = running.get_run(run.pk)
        winning.tend(found, most=0, now=ticking())
        die()

    assert in_a_process(decide_and_die) == -signal.SIGKILL
    decision = Decision.objects.get()
    assert decision.chosen == "B"
    assert count(run).open == 35

    # What is heard afterwards changes nothing any more.
    happen(run, of_variant(run, "A"), "clicked", after=timedelta(hours=2))
    assert in_a_process(lambda: _release_some_and_die(run, ticking)) == -signal.SIGKILL
    assert len(of_variant(run, "B")) == 13 + 10
    send_all(ticking, run, **QUIET)
    assert list(Decision.objects.values_list("pk", "chosen")) == [(decision.pk, "B")]
    assert len(box.letters) == len(subjects(box)) == 60
    assert len(of_variant(run, "B")) == 48


def _release_some_and_die(run: Run, clock: TickingClock) -> None:
    winning.tend(running.get_run(run.pk), most=10, now=clock())
    die()


def test_the_sender_killed_at_each_step_of_a_test_writes_to_everybody_once(
    account: Account, box: Box, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = begin_test(account, now, version)
    deaths = [("claimed", 1), ("tended", 1), ("handed over", 2)]
    for death in deaths:
        assert in_a_process(partial(_die_at, run, ticking, *death)) == -signal.SIGKILL
    with sender(ticking, at_once=5, **QUIET) as mailer:
        work_until(mailer, lambda: winning.standing(run).under_way == 0)
        ticking.advance(hours=5)
        work_until(mailer, lambda: state_of(run) == "done")
    accepted = Counter(to for _, (to,), _ in box.letters)
    assert set(accepted.values()) == {1}
    total = count(run)
    assert total.targeted == total.sent + total.unknown == 60
    assert Decision.objects.count() == 1


def _die_at(run: Run, clock: TickingClock, point: str, times: int) -> None:
    passed = Counter[str]()

    def after(name: str) -> None:
        passed[name] += 1
        if name == point and passed[name] >= times:
            die()

    mailer = Mailer(config(at_once=5, **QUIET), clock, after=after)
    mailer.recover()
    while True:
        mailer.step()


# -- who gets which --------------------------------------------------------------------------------


def test_variants_are_even_stable_and_say_nothing_of_who_is_held_out() -> None:
    thirds = Plan((Variant("A", 50), Variant("B", 30, subject="b"), Variant("C", 20, subject="c")))
    drawn = {person: draw(thirds, 7, person) for person in range(30_000)}
    assert drawn == {person: draw(thirds, 7, person) for person in reversed(range(30_000))}
    counted = Counter(one.key for one in drawn.values() if one)
    assert counted == {"A": 15031, "B": 9032, "C": 5937}
    off = sum(
        (counted[key] - meant) ** 2 / meant
        for key, meant in (("A", 15_000), ("B", 9_000), ("C", 6_000))
    )
    assert off < 5.991  # chi-square, 2 degrees of freedom, 5 %
    held = [person for person in drawn if is_held_out(7, person, 20)]
    of_a = sum(drawn[person] == thirds.variants[0] for person in held)
    assert abs(of_a / len(held) - 0.5) < 0.02


def test_a_test_takes_its_part_and_splits_it(account: Account, now: datetime) -> None:
    found = Counter(
        one.key if (one := draw(TEST, 3, person)) else "waits" for person in range(20_000)
    )
    assert abs(found["waits"] - 12_000) < 250
    assert abs(found["A"] - 4_000) < 180
    run = Run(campaign_id=3, experiment={}, began_at=now)
    (plain,) = seats(run, [5], now=now)
    assert (plain.variant, plain.reason, plain.due_at) == ("", "", now)
    assert words_of(run, "A") == (None, "")


def test_whether_there_are_people_enough_is_said() -> None:
    enough = size_of(SPLIT, 12_000)
    assert (enough.needed, enough.smallest, enough.is_enough) == (5_301, 6_000, True)
    assert round(enough.visible_points, 2) == 0.94
    part = size_of(TEST, 12_000)
    assert (part.smallest, part.is_enough, part.test_percent) == (2_400, False, 89)
    few = size_of(TEST, 300)
    assert few.test_percent > 100
    assert round(few.visible_points, 1) == 15.8


# -- held out --------------------------------------------------------------------------------------


def test_only_who_would_have_got_the_letter_is_held_out(
    account: Account, now: datetime, version: int
) -> None:
    """Half are held out; who said no or has no address would never have got it."""
    people = add_people(*["Khách"] * 20, at=now)
    run = add_run(account, people, at=now, holdout_percent=50, id=4)
    held = [person for person in people if is_held_out(run.campaign_id, person, 50)]
    assert len(held) > 4
    say(f"email:khach-{held[0]}@example.vn", says="withdrawn", at=now)
    Profile.objects.filter(pk=held[1]).update(email="khong phai dia chi")
    say("email:khong phai dia chi", says="granted", at=now)
    ready = claim(
        run, owner="here:one", most=50, hours=None, caps=Caps(), now=now, lease=timedelta(minutes=1)
    )
    assert {one.person.id for one in ready} == set(people) - set(held)
    assert ends(run)[held[0]] == ("skipped", "withdrawn")
    assert ends(run)[held[1]] == ("skipped", "bad_address")
    assert {ends(run)[person] for person in held[2:]} == {("skipped", "holdout")}


# -- once more -------------------------------------------------------------------------------------


def sent_to_six(account: Account, now: datetime, ticking: TickingClock, version: int) -> Run:
    """Hoa opened, Nam clicked, a machine opened Lan's, Tuấn is not followed; Mai, Dũng: nothing."""
    people = add_people("Hoa", "Nam", "Lan", "Tuấn", "Mai", "Dũng", at=now)
    run = begin(account, people, SPLIT, version=version, at=now)
    send_all(ticking, run, **QUIET)
    hour = timedelta(hours=1)
    happen(run, [1], "opened", after=hour)
    happen(run, [2], "clicked", after=hour, detail="1")
    happen(run, [3], "opened", after=hour, is_machine=True)
    Recipient.objects.filter(run=run, person_id=4).update(is_tracked=False)
    return running.get_run(run.pk)


def again(run: Run, now: datetime, **more: Any) -> Run:
    told = {"who": "silent", "subject": "", "start_at": now, "links_open": True, "at": now}
    return begin_again(run.pk, by="hoa@gom-moc.example", **(told | more))


def test_only_who_was_certainly_silent_is_written_to_again(
    account: Account, box: Box, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = sent_to_six(account, now, ticking, version)
    assert count_silent(run.pk) == Silent(silent=2, unknown=2)
    say("email:khach-6@example.vn", says="withdrawn", at=now)
    box.letters.clear()
    second = again(run, ticking(), subject="[QC] {{ person.given_name }} đã xem gốm mới chưa?")
    send_all(ticking, second, **QUIET)
    assert ends(second) == {5: ("sent", ""), 6: ("skipped", "withdrawn")}
    assert subjects(box) == {"khach-5@example.vn": "[QC] Mai đã xem gốm mới chưa?"}
    assert variants(second) == {who: had for who, had in variants(run).items() if who in (5, 6)}


def test_who_is_not_known_is_asked_only_when_the_shop_says_so(
    account: Account, box: Box, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = sent_to_six(account, now, ticking, version)
    second = again(run, ticking(), who="unknown_too")
    send_all(ticking, second, **QUIET)
    assert set(ends(second)) == {3, 4, 5, 6}


def test_they_are_written_to_again_once(
    account: Account, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = sent_to_six(account, now, ticking, version)
    assert why_not(run) is None
    second = again(run, ticking())
    for first in (run, second):
        with pytest.raises(ConflictError):
            again(first, ticking())
    send_all(ticking, second, **QUIET)
    assert why_not(running.get_run(second.pk)) is not None
    with pytest.raises(ConflictError):
        again(run, ticking())
    assert Run.objects.count() == 2


def test_a_second_subject_without_its_label_is_refused(
    account: Account, now: datetime, ticking: TickingClock, version: int
) -> None:
    run = sent_to_six(account, now, ticking, version)
    with pytest.raises(InputError) as refused:
        again(run, ticking(), subject="Xem gốm chưa?")
    assert refused.value.path == "subject"
    assert Run.objects.count() == 1
