"""Whatever happens, in whatever order: the members are those of a question to everybody."""

import random
import signal
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from khachquen.base import KhachQuenError
from khachquen.flows import refreshing
from khachquen.store import forget_reader, open_desk
from khachquen.store.lake import compact, find_work
from khachquen.understand.query import compile_members, parse_rule
from khachquen.understand.segments import list_segments
from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone
from khachquen.unify.decisions import join_people, split_person, undo
from khachquen.unify.mirror import read_people
from khachquen.unify.models import Decision, Node, Profile
from tests.clock import FrozenClock
from tests.flows.line import Line, order, page
from tests.flows.test_deciding import settle
from tests.flows.test_kill import die, in_a_process
from tests.flows.test_refreshing import Keeping
from tests.laws import tries

BUY = "Order Completed"


def _last(n: int, unit: str) -> dict[str, Any]:
    return {"last": {"n": n, "unit": unit}}


def _not(rule: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "not", "of": rule}


RULES: dict[str, dict[str, Any]] = {
    "bought": {"kind": "did", "event": BUY},
    "visited this week": {"kind": "did", "event": "page", "within": _last(7, "day")},
    "twice in two hours": {
        "kind": "did",
        "event": "page",
        "within": _last(2, "hour"),
        "is": "at_least",
        "value": 2,
    },
    "quiet for three days": _not({"kind": "did", "event": "page", "within": _last(3, "day")}),
    "never bought": {"kind": "did", "event": BUY, "is": "is", "value": 0},
    "spent": {"kind": "bought", "measure": "spent", "is": "at_least", "value": 8_000},
    "shoes lately": {
        "kind": "bought",
        "where": [{"property": "sku", "is": "is", "value": "ao"}],
        "within": _last(5, "day"),
    },
    "women": {"kind": "trait", "trait": "gender", "is": "is", "value": "female"},
    "orders": {"kind": "trait", "trait": "orders_count", "is": "at_least", "value": 2},
    "today": {"kind": "did", "event": "page", "within": {"this": "day"}},
    "new": {"kind": "trait", "trait": "stage", "is": "is", "value": "new"},
    "at noon": {"kind": "trait", "trait": "favourite_hour", "is": "at_least", "value": 12},
    "overdue": {
        "kind": "trait",
        "trait": "next_order_on",
        "is": "longer_ago",
        "value": {"n": 1, "unit": "day"},
    },
    "may be written to": {
        "kind": "trait",
        "trait": "may_send:ads:sms",
        "is": "is",
        "value": True,
    },
    "refused": {
        "kind": "trait",
        "trait": "consent:ads:email",
        "is": "in",
        "value": ["withdrawn", "refused"],
    },
    "a tenth": {"kind": "sample", "percent": 40, "salt": "a"},
}


LATELY = ("visited this week", "twice in two hours", "quiet for three days", "today", "women")
"""Rules none of which asks for what is long past: then old months are not even read."""


def make(keeping: Keeping, *, only_lately: bool = False) -> None:
    """Every rule once, and some that build on others."""
    for name, rule in RULES.items():
        wanted = name in LATELY or not only_lately
        if wanted and name not in {one.name for one in list_segments()}:
            keeping.add(name, rule)
    if only_lately:
        return
    ids = {one.name: one.id for one in list_segments()}
    for name, of in (("not bought", "bought"), ("still not", "not bought")):
        if name not in ids:
            asked = {"kind": "segment", "segment": ids[of]}
            of_page = {"kind": "did", "event": "page", "within": _last(1, "day")}
            ids[name] = keeping.add(name, {"kind": "any", "of": [_not(asked), of_page]})


def everybodys_answer(keeping: Keeping) -> dict[str, list[int]]:
    """By a reader that knows nothing of rounds, from what is stored."""
    line = keeping.line
    desk = open_desk(line.data / "lake", memory_mb=128, threads=1)
    found = {}
    for one in list_segments():
        assert one.rule is not None
        question = compile_members(
            parse_rule(one.rule), shop_catalogue(), now=line.clock(), timezone=shop_timezone()
        )
        rows = desk.ask(question).rows
        found[one.name] = sorted(person for person, is_member, _ in rows if is_member)
    return found


def check(keeping: Keeping) -> None:
    found = {one.name: keeping.members(one.id) for one in list_segments()}
    assert found == everybodys_answer(keeping)
    sizes = {one.name: one.size for one in list_segments()}
    assert sizes == {name: len(people) for name, people in found.items()}
    assert mirrored(keeping) == as_if_written_now(keeping)


KEPT = ("orders", "spent_minor", "may_send", "consents", "suppressed", "household_size")


def mirrored(keeping: Keeping) -> dict[int, list[Any]]:
    """Everybody's row as the lake has it."""
    rows = keeping.line.ask(f"SELECT profile_id, {', '.join(KEPT)} FROM people")
    return {person: told for person, *told in rows}


def as_if_written_now(keeping: Keeping) -> dict[int, list[Any]]:
    """Everybody's row as it would be, were everybody written at this instant."""
    living = Profile.objects.filter(merged_into=None).values_list("id", flat=True)
    mirror = keeping.refresher.keeper.hold()
    rows = read_people(list(living), mirror, now=keeping.line.clock())
    return {person: [row.get(name) for name in KEPT] for person, row in rows.items()}


def happen(line: Line, step: str, chance: random.Random) -> None:
    user, at = f"u{chance.randrange(5)}", line.clock.advance(seconds=chance.randrange(1, 90))
    late = timedelta(hours=chance.choice([0, 0, 1, 30, 24 * 6]))
    told = {
        "messageId": f"m-{chance.random()}",
        "userId": user,
        "timestamp": (at - late).isoformat(),
    }
    if step == "visit":
        line.website(page(f"a-{chance.randrange(6)}", **told))
    elif step == "stranger":
        line.website(page(f"new-{chance.random()}", messageId=told["messageId"]))
    elif step == "tell":
        traits = {"gender": chance.choice(["nam", "nữ"]), "phone": f"091234567{user[1]}"}
        line.till({"type": "identify", **told, "traits": traits})
    elif step in ("buy", "cancel", "refund"):
        message = order(f"D-{chance.randrange(5)}", 1000 * chance.randrange(20), **told)
        names = {"buy": BUY, "cancel": "Order Cancelled", "refund": "Order Refunded"}
        message["event"] = names[step]
        line.till(message)
    elif step in ("agree", "withdraw"):
        name = "Consent Granted" if step == "agree" else "Consent Withdrawn"
        ends = (at + timedelta(hours=chance.choice([3, 30]))).isoformat()
        said = {"purpose": "ads", **({"expires_at": ends} if step == "agree" else {})}
        line.till({"type": "track", "event": name, **told, "properties": said})
    elif step == "time":
        line.clock.advance(hours=chance.choice([1, 2, 5, 20, 50]))
    elif step == "join files":
        for dataset in ("people", "memberships", "events"):
            if group := find_work(dataset, files=2):
                label = f"c-{chance.random()}"
                compact(line.data / "lake", dataset, group, label=label, at=at)
    else:
        _decide(line, step, chance)
    line.take_in()


def _decide(line: Line, step: str, chance: random.Random) -> None:
    living = list(Profile.objects.filter(merged_into=None).values_list("id", flat=True))
    if len(living) < 2:
        return
    one, other = sorted(chance.sample(living, 2))
    acts = list(Decision.objects.exclude(kind="undo").values_list("act", flat=True))
    try:
        if step == "join":
            settle(line, partial(join_people, one, other))
        elif step == "part":
            nodes = list(Node.objects.filter(profile_id=one).values_list("id", flat=True))
            settle(line, partial(split_person, one, nodes[:1]))
        elif acts:
            settle(line, partial(undo, chance.choice(acts)))
    except KhachQuenError:
        pass  # refused: nothing happened


STEPS = st.lists(
    st.sampled_from(
        "visit visit stranger tell buy buy buy cancel refund join part undo time time keep keep"
        " agree withdraw"
        " start join_files".split()
    ),
    min_size=5,
    max_size=16,
)


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=tries(6),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(steps=STEPS, seed=st.integers(0, 10_000))
def test_members_are_those_of_a_question_to_everybody(
    line: Line, steps: list[str], seed: int
) -> None:
    chance, keeping = random.Random(seed), Keeping(line)
    make(keeping, only_lately=seed % 3 == 0)
    for step in [*steps, "keep"]:
        if step == "start":
            keeping.start_anew()
        elif step == "keep":
            keeping.keep()
            check(keeping)
        else:
            happen(line, step.replace("_", " "), chance)


POINTS = [*(step.__name__ for step in (*refreshing.STEPS, *refreshing.COMMIT)), "commit"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("point", POINTS)
def test_killed_after_a_step_no_change_is_lost_or_doubled(line: Line, point: str) -> None:
    def before() -> None:
        keeping = Keeping(line)
        for name in ("bought", "never bought", "visited this week"):
            keeping.add(name, RULES[name])
        line.website(page("a-nam", messageId="m-1", userId="nam"))
        line.take_in()
        keeping.keep()
        line.till(order("W-1", 9000, messageId="m-2", userId="nam"))
        line.take_in()

    assert in_a_process(before) == 0

    def work() -> None:
        Keeping(line).keep(after_step=lambda name: die() if name == point else None)

    assert in_a_process(work) == -signal.SIGKILL

    def go_on() -> None:
        line.ingester.recover()
        Keeping(line).keep()

    assert in_a_process(go_on) == 0
    forget_reader()
    keeping = Keeping(line)
    check(keeping)
    nam = Node.objects.get(key="user:nam").profile_id
    told = {one.name: keeping.changes(one.id) for one in list_segments()}
    assert told == {
        "bought": [(nam, True, "event")],
        "never bought": [(nam, True, "event"), (nam, False, "event")],
        "visited this week": [(nam, True, "event")],
    }
    assert line.loose_files() == []
