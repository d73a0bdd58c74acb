"""A public key may not invent names without end, and every source is known to live or not."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from khachquen.collect import create_source, list_sources
from khachquen.collect.vocabulary import Caps, count_names, forget_names
from khachquen.flows.batch import Ingester
from tests.flows.line import LIMITS, TILL, WEBSITE, Line, order, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(data: Path) -> Line:
    """A line whose public keys may use two event names and three properties of their own."""
    made = Line(data)
    made.ingester = Ingester(data, LIMITS, caps=Caps(event_names=2, property_names=3))
    return made


def track(name: str, **properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": name, "anonymousId": "may-la", "properties": properties}


def refused(line: Line) -> list[tuple[Any, ...]]:
    return line.ask("select reason, path, payload from refusals order by place")


def stored(line: Line) -> list[str]:
    return [name for (name,) in line.ask("select name from events order by event_id")]


def test_a_forger_cannot_bury_the_shops_own_event_names(line: Line) -> None:
    line.website(track("Xem lookbook"), track("Mở quà"))
    line.take_in()
    line.website(*(track(f"rác {n}") for n in range(50)), track("Mở quà"), track("Order Completed"))
    line.take_in()

    assert stored(line) == ["Xem lookbook", "Mở quà", "Mở quà", "Order Completed"]
    reasons = refused(line)
    assert {(reason, path) for reason, path, _ in reasons} == {("too_many_event_names", "$.event")}
    assert len(reasons) == 50
    assert json.loads(reasons[0][2])["event"] == "rác 0"
    assert line.counts() == {"stored": 4, "quarantined": 50}
    assert count_names(WEBSITE) == {"event": 2, "property": 0}


def test_nor_the_property_names_wherever_they_stand(line: Line) -> None:
    line.website(track("Mở quà", a=1, b=2))
    line.take_in()
    line.website(
        track("Mở quà", a=1, b=2, c=3),
        track("Mở quà", d=4),
        {"type": "identify", "anonymousId": "may-la", "traits": {"e": 5}},
        track("Mở quà", a={"sâu": {"hơn": 1}}),
    )
    line.take_in()

    assert [path for _, path, _ in refused(line)] == ["$.properties.d", "$.traits.e"]
    assert len(stored(line)) == 3
    assert count_names(WEBSITE) == {"event": 1, "property": 3}


def test_one_message_with_many_new_names_teaches_none_of_them(line: Line) -> None:
    line.website(track("Mở quà", a=1, b=2, c=3, d=4))
    line.take_in()
    assert count_names(WEBSITE) == {"event": 0, "property": 0}

    line.website(track("Mở quà", a=1, b=2, c=3))
    line.take_in()
    assert stored(line) == ["Mở quà"]


def test_the_shops_own_server_may_say_anything(line: Line) -> None:
    line.till(*(track(f"Việc {n}", **{f"thuộc tính {n}": 1}) for n in range(50)))
    line.take_in()

    assert len(stored(line)) == 50
    assert count_names(TILL) == {"event": 0, "property": 0}


def test_a_long_name_is_kept_short_and_known_again(line: Line) -> None:
    long = "x" * 5000
    line.website(track("Mở quà", **{long: 1}))
    line.take_in()
    line.website(track("Mở quà", **{long: 2}), track("Mở quà", **{f"{long}y": 1}))
    line.take_in()

    assert len(stored(line)) == 3
    assert count_names(WEBSITE)["property"] == 2


def test_names_are_remembered_over_a_restart_and_cleared_on_demand(line: Line, data: Path) -> None:
    line.website(track("Xem lookbook"), track("Mở quà"))
    line.take_in()
    line.ingester = Ingester(data, LIMITS, caps=Caps(event_names=2, property_names=3))
    line.website(track("Mới"))
    line.take_in()
    assert [reason for reason, _, _ in refused(line)] == ["too_many_event_names"]

    forget_names(WEBSITE)
    line.website(track("Mới"))
    line.take_in()

    assert stored(line) == ["Xem lookbook", "Mở quà", "Mới"]


def test_a_batch_that_fails_leaves_no_name_behind(line: Line) -> None:
    class CutError(Exception):
        """The power goes."""

    def cut(step: str) -> None:
        if step == "move_watermark":
            raise CutError

    line.website(track("Xem lookbook"), track("Mở quà"))
    with pytest.raises(CutError):
        line.take_in(cut)
    assert count_names(WEBSITE) == {"event": 0, "property": 0}

    line.take_in()
    assert stored(line) == ["Xem lookbook", "Mở quà"]
    assert count_names(WEBSITE)["event"] == 2


def test_when_a_source_was_last_heard_of(line: Line) -> None:
    website = create_source(name="Website nhamay.vn", kind="website", at=line.clock())
    till = create_source(name="Máy tính tiền", kind="server", at=line.clock())
    assert (website.pk, till.pk) != (0, 0)
    first = line.clock()
    _as(line, website.pk, page("may-hoa"))
    line.clock.advance(seconds=60)
    _as(line, website.pk, {"type": "track", "anonymousId": "may-hoa"})
    line.take_in()

    seen = {source.id: (source.last_seen_at, source.last_stored_at) for source in list_sources()}
    assert seen == {
        website.pk: (first + timedelta(seconds=60), first),
        till.pk: (None, None),
    }


def _as(line: Line, source_id: int, message: dict[str, Any]) -> None:
    """Send with a key of a source that stands in the database."""
    from khachquen.collect import issue_key, load_keyring

    key = issue_key(source_id, trusted=False, at=datetime(2026, 1, 1, tzinfo=UTC)).value
    line.send(key, message, keyring=load_keyring(line.clock))


def test_an_order_of_a_forger_is_an_event_and_no_revenue(line: Line) -> None:
    line.website(order("GIA-1", 9_000_000, anonymousId="may-la"))
    line.till(order("HD-1", 450_000, userId="KH-Hoa"))
    line.take_in()

    assert line.ask("select number, total_minor from orders") == [("HD-1", 450_000)]


_ORDER = {"order_id": "GIA-2", "total": 9_000_000, "currency": "VND"}
_FORGED = {
    "/v1/track": {"event": "Order Completed", "userId": "KH-la", "properties": _ORDER},
    "/v1/batch": {"batch": [order("GIA-2", 9_000_000, userId="KH-la")]},
    "/beacon/v1/batch": {"batch": [order("GIA-2", 9_000_000, userId="KH-la")]},
    "/api/s/track": {"event": "Order Completed", "userId": "KH-la", "properties": _ORDER},
    "/batch/": {
        "batch": [
            {"event": "Order Completed", "distinct_id": "KH-la", "properties": _ORDER},
        ]
    },
}


@pytest.mark.parametrize(("key", "revenue"), [("kqp_website", []), ("kqs_till", [9_000_000])])
@pytest.mark.parametrize("path", _FORGED)
def test_revenue_comes_from_trusted_keys_alone_whatever_the_protocol(
    line: Line, path: str, key: str, revenue: list[int]
) -> None:
    line.post(path, json.dumps(_FORGED[path]).encode(), {"x-write-key": key})
    line.take_in()

    assert line.ask("select total_minor from events") == [(9_000_000,)]
    assert [total for (total,) in line.ask("select total_minor from orders")] == revenue
