"""A small shop told event by event: Hoa browses and buys, Nam returns, somebody only looks."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from khachquen.base import to_micros
from khachquen.collect import create_source
from khachquen.store.lake import RefusalRow, add_segments, write_rows
from khachquen.unify.models import Node, Order, Profile, Trait
from khachquen.unify.normalise import fold
from tests.findable import make_findable
from tests.rows import Row, event_row, order_line, write_events

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # a Friday, 12:00 in Vietnam
IN_NOVEMBER = "from=2026-11-01&to=2026-11-30"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'

_labels = itertools.count()


def write_lake(events: Sequence[Row], refusals: Sequence[RefusalRow] = ()) -> None:
    """Put rows into the lake the pages read."""
    lake = settings.CONFIG.data / "lake"
    label = f"story-{next(_labels)}"
    add_segments(write_events(lake, events, label=label), at=NOON)
    add_segments(write_rows(lake, "refusals", refusals, label=label), at=NOON)


def person(key: int, name: str, **rest: Any) -> Profile:
    """One profile and nothing else."""
    words = (fold(name), rest.get("phone", ""), rest.get("email", ""))
    made = Profile.objects.create(
        id=key,
        name=name,
        search=" ".join(word for word in words if word),
        first_seen=NOON - timedelta(days=30),
        last_seen=rest.pop("last_seen", NOON),
        is_known=rest.pop("is_known", True),
        **rest,
    )
    make_findable(made)
    return made


def node(key: int, name: str, owner: int) -> None:
    Node.objects.create(
        id=key,
        key=name,
        kind=name.partition(":")[0],
        profile_id=owner,
        first_seen=NOON - timedelta(days=30),
        last_seen=NOON,
    )


def order(source: int, number: str, owner: int, at: datetime, **rest: Any) -> None:
    Order.objects.create(
        source_id=source,
        number=number,
        node_id=owner,
        placed_at=at,
        told_at=at,
        currency="VND",
        **rest,
    )


@dataclass(frozen=True, slots=True)
class Sources:
    """The ids of the two sources the story comes from."""

    website: int
    till: int


def tell_the_story() -> Sources:
    """Hoa (1), Nam (2), a visitor (3), a hostile name (4), Hoa's old record merged into 1 (5)."""
    website = create_source(name="Trang web", kind="website", at=NOON).pk
    till = create_source(name="Quầy thu ngân", kind="server", at=NOON).pk
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
    person(3, "", is_known=False, events=1)
    person(4, HOSTILE, email="xss@example.vn", last_seen=NOON - timedelta(days=1))
    person(5, "Hoa", merged_into=1)
    node(10, "email:hoa@example.vn", 1)
    node(11, "anonymous:a-hoa", 1)
    node(20, "phone:+84987654321", 2)
    node(30, "anonymous:a-visitor", 3)
    node(40, "email:xss@example.vn", 4)
    for source, value, minutes in ((website, "Hoa", 0), (till, "Nguyễn Thị Hoa", 5)):
        Trait.objects.create(
            node_id=10,
            name="name",
            source_id=source,
            value=json.dumps(value),
            at=NOON + timedelta(minutes=minutes),
            message_id=f"t-{source}",
        )
    Trait.objects.create(
        node_id=10, name="gender", source_id=website, value='"female"', at=NOON, message_id="t-3"
    )
    Trait.objects.create(
        node_id=40,
        name=HOSTILE,
        source_id=website,
        value=json.dumps(HOSTILE),
        at=NOON,
        message_id="t-4",
    )
    order(till, "A-1", 10, NOON, total_minor=1_250_000, units=3)
    order(
        till,
        "A/2 &",
        20,
        NOON - timedelta(days=1),
        total_minor=500_000,
        units=2,
        refunded_minor=200_000,
        units_returned=1,
        refunded_at=NOON,
    )
    order(till, "A-3", 20, NOON - timedelta(days=2), total_minor=90_000, units=1, cancelled_at=NOON)
    write_lake(_events(website, till), _refusals(website))
    return Sources(website, till)


BUYING = {"type": "track", "trusted": True, "currency": "VND"}


def _events(website: int, till: int) -> list[Row]:
    events = [*_hoa(), *_nam(), *_others()]
    for event in events:
        event["source_id"] = till if event["trusted"] else website
    return events


def _hoa() -> list[Row]:
    on_the_web = {"node_id": 11, "profile_id": 1, "anonymous_id": "a-hoa"}
    known = {**on_the_web, "node_id": 10}
    added = {"type": "track", "name": "Product Added"}
    bought = {"order_number": "A-1", "total_minor": 1_250_000, "units": 3, "node_id": 10}
    lines = (order_line("AD", "Áo dài lụa", 1, 950_000), order_line("KH", "Khăn", 2, 150_000))
    earlier, soon = NOON - timedelta(minutes=9), NOON - timedelta(minutes=1)
    return [
        event_row(
            1, NOON - timedelta(hours=3), page_path="/", page_title="Trang chủ", **on_the_web
        ),
        event_row(2, earlier, page_path="/ao", page_title="Áo dài", **on_the_web),
        event_row(3, earlier, properties='{"name":"Áo dài lụa"}', **added, **on_the_web),
        event_row(4, soon, type="identify", traits='{"email":"hoa@example.vn"}', **known),
        event_row(5, soon, type="track", name="Signed Up", **on_the_web),
        event_row(6, NOON, name="Order Completed", profile_id=1, lines=lines, **bought, **BUYING),
    ]


def _nam() -> list[Row]:
    nam = {"node_id": 20, "profile_id": 2, **BUYING}
    first = {"order_number": "A/2 &", **nam}
    second = {"order_number": "A-3", "total_minor": 90_000, "units": 1, **nam}
    scarves, scarf = (
        (order_line("KH", "Khăn", 2, 250_000),),
        (order_line("KH", "Khăn", 1, 200_000),),
    )
    done, back = {"total_minor": 500_000, "units": 2}, {"total_minor": 200_000, "units": 1}
    day = timedelta(days=1)
    hat = (order_line("NO", "Nón", 1, 90_000),)
    return [
        event_row(7, NOON - day, name="Order Completed", lines=scarves, **done, **first),
        event_row(8, NOON, name="Order Refunded", lines=scarf, **back, **first),
        event_row(9, NOON - 2 * day, name="Order Completed", lines=hat, **second),
        event_row(10, NOON, name="Order Cancelled", **second),
    ]


def _others() -> list[Row]:
    hostile = {"node_id": 40, "profile_id": 4, "anonymous_id": HOSTILE, "user_id": HOSTILE}
    page = {"page_path": HOSTILE, "page_title": HOSTILE, "page_url": f"https://shop.vn/{HOSTILE}"}
    came = {"referrer": "javascript:alert(1)", "utm_source": HOSTILE, "user_agent": HOSTILE}
    said = {"properties": json.dumps({"name": HOSTILE}), "message_id": HOSTILE}
    return [
        event_row(11, NOON, node_id=30, profile_id=3, anonymous_id="a-visitor", page_path="/"),
        event_row(12, NOON, **hostile, **page, **came, **said),
        event_row(13, NOON, type="track", name=HOSTILE, **hostile),
    ]


def _refusals(website: int) -> list[RefusalRow]:
    at = to_micros(NOON)
    late = '{"timestamp":"hôm qua"}'
    return [
        RefusalRow("m-1", website, "duplicate", "", "", at, "", duplicate_of=1),
        RefusalRow("m-x", website, "quarantined", "bad_time", "$.timestamp", at, late, "web:1:8:0"),
        RefusalRow("", website, "quarantined", "not_json", "", at, HOSTILE),
    ]
