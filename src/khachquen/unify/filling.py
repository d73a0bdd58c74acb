"""People written straight into the store, for measuring: one identifier each."""

from collections.abc import Iterable
from typing import Any

from khachquen.store import db_time, upsert_rows
from khachquen.unify.models import Node, Order, Profile, Trait
from khachquen.unify.normalise.ordering import name_key

__all__ = ["write_addressees", "write_orders", "write_people", "write_traits"]

_PERSON = (
    "id",
    "name",
    "phone",
    "email",
    "search",
    "is_known",
    "first_seen",
    "last_seen",
    "events",
    "orders",
    "spent_minor",
    "last_order_at",
    "name_key",
)
_NODE = (
    "id",
    "key",
    "kind",
    "profile_id",
    "first_seen",
    "last_seen",
    "events",
    "human_events",
    "first_event_at",
    "last_event_at",
    "is_vouched",
    "is_shared",
)
_TRAIT = ("node_id", "name", "source_id", "value", "at", "message_id")
_ORDER = (
    "source_id",
    "number",
    "node_id",
    "placed_at",
    "owner_told_at",
    "told_at",
    "currency",
    "total_minor",
    "refunded_minor",
    "units",
    "units_returned",
)


def write_people(rows: Iterable[Any], started: int) -> None:
    """Rows (number, events, first, last, orders, spent, last order), times in microseconds."""
    people, nodes = [], []
    for number, events, first, last, orders, spent, last_order in rows:
        times = db_time(first), db_time(last)
        bought = db_time(last_order) if last_order else None
        line = (number, f"Khách {number}", "", "", f"khach {number} u{number}", True, *times)
        people.append((*line, events, orders, spent, bought, name_key(line[1])))
        seen = (*times, events, events, *times, True, False)
        nodes.append((number, f"user:u{number}", "user", number, *seen))
    upsert_rows(Profile, _PERSON, people, key=("id",), update=("events",))
    upsert_rows(Node, _NODE, nodes, key=("id",), update=("events",))


def write_addressees(numbers: Iterable[int], at: int) -> None:
    """People with a name and an address, and nothing they ever did."""
    seen = db_time(at), db_time(at)
    people, nodes = [], []
    for number in numbers:
        name, email = f"Khách {number}", f"khach-{number}@example.vn"
        line = (number, name, "", email, "", True, *seen, 0, 0, 0, None, name_key(name))
        people.append(line)
        nodes.append((number, f"email:{email}", "email", number, *seen, 0, 0, *seen, True, False))
    upsert_rows(Profile, _PERSON, people)
    upsert_rows(Node, _NODE, nodes)


def write_traits(rows: Iterable[Any], started: int) -> None:
    """Rows (person, gender, city), as JSON text."""
    at = db_time(started)
    told = [
        (number, name, 1, value, at, "")
        for number, gender, city in rows
        for name, value in (("gender", gender), ("city", city))
    ]
    upsert_rows(Trait, _TRAIT, told, key=("node_id", "name", "source_id"), update=("value",))


def write_orders(rows: Iterable[Any], started: int) -> None:
    """Rows (order number, person, placed at, total)."""
    told = []
    for number, person, placed, total in rows:
        at = db_time(placed)
        told.append((1, number, person, at, at, at, "VND", total, 0, 1, 0))
    upsert_rows(Order, _ORDER, told, key=("source_id", "number"), update=("total_minor",))
