"""Judging in a second process: the same events as here, and never at the wrong place."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from khachquen.flows import reading_ahead
from khachquen.flows.judging import Part, Reading, judge_log
from khachquen.store.eventlog import Position
from tests.flows.line import Line
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


@pytest.fixture
def reading(line: Line) -> Reading:
    line.ingester.batch_bytes = 1000
    return line.ingester.reading(line.clock())


@pytest.fixture
def ahead() -> Iterator[reading_ahead.ReadingAhead]:
    ahead = reading_ahead.ReadingAhead()
    yield ahead
    ahead.close()


def tell(line: Line) -> None:
    line.website(
        {"type": "page", "messageId": "m-1", "anonymousId": "a-hoa", "context": {"page": {"a": 1}}},
        {"type": "identify", "messageId": "m-2", "userId": "KH-1", "traits": {"name": "Trần Hoà"}},
        {"type": "track", "messageId": "nameless", "userId": "KH-1"},
    )
    line.till(
        {
            "type": "track",
            "event": "Order Completed",
            "messageId": "o-1",
            "userId": "KH-1",
            "timestamp": "2026-11-01T00:00:00.000Z",
            "properties": {
                "order_id": "DH-1",
                "total": 150000,
                "currency": "VND",
                "products": [{"product_id": "ao", "price": 75000, "quantity": 2, "x": 1e300}],
            },
        }
    )


def test_a_part_made_ahead_is_the_part_made_here(
    line: Line, reading: Reading, ahead: reading_ahead.ReadingAhead
) -> None:
    tell(line)
    here = judge_log(reading, {})

    ahead.begin(reading, {})
    there = ahead.take(reading, {})

    assert _told(there) == _told(here)
    assert [event.message_id for event in there.events] == ["m-1", "m-2", "o-1"]
    assert there.events[2].order == here.events[2].order
    assert [refusal.message_id for refusal in there.refusals] == ["nameless"]


def test_a_part_of_another_place_is_thrown_away(
    line: Line, reading: Reading, ahead: reading_ahead.ReadingAhead
) -> None:
    tell(line)
    first = judge_log(reading, {}).records[0]
    after = {first.stream: first.after}

    ahead.begin(reading, {"web": Position(1, 10**6)})
    part = ahead.take(reading, after)

    assert [event.message_id for event in part.events] == ["o-1"]
    assert _told(part) == _told(judge_log(reading, after))


def test_when_the_second_process_dies_the_part_is_read_here(
    line: Line, reading: Reading, ahead: reading_ahead.ReadingAhead
) -> None:
    tell(line)
    ahead.begin(reading, {})
    process = ahead._beside._process
    assert process is not None
    process.send_signal(signal.SIGKILL)
    wait_for(lambda: process.poll() is not None)

    assert _told(ahead.take(reading, {})) == _told(judge_log(reading, {}))
    ahead.begin(reading, {})
    assert _told(ahead.take(reading, {})) == _told(judge_log(reading, {}))


def test_a_busy_line_reads_ahead_and_a_quiet_one_needs_no_second_process(line: Line) -> None:
    line.ingester.batch_bytes = 200
    for n in range(6):
        line.website({"type": "page", "messageId": f"m-{n}", "anonymousId": "a-hoa"})

    line.ingester.reads_ahead = True
    rounds = []
    while (done := line.take_in()).records:
        rounds.append((done.by_outcome["stored"], line.ingester.ahead._beside._process is not None))

    assert sum(stored for stored, _ in rounds) == 6
    assert len(rounds) > 1
    assert rounds[0][1]
    assert line.ingester.ahead._beside._process is None
    assert line.counts() == {"stored": 6}


def test_without_a_core_to_spare_nothing_is_read_ahead(line: Line) -> None:
    line.ingester.batch_bytes, line.ingester.reads_ahead = 200, False
    for n in range(3):
        line.website({"type": "page", "messageId": f"m-{n}", "anonymousId": "a-hoa"})

    while line.take_in().records:
        assert line.ingester.ahead._beside._process is None

    assert line.counts() == {"stored": 3}


def _told(part: Part) -> tuple[object, ...]:
    return (
        part.records,
        part.events,
        part.refusals,
        part.asked,
        part.prepared,
        part.sealable,
    )
