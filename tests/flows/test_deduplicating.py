"""One message of a source counts once, whatever happens on the way; every copy is told."""

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from khachquen.flows.batch import Ingester
from khachquen.store.lake import compact, expire_seen, find_work
from tests.clock import FrozenClock
from tests.flows.line import LIMITS, TILL, WEBSITE, Line, order, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


def restart(line: Line) -> None:
    """Another process goes on: nothing is left in memory."""
    line.ingester = Ingester(line.data, LIMITS)
    line.ingester.recover()


def tidy(line: Line) -> None:
    """What the engine does between batches: joins files and lets old runs go."""
    lake = line.data / "lake"
    for dataset in ("events", "refusals", "seen"):
        if group := find_work(dataset, files=2):
            compact(lake, dataset, group, label=f"{dataset}-{line.clock():%d%H%M}", at=line.clock())
    expire_seen(at=line.clock(), days=30)


def test_the_same_batch_five_times_re_ordered_over_29_days_counts_once(line: Line) -> None:
    """A client that never hears the answer, across restarts and joined files."""
    batch = [page("a-hoa", messageId=f"m-{n:02}", name=f"Trang {n}") for n in range(40)]
    shuffled = random.Random(7)
    for day in (0, 0, 6, 20, 29):
        line.clock.now = FrozenClock().now + timedelta(days=day)
        shuffled.shuffle(batch)
        line.website(*batch)
        line.take_in()
        restart(line)
        tidy(line)

    ids = [row[0] for row in line.ask("SELECT message_id FROM events ORDER BY 1")]
    assert ids == [f"m-{n:02}" for n in range(40)]
    assert line.counts() == {"stored": 40, "duplicate": 160}
    told = line.ask("SELECT outcome, reason, payload, count(*) FROM refusals GROUP BY ALL")
    assert told == [("duplicate", "", "", 160)]
    unlinked = line.ask(
        "SELECT count(*) FROM refusals r LEFT JOIN events e"
        " ON e.event_id = r.duplicate_of AND e.message_id = r.message_id WHERE e.event_id IS NULL"
    )
    assert unlinked == [(0,)], "every copy says which event came first"


def test_another_sources_message_under_the_same_id_is_its_own(line: Line) -> None:
    line.website(page("a-hoa", messageId="m-1"))
    line.till(order("HD-1", 250_000, messageId="m-1", userId="17850"))
    line.take_in()
    rows = line.ask("SELECT source_id, message_id FROM events ORDER BY 1")
    assert rows == [(WEBSITE, "m-1"), (TILL, "m-1")]
    assert line.counts() == {"stored": 2}


@pytest.mark.parametrize("apart", [False, True])
def test_the_same_id_with_another_payload_keeps_the_first_and_says_so(
    line: Line, apart: bool
) -> None:
    """The till's clerk reused a number: 250,000 stays, 990,000 can be looked at."""
    line.till(order("HD-1", 250_000, messageId="m-1", userId="17850"))
    if apart:
        line.take_in()
        restart(line)
    line.till(order("HD-1", 990_000, messageId="m-1", userId="17850"))
    line.take_in()

    assert line.ask("SELECT event_id, total_minor FROM events") == [(1, 250_000)]
    ((outcome, reason, first, payload),) = line.ask(
        "SELECT outcome, reason, duplicate_of, payload FROM refusals"
    )
    assert (outcome, reason, first) == ("duplicate", "different_payload", 1)
    assert json.loads(payload)["properties"]["total"] == 990_000
    assert line.counts() == {"stored": 1, "duplicate": 1}


TRIED_AGAIN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "a new sentAt in the message, as RudderStack and Jitsu have it",
        {"sentAt": "2026-11-20T01:00:00Z"},
        {"sentAt": "2026-11-20T01:59:30Z"},
    ),
    (
        "a count of tries beside the message, as analytics-next has it",
        {"_metadata": {"bundled": ["Segment.io"]}},
        {"_metadata": {"bundled": ["Segment.io"], "retryCount": 2}},
    ),
    ("a time where there was none", {}, {"timestamp": "2026-11-20T01:59:30Z"}),
    ("keys in another order", {"traits": {"a": 1, "b": 2}}, {"traits": {"b": 2, "a": 1}}),
    ("null for an id that was left out", {}, {"userId": None}),
]


@pytest.mark.parametrize(("why", "first", "second"), TRIED_AGAIN, ids=[t[0] for t in TRIED_AGAIN])
def test_a_retry_is_no_other_payload(
    line: Line, why: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    line.website(page("a-hoa", messageId="m-1", **first))
    line.take_in()
    line.clock.advance(seconds=90)
    line.website(page("a-hoa", messageId="m-1", **second))
    line.take_in()
    assert line.ask("SELECT outcome, reason, payload FROM refusals") == [("duplicate", "", "")], why


@pytest.mark.parametrize(
    "second",
    [
        {"properties": {"url": "https://nhamay.vn/khac"}},
        {"anonymousId": "a-nam"},
        {"userId": "17850"},
        {"type": "screen"},
        {"name": "Trang khác"},
        {"traits": {"name": "Hoa"}},
        {"context": {"campaign": {"source": "zalo"}}},
    ],
)
def test_anything_else_it_says_is(line: Line, second: dict[str, Any]) -> None:
    first = page("a-hoa", messageId="m-1")
    line.website(first, {**first, **second})
    line.take_in()
    assert line.ask("SELECT outcome, reason FROM refusals") == [("duplicate", "different_payload")]


def test_numbers_no_database_can_hold_do_not_stop_the_comparison(line: Line) -> None:
    huge = b'{"type":"page","messageId":"m-1","anonymousId":"a","properties":{"n":%d}}' % 10**30
    line.website(huge, huge)
    line.take_in()
    assert line.counts() == {"stored": 1, "duplicate": 1}
