"""From a request to a person: each message meets one end, and is counted there."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from khachquen.collect.event import Accepted
from khachquen.flows import ingest
from khachquen.store.eventlog import read_at, unread_bytes
from khachquen.store.watermarks import load_watermarks
from khachquen.unify.models import Edge, Node, Order, Product, Profile, Trait
from tests.clock import FrozenClock
from tests.flows.line import TILL, WEBSITE, Line, order, page, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


def test_chi_hoa_browses_signs_up_and_buys_at_the_till(line: Line) -> None:
    line.website(page("a-hoa", messageId="m-1"), page("a-hoa", messageId="m-2"))
    line.take_in()
    assert people() == [("", 2, 0, 0)]
    assert not Profile.objects.get().is_known

    line.clock.advance(minutes=3)
    line.website(
        {
            "type": "identify",
            "messageId": "m-3",
            "anonymousId": "a-hoa",
            "userId": "17850",
            "traits": {"name": "NGUYEN THI HOA", "email": "Hoa@Example.vn"},
        }
    )
    line.take_in()
    line.clock.advance(days=1)
    line.till(
        order("HD-1", 250_000, messageId="m-4", context={"traits": {"phone": "0912 345 678"}}),
        order(
            "HD-2",
            100_000,
            messageId="m-5",
            context={
                "traits": {
                    "name": "Nguyễn Thị Hoa",
                    "phone": "+84 912 345 678",
                    "email": "hoa@example.vn",
                }
            },
        ),
    )
    line.take_in()

    [hoa] = Profile.objects.filter(merged_into=None)
    assert (hoa.name, hoa.email, hoa.phone) == ("Nguyễn Thị Hoa", "hoa@example.vn", "+84912345678")
    assert (hoa.is_known, hoa.events, hoa.orders, hoa.spent_minor) == (True, 5, 2, 350_000)
    assert hoa.first_seen == line.clock.now - timedelta(days=1, minutes=3)
    assert hoa.last_seen == hoa.last_order_at == line.clock.now
    assert "nguyen thi hoa" in hoa.search
    assert "0912345678" in hoa.search
    assert {node.key for node in Node.objects.filter(profile_id=hoa.id)} == {
        "anonymous:a-hoa",
        "user:17850",
        "email:hoa@example.vn",
        "phone:+84912345678",
    }
    assert Node.objects.count() == 4
    assert sum(Node.objects.values_list("events", flat=True)) == 5
    assert line.counts() == {"stored": 5}
    # Every event stays with its own identifier; the map says whose that is.
    owner = dict(Node.objects.values_list("id", "key"))
    rows = line.ask("SELECT message_id, node_id FROM events ORDER BY event_id")
    assert [(message, owner[node]) for message, node in rows] == [
        ("m-1", "anonymous:a-hoa"),
        ("m-2", "anonymous:a-hoa"),
        ("m-3", "user:17850"),
        ("m-4", "phone:+84912345678"),
        ("m-5", "email:hoa@example.vn"),
    ]


def test_every_message_meets_one_end(line: Line) -> None:
    line.website(
        page("a-hoa", messageId="m-1"),
        page("a-hoa", messageId="m-1"),
        page("a-hoa", messageId="m-2"),
        {"type": "page"},
        b'{"type":"page","anonymousId":"\\ud800"}',
        b"nonsense",
    )
    line.website(page("a-hoa", messageId="m-2"), page("a-nam", messageId="m-3"))
    line.take_in()
    line.website(page("a-hoa", messageId="m-1"))  # a client that was not sure
    line.till(page("a-hoa", messageId="m-1"))  # another source: another message
    line.take_in()

    assert line.counts() == {"stored": 4, "duplicate": 3, "quarantined": 3}
    assert line.ask("SELECT message_id, source_id FROM events ORDER BY event_id") == [
        ("m-1", WEBSITE),
        ("m-2", WEBSITE),
        ("m-3", WEBSITE),
        ("m-1", TILL),
    ]
    assert line.ask("SELECT event_id FROM events ORDER BY 1") == [(1,), (2,), (3,), (4,)]
    refused = line.ask("SELECT outcome, reason, count(*) FROM refusals GROUP BY ALL ORDER BY ALL")
    assert refused == [
        ("duplicate", "", 3),
        ("quarantined", "bad_text", 1),
        ("quarantined", "no_identity", 1),
        ("quarantined", "not_json", 1),
    ]
    assert sum(events for _, events, _, _ in people()) == 4


def test_the_same_batch_five_times_is_stored_once(line: Line) -> None:
    for day in range(5):
        line.clock.advance(days=7 if day else 0)
        line.website(*(page("a-hoa", messageId=f"m-{n}") for n in range(20)))
        line.take_in()

    assert line.counts() == {"stored": 20, "duplicate": 80}
    assert people() == [("", 20, 0, 0)]


def test_a_message_without_an_id_counts_each_time_it_is_sent(line: Line) -> None:
    line.website(page("a-hoa"), page("a-hoa"))
    line.website(page("a-hoa"))
    line.take_in()

    assert line.counts() == {"stored": 3}


def test_nothing_new_is_nothing_to_do(line: Line) -> None:
    assert line.take_in().records == 0
    line.website(page("a-hoa"))
    assert line.take_in().by_outcome == {"stored": 1}
    assert line.take_in().records == 0
    assert unread_bytes(line.data / "log", load_watermarks()) == 0


def test_an_event_leads_back_to_the_request_it_came_in(line: Line) -> None:
    line.website(page("a-nam"), page("a-hoa", messageId="m-2"))
    line.take_in()

    [(place,)] = line.ask("SELECT place FROM events WHERE message_id = 'm-2'")
    found = read_at(line.data / "log", place)
    assert found is not None
    payload, index = found
    request = msgspec.msgpack.decode(payload, type=Accepted)
    assert (request.protocol, request.ip, index) == ("segment", "203.0.113.9", 1)
    assert json.loads(request.items[index]) == page("a-hoa", messageId="m-2")


def test_a_guest_buys_and_nobody_is_made_up(line: Line) -> None:
    line.till(order("HD-1", 50_000, userId="khách lẻ"), order("HD-2", 60_000))
    line.take_in()

    assert people() == []
    assert line.ask("SELECT number, node_id, total_minor FROM orders ORDER BY 1") == [
        ("HD-1", None, 50_000),
        ("HD-2", None, 60_000),
    ]
    assert Order.objects.filter(node_id=None).count() == 2


def test_a_public_key_cannot_make_revenue(line: Line) -> None:
    line.website(order("HD-1", 10**12, userId="17850"))
    line.website(
        {
            "type": "track",
            "event": "Product Updated",
            "userId": "17850",
            "properties": {"product_id": "ao", "price": 1},
        }
    )
    line.take_in()

    assert people() == [("", 2, 0, 0)]
    assert Order.objects.count() == 0
    assert Product.objects.count() == 0
    assert line.ask("SELECT count(*) FROM orders") == [(0,)]


def test_a_public_track_call_does_not_name_people(line: Line) -> None:
    line.website(
        {
            "type": "track",
            "event": "Searched",
            "anonymousId": "a-nam",
            "properties": {"email": "hoa@example.vn"},
            "context": {"traits": {"phone": "0912345678"}},
        }
    )
    line.take_in()

    assert [node.key for node in Node.objects.all()] == ["anonymous:a-nam"]
    assert Trait.objects.count() == 0


def test_a_companys_traits_are_not_the_persons(line: Line) -> None:
    line.till(
        {
            "type": "group",
            "userId": "17850",
            "groupId": "cty-1",
            "traits": {"name": "Công ty Gốm", "email": "info@gom.vn"},
        }
    )
    line.take_in()

    assert [node.key for node in Node.objects.all()] == ["user:17850"]
    assert people() == [("", 1, 0, 0)]


def test_an_alias_joins_and_a_self_alias_is_nothing(line: Line) -> None:
    line.website(page("a-hoa"), {"type": "alias", "userId": "u-1", "previousId": "u-1"})
    line.take_in()
    assert Edge.objects.count() == 0
    assert len(people()) == 2

    line.website({"type": "alias", "userId": "u-1", "previousId": "a-hoa"})
    line.take_in()
    assert people() == [("", 3, 0, 0)]


def test_an_alias_cycle_ends(line: Line) -> None:
    names = ["a", "b", "c"]
    line.website(
        *(
            {"type": "alias", "anonymousId": names[n], "previousId": names[(n + 1) % 3]}
            for n in range(3)
        )
    )
    line.take_in()

    assert people() == [("", 3, 0, 0)]


def test_the_newest_word_on_a_trait_stays(line: Line) -> None:
    def told(name: str, minutes: int) -> dict[str, Any]:
        at = line.clock() - timedelta(minutes=minutes)
        return {
            "type": "identify",
            "userId": "17850",
            "traits": {"name": name},
            "timestamp": at.isoformat(),
        }

    line.website(told("Hoa mới", 1))
    line.take_in()
    line.website(told("Hoa cũ", 60), told("Hoa xưa", 90))
    line.take_in()

    [trait] = Trait.objects.all()
    assert json.loads(trait.value) == "Hoa mới"
    assert people() == [("Hoa Mới", 3, 0, 0)]


def test_the_catalogue_follows_the_till(line: Line) -> None:
    def told(price: int, minutes: int) -> dict[str, Any]:
        return {
            "type": "track",
            "event": "Product Updated",
            "properties": {"product_id": "ao", "name": "Áo", "price": price},
            "timestamp": (line.clock() - timedelta(minutes=minutes)).isoformat(),
        }

    line.till(told(100, 5), told(120, 1))
    line.take_in()
    line.till(told(90, 9))
    line.take_in()

    assert list(Product.objects.values_list("sku", "price_minor")) == [("ao", 120)]


class PoisonError(RuntimeError):
    """What a mistake of ours looks like."""


def poison(monkeypatch: pytest.MonkeyPatch, step: str, *bad: str) -> None:
    """Let a step fail on the messages that carry one of these ids."""
    steps = {s.__name__: s for s in (*ingest.STEPS, *ingest.COMMIT)}

    def fail_on_poison(batch: ingest.Batch) -> None:
        if any(event.message_id in bad for event in batch.events):
            raise PoisonError("Nguyễn Thị Hoa, 0912345678")
        steps[step](batch)

    fail_on_poison.__name__ = step
    for name in ("STEPS", "COMMIT"):
        listed = tuple(fail_on_poison if s.__name__ == step else s for s in getattr(ingest, name))
        monkeypatch.setattr(ingest, name, listed)
        monkeypatch.setattr(f"khachquen.flows.taking_in.{name}", listed)


@pytest.mark.parametrize("step", ["resolve_identity", "write_segments", "move_watermark"])
def test_a_message_that_breaks_us_stops_nobody_behind_it(
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    step: str,
) -> None:
    poison(monkeypatch, step, "m-3", "m-8")
    for start in (0, 4, 8):
        line.website(*(page(f"a-{n}", messageId=f"m-{n}") for n in range(start, start + 4)))

    line.take_in()

    assert line.counts() == {"stored": 10, "quarantined": 2}
    refused = line.ask("SELECT message_id, reason, path FROM refusals ORDER BY 1")
    assert refused == [("m-3", "internal", "$"), ("m-8", "internal", "$")]
    kept = line.ask("SELECT payload FROM refusals WHERE message_id = 'm-3'")[0][0]
    assert json.loads(kept) == page("a-3", messageId="m-3")
    stored = {message for (message,) in line.ask("SELECT message_id FROM events")}
    assert stored == {f"m-{n}" for n in range(12)} - {"m-3", "m-8"}
    assert len(people()) == 10
    assert line.loose_files() == []
    assert "PoisonError at test_ingest.py" in caplog.text
    assert "web:1:8" in caplog.text
    assert "Hoa" not in caplog.text
    monkeypatch.undo()
    line.website(page("a-3", messageId="m-3"))  # sent again once we are mended
    line.take_in()
    assert line.counts() == {"stored": 11, "quarantined": 2}


def test_a_busy_database_is_no_ones_fault(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    line.website(page("a-hoa", messageId="m-1"))

    def locked(batch: ingest.Batch) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "COMMIT", (*ingest.COMMIT, locked))
        with pytest.raises(OperationalError):
            line.take_in()
    assert line.counts() == {}
    assert people() == []

    line.take_in()
    assert line.counts() == {"stored": 1}
    assert people() == [("", 1, 0, 0)]
    assert len(line.loose_files()) > 0  # of the failed try
    line.ingester.recover()
    assert line.loose_files() == []


def test_a_failed_batch_leaves_no_memory_of_people(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.website(page("a-hoa"))
    line.take_in()
    line.website(page("a-hoa"), page("a-nam"))

    def full(batch: ingest.Batch) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "COMMIT", (*ingest.COMMIT, full))
        for _ in range(3):
            with pytest.raises(OSError, match="No space left"):
                line.take_in()
    line.take_in()

    assert people() == [("", 2, 0, 0), ("", 1, 0, 0)]
    assert list(Node.objects.order_by("id").values_list("key", "events")) == [
        ("anonymous:a-hoa", 2),
        ("anonymous:a-nam", 1),
    ]
