"""A shop whose data has every kind of fault, told person by person."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from khachquen.unify.models import Node, Order, Profile, Trait

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TILL, WEB = 1, 2


def person(key: int, name: str = "", *, known: bool = True, days: int = 1, **rest: Any) -> None:
    """A record, last seen some days ago."""
    Profile.objects.create(
        id=key,
        name=name,
        is_known=known,
        first_seen=NOW - timedelta(days=1000),
        last_seen=NOW - timedelta(days=days),
        **rest,
    )
    node(key * 10, f"user:{key}", key)


def node(key: int, name: str, owner: int) -> None:
    """One identifier of somebody."""
    Node.objects.create(
        id=key,
        key=name,
        kind=name.partition(":")[0],
        profile_id=owner,
        first_seen=NOW - timedelta(days=30),
        last_seen=NOW,
    )


def says(source: int, node_id: int, days: int = 1, **traits: Any) -> None:
    """What a source last said of an identifier."""
    for name, value in traits.items():
        Trait.objects.create(
            node_id=node_id,
            name=name,
            source_id=source,
            value=json.dumps(value),
            at=NOW - timedelta(days=days),
            message_id=f"m-{node_id}-{name}",
        )


def order(number: str, node_id: int | None, total: int, refunded: int = 0) -> None:
    """An order of the till."""
    Order.objects.create(
        source_id=TILL,
        number=number,
        node_id=node_id,
        placed_at=NOW,
        told_at=NOW,
        currency="VND",
        total_minor=total,
        refunded_minor=refunded,
    )


def open_shop() -> None:
    """Hoa is fine; Nam has her phone and a bad e-mail; Lan has nothing and is long gone.

    Somebody without a name (4) is only a number; 5 was merged away; 6 is a visitor.
    """
    person(1, "Nguyễn Thị Hoa", phone="+84912345678", email="hoa@example.vn")
    node(11, "phone:+84912345678", 1)
    says(TILL, 10, name="Chị Hoa", phone="0912 345 678", gender="female")
    says(WEB, 10, name="Nguyễn Thị Hoa", email="hoa@example.vn")
    person(2, "Trần Văn Nam", email="nam@gmial.com")
    says(TILL, 20, name="Trần Văn Nam", phone="0912345678", email="nam@gmial.com")
    person(3, "Lê Thị Lan", days=800)
    says(TILL, 30, name="Lê Thị Lan", phone="12345", birthday="01/01/2030")
    person(4, phone="+84987654321")
    person(5, "Hoa", merged_into=1)
    person(6, known=False)
    order("A-1", 10, 500_000)
    order("A-2", None, 90_000)
    order("A-3", 20, 100_000, refunded=200_000)
