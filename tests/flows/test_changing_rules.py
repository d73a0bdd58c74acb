"""The rules of identity changed safely: tried, applied, put back; and killed in the middle."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import ConflictError, InputError
from khachquen.flows import rerunning, steps
from khachquen.flows.changing_rules import (
    application_of,
    apply,
    discard,
    draft,
    draft_former,
    kinds_of,
    simulation_of,
    stop_trying,
    try_again,
)
from khachquen.govern import list_audit
from khachquen.store.jobs import Runner, list_jobs
from khachquen.unify.identity import Rules, load_rules, rules_of
from khachquen.unify.identity.rules import read_rules
from khachquen.unify.identity.ruleset import mark_of, to_toml
from khachquen.unify.models import Change as Became
from khachquen.unify.models import Node
from khachquen.unify.rulebook import get_change, list_changes
from khachquen.unify.rulebook.words import compare_rules
from tests.clock import FrozenClock
from tests.flows.line import Line, order, page
from tests.flows.test_deciding import person_of, state
from tests.flows.test_kill import die, in_a_process
from tests.flows.test_rerunning import rules

pytestmark = pytest.mark.django_db
WHO = "mai@nhamay.vn"
STRICT = rules(phone={"shared_after": {"user": 1}})


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


def families(line: Line, n: int) -> None:
    """Some mothers and daughters, each with an account; each pair told the same phone."""
    for pair in range(n):
        for who, name in (("me", "Trần Thị Lan"), ("con", "Lê Ngọc Mai")):
            told = {"phone": f"09123456{pair:02}", "name": f"{name} {pair}"}
            line.clock.advance(minutes=1)
            line.till(
                order(
                    f"HD-{who}-{pair}",
                    100_000,
                    messageId=f"m-{who}-{pair}",
                    userId=f"{who}-{pair}",
                    context={"traits": told},
                )
            )
    line.take_in()


def work(line: Line, *, parts: int = 200) -> None:
    """What an engine does that starts now, until nothing is left."""
    runner = Runner(kinds_of(line.ingester, line.clock))
    for _ in range(parts):
        if not runner.advance(line.clock()):
            return


def tried(line: Line, wanted: Rules) -> int:
    made = draft(line.data, wanted, by=WHO, clock=line.clock)
    work(line)
    return made.id


def brought_about(line: Line, wanted: Rules, why: str = "Số điện thoại gia đình") -> None:
    apply(line.data, tried(line, wanted), by=WHO, why=why, clock=line.clock)
    work(line)


def test_a_draft_is_tried_and_nothing_changes_until_it_is_applied(line: Line) -> None:
    families(line, 3)
    before = state(line)

    change = get_change(tried(line, STRICT))

    job = simulation_of(change)
    assert job is not None
    assert job.state == "done"
    assert (job.result["people_before"], job.result["people_after"]) == (6, 9)
    assert (job.result["joined"], job.result["split"], job.result["moved"]) == (0, 3, 3)
    assert job.result["examples"][0] == {
        "kind": "split",
        "names": ["Trần Thị Lan 0"],
        "profile_ids": [person_of("user:me-0"), Node.objects.get(key="phone:+84912345600").id],
        "keys": ["phone:+84912345600"],
    }
    assert state(line) == before
    assert mark_of(rules_of(line.data)) == mark_of(load_rules())
    said = compare_rules(change.base, change.rules)[-1]
    assert (said.about.vi, said.before.vi, said.after.vi) == (
        "số điện thoại",
        "Đi cùng hơn 2 mã khách hàng khác nhau thì là của chung, không gộp ai.",
        "Đi cùng hơn 1 mã khách hàng khác nhau thì là của chung, không gộp ai.",
    )


def test_applied_it_holds_for_everybody_and_put_back_everything_is_as_before(line: Line) -> None:
    families(line, 3)
    before = state(line)

    brought_about(line, STRICT)

    [change] = list_changes()
    assert (change.state, change.decided_by, change.why) == (
        "applied",
        WHO,
        "Số điện thoại gia đình",
    )
    job = application_of(change)
    assert job is not None
    assert (job.state, job.result["split"], job.done, job.total) == ("done", 3, 9, 9)
    assert rules_of(line.data) == STRICT
    assert person_of("phone:+84912345600") not in {person_of("user:me-0"), person_of("user:con-0")}
    assert [entry.action for entry in list_audit()] == ["rules.apply", "rules.simulate"]

    line.till(page("a-x", messageId="m-later", userId="con-0"))
    line.take_in()
    back = draft_former(line.data, change.id, by=WHO, clock=line.clock)
    work(line)
    apply(line.data, back.id, by=WHO, why="Gộp nhầm ít hơn ta tưởng", clock=line.clock)
    work(line)

    assert rules_of(line.data) == load_rules()
    assert person_of("phone:+84912345600") == person_of("user:me-0")
    after = state(line)
    assert after["Trait"] == before["Trait"]
    assert len(after["people"]) == len(before["people"])


def test_what_may_not_be_applied_changes_nothing(line: Line) -> None:
    families(line, 1)
    before = state(line)
    untried = draft(line.data, STRICT, by=WHO, clock=line.clock)
    with pytest.raises(ConflictError) as refused:
        apply(line.data, untried.id, by=WHO, why="Thử xem sao", clock=line.clock)
    assert refused.value.code == "identity.not_tried"
    work(line)

    with pytest.raises(InputError) as unreasoned:
        apply(line.data, untried.id, by=WHO, why="ừ", clock=line.clock)
    assert (unreasoned.value.code, unreasoned.value.path) == ("identity.no_reason", "why")
    with pytest.raises(ConflictError) as same:
        draft(line.data, load_rules(), by=WHO, clock=line.clock)
    assert same.value.code == "identity.same_rules"
    assert [job.kind for job in list_jobs()] == ["identity.simulate"]

    discard(untried.id, by=WHO, clock=line.clock)
    with pytest.raises(ConflictError) as over:
        apply(line.data, untried.id, by=WHO, why="Thử xem sao", clock=line.clock)
    assert over.value.code == "identity.no_draft"
    assert state(line) == before
    assert not (line.data / "identity.toml").exists()


def test_a_draft_tried_against_other_rules_than_hold_now_is_tried_again_first(line: Line) -> None:
    families(line, 1)
    older = tried(line, rules(user={"limit": 2}))
    brought_about(line, STRICT)

    with pytest.raises(ConflictError) as refused:
        apply(line.data, older, by=WHO, why="Hai mã là một người", clock=line.clock)

    assert refused.value.code == "identity.rules_moved"
    assert rules_of(line.data) == STRICT


def test_a_simulation_that_is_stopped_gives_nothing_and_may_be_begun_again(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rerunning, "_LOOKED_AT_ONCE", 1)
    families(line, 3)
    change = draft(line.data, STRICT, by=WHO, clock=line.clock)
    work(line, parts=4)
    assert stop_trying(change.id, clock=line.clock)
    work(line)

    job = simulation_of(change)
    assert job is not None
    assert (job.state, job.result) == ("cancelled", None)

    try_again(change.id, by=WHO, clock=line.clock)
    work(line)
    job = simulation_of(change)
    assert job is not None
    assert job.result["split"] == 3


def test_a_simulation_goes_on_while_people_come_in(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes in meanwhile is not looked at, and breaks nothing."""
    monkeypatch.setattr(rerunning, "_LOOKED_AT_ONCE", 2)
    families(line, 4)
    change = draft(line.data, STRICT, by=WHO, clock=line.clock)
    runner = Runner(kinds_of(line.ingester, line.clock))
    n = 0
    while runner.advance(line.clock()):
        n += 1
        line.till(page(f"a-{n}", messageId=f"m-now-{n}", userId=f"me-{n % 4}"))
        line.take_in()

    job = simulation_of(change)
    assert job is not None
    assert (job.state, job.result["split"], job.result["joined"]) == ("done", 4, 0)


def test_a_value_that_is_blocked_later_joins_nobody_any_more(line: Line) -> None:
    """The number all walk-ins are written down with."""
    shop = "+84912345699"
    for who in ("lan", "mai"):
        line.till(
            {
                "type": "identify",
                "messageId": f"m-{who}",
                "traits": {"email": f"{who}@example.vn", "phone": shop},
            }
        )
    line.take_in()
    assert person_of("email:lan@example.vn") == person_of("email:mai@example.vn")
    data = tomllib.loads(to_toml(load_rules()))
    data["blocked"]["keys"] = [f"phone:{shop}"]

    brought_about(line, read_rules(data), why="Số của quầy, không phải của khách")

    assert person_of("email:lan@example.vn") != person_of("email:mai@example.vn")
    [split] = Became.objects.filter(kind="split", reason="shared")[:1]
    assert split.right_key == f"phone:{shop}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("deaths", [(1,), (4,), (9, 3), (8, 1, 6)])
def test_killed_while_it_is_applied_it_finishes_itself_as_if_nothing_had_happened(
    line: Line, monkeypatch: pytest.MonkeyPatch, deaths: tuple[int, ...]
) -> None:
    """kill -9 between any two steps, again and again, each time with a new engine after it."""
    monkeypatch.setattr(rerunning, "_DRAWN_AT_ONCE", 4)
    families(line, 4)
    before = state(line)
    change = tried(line, STRICT)
    apply(line.data, change, by=WHO, why="Số điện thoại gia đình", clock=line.clock)

    for number in deaths:
        assert in_a_process(lambda n=number: _work_until(line, n)) == -9  # type: ignore[misc]
        line.clock.advance(seconds=1)
    assert in_a_process(lambda: _as_a_new_engine(line)) == 0
    killed = state(line)
    assert get_change(change).state == "applied"

    brought_about(line, load_rules())
    assert state(line) == before
    brought_about(line, STRICT)
    assert state(line) == killed
    assert line.loose_files() == []


def _as_a_new_engine(line: Line) -> None:
    line.ingester.recover()
    work(line)


def _work_until(line: Line, step: int) -> None:
    """Die after so many steps: the file, then those of each piece."""
    passed = [0]

    def after(name: str) -> None:
        passed[0] += 1
        if passed[0] == step:
            die()

    run: Callable[..., Any] = steps.run_steps
    write: Callable[..., Any] = rerunning.write_rules

    def write_and_count(*args: Any) -> None:
        write(*args)
        after("write_rules")

    rerunning.run_steps = lambda todo, one: run(todo, one, after)
    rerunning.write_rules = write_and_count
    _as_a_new_engine(line)
