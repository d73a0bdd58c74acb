"""Segment's own Python client, unmodified: what its caller passed is what is stored."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from segment.analytics.client import Client

from khachquen.base import system_clock
from khachquen.store import Question
from khachquen.store.engine import LakeReader
from tests.receive.conftest import PUBLIC, SECRET, TILL, WEBSITE, Door
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db

YESTERDAY = datetime.now(UTC).replace(microsecond=123_000) - timedelta(days=1)
TRAITS = {"name": "Nguyễn Thị Hoa", "email": "hoa@example.vn", "vip": True, "points": 120}
PAGE = {"page": {"url": "https://gom.example/p/1", "path": "/p/1", "title": "Bát tràng"}}
ORDER = {
    "order_id": "HD1",
    "total": 190000,
    "currency": "VND",
    "products": [{"product_id": "BAT", "name": "Bát gốm", "quantity": 2, "price": 95000}],
}


def client(door: Door, key: str = SECRET, **options: Any) -> Client:
    """As its documentation says, with the one option that names our server."""
    complaints: list[Any] = []
    made = Client(
        key,
        host=f"http://127.0.0.1:{door.port}",
        on_error=lambda error, items: complaints.append(error),
        **options,
    )
    made.complaints = complaints
    return made


def finish(sent: Client) -> None:
    """Send what waits, as a program does before it ends; nothing was complained about."""
    if sent.consumers:  # none where every call sends at once
        sent.shutdown()
    assert sent.complaints == []


def stored(door: Door) -> list[dict[str, Any]]:
    """Take the log in and read every event back, in order of arrival."""
    from khachquen.flows.engine import Engine
    from khachquen.store.lake.manifest import live_paths
    from khachquen.store.lake.schema import COLUMNS, stored_columns

    Engine(door.config, system_clock).drain()
    reader = LakeReader(
        door.config.data / "lake",
        live_paths,
        {dataset: stored_columns(dataset) for dataset in COLUMNS},
        memory_mb=128,
        threads=1,
    )
    assert reader.ask(Question("refusals", "SELECT * FROM refusals")).rows == []
    rows = reader.ask(Question("all", "SELECT * FROM events ORDER BY event_id")).dicts()
    for row in rows:
        for name in ("properties", "traits", "context"):
            row[name] = json.loads(row[name] or "{}")
    return rows


@pytest.mark.parametrize("options", [{}, {"gzip": True}, {"sync_mode": True}])
def test_what_went_in_is_what_is_stored(own_door: Door, options: dict[str, Any]) -> None:
    sent = client(own_door, **options)
    said = {"timestamp": YESTERDAY, "context": PAGE}
    sent.identify("KH01", TRAITS, anonymous_id="may-1", message_id="m-1", **said)
    sent.track("KH01", "Order Completed", ORDER, anonymous_id="may-1", message_id="m-2", **said)
    sent.page("KH01", "Hàng mới", "Bát tràng", {"colour": "men rạn"}, message_id="m-3", **said)
    sent.screen("KH01", "Ứng dụng", "Giỏ hàng", {"items": 2}, message_id="m-4", **said)
    sent.group("KH01", "cong-ty-moc", {"employees": 17}, message_id="m-5", **said)
    sent.alias("may-1", "KH01", message_id="m-6", **said)
    finish(sent)

    identify, track, page, screen, group, alias = sorted(
        stored(own_door), key=lambda row: row["message_id"]
    )

    told = [(row["message_id"], row["type"], row["name"], row["user_id"], row["anonymous_id"])
            for row in (identify, track, page, screen, group, alias)]  # fmt: skip
    assert told == [
        ("m-1", "identify", None, "KH01", "may-1"),
        ("m-2", "track", "Order Completed", "KH01", "may-1"),
        ("m-3", "page", "Bát tràng", "KH01", None),
        ("m-4", "screen", "Giỏ hàng", "KH01", None),
        ("m-5", "group", None, "KH01", None),
        ("m-6", "alias", None, "KH01", None),
    ]
    assert identify["traits"] == TRAITS
    assert (group["group_id"], group["traits"]) == ("cong-ty-moc", {"employees": 17})
    assert alias["previous_id"] == "may-1"
    assert (track["properties"], page["properties"], screen["properties"]) == (
        ORDER,
        {"colour": "men rạn", "category": "Hàng mới"},
        {"items": 2, "category": "Ứng dụng"},
    )
    for row in (identify, track, page, screen, group, alias):
        assert (row["source_id"], row["trusted"]) == (TILL, True)
        assert abs(row["at"].replace(tzinfo=UTC) - YESTERDAY) < timedelta(seconds=5), row["at"]
        assert (row["page_path"], row["page_title"]) == ("/p/1", "Bát tràng")
        assert row["context"]["library"] == {"name": "analytics-python", "version": "2.4.0"}
    assert (track["order_number"], track["currency"]) == ("HD1", "VND")
    assert (track["total_minor"], track["units"]) == (190000, 2)


def test_a_website_key_sends_all_but_its_orders_are_no_revenue(own_door: Door) -> None:
    sent = client(own_door, PUBLIC, sync_mode=True)
    sent.track(None, "Order Completed", ORDER, anonymous_id="may-2")

    [row] = stored(own_door)

    assert (row["source_id"], row["trusted"], row["anonymous_id"]) == (WEBSITE, False, "may-2")
    assert row["user_id"] is None
    assert row["properties"] == ORDER


def test_a_thousand_events_in_its_own_batches_arrive_each_once(own_door: Door) -> None:
    sent = client(own_door, upload_size=100)
    for number in range(1000):
        sent.track(f"KH{number % 7}", "Product Viewed", {"n": number}, message_id=f"m-{number}")
    finish(sent)

    rows = stored(own_door)

    assert sorted(row["properties"]["n"] for row in rows) == list(range(1000))
    assert {row["message_id"] for row in rows} == {f"m-{n}" for n in range(1000)}


def test_a_wrong_key_is_told_to_the_caller_once_and_not_tried_again(own_door: Door) -> None:
    sent = client(own_door, "kqp_sai", sync_mode=True)

    with pytest.raises(Exception, match=r"collect\.unknown_key"):
        sent.track("KH01", "Cart Viewed")

    assert own_door.kept() == []


def test_it_comes_again_with_the_same_ids_when_the_disk_was_full(
    own_door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    from khachquen.base import Text, UnavailableError

    submit, times = own_door.writer.submit, [0]

    def refuse_once(payload: bytes, done: Any) -> None:
        times[0] += 1
        if times[0] == 1:
            done(UnavailableError("store.cannot_keep", Text("đầy", "full")))
        else:
            submit(payload, done)

    monkeypatch.setattr(own_door.writer, "submit", refuse_once)
    sent = client(own_door)
    sent.track("KH01", "Cart Viewed", message_id="m-1")
    wait_for(lambda: times == [2])
    finish(sent)

    assert times == [2]
    assert [row["message_id"] for row in stored(own_door)] == ["m-1"]
