"""A small shop told event by event: chị Hoa buys, anh Nam returns, somebody only looks."""

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection

from khachquen.base import to_micros
from khachquen.collect import create_source
from khachquen.collect.models import Source
from khachquen.store.lake import EventRow, LineRow, RefusalRow, add_segments, write_rows
from khachquen.unify.models import Node, Order, Profile, Trait
from khachquen.unify.normalise import fold

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # a Friday, 12:00 in Vietnam
IN_NOVEMBER = "from=2026-11-01&to=2026-11-30"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'

_labels = itertools.count()


def told(event_id: int, at: datetime, **rest: Any) -> EventRow:
    """One row of the lake; say what is different about it."""
    row: dict[str, Any] = {
        **dict.fromkeys(EventRow.__struct_fields__),
        "event_id": event_id,
        "message_id": f"m-{event_id}",
        "source_id": 1,
        "trusted": False,
        "type": "page",
        "at": to_micros(at),
        "received_at": to_micros(at + timedelta(seconds=1)),
        "properties": "{}",
        "traits": "{}",
        "context": "{}",
    }
    return EventRow(**{**row, **rest})


def write_lake(events: Sequence[EventRow], refusals: Sequence[RefusalRow] = ()) -> None:
    """Put rows into the lake the pages read."""
    lake = settings.CONFIG.data / "lake"
    for dataset, rows in (("events", events), ("refusals", refusals)):
        label = f"story-{next(_labels)}"
        add_segments(write_rows(lake, dataset, rows, label=label), at=NOON)


def line(sku: str, name: str, quantity: int, price: int) -> LineRow:
    return LineRow(sku, name, "Áo", quantity, price, quantity * price)


def person(key: int, name: str, **rest: Any) -> Profile:
    """One profile and nothing else."""
    words = (fold(name), rest.get("phone", ""), rest.get("email", ""))
    return Profile.objects.create(
        id=key,
        name=name,
        search=" ".join(word for word in words if word),
        first_seen=NOON - timedelta(days=30),
        last_seen=rest.pop("last_seen", NOON),
        is_known=rest.pop("is_known", True),
        **rest,
    )


def node(key: int, name: str, owner: int) -> None:
    Node.objects.create(
        id=key,
        key=name,
        kind=name.partition(":")[0],
        profile_id=owner,
        first_seen=NOON - timedelta(days=30),
        last_seen=NOON,
    )


def order(number: str, owner: int, at: datetime, **rest: Any) -> None:
    Order.objects.create(
        source_id=2, number=number, node_id=owner, placed_at=at, told_at=at, currency="VND", **rest
    )


def _open_sources() -> None:
    """Sources 1 and 2 by name; PostgreSQL counts on from tests before unless told."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Source]):
            cursor.execute(statement)
    website = create_source(name="Trang web", kind="website", at=NOON)
    till = create_source(name="Quầy thu ngân", kind="server", at=NOON)
    assert (website.pk, till.pk) == (1, 2)


def tell_the_story() -> None:
    """Hoa (1), Nam (2), a visitor (3), a hostile name (4), and Hoa's old record, now 1 (5)."""
    _open_sources()
    person(
        1,
        "Nguyễn Thị Hoa",
        phone="+84912345678",
        email="hoa@example.vn",
        orders=1,
        spent_minor=1_250_000,
        last_order_at=NOON,
        events=5,
    )
    person(2, "Trần Nam", phone="+84987654321", orders=2, spent_minor=300_000)
    person(3, "", is_known=False)
    person(4, HOSTILE, email="xss@example.vn", last_seen=NOON - timedelta(days=1))
    person(5, "Hoa", merged_into=1)
    node(10, "email:hoa@example.vn", 1)
    node(11, "anonymous:a-hoa", 1)
    node(20, "phone:+84987654321", 2)
    node(30, "anonymous:a-visitor", 3)
    node(40, "email:xss@example.vn", 4)
    for source, value, minutes in ((1, "Hoa", 0), (2, "Nguyễn Thị Hoa", 5)):
        Trait.objects.create(
            node_id=10,
            name="name",
            source_id=source,
            value=json.dumps(value),
            at=NOON + timedelta(minutes=minutes),
            message_id=f"t-{source}",
        )
    Trait.objects.create(
        node_id=10, name="gender", source_id=1, value='"female"', at=NOON, message_id="t-3"
    )
    Trait.objects.create(
        node_id=40, name=HOSTILE, source_id=1, value=json.dumps(HOSTILE), at=NOON, message_id="t-4"
    )
    order("A-1", 10, NOON, total_minor=1_250_000, units=3)
    order(
        "A/2 &",
        20,
        NOON - timedelta(days=1),
        total_minor=500_000,
        units=2,
        refunded_minor=200_000,
        units_returned=1,
        refunded_at=NOON,
    )
    order("A-3", 20, NOON - timedelta(days=2), total_minor=90_000, units=1, cancelled_at=NOON)
    write_lake(_events(), _refusals())


def _events() -> list[EventRow]:
    browsing = {"node_id": 11, "profile_id": 1, "anonymous_id": "a-hoa"}
    buying = {"type": "track", "source_id": 2, "trusted": True, "currency": "VND"}
    nam = {"node_id": 20, "profile_id": 2, **buying}
    return [
        told(1, NOON - timedelta(hours=3), page_path="/", page_title="Trang chủ", **browsing),
        told(2, NOON - timedelta(minutes=9), page_path="/ao", page_title="Áo dài", **browsing),
        told(
            3,
            NOON - timedelta(minutes=5),
            type="track",
            name="Product Added",
            properties='{"name":"Áo dài lụa","price":1250000}',
            **browsing,
        ),
        told(
            4,
            NOON - timedelta(minutes=1),
            type="identify",
            node_id=10,
            profile_id=1,
            anonymous_id="a-hoa",
            traits='{"email":"hoa@example.vn"}',
        ),
        told(5, NOON - timedelta(minutes=1), type="track", name="Signed Up", **browsing),
        told(
            6,
            NOON,
            name="Order Completed",
            node_id=10,
            profile_id=1,
            order_number="A-1",
            total_minor=1_250_000,
            units=3,
            lines=(line("AD", "Áo dài lụa", 1, 950_000), line("KH", "Khăn", 2, 150_000)),
            **buying,
        ),
        told(
            7,
            NOON - timedelta(days=1),
            name="Order Completed",
            order_number="A/2 &",
            total_minor=500_000,
            units=2,
            lines=(line("KH", "Khăn", 2, 250_000),),
            **nam,
        ),
        told(
            8,
            NOON,
            name="Order Refunded",
            order_number="A/2 &",
            total_minor=200_000,
            units=1,
            lines=(line("KH", "Khăn", 1, 200_000),),
            **nam,
        ),
        told(
            9,
            NOON - timedelta(days=2),
            name="Order Completed",
            order_number="A-3",
            total_minor=90_000,
            units=1,
            lines=(line("NO", "Nón", 1, 90_000),),
            **nam,
        ),
        told(10, NOON, name="Order Cancelled", order_number="A-3", **nam),
        told(11, NOON, node_id=30, profile_id=3, anonymous_id="a-visitor", page_path="/"),
        told(
            12,
            NOON,
            node_id=40,
            profile_id=4,
            anonymous_id=HOSTILE,
            user_id=HOSTILE,
            page_path=HOSTILE,
            page_title=HOSTILE,
            page_url=f"https://shop.vn/{HOSTILE}",
            referrer="javascript:alert(1)",
            utm_source=HOSTILE,
            user_agent=HOSTILE,
            properties=json.dumps({"name": HOSTILE}),
            message_id=HOSTILE,
        ),
        told(13, NOON, node_id=40, profile_id=4, type="track", name=HOSTILE, anonymous_id="x"),
    ]


def _refusals() -> list[RefusalRow]:
    at = to_micros(NOON)
    return [
        RefusalRow("m-1", 1, "duplicate", "", "", at, '{"type":"page"}'),
        RefusalRow(
            "m-x", 1, "quarantined", "bad_time", "$.timestamp", at, '{"timestamp":"hôm qua"}'
        ),
        RefusalRow("", 1, "quarantined", "not_json", "", at, HOSTILE),
    ]
