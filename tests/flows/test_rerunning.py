"""Everybody drawn anew: other rules are tried before they hold, the same rules change nothing."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from khachquen.cli import cli
from khachquen.flows.rerunning import Example, rerun, simulate
from khachquen.unify.decisions import explain, list_history
from khachquen.unify.identity import Rules, load_rules
from khachquen.unify.identity.rules import read_rules
from khachquen.unify.models import Change, Node, Profile
from tests.clock import FrozenClock
from tests.flows.line import Line, order
from tests.flows.test_deciding import person_of, state

pytestmark = pytest.mark.django_db
SHIPPED = Path(read_rules.__code__.co_filename).with_name("rules.toml")


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


def rules(**kinds: dict[str, Any]) -> Rules:
    told = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    for kind, changes in kinds.items():
        told["kinds"][kind] |= changes
    return read_rules(told)


def a_phone_of_two(line: Line) -> None:
    """Cô Lan and cô Mai each have an account; both have told the same phone."""
    for number, (who, name) in enumerate((("lan", "Trần Thị Lan"), ("mai", "Lê Thị Mai"))):
        line.clock.advance(minutes=1)
        line.till(
            order(
                f"W-{number}",
                100_000,
                messageId=f"m-{who}",
                userId=who,
                context={"traits": {"phone": "0912345678", "name": name}},
            )
        )
    line.take_in()


def test_the_rules_that_hold_change_nothing(line: Line) -> None:
    a_phone_of_two(line)
    before = state(line)

    assert simulate(load_rules()).moved == 0
    done = rerun(line.ingester, now=line.clock(), label="again")

    assert (done.people_before, done.people_after, done.joined, done.split) == (2, 2, 0, 0)
    assert state(line) == before
    assert Change.objects.count() == 0
    assert line.loose_files() == []


def test_what_other_rules_would_do_is_said_with_names_and_changes_nothing(line: Line) -> None:
    a_phone_of_two(line)
    before = state(line)
    lan, mai = person_of("user:lan"), person_of("user:mai")

    lax = simulate(rules(user={"limit": 2}))
    assert (lax.people_before, lax.people_after, lax.joined, lax.split) == (2, 1, 1, 0)
    assert lax.examples == [
        Example("join", ("Trần Thị Lan", "Lê Thị Mai"), (lan, mai), ("user:mai",))
    ]

    strict = simulate(rules(phone={"shared_after": {"user": 1}}))
    assert (strict.people_after, strict.joined, strict.split, strict.moved) == (3, 0, 1, 1)
    assert strict.examples == [
        Example(
            "split",
            ("Trần Thị Lan",),
            (lan, Node.objects.get(kind="phone").id),
            ("phone:+84912345678",),
        )
    ]
    assert state(line) == before


def test_new_rules_brought_about_are_as_if_they_had_always_held(
    line: Line, data: Path, tmp_path: Path
) -> None:
    a_phone_of_two(line)
    own = SHIPPED.read_text(encoding="utf-8").replace("user = 2, email = 5", "user = 1, email = 5")
    (data / "identity.toml").write_text(own, encoding="utf-8")
    strict = Line(data, line.clock)

    done = rerun(strict.ingester, now=line.clock(), label="strict")

    assert (done.people_after, done.split) == (3, 1)
    phone = Node.objects.get(kind="phone")
    assert phone.is_shared
    assert Profile.objects.get(id=phone.profile_id).merged_into is None
    [change] = list_history(phone.profile_id)
    assert explain(change, "Quầy").vi == (
        "Tách ra, mã khách hàng lan và số điện thoại 0912345678 không gộp nữa:"
        " định danh này nhiều người cùng dùng."
    )
    after = state(strict)
    again = rerun(strict.ingester, now=line.clock(), label="again")
    assert (again.moved, state(strict)) == (0, after)


def test_the_command_says_what_would_change_and_refuses_rules_with_apply(
    line: Line, data: Path, tmp_path: Path
) -> None:
    (data / "khachquen.toml").touch()
    mine = tmp_path / "mine.toml"
    mine.write_text(SHIPPED.read_text(encoding="utf-8"), encoding="utf-8")

    refused = CliRunner().invoke(
        cli, ["identity", "rerun", "--apply", "--rules", str(mine), "--data", str(data)]
    )

    assert refused.exit_code == 2
    assert "save them as identity.toml" in refused.output
