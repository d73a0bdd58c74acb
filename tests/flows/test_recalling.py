"""What somebody did is found whole, whoever their identifiers belonged to when it was told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from khachquen.flows.recalling import recall
from khachquen.store import forget_reader
from khachquen.store.lake import MoveRow
from khachquen.understand.timelines import Place
from khachquen.unify.profiles import get_profile
from tests.clock import FrozenClock
from tests.flows.line import Line, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(data: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=data))
    forget_reader()
    yield Line(data, clock)
    forget_reader()


def browse(line: Line, device: str, *titles: str) -> None:
    """Pages a minute apart, taken in one by one."""
    for title in titles:
        line.clock.advance(minutes=1)
        line.website(page(device, messageId=f"{device}-{title}", properties={"title": title}))
        line.take_in()


def same_person(line: Line, later: str, earlier: str) -> None:
    line.clock.advance(minutes=1)
    told = {"anonymousId": earlier, "previousId": later, "messageId": f"{later}-{earlier}"}
    line.website({"type": "alias", **told})
    line.take_in()


def titles_of(person: int, limit: int = 50) -> list[str]:
    rows = recall(get_profile(person), limit=limit).rows
    return [row["page_title"] for row in rows if row["type"] == "page"]


def test_a_chain_of_merges_keeps_everything_in_sight(line: Line) -> None:
    browse(line, "phone", "Giày")
    browse(line, "laptop", "Tất")
    browse(line, "tablet", "Mũ")
    same_person(line, "tablet", "laptop")
    browse(line, "tablet", "Khăn")
    same_person(line, "laptop", "phone")
    browse(line, "tablet", "Áo")

    assert titles_of(1) == ["Áo", "Khăn", "Mũ", "Tất", "Giày"]
    moved = line.ask("SELECT node_id, was, profile_id FROM moves ORDER BY seq, node_id")
    assert moved == [(3, 3, 2), (2, 2, 1), (3, 2, 1)]


def test_moves_that_do_not_say_whose_it_was_hide_nothing(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    browse(line, "phone", "Giày")
    browse(line, "laptop", "Tất")
    monkeypatch.setattr("khachquen.flows.moving.MoveRow", lambda *told: MoveRow(*told[:4]))
    same_person(line, "laptop", "phone")

    assert titles_of(1) == ["Tất", "Giày"]


def test_a_regular_of_years_is_asked_for_a_few_months_only(line: Line) -> None:
    for _ in range(6):
        line.clock.advance(days=90)
        browse(line, "phone", *(f"{line.clock():%m/%Y} {n}" for n in range(5)))

    page_of = recall(get_profile(1), limit=40, least=5)
    newest = [row["page_title"] for row in page_of.rows]
    assert page_of.has_more
    assert len(newest) == 10
    last = page_of.rows[-1]
    place = Place(last["at"].replace(tzinfo=line.clock().tzinfo), last["event_id"])
    older = recall(get_profile(1), limit=40, before=place)
    assert not older.has_more
    assert len({*newest, *(row["page_title"] for row in older.rows)}) == 30
