"""Exactly once across kill -9 while refused messages are taken in again, whoever is killed."""

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from khachquen.flows import ingest
from khachquen.flows import redrive as redriving
from khachquen.flows.taking_in import take_in
from khachquen.store import forget_reader
from khachquen.store.redrives import Redrive
from tests.clock import FrozenClock
from tests.flows.line import TILL, WEBSITE, order, page
from tests.flows.quarantine import Shop, counts_by_reason, rows_by_reason, tallies
from tests.flows.test_kill import POINTS, die, in_a_process

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
ENDS = {
    (WEBSITE, "stored", ""): 3,
    (WEBSITE, "duplicate", ""): 1,
    (WEBSITE, "quarantined", "unknown_type"): 1,
    (TILL, "stored", ""): 1,
}


@pytest.fixture
def shop(data: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=data))
    forget_reader()
    yield Shop(data, clock)
    forget_reader()


def tell(shop: Shop) -> None:
    """A page call written wrong thrice (twice under one id), one nobody can mend, and an order."""
    shop.website(
        page("a-lan", messageId="m-1", type="pge"),
        page("a-lan", messageId="m-1", type="pge"),
        page("a-lan", messageId="m-2", type="pge"),
        page("a-lan", messageId="m-3"),
        page("a-lan", messageId="m-9", type="pge"),
    )
    shop.till(order("HD-1", 0, messageId="m-4", userId="17850") | {"event": ""})

    def first() -> None:
        shop.take_all_in()

    assert in_a_process(first) == 0


def ask_for_all(shop: Shop) -> str:
    wanted = shop.quarantine()
    right = {
        one.place: one.payload.replace("pge", "page").encode()
        for one in wanted
        if one.message_id in ("m-1", "m-2")
    }
    right |= {
        one.place: json.dumps(order("HD-1", 90_000, messageId="m-4", userId="17850")).encode()
        for one in wanted
        if one.message_id == "m-4"
    }
    handed = redriving.redrive(
        shop.config, wanted, corrected=right, actor="mai@nhamay.vn", clock=shop.clock
    )
    return handed.stream


def go_on(shop: Shop) -> None:
    def work() -> None:
        shop.ingester.recover()
        shop.take_all_in()

    assert in_a_process(work) == 0


def check(shop: Shop) -> None:
    assert counts_by_reason(shop) == ENDS == rows_by_reason()
    assert shop.ask("SELECT message_id FROM events ORDER BY 1") == [
        ("m-1",),
        ("m-2",),
        ("m-3",),
        ("m-4",),
    ]
    assert shop.ask("SELECT count(*), count(DISTINCT place) FROM redrives") == [(4, 4)]
    assert shop.loose_files() == []


@pytest.mark.parametrize("point", POINTS)
def test_the_engine_killed_after_a_step(shop: Shop, point: str) -> None:
    tell(shop)
    stream = ask_for_all(shop)
    again = ask_for_all(shop)  # somebody else, at the same moment

    def work() -> None:
        take_in(
            shop.ingester,
            now=shop.clock(),
            label="killed",
            after_step=lambda name: die() if name == point else None,
        )

    assert in_a_process(work) == -signal.SIGKILL
    go_on(shop)
    check(shop)
    done = {"asked": 5, "stored": 3, "duplicate": 1, "quarantined": 1}
    repeated = {"asked": 5, "quarantined": 1, "repeated": 4}
    assert sorted(map(len, (tallies(stream), tallies(again)))) == [3, 4]
    assert {**tallies(stream), **tallies(again)} == {**done, **repeated}
    late = ask_for_all(shop)
    go_on(shop)
    check(shop)
    assert tallies(late) == {"asked": 1, "quarantined": 1}


@pytest.mark.parametrize("moment", ["before it is noted", "before it is written", "written"])
def test_the_page_killed_while_handing_over(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """What was not handed over can be asked for again, and what was is not taken in twice."""
    tell(shop)

    def work() -> None:
        if moment == "before it is noted":
            monkeypatch.setattr(redriving, "open_redrive", lambda *a, **k: die())
        elif moment == "before it is written":
            monkeypatch.setattr(redriving.LogWriter, "append", lambda *a: die())
        else:
            monkeypatch.setattr(redriving.LogWriter, "close", lambda *a: die())
        ask_for_all(shop)

    assert in_a_process(work) == -signal.SIGKILL
    assert Redrive.objects.count() == (0 if moment == "before it is noted" else 1)
    go_on(shop)
    assert (len(shop.quarantine()) == 1) is (moment == "written")
    ask_for_all(shop)
    go_on(shop)
    check(shop)


def test_killed_again_and_again(shop: Shop) -> None:
    """Every point in turn, somebody asking anew each time."""
    tell(shop)
    for number, point in enumerate(POINTS):
        ask_for_all(shop)

        def work(number: int = number, point: str = point) -> None:
            shop.ingester.recover()
            take_in(
                shop.ingester,
                now=shop.clock(),
                label=f"killed{number}",
                after_step=lambda name: die() if name == point else None,
            )

        assert in_a_process(work) == -signal.SIGKILL
    go_on(shop)
    check(shop)
    assert "write_redrives" in POINTS
    assert "save_redrives" in POINTS
    assert ingest.STEPS.index(ingest.settle_redrives) < ingest.STEPS.index(ingest.deduplicate)
