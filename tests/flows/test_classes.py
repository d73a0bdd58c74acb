"""Classes in a shop that goes on: changed, put back, scored daily, followed by live segments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import ConflictError, NotFoundError
from khachquen.flows.chores import do_chores
from khachquen.flows.classifying import change_classes, put_classes_back
from khachquen.govern import list_audit
from khachquen.store import forget_reader
from khachquen.store.jobs import Runner
from khachquen.understand.classes import (
    are_scores_due,
    current_classes,
    current_version,
    list_versions,
    newest_scores,
    save_classes,
    score,
)
from khachquen.understand.classes.data import as_data
from khachquen.understand.classes.moving import count_moves
from khachquen.understand.classes.people import classes_of
from khachquen.understand.query.classes import DEFAULT_CLASSES
from khachquen.understand.segments import get_segment
from khachquen.understand.segments.catalogue import shop_catalogue
from tests.clock import FrozenClock
from tests.flows.line import Line
from tests.flows.test_refreshing import Keeping, buy, person

pytestmark = pytest.mark.django_db

AT_RISK = {"kind": "trait", "trait": "stage", "is": "is", "value": "at_risk"}
ACTIVE = {"kind": "trait", "trait": "stage", "is": "is", "value": "active"}
SHOES = {"kind": "trait", "trait": "favourite_category", "is": "is", "value": "Giày"}


@pytest.fixture
def line(data: Path, clock: FrozenClock, settings: Any) -> Line:
    settings.CONFIG = replace(settings.CONFIG, data=data)
    forget_reader()
    return Line(data, clock)


@pytest.fixture
def keeping(line: Line) -> Keeping:
    return Keeping(line)


def change(clock: FrozenClock, **told: Any) -> None:
    data = as_data(current_classes()) | told
    change_classes(data, after=current_version().number, actor="linh@nhamay.vn", at=clock())


def test_a_stage_is_entered_by_an_order_and_left_by_time_at_the_moment(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    buy(line, "hoa", "W-1")
    at_risk = keeping.add("Sắp rời bỏ", AT_RISK)
    hoa = person("user:hoa")

    clock.advance(days=60, seconds=-1)
    keeping.keep()
    assert keeping.members(at_risk) == []
    clock.advance(seconds=1)
    keeping.keep()
    assert keeping.members(at_risk) == [hoa]

    buy(line, "hoa", "W-2", timestamp=clock().isoformat())
    keeping.keep()
    assert keeping.members(at_risk) == []
    assert keeping.changes(at_risk) == [(hoa, True, "time"), (hoa, False, "event")]


def test_another_definition_moves_people_at_once_and_can_be_put_classes_back(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    buy(line, "hoa", "W-1")
    at_risk = keeping.add("Sắp rời bỏ", AT_RISK)
    clock.advance(days=45)
    keeping.keep()
    would = count_moves(replace(DEFAULT_CLASSES, active_days=40), now=clock())

    change(clock, active_days=40)
    keeping.keep()

    hoa = person("user:hoa")
    assert would["stage"].moved == {("active", "at_risk"): 1}
    assert would["value_tier"].people == 0
    assert keeping.changes(at_risk) == [(hoa, True, "trait")]

    put_classes_back(0, actor="linh@nhamay.vn", at=clock())
    keeping.keep()

    assert keeping.members(at_risk) == []
    kept = [(one.number, one.classes.active_days, one.by) for one in list_versions()]
    assert kept == [(2, 60, "linh@nhamay.vn"), (1, 40, "linh@nhamay.vn"), (0, 60, "")]
    assert [entry.action for entry in list_audit()][:2] == ["classes.change"] * 2


def test_nothing_changed_is_no_version_and_a_stale_page_changes_nothing(
    line: Line, clock: FrozenClock
) -> None:
    change(clock)
    assert current_version().number == 0
    change(clock, new_days=20)

    with pytest.raises(ConflictError) as refused:
        save_classes(as_data(DEFAULT_CLASSES), after=0, actor="nam@nhamay.vn", at=clock())
    with pytest.raises(NotFoundError):
        put_classes_back(7, actor="nam@nhamay.vn", at=clock())

    assert refused.value.code == "classes.changed_meanwhile"
    assert (current_version().number, current_classes().new_days) == (1, 20)


def test_people_are_scored_once_a_day_and_a_segment_by_rfm_follows(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    assert are_scores_due(clock())
    assert score(clock()).cuts is None
    assert "rfm" not in shop_catalogue().people
    for number, user in enumerate(("hoa", "nam", "lan", "mai", "an"), 1):
        for turn in range(number):
            buy(line, user, f"{user}-{turn}", 1000 * number)
    keeping.keep()
    clock.advance(minutes=10)

    do_chores(clock, Runner({}, str, lambda _: False), is_idle=True)

    scores = newest_scores()
    assert scores is not None
    assert (scores.at, scores.people) == (clock(), 5)
    assert not are_scores_due(clock())
    best = keeping.add("Điểm cao", {"kind": "trait", "trait": "rfm_money", "is": "is", "value": 5})
    assert keeping.members(best) == [person("user:an")]
    assert "rfm" in shop_catalogue().people

    assert not are_scores_due(datetime(2026, 11, 20, 16, 59, tzinfo=UTC))
    assert are_scores_due(datetime(2026, 11, 20, 17, 0, tzinfo=UTC)), "midnight in Hanoi"


def test_who_is_looked_up_has_classes_and_from_three_orders_on_habits(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    shoes = keeping.add("Hay mua giày", SHOES)
    for turn in range(3):
        at = clock.advance(days=7)
        products = [{"sku": "g", "category": "Giày", "quantity": 1}]
        told = {"order_id": f"H-{turn}", "total": 2_000_000, "products": products}
        buy(line, "hoa", f"H-{turn}", timestamp=at.isoformat(), properties=told)
        keeping.keep()
        assert get_segment(shoes).size == int(turn == 2)
    buy(line, "nam", "N-1", timestamp=clock().isoformat())
    keeping.keep()
    hoa, nam = person("user:hoa"), person("user:nam")

    found = classes_of([hoa, nam], now=clock())

    assert found == classes_of(None, now=clock())
    assert found[hoa]["stage"] == found[nam]["stage"] == "new"
    assert (found[hoa]["value_tier"], found[hoa]["favourite_category"]) == ("gold", "Giày")
    assert found[hoa]["order_rhythm"] == 7
    assert found[hoa]["next_order_on"] == (clock() + timedelta(days=7)).date()
    assert "order_rhythm" not in found[nam]
    assert classes_of([], now=clock()) == {}


def test_a_class_a_segment_asks_for_cannot_go(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    keeping.add("Thẻ vàng", {"kind": "trait", "trait": "value_tier", "is": "in", "value": ["gold"]})
    left = [one for one in as_data(current_classes())["tiers"] if one["key"] != "gold"]

    with pytest.raises(ConflictError) as refused:
        change(clock, tiers=left)

    assert refused.value.message.vi == "Phân khúc “Thẻ vàng” đang hỏi nhóm “vàng”."
    assert current_version().number == 0
