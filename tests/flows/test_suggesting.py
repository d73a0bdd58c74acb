"""Probable matches: from what a shop was told to a question, an answer, and what becomes of it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import ConflictError, InputError, Text
from khachquen.flows.comparing import DO, forget_lookup
from khachquen.flows.deciding import decide
from khachquen.flows.reviewing import answer, take_back
from khachquen.flows.suggesting import Suggesting
from khachquen.govern import list_audit
from khachquen.unify.decisions import Ruling, explain, join_people, keep_apart, list_history, undo
from khachquen.unify.households import add_to_household
from khachquen.unify.models import Decision, Node
from khachquen.unify.suggestions import (
    count_queue,
    next_suggestion,
    suggestions_of,
)
from khachquen.unify.suggestions.models import Run, Suggestion
from khachquen.unify.suggestions.runs import cancel_run, request_run
from tests.clock import FrozenClock
from tests.flows.desk import Desk, person, two_of_hoa
from tests.flows.test_deciding import state

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(data: Path, clock: FrozenClock) -> Iterator[Desk]:
    yield Desk(data, clock)
    forget_lookup(data)


def test_two_records_of_one_woman_are_suggested_and_nobody_else(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.run()

    asked = desk.next()
    assert asked.people == (person("KH-1"), person("KH-2"))
    assert asked.score > 0.8
    told = {one.name: one.level for one in asked.agreements}
    assert told == {
        "given": "same",
        "middle": "same",
        "family": "same",
        "birth": "same",
        "street": "same",
        "place": "same",
    }
    assert count_queue(desk.clock()).total == 1
    assert suggestions_of(person("KH-3"), desk.clock()) == []
    assert [one.people for one in suggestions_of(person("KH-2"), desk.clock())] == [asked.people]


def test_said_to_be_one_they_are_and_taken_back_it_is_as_if_it_had_never_been(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.run()
    before = state(desk.line)

    asked = desk.says("join")
    desk.rest()

    assert person("KH-1") == person("KH-2")
    assert next_suggestion(desk.clock()) is None
    [entry] = list_history(person("KH-1"))
    assert explain(entry, "").vi == "Gộp theo quyết định của linh@nhamay.vn."
    assert [(one.action, one.actor) for one in list_audit()[:1]] == [
        ("people.join", "linh@nhamay.vn")
    ]

    take_back(asked.id, desk.ruling)
    desk.rest()

    assert state(desk.line) == before
    assert desk.next().id == asked.id
    assert count_queue(desk.clock()).answered == 0


def test_refused_they_never_come_back(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.run()
    desk.says("apart")
    desk.rest()

    desk.customer("KH-2", "Nguyễn Thị Hoa", birthday="1990-03-12", email="hoa@example.vn")
    desk.line.take_in()
    for _ in range(2):
        desk.run()

    assert next_suggestion(desk.clock()) is None
    assert person("KH-1") != person("KH-2")
    assert list(Suggestion.objects.values_list("state", "decided_by")) == [
        ("apart", "linh@nhamay.vn")
    ]
    assert suggestions_of(person("KH-1"), desk.clock()) == []


def test_a_join_taken_back_elsewhere_is_a_refusal(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.run()
    asked = desk.says("join")
    desk.rest()
    act = Suggestion.objects.get(id=asked.id).act
    assert act is not None
    decide(partial(undo, act), desk.ruling, action="people.undo")
    desk.rest(2)
    desk.run()

    assert next_suggestion(desk.clock()) is None
    assert Suggestion.objects.get(id=asked.id).state == "apart"


def test_what_was_refused_is_asked_again_when_more_speaks_for_it(desk: Desk) -> None:
    """No decision keeps them apart any more, and one more field agrees."""
    two_of_hoa(desk)
    desk.run()
    asked = desk.says("join")
    desk.rest()
    act = Suggestion.objects.get(id=asked.id).act
    assert act is not None
    decide(partial(undo, act), desk.ruling, action="people.undo")
    desk.rest(2)

    for number in ("KH-1", "KH-2"):
        desk.customer(number, "Nguyễn Thị Hoa", postal_code="70000")
    desk.line.take_in()
    desk.run()

    assert desk.next().id == asked.id
    assert "postcode" in {one.name for one in desk.next().agreements}


def test_a_refusal_taken_back_elsewhere_is_open_again(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.run()
    asked = desk.says("apart")
    desk.rest()
    act = Suggestion.objects.get(id=asked.id).act
    assert act is not None
    decide(partial(undo, act), desk.ruling, action="people.undo")
    desk.rest(2)

    assert desk.next().id == asked.id


def test_whoever_staff_kept_apart_before_is_not_suggested(desk: Desk) -> None:
    two_of_hoa(desk)
    pair = person("KH-1"), person("KH-2")
    decide(partial(keep_apart, *pair), desk.ruling, action="people.keep_apart")
    desk.rest()
    desk.run()

    assert not Suggestion.objects.exists()


def test_people_of_one_household_are_not_suggested(desk: Desk) -> None:
    two_of_hoa(desk)
    add_to_household(
        person("KH-1"), person("KH-2"), evidence="declared", actor="linh@nhamay.vn", at=desk.clock()
    )
    desk.run()

    assert not Suggestion.objects.exists()


def test_people_who_became_one_meanwhile_close_their_question(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.run()
    asked = desk.next()
    decide(partial(join_people, *asked.people), desk.ruling, action="people.join")
    desk.rest(2)

    assert next_suggestion(desk.clock()) is None
    assert Suggestion.objects.get().state == "gone"
    with pytest.raises(ConflictError) as refused:
        answer(asked.id, "join", desk.ruling)
    assert refused.value.code == "suggestions.over"
    assert Decision.objects.count() == 1


def test_of_erased_people_nothing_stays(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.run()
    Node.objects.filter(key="user:KH-2").delete()
    assert next_suggestion(desk.clock()) is None
    desk.run()

    assert not Suggestion.objects.exists()


def test_put_off_it_comes_again_in_a_week(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.run()
    asked = desk.says("skip")
    assert next_suggestion(desk.clock()) is None
    assert count_queue(desk.clock()).skipped == 1

    take_back(asked.id, desk.ruling)
    assert desk.next().id == asked.id
    desk.says("skip")
    desk.clock.advance(days=7)

    assert desk.next().id == asked.id
    assert [one.action for one in list_audit()[:3]] == [
        "review.skip",
        "review.unskip",
        "review.skip",
    ]


def test_two_people_at_two_desks_do_not_decide_twice(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.run()
    asked = desk.says("apart")

    with pytest.raises(ConflictError) as refused:
        answer(asked.id, "join", Ruling("minh@nhamay.vn", desk.clock()))

    assert refused.value.message.vi == "Cặp này linh@nhamay.vn đã quyết định rồi."
    assert [one.kind for one in Decision.objects.all()] == ["apart"]


def test_a_newcomer_is_asked_about_within_two_rests(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.run()
    desk.says("apart")
    desk.rest()
    desk.customer("KH-9", "Trần Văn Nam", birthday="01/07/1985", address="7 hai bà trưng")
    desk.line.take_in()

    desk.rest(2)

    assert desk.names() == ("Trần Văn Nam", "Trần Văn Nam")
    assert desk.next().found_by == "online"
    assert desk.next().people == (person("KH-3"), person("KH-9"))
    desk.rest(3)
    assert [job[0] for job in desk.here.asked] == ["everybody", "newcomers"]


def test_without_a_run_nobody_is_looked_up(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.rest(3)
    assert desk.here.asked == []


def test_a_run_begins_anew_after_a_restart(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.here.waits = True
    request_run(actor="linh@nhamay.vn", at=desk.clock())
    desk.rest(3)
    assert Run.objects.get().state == "running"

    desk.here.waits = False
    desk.suggesting = Suggesting(desk.config, beside=desk.here)
    desk.rest(3)

    assert Run.objects.get().state == "done"
    assert desk.names() == ("Nguyễn Thị Hoa", "Nguyen Thi Hoa")


def test_a_run_that_is_stopped_leaves_the_queue_as_it_was(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.here.waits = True
    request_run(actor="linh@nhamay.vn", at=desk.clock())
    desk.rest(2)
    assert cancel_run(actor="linh@nhamay.vn", at=desk.clock())
    desk.here.waits = False
    desk.rest(3)

    assert Run.objects.get().state == "cancelled"
    assert not Suggestion.objects.exists()


def test_without_splink_a_run_says_so_and_the_engine_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise InputError("matching.no_splink", Text(vi="Chưa cài Splink.", en="No Splink."))

    two_of_hoa(desk)
    monkeypatch.setitem(DO, "everybody", refuse)
    request_run(actor="linh@nhamay.vn", at=desk.clock())
    desk.rest(3)

    assert (Run.objects.get().state, Run.objects.get().trouble) == ("failed", "matching.no_splink")


def test_a_mistake_of_ours_ends_the_run_and_not_the_engine(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(*_: Any) -> Any:
        raise ValueError("Nguyễn Thị Hoa")

    two_of_hoa(desk)
    monkeypatch.setitem(DO, "everybody", stumble)
    request_run(actor="linh@nhamay.vn", at=desk.clock())
    desk.rest(3)

    assert Run.objects.get().state == "failed"
    assert "ValueError at" in caplog.text
    assert "Hoa" not in caplog.text


def test_at_night_a_run_begins_by_itself_when_enough_is_new(desk: Desk) -> None:
    two_of_hoa(desk)
    desk.clock.now = desk.clock.now.replace(hour=4)  # eleven in the morning
    desk.rest(4)
    assert not Run.objects.exists()

    desk.clock.now = desk.clock.now.replace(hour=19)  # two at night
    desk.rest(4)
    assert [(run.state, run.asked_by) for run in Run.objects.all()] == [("done", "")]

    desk.clock.advance(days=1)
    desk.rest(4)
    assert Run.objects.count() == 1, "nobody new"

    for number in range(20):
        desk.customer(f"KM-{number}", "Lê Thị Mai")
    desk.line.take_in()
    desk.rest(12)
    assert Run.objects.count() == 2
