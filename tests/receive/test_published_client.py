"""The client people already have installed: what it sends is what is kept."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from segment.analytics.client import Client

from khachquen.collect.event import Event
from khachquen.collect.protocols import Limits, understand
from tests.receive.door import Door, open_door

LIMITS = Limits(public_bytes=32 << 10, trusted_bytes=4 << 20)


def events(door: Door) -> list[Event]:
    found = [
        understand(item, record, LIMITS, "place", index)
        for record in door.kept()
        for index, item in enumerate(record.items)
    ]
    assert all(isinstance(event, Event) for event in found), found
    return [event for event in found if isinstance(event, Event)]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_segment_analytics_python(tmp_path: Path, packed: bool) -> None:
    errors: list[Any] = []
    with open_door(tmp_path) as door:
        client = Client(
            "kqs_till",
            host=f"http://127.0.0.1:{door.port}",
            on_error=lambda error, items: errors.append(error),
            gzip=packed,
            max_retries=1,
        )
        at = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
        traits = {"name": "Nguyễn Thị Hoa", "email": "hoa@example.vn"}
        client.identify("17850", traits, message_id="m-1")
        client.track(
            "17850",
            "Order Completed",
            {"order_id": "HD-1", "total": 250_000},
            timestamp=at,
            message_id="m-2",
        )
        client.page(None, name="Trang chủ", anonymous_id="a-hoa", message_id="m-3")
        for n in range(250):  # several batches
            client.track("17850", "Product Viewed", {"n": n}, message_id=f"v-{n}")
        client.flush()
        client.join()
        found = {event.message_id: event for event in events(door)}

    assert errors == []
    assert len(found) == 253
    assert found["m-1"].traits == traits
    assert (found["m-1"].user_id, found["m-1"].anonymous_id) == ("17850", None)
    order = found["m-2"].order
    assert order is not None
    assert (order.number, order.total_minor) == ("HD-1", 250_000)
    assert found["m-3"].name == "Trang chủ"
    assert [found[f"v-{n}"].properties["n"] for n in range(250)] == list(range(250))
    assert found["m-1"].context["library"]["name"] == "analytics-python"
    assert all(event.trusted for event in found.values())


def test_the_client_drops_what_is_refused_for_good(tmp_path: Path) -> None:
    errors: list[Any] = []
    with open_door(tmp_path) as door:
        client = Client(
            "kqs_unknown",
            host=f"http://127.0.0.1:{door.port}",
            on_error=lambda error, items: errors.append(json.loads(json.dumps(items))),
            max_retries=3,
        )
        client.track("17850", "Signed Up", message_id="m-1")
        client.flush()
        client.join()

        assert [item["messageId"] for [item] in errors] == ["m-1"]
        assert door.kept() == []
        assert door.loads <= 2  # asked once, not three times
