"""Staff joins and splits people; taken back, it is as if it had never been."""

import random
import signal
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from khachquen.base import ConflictError, InputError, NotFoundError
from khachquen.flows import deciding
from khachquen.flows.deciding import apply_decisions, decide
from khachquen.govern import list_audit
from khachquen.govern.consent import Addressee, may_send
from khachquen.govern.consent.models import ConsentEntry, Subject
from khachquen.store.models import Segment, Watermark
from khachquen.unify.decisions import (
    Ruling,
    explain,
    explain_refusal,
    join_people,
    keep_apart,
    list_history,
    list_refusals,
    split_person,
    undo,
    unmerge,
)
from khachquen.unify.models import Change, Decision, Edge, Node, Order, Profile, Trait
from tests.clock import START, FrozenClock
from tests.flows.line import Line, order, page
from tests.flows.test_kill import die, in_a_process
from tests.laws import tries

HOA_PHONE = "0912345678"


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


def rule(line: Line, why: str = "") -> Ruling:
    return Ruling(by="linh@nhamay.vn", at=line.clock(), why=why)


def settle(line: Line, make: Callable[[Ruling], int], why: str = "") -> int:
    """Staff decides, and the engine brings it about."""
    act = decide(make, rule(line, why), action="profile.decide")
    apply_decisions(line.ingester, now=line.clock(), label=f"decision-{act}")
    return act


def person_of(key: str) -> int:
    return Node.objects.get(key=key).profile_id


def node(key: str) -> int:
    return Node.objects.get(key=key).id


def two_records_of_hoa(line: Line) -> None:
    """Chị Hoa of the web shop and chị Hoa of the till, who never told the same thing."""
    line.website(page("a-hoa", messageId="m-1"))
    line.till(
        order("W-1", 100_000, messageId="m-2", userId="hoa", context={"traits": {"name": "Hoa"}})
    )
    line.till(
        order(
            "T-1",
            250_000,
            messageId="m-3",
            context={"traits": {"phone": HOA_PHONE, "name": "Nguyễn Thị Hoa"}},
        )
    )
    line.take_in()


def state(line: Line) -> dict[str, Any]:
    """All that is known of people, and whose each event is."""
    living = Profile.objects.filter(merged_into=None).order_by("id")
    tables: dict[str, Any] = {"people": list(living.values())}
    for model in (Node, Edge, Trait, Order):
        rows = [{k: v for k, v in row.items() if k != "id"} for row in model.objects.values()]
        tables[model.__name__] = sorted(map(repr, rows))
    tables["events"] = line.ask("SELECT event_id, node_id, profile_id FROM events ORDER BY 1")
    tables["consents"] = {one.id: may_write(line, one.id) for one in living}
    return tables


def may_write(line: Line, person: int) -> list[tuple[str, bool, str]]:
    """For each channel whether advertising may go to a person, and why."""
    keys = list(Node.objects.filter(profile_id=person).order_by("id").values_list("key", flat=True))
    whom = Addressee(keys[0], keys)
    answers = {
        channel: may_send("ads", channel, whom, now=line.clock()) for channel in ("email", "sms")
    }
    return [(channel, answer.may, answer.reason) for channel, answer in answers.items()]


@pytest.mark.django_db
def test_joined_by_staff_they_are_one_with_all_they_did(line: Line) -> None:
    two_records_of_hoa(line)
    web, till = person_of("user:hoa"), person_of("phone:+84912345678")

    act = settle(line, partial(join_people, till, web), why="Khách báo tại quầy")

    [hoa] = Profile.objects.filter(merged_into=None, is_known=True)
    assert (hoa.id, hoa.name, hoa.orders, hoa.spent_minor) == (web, "Nguyễn Thị Hoa", 2, 350_000)
    assert Profile.objects.get(id=till).merged_into == web
    assert line.ask("SELECT DISTINCT profile_id FROM events WHERE order_number IS NOT NULL") == [
        (web,)
    ]
    [entry] = list_history(web)
    assert explain(entry, "").vi == (
        'Gộp theo quyết định của linh@nhamay.vn ("Khách báo tại quầy").'
    )
    assert (entry.other_id, entry.act) == (till, act)
    [audit] = list_audit()
    assert (audit.actor, audit.action, audit.subject) == (
        "linh@nhamay.vn",
        "profile.decide",
        f"decision:{act}",
    )


@pytest.mark.django_db
def test_taken_back_it_is_as_if_it_had_never_been(line: Line) -> None:
    two_records_of_hoa(line)
    before = state(line)
    web, till = person_of("user:hoa"), person_of("phone:+84912345678")

    act = settle(line, partial(join_people, web, till))
    assert state(line) != before
    settle(line, partial(undo, act))

    assert state(line) == before
    merged, split = reversed(list_history(web))
    assert (merged.kind, merged.is_undone) == ("merged", True)
    assert explain(split, "").en == "Merge taken back by linh@nhamay.vn."


@pytest.mark.django_db
def test_joined_they_are_written_to_as_the_stricter_side_says_and_parted_each_as_before(
    line: Line,
) -> None:
    """She agreed to SMS at the till, and had withdrawn from them on the web the day before."""
    two_records_of_hoa(line)
    channel = {"channel": "sms"}
    line.till(
        {
            "type": "track",
            "event": "Consent Withdrawn",
            "userId": "hoa",
            "messageId": "m-4",
            "timestamp": (START - timedelta(days=1)).isoformat(),
            "properties": channel,
        },
        {
            "type": "track",
            "event": "Consent Granted",
            "messageId": "m-5",
            "properties": {**channel, "phone": HOA_PHONE},
        },
    )
    line.take_in()
    web, till = person_of("user:hoa"), person_of("phone:+84912345678")
    assert may_write(line, till)[1] == ("sms", True, "granted")

    act = settle(line, partial(join_people, web, till))
    assert may_write(line, web)[1] == ("sms", False, "withdrawn")

    settle(line, partial(undo, act))
    assert may_write(line, till)[1] == ("sms", True, "granted")
    assert may_write(line, web)[1] == ("sms", False, "withdrawn")


@pytest.mark.django_db
def test_what_comes_while_they_are_one_goes_to_whom_it_was_told_of(line: Line) -> None:
    two_records_of_hoa(line)
    web, till = person_of("user:hoa"), person_of("phone:+84912345678")
    act = settle(line, partial(join_people, web, till))
    line.till(
        order(
            "T-2", 50_000, messageId="m-9", context={"traits": {"phone": HOA_PHONE, "name": "Hoa"}}
        )
    )
    line.take_in()
    assert Profile.objects.get(id=web).spent_minor == 400_000

    settle(line, partial(undo, act))

    assert Profile.objects.get(id=web).spent_minor == 100_000
    assert Profile.objects.get(id=till).spent_minor == 300_000
    assert line.ask(
        "SELECT profile_id, sum(total_minor)::BIGINT FROM events"
        " WHERE order_number IS NOT NULL GROUP BY 1 ORDER BY 1"
    ) == [(web, 100_000), (till, 300_000)]


@pytest.mark.django_db
def test_a_merge_by_evidence_is_taken_back_and_stays_so(line: Line) -> None:
    """Two cô Lan used one phone; the recorded merge is undone, and a later word changes nothing."""
    line.till(order("T-1", 100_000, messageId="m-1", userId="lan"))
    line.till(order("T-2", 70_000, messageId="m-2", context={"traits": {"phone": HOA_PHONE}}))
    line.take_in()
    told = {"type": "identify", "userId": "lan", "traits": {"phone": HOA_PHONE}}
    line.till({**told, "messageId": "m-3"})
    line.take_in()
    [merged] = list_history(person_of("user:lan"))
    assert explain(merged, "Quầy").vi == (
        "Gộp vì mã khách hàng lan và số điện thoại 0912345678 đi cùng nhau,"
        " do lời tự giới thiệu từ Quầy ngày 20/11/2026 (m-3)."
    )

    settle(line, partial(unmerge, merged.id))
    line.till({**told, "messageId": "m-4"})
    line.take_in()

    assert person_of("user:lan") != person_of("phone:+84912345678")
    assert list(
        Profile.objects.filter(merged_into=None)
        .order_by("id")
        .values_list("spent_minor", flat=True)
    ) == [100_000, 70_000]
    [refused] = list_refusals(person_of("user:lan"))
    assert explain_refusal(refused, "Till").en == (
        "Customer number lan and phone number 0912345678 not joined by somebody's own word from"
        " Till on 20/11/2026 (m-3): staff keeps them apart."
    )


@pytest.mark.django_db
def test_one_identifier_leaves_with_its_own_events(line: Line) -> None:
    line.website(page("may-hoa", messageId="m-1"), page("may-hoa", messageId="m-2"))
    line.website(page("may-quan", messageId="m-3"))
    for browser in ("may-hoa", "may-quan"):
        line.website(
            {
                "type": "identify",
                "messageId": f"i-{browser}",
                "anonymousId": browser,
                "userId": "hoa",
                "traits": {"name": "Hoa"},
            }
        )
    line.take_in()
    hoa = person_of("user:hoa")

    act = settle(line, partial(split_person, hoa, [node("anonymous:may-quan")]))

    assert person_of("anonymous:may-quan") == node("anonymous:may-quan")
    assert dict(Profile.objects.filter(merged_into=None).values_list("name", "events")) == {
        "Hoa": 4,
        "": 1,
    }
    settle(line, partial(undo, act))
    assert person_of("anonymous:may-quan") == hoa


@pytest.mark.django_db
def test_decisions_that_break_one_another_are_refused_by_name(line: Line) -> None:
    two_records_of_hoa(line)
    web, till = person_of("user:hoa"), person_of("phone:+84912345678")
    act = settle(line, partial(keep_apart, web, till))

    with pytest.raises(ConflictError) as refused:
        decide(partial(join_people, web, till), rule(line), action="profile.join")
    assert refused.value.code == "identity.kept_apart"
    assert refused.value.in_language("vi") == (
        "Ngày 20/11/2026, linh@nhamay.vn đã quyết định hai khách này không phải một người."
        f" Hoàn tác quyết định số {act} trước."
    )
    assert Decision.objects.count() == 1
    assert len(list_audit()) == 1

    settle(line, partial(undo, act))
    settle(line, partial(join_people, web, till))
    with pytest.raises(ConflictError) as again:
        decide(
            partial(split_person, web, [node("phone:+84912345678")]),
            rule(line),
            action="profile.split",
        )
    assert again.value.code == "identity.joined_by_staff"


@pytest.mark.django_db
def test_what_cannot_be_decided_says_why_and_changes_nothing(line: Line) -> None:
    two_records_of_hoa(line)
    web = person_of("user:hoa")
    refusals: list[tuple[Callable[[Ruling], int], type[Exception], str]] = [
        (partial(join_people, web, 999), NotFoundError, "identity.no_such_person"),
        (partial(join_people, web, web), InputError, "identity.same_person"),
        (partial(keep_apart, web, web), InputError, "identity.same_person"),
        (partial(split_person, web, []), InputError, "identity.bad_split"),
        (partial(split_person, web, [node("user:hoa")]), InputError, "identity.bad_split"),
        (partial(unmerge, 999), NotFoundError, "identity.no_such_merge"),
        (partial(undo, 999), NotFoundError, "identity.no_such_decision"),
    ]
    for make, kind, code in refusals:
        with pytest.raises(kind) as refused:
            decide(make, rule(line), action="profile.decide")
        assert refused.value.code == code  # type: ignore[attr-defined]

    act = settle(line, partial(join_people, web, person_of("phone:+84912345678")))
    settle(line, partial(undo, act))
    with pytest.raises(ConflictError, match="was taken back before"):
        decide(partial(undo, act), rule(line), action="profile.undo")
    assert Decision.objects.count() == 2


STEP_NAMES = [step.__name__ for step in (*deciding.STEPS, *deciding.COMMIT)] + ["commit"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("point", STEP_NAMES)
def test_killed_after_a_step_a_decision_is_there_whole_or_waits(line: Line, point: str) -> None:
    two_records_of_hoa(line)
    web, till = person_of("user:hoa"), person_of("phone:+84912345678")
    decide(partial(join_people, web, till), rule(line), action="profile.join")
    before = state(line)

    def work() -> None:
        apply_decisions(
            line.ingester,
            now=line.clock(),
            label="killed",
            after_step=lambda name: die() if name == point else None,
        )

    assert in_a_process(work) == -signal.SIGKILL
    if point != "commit":
        assert state(line) == before
    line.ingester.recover()
    apply_decisions(line.ingester, now=line.clock(), label="again")

    assert Profile.objects.get(id=web).spent_minor == 350_000
    assert Change.objects.count() == 1
    assert line.ask("SELECT DISTINCT profile_id FROM events WHERE order_number IS NOT NULL") == [
        (web,)
    ]
    assert line.loose_files() == []


# A law over the whole line: events, merges and splits in any order, then all of it undone.
USERS, PHONES, BROWSERS = ("lan", "mai", "nam"), ("0912345678", "0987654321"), ("a", "b", "c")


def _message(dice: random.Random, number: int) -> dict[str, Any]:
    traits: dict[str, Any] = {"name": dice.choice(["Lan", "Mai", "Nam"])}
    if dice.random() < 0.5:
        traits["phone"] = dice.choice(PHONES)
    if dice.random() < 0.3:
        traits["email"] = f"{dice.choice('xy')}@example.vn"
    who: dict[str, Any] = {"messageId": f"m-{number}"}
    if dice.random() < 0.5:
        who["userId"] = dice.choice(USERS)
    if dice.random() < 0.6 or "userId" not in who:
        who["anonymousId"] = dice.choice(BROWSERS)
    at = START - timedelta(hours=1, minutes=dice.randrange(600))
    who["timestamp"] = at.isoformat()
    if dice.random() < 0.2:
        said, channel = dice.choice(("Granted", "Withdrawn")), dice.choice(("any", "email", "sms"))
        told = {**traits, "channel": channel}
        return {"type": "track", "event": f"Consent {said}", "properties": told, **who}
    if dice.random() < 0.4:
        return order(f"O-{number % 5}", 1000 * number, context={"traits": traits}, **who)
    return {"type": "identify", "traits": traits, **who}


def _run(line: Line, seed: int, *, with_staff: bool) -> dict[str, Any]:
    dice, staff = random.Random(seed), random.Random(seed + 1)
    open_acts: list[int] = []
    for batch in range(6):
        for number in range(batch * 4, batch * 4 + 4):
            send = line.till if dice.random() < 0.5 else line.website
            send(_message(dice, number))
        line.take_in()
        if with_staff:
            open_acts += _act(line, staff)
    while open_acts:
        settle(line, partial(undo, open_acts.pop(staff.randrange(len(open_acts)))))
    return state(line)


def _act(line: Line, staff: random.Random) -> list[int]:
    people = list(Profile.objects.filter(merged_into=None).values_list("id", flat=True))
    acts = []
    for _ in range(3):
        one, other = staff.choice(people), staff.choice(people)
        nodes = list(Node.objects.filter(profile_id=one).values_list("id", flat=True))
        make: Callable[[Ruling], int] = staff.choice(
            [
                partial(join_people, one, other),
                partial(keep_apart, one, other),
                partial(split_person, one, nodes[:1]),
            ]
        )
        try:
            acts.append(settle(line, make))
        except (ConflictError, InputError, NotFoundError):
            continue
    return acts


@settings(
    max_examples=tries(6),
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 10**6))
@pytest.mark.django_db
def test_all_undone_everything_is_as_if_staff_had_never_decided(data: Path, seed: int) -> None:
    results = []
    for name, with_staff in ((f"{seed}-with", True), (f"{seed}-without", False)):
        tables = (Node, Edge, Trait, Order, Profile, Change, Decision, Segment, Watermark)
        tables += (ConsentEntry, Subject)
        for model in tables:
            model.objects.all().delete()
        results.append(_run(Line(data / name, FrozenClock()), seed, with_staff=with_staff))

    assert results[0] == results[1]
