"""The load of single events sends what it says it sends, and counts what became of it."""

from pathlib import Path

from khachquen.bench.singles import send_singles
from tests.receive.conftest import PUBLIC, open_door


def test_each_request_is_sent_once_and_counted_once(data: Path) -> None:
    with open_door(data) as door:
        sent = send_singles(door.port, PUBLIC, rate=1000, seconds=0.3)
        kept = [message["messageId"] for message in door.kept_messages()]

    assert (sent.kept, sent.refused, len(sent.ack_ms)) == (300, 0, 300)
    assert len(set(kept)) == len(kept) == 300
    assert min(sent.ack_ms) > 0


def test_what_is_not_acknowledged_is_not_counted_as_kept(data: Path) -> None:
    with open_door(data, public_events_per_second=1, burst_seconds=100) as door:
        sent = send_singles(door.port, PUBLIC, rate=1000, seconds=0.3)
        assert (sent.kept, len(door.kept())) == (len(door.kept()), sent.kept)

    assert 100 <= sent.kept < 120
    assert sent.refused == 300 - sent.kept
