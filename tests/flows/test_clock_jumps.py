"""A clock that jumps a day ahead and two days back: order, counts and memory stay as they are."""

from dataclasses import replace
from pathlib import Path

import pytest

from khachquen.base import Config, load_config
from khachquen.flows.engine import Engine
from khachquen.store import load_watermarks
from khachquen.store.eventlog import unread_bytes
from tests.clock import FrozenClock
from tests.flows.line import Line, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def config(data: Path) -> Config:
    config = load_config(data, env={})
    return replace(config, lake=replace(config.lake, compact_files=2, retire_s=1))


def test_each_message_is_there_once_in_the_order_it_came(
    config: Config, clock: FrozenClock
) -> None:
    line = Line(config.data, clock)
    engine = Engine(config, clock)
    for number, days in enumerate((0, 1, -2, 0, 1, 1, -1)):
        clock.advance(days=days, minutes=1)
        line.website(page("a-hoa", messageId=f"m-{number}"), page("a-hoa", messageId="m-0"))
        if number == 3:
            engine = Engine(config, clock)  # another process, while the clock is wrong
        assert engine.round().records == 1
        assert unread_bytes(config.data / "log", load_watermarks()) == 0

    told = line.ask("SELECT message_id, event_id FROM events ORDER BY event_id")
    assert told == [(f"m-{number}", number + 1) for number in range(7)]
    assert line.counts() == {"stored": 7, "duplicate": 7}
