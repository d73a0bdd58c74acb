"""Automatic joining: off unless the operator says so, by the rules, taken back like anything."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from khachquen.base import Config
from khachquen.flows.comparing import forget_lookup
from khachquen.flows.deciding import decide
from khachquen.govern import list_audit
from khachquen.unify.decisions import explain, keep_apart, list_history, unmerge
from khachquen.unify.models import Change, Decision
from khachquen.unify.suggestions import count_sure, next_suggestion
from khachquen.unify.suggestions.models import Suggestion
from tests.clock import FrozenClock
from tests.flows.desk import Desk, person, two_of_hoa
from tests.flows.test_deciding import person_of, state

pytestmark = pytest.mark.django_db
HOA = {"birthday": "1990-03-12", "address": "12 Lý Tự Trọng", "ward": "Bến Nghé"}


@pytest.fixture
def careful(data: Path, clock: FrozenClock) -> Iterator[Desk]:
    """A shop as it is installed."""
    yield Desk(data, clock)
    forget_lookup(data)


@pytest.fixture
def bold(data: Path, clock: FrozenClock) -> Iterator[Desk]:
    """A shop whose operator lets the score join people."""
    yield Desk(data, clock, join_by_itself=True, join_at=0.9)
    forget_lookup(data)


def hoa_by_phone_and_by_mail(desk: Desk, *, secret: bool = True) -> tuple[int, int]:
    desk.stranger("Nguyễn Thị Hoa", phone="0912345678", **HOA)
    desk.stranger("NGUYEN THI HOA", email="hoa@example.vn", secret=secret, **HOA)
    desk.line.take_in()
    return person_of("phone:+84912345678"), person_of("email:hoa@example.vn")


def test_it_is_off_by_default(careful: Desk, data: Path) -> None:
    assert Config(data).matching.join_by_itself is False
    one, other = hoa_by_phone_and_by_mail(careful)
    careful.run()
    careful.rest(5)

    assert not Decision.objects.exists()
    assert careful.next().people == (one, other)


def test_allowed_it_joins_as_a_decision_that_says_so(bold: Desk) -> None:
    one, other = hoa_by_phone_and_by_mail(bold)
    bold.run()
    bold.rest(2)

    assert person_of("email:hoa@example.vn") == one
    [decision] = Decision.objects.all()
    assert (decision.kind, decision.by) == ("together", "model")
    [entry] = list_history(one)
    assert entry.other_id == other
    assert explain(entry, "").vi == f"Máy tự gộp vì rất giống nhau (chắc {decision.why})."
    assert float(decision.why.rstrip("%")) >= 98
    assert [(a.actor, a.action) for a in list_audit()[:1]] == [("model", "people.join")]
    assert next_suggestion(bold.clock()) is None


def test_taken_back_it_is_exactly_undone_and_never_done_again(bold: Desk) -> None:
    one, _ = hoa_by_phone_and_by_mail(bold)
    before = state(bold.line)
    bold.run()
    bold.rest(2)
    assert state(bold.line) != before

    [merge] = Change.objects.filter(kind="merged")
    decide(partial(unmerge, merge.pk), bold.ruling, action="people.unmerge")
    bold.rest(2)
    assert state(bold.line) == before
    bold.run()
    bold.rest(5)

    assert state(bold.line) == before
    assert person_of("email:hoa@example.vn") != one
    assert Suggestion.objects.get().state == "apart"
    assert (count_sure(0.9).accepted, count_sure(0.9).refused) == (0, 1)


def test_two_numbers_of_the_shops_own_are_for_a_person_to_decide(bold: Desk) -> None:
    two_of_hoa(bold)
    bold.run()
    bold.rest(5)

    assert not Decision.objects.exists()
    assert bold.next().people == (person("KH-1"), person("KH-2"))


def test_what_a_browser_claims_takes_over_nobody(bold: Desk) -> None:
    """Somebody types chị Hoa's name and birth date into a form."""
    one, other = hoa_by_phone_and_by_mail(bold, secret=False)
    bold.run()
    bold.rest(5)

    assert not Decision.objects.exists()
    assert bold.next().people == (one, other)


def test_a_decision_of_staff_stands_above_it(bold: Desk) -> None:
    one, other = hoa_by_phone_and_by_mail(bold)
    decide(partial(keep_apart, one, other), bold.ruling, action="people.keep_apart")
    bold.rest()
    bold.run()
    bold.rest(5)

    assert [row.kind for row in Decision.objects.all()] == ["apart"]
    assert not Suggestion.objects.exists()
