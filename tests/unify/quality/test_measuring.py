"""A measurement of a shop with faults: exact counts, rows behind them, cancelled, gone on with."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from khachquen.base import to_micros
from khachquen.govern import list_audit
from khachquen.store import add_counts, ask
from khachquen.store.lake import add_segments
from khachquen.unify import quality
from khachquen.unify.quality import measuring, steps
from khachquen.unify.quality.found import events_found, list_found, orders_by_id, people_by_id
from khachquen.unify.quality.models import Finding, Tally
from khachquen.unify.quality.scoring import Counted
from tests.rows import event_row, write_events
from tests.unify.quality.shop import NOW, TILL, WEB, open_shop, person

if TYPE_CHECKING:
    from khachquen.unify.quality import Snapshot

pytestmark = pytest.mark.django_db
EVERYTHING = 0


def measure() -> "Snapshot":
    quality.request_measurement(actor="", at=NOW)
    for _ in range(50):
        if quality.find_progress() is None:
            break
        measuring.advance(NOW)
    found = quality.latest()
    assert found is not None
    return found


def checks_of(found: "Snapshot", source: int) -> dict[str, Counted]:
    """Without what the collection plan counts."""
    return {rule: n for rule, n in found.of(source).items() if not rule.startswith("given.")}


def test_every_figure_is_what_can_be_counted_by_hand() -> None:
    open_shop()

    found = measure()

    everything = found.of()
    assert not any(key.startswith("given.") for key in everything)
    assert {key: (n.checked, n.failed) for key, n in everything.items()} == {
        "contact_missing": (4, 1),  # Lan
        "name_missing": (4, 1),  # 4
        "order_without_customer": (3, 1),
        "name_junk": (3, 0),
        "name_old_keys": (3, 0),
        "phone_invalid": (3, 1),  # Lan
        "phone_ambiguous": (3, 0),
        "email_invalid": (2, 0),
        "email_typo": (2, 1),  # Nam
        "birthday_impossible": (1, 1),  # Lan
        "phone_of_another": (3, 1),  # Nam
        "email_of_another": (2, 0),
        "not_seen": (4, 1),  # Lan
        "gender_contradicted": (1, 0),
        "refund_above_total": (3, 1),
    }
    # complete: (3 x 3/4 + 2 x 3/4 + 2 x 2/3) / 7; unique: (2 x 2/3 + 2 x 1) / 4;
    # valid: (1 + 1 + 2 x 2/3 + 1 + 2 x 1 + 1/2 + 0) / 9
    assert {one.axis: one.per_mille for one in found.scores()} == {
        "complete": 726,
        "valid": 759,
        "unique": 833,
        "fresh": 750,
        "consistent": 833,
    }


def test_a_source_answers_for_what_it_told() -> None:
    open_shop()

    found = measure()

    assert checks_of(found, WEB) == {
        "contact_missing": Counted(1, 0),
        "name_missing": Counted(1, 0),
        "name_junk": Counted(1, 0),
        "name_old_keys": Counted(1, 0),
        "email_invalid": Counted(1, 0),
        "email_typo": Counted(1, 0),
        "email_of_another": Counted(1, 0),
        "not_seen": Counted(1, 0),
    }
    assert [one.per_mille for one in found.scores(WEB)] == [1000, 1000, 1000, 1000, None]
    assert [one.per_mille for one in found.scores(99)] == [None] * 5


def test_each_figure_opens_to_its_rows() -> None:
    open_shop()

    found = measure()

    for rule, counted in found.of().items():
        assert len(list_found(found, rule, EVERYTHING)) == counted.failed, rule
    assert list_found(found, "phone_of_another", TILL) == [2]
    assert list_found(found, "phone_of_another", WEB) == []
    [nam] = people_by_id([2])
    assert (nam.name, [word.text for word in nam.said("phone")]) == ("Trần Văn Nam", ["0912345678"])
    numbers = [one.number for one in orders_by_id(list_found(found, "refund_above_total", TILL))]
    assert numbers == ["A-3"]


def test_rows_come_page_by_page() -> None:
    for key in range(1, 8):
        person(key, phone="+84912345678")

    found = measure()

    assert list_found(found, "name_missing", EVERYTHING, limit=3) == [1, 2, 3]
    assert list_found(found, "name_missing", EVERYTHING, after=3, limit=3) == [4, 5, 6]
    assert list_found(found, "name_missing", EVERYTHING, after=6, limit=3) == [7]


def test_in_small_parts_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop()
    whole = measure()
    monkeypatch.setattr(steps, "PEOPLE_AT_ONCE", 1)
    monkeypatch.setattr(steps, "ORDERS_AT_ONCE", 1)

    parts = measure()

    assert parts.id != whole.id
    assert parts.counted == whole.counted
    assert list_found(parts, "contact_missing", EVERYTHING) == [3]


def test_messages_and_events_are_counted_over_thirty_days() -> None:
    hour = NOW - timedelta(hours=2)
    add_counts(hour, {(WEB, "stored", ""): 6, (WEB, "quarantined", "bad_time"): 2})
    add_counts(hour, {(WEB, "duplicate", ""): 9, (WEB, "dropped", "robot"): 9})
    add_counts(NOW - timedelta(days=31), {(WEB, "quarantined", "bad_time"): 70})
    late = {"received_at": to_micros(hour), "source_id": WEB}
    events = [
        event_row(1, hour, source_id=WEB, clamped=True),
        event_row(2, hour, source_id=WEB, clamped=False),
        event_row(3, hour - timedelta(days=2), **late),
        event_row(4, hour - timedelta(days=2), **{**late, "source_id": TILL}, trusted=True),
        event_row(5, hour - timedelta(days=40), source_id=WEB, clamped=True),
    ]
    lake = settings.CONFIG.data / "lake"
    add_segments(write_events(lake, events, label="quality"), at=NOW)

    found = measure()

    assert checks_of(found, WEB) == {
        "quarantined": Counted(8, 2),
        "clamped": Counted(3, 1),
        "late": Counted(3, 1),
    }
    assert found.of()["clamped"] == Counted(4, 1)
    assert found.of(TILL)["late"] == Counted(0, 0)
    for rule, event_id in (("clamped", 1), ("late", 3)):
        question = events_found(rule, WEB, found.at, before=0, limit=10)
        assert [row["event_id"] for row in ask(question).dicts()] == [event_id]
        assert not ask(events_found(rule, TILL, found.at, before=0, limit=10)).dicts()


def test_an_empty_shop_has_nothing_to_measure() -> None:
    assert not quality.tend(NOW, is_idle=True), "nobody is known, so nothing is due"
    assert quality.latest() is None

    found = measure()

    assert [one.per_mille for one in found.scores()] == [None] * 5


def test_it_begins_by_itself_when_the_shop_is_quiet_and_again_a_day_later() -> None:
    open_shop()

    assert not quality.tend(NOW, is_idle=False), "something is coming in"
    assert quality.tend(NOW, is_idle=True)
    while quality.tend(NOW, is_idle=True):  # with the first cleaning after it
        pass

    assert len(quality.list_history()) == 1
    assert not quality.tend(NOW + timedelta(hours=23), is_idle=True)
    assert not quality.tend(NOW + timedelta(hours=24, minutes=30), is_idle=False)
    assert quality.tend(NOW + timedelta(hours=25, minutes=1), is_idle=False), "overdue by an hour"


def test_asking_twice_is_asking_once() -> None:
    first = quality.request_measurement(actor="hoa@example.vn", at=NOW)

    assert quality.request_measurement(actor="nam@example.vn", at=NOW) == first
    assert [(one.actor, one.action) for one in list_audit()] == [
        ("hoa@example.vn", "quality.measure")
    ]


def test_a_cancelled_one_leaves_the_last_whole_one_standing() -> None:
    open_shop()
    whole = measure()
    quality.request_measurement(actor="hoa@example.vn", at=NOW)
    measuring.advance(NOW)

    assert quality.cancel_measurement(actor="hoa@example.vn", at=NOW)

    assert quality.find_progress() is None
    assert not quality.cancel_measurement(actor="hoa@example.vn", at=NOW)
    assert quality.latest() == whole
    while quality.tend(NOW, is_idle=False):
        pass
    assert set(Finding.objects.values_list("measurement_id", flat=True)) == {whole.id}


def test_one_cancelled_while_a_part_is_looked_at_stays_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_shop()
    quality.request_measurement(actor="", at=NOW)
    look = steps.STEPS["people"]

    def look_while_nam_cancels(cursor: int, at: datetime) -> steps.Part:
        quality.cancel_measurement(actor="nam@example.vn", at=NOW)
        return look(cursor, at)

    monkeypatch.setitem(steps.STEPS, "people", look_while_nam_cancels)
    measuring.advance(NOW)

    assert quality.find_progress() is None
    assert not Finding.objects.exists()


def test_the_rows_of_an_older_one_go_and_its_figures_stay() -> None:
    open_shop()
    first, second = measure(), measure()
    while quality.tend(NOW, is_idle=False):
        pass

    assert set(Finding.objects.values_list("measurement_id", flat=True)) == {second.id}
    assert Tally.objects.filter(measurement_id=first.id).exists()
    assert [one.id for one in quality.list_history()] == [second.id, first.id]


def test_progress_says_how_many_of_how_many() -> None:
    open_shop()
    quality.request_measurement(actor="", at=NOW)

    waiting = quality.find_progress()
    measuring.advance(NOW)
    running = quality.find_progress()

    assert waiting is not None
    assert (waiting.is_running, waiting.done, waiting.total) == (False, 0, 0)
    assert running is not None
    assert (running.is_running, running.done, running.total) == (True, 4, 7)


def test_after_a_mistake_of_ours_the_next_is_tried_when_it_is_due() -> None:
    open_shop()
    quality.tend(NOW, is_idle=True)

    quality.stop_all(NOW)

    assert quality.find_progress() is None
    assert not quality.tend(NOW + timedelta(hours=1), is_idle=True)
    assert quality.tend(NOW + timedelta(days=1), is_idle=True)
