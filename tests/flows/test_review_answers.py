"""Whatever was answered in whatever order: it survives every re-run, and undone it never was."""

import random
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from khachquen.flows.comparing import forget_lookup
from khachquen.flows.deciding import decide
from khachquen.flows.rerunning import rerun
from khachquen.flows.reviewing import answer, take_back
from khachquen.store.models import Segment, Watermark
from khachquen.unify.decisions import undo
from khachquen.unify.models import Change, Decision, Edge, Node, Order, Profile, Trait
from khachquen.unify.suggestions import find_suggestion, next_suggestion
from khachquen.unify.suggestions.models import Run, Suggestion
from tests.clock import START, FrozenClock
from tests.flows.desk import Desk
from tests.flows.test_deciding import state
from tests.laws import tries

TABLES = (Node, Edge, Trait, Order, Profile, Change, Decision, Segment, Watermark, Run, Suggestion)
TWICE = (
    ("Nguyễn Thị Hoa", "1990-03-12", "12 Lý Tự Trọng"),
    ("Trần Văn Nam", "1985-07-01", "7 Hai Bà Trưng"),
    ("Lê Thị Mai", "1979-11-30", "150 Nguyễn Trãi"),
)


@settings(
    max_examples=tries(4),
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 10**6))
@pytest.mark.django_db
def test_answers_survive_reruns_and_undone_they_never_were(data: Path, seed: int) -> None:
    ends = []
    for name, answers in ((f"{seed}-with", True), (f"{seed}-without", False)):
        for model in TABLES:
            model.objects.all().delete()
        ends.append(_live(Desk(data / name, FrozenClock()), random.Random(seed), answers=answers))
        forget_lookup(data / name)

    assert ends[0] == ends[1]


def _live(desk: Desk, chance: random.Random, *, answers: bool) -> dict[str, Any]:
    """Everybody comes twice and buys again; what is answered in between is all taken back."""
    for number, (name, born, street) in enumerate(TWICE):
        desk.stranger(name, phone=f"091234567{number}", birthday=born, address=street)
        desk.stranger(name.upper(), email=f"k{number}@example.vn", birthday=born, address=street)
    desk.line.take_in()
    if answers:
        desk.run()
        assert Suggestion.objects.count() == len(TWICE)
        _answer(desk, chance)
        _check(desk)
    desk.clock.now = START + timedelta(days=1)
    desk.stranger("Hoa", phone="0912345670", email="hoa.moi@example.vn")
    desk.line.take_in()
    if answers:
        desk.rest(2)
        _check(desk)
        rerun(desk.line.ingester, now=desk.clock(), label=f"again{desk.clock():%H%M%S}")
        desk.run()
        _check(desk)
        _take_all_back(desk, chance)
    return state(desk.line)


def _answer(desk: Desk, chance: random.Random) -> None:
    answered: list[int] = []
    for _ in range(8):
        asked = next_suggestion(desk.clock())
        if asked and chance.random() < 0.7:
            said = chance.choice(("join", "apart", "join", "skip"))
            answer(asked.id, said, desk.ruling)  # type: ignore[arg-type]  # one of the three
            answered += [asked.id] if said != "skip" else []
        elif answered:
            take_back(answered.pop(chance.randrange(len(answered))), desk.ruling)
        if chance.random() < 0.5:
            desk.rest()
    desk.rest(2)


def _check(desk: Desk) -> None:
    """Whoever is said to be one is one, whoever is said to be two is two, and nobody asks again."""
    for row in Suggestion.objects.exclude(state="open"):
        view = find_suggestion(row.pk, desk.clock())
        assert view is not None
        assert (view.people[0] == view.people[1]) == (row.state == "joined"), row.state
    asked = next_suggestion(desk.clock())
    assert asked is None or asked.state == "open"


def _take_all_back(desk: Desk, chance: random.Random) -> None:
    undone = Decision.objects.filter(kind="undo").values("of")
    acts = {row.act for row in Decision.objects.exclude(kind="undo").exclude(act__in=undone)}
    for act in chance.sample(sorted(a for a in acts if a), len(acts)):
        decide(partial(undo, act), desk.ruling, action="people.undo")
        desk.rest(chance.randrange(2))
    desk.rest(2)
