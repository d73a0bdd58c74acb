"""People written straight into the store, for measuring: four identifiers each, and a name."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from khachquen.store import db_time, upsert_rows
from khachquen.unify.models import Node, Order, Profile, SearchWord, Trait
from khachquen.unify.normalise import fold
from khachquen.unify.normalise.ordering import name_key
from khachquen.unify.records.words import words_of

__all__ = ["write_addressees", "write_orders", "write_people", "write_traits"]

_BUSY_BROWSERS = 300
_FAMILY = (
    "Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
)
_MIDDLE = "Thị Thị Thị Văn Văn Văn Hữu Đức Ngọc Thanh Minh Quang Kim Xuân Thu Bảo Gia Anh Khánh Hải"
_GIVEN = (
    "Hoa Nam Lan Hùng Mai Dũng Hương Tuấn Linh Huy Trang Sơn Thảo Long Vy Khoa Ngân Phúc Hằng Bình"
    " Giang Cường Nhung Đạt Yến Thắng Phương Quân Hiền Tâm Trinh Hậu Châu Nghĩa Diễm Kiệt Uyên Lộc"
    " Nguyên Trâm Hiếu Quyên Toàn My Vinh Ánh Thịnh Oanh Khang Tú"
)
_NAMES = tuple(words.split() for words in (_FAMILY, _MIDDLE, _GIVEN))
_PERSON = (
    *("id", "name", "phone", "email", "search", "name_key", "is_known", "first_seen", "last_seen"),
    *("events", "orders", "spent_minor", "last_order_at"),
)
_NODE = (
    *("id", "key", "kind", "profile_id", "first_seen", "last_seen", "events", "human_events"),
    *("first_event_at", "last_event_at", "is_vouched", "is_shared"),
)
_TRAIT = ("node_id", "name", "source_id", "value", "at", "message_id")
_ORDER = (
    *("source_id", "number", "node_id", "placed_at", "owner_told_at", "told_at", "currency"),
    *("total_minor", "refunded_minor", "units", "units_returned"),
)


def write_people(rows: Iterable[Any], people: int) -> None:
    """Rows (person, events, first, last, orders, spent, last order), times in microseconds."""
    profiles, nodes, words = [], [], []
    for person, events, first, last, orders, spent, last_order in rows:
        times = db_time(first), db_time(last)
        name, folded, key = _name(person)
        phone = f"9{(person * 7_919) % 100_000_000:08}"
        email = f"{folded.replace(' ', '.')}.{person}@" + ("gmail.com", "example.vn")[person % 2]
        search = f"{folded} +84{phone} 0{phone} {email} u{person}"
        bought = (events, orders, spent, db_time(last_order) if last_order else None)
        told = (name, f"+84{phone}", email, search, key)
        profiles.append((person, *told, True, *times, *bought))
        words += [(word, person) for word in words_of(name, search)]
        keys = [
            (person, "anonymous", f"a{person}", events),
            (_later(person, people), "user", f"u{person}", events),
            (2 * people + person, "phone", f"+84{phone}", 0),
            (3 * people + person, "email", email, 0),
        ]
        if person == 1:
            busy = range(1, _BUSY_BROWSERS + 1)
            keys += [(4 * people + n, "anonymous", f"busy-{n}", 1) for n in busy]
        nodes += [_node(*key, person, times) for key in keys]
    upsert_rows(Profile, _PERSON, profiles)
    upsert_rows(Node, _NODE, nodes)
    upsert_rows(SearchWord, ("word", "profile_id"), words)


def write_addressees(numbers: Iterable[int], at: int) -> None:
    """People with a name and an address, and nothing they ever did."""
    seen = db_time(at), db_time(at)
    people, nodes = [], []
    for number in numbers:
        name, email = f"Khách {number}", f"khach-{number}@example.vn"
        people.append((number, name, "", email, "", name_key(name), True, *seen, 0, 0, 0, None))
        nodes.append(_node(number, "email", email, 0, number, seen))
    upsert_rows(Profile, _PERSON, people)
    upsert_rows(Node, _NODE, nodes)


def write_traits(rows: Iterable[Any], people: int, started: int) -> None:
    """Rows (person, gender, city), as JSON text."""
    at = db_time(started)
    told = [
        (_later(person, people), name, 1, value, at, "")
        for person, gender, city in rows
        for name, value in (("gender", gender), ("city", city))
    ]
    upsert_rows(Trait, _TRAIT, told)


def write_orders(rows: Iterable[Any]) -> None:
    """Rows (order number, identifier, placed at, total)."""
    told = []
    for number, node, placed, total in rows:
        at = db_time(placed)
        told.append((1, number, node, at, at, at, "VND", total, 0, 1, 0))
    upsert_rows(Order, _ORDER, told)


def _later(person: int, people: int) -> int:
    """The number of a user id, as ``bench/filling.sql`` makes it: far from the person's own."""
    return people + 1 + (person * 7_919) % people


def _node(
    number: int, kind: str, value: str, events: int, profile: int, times: tuple[Any, Any]
) -> tuple[Any, ...]:
    own = times if events else (None, None)
    key = f"{kind}:{value}"
    is_vouched = kind != "anonymous"
    return (number, key, kind, profile, *times, events, events, *own, is_vouched, False)


def _name(person: int) -> tuple[str, str, str]:
    """A name by the number of whom it is, the same in every shop; folded; as it sorts."""
    dice = person * 2_654_435_761 >> 7
    sizes = [len(words) for words in _NAMES]
    return _made(dice % sizes[0], dice // 31 % sizes[1], dice // 997 % sizes[2])


@cache
def _made(family: int, middle: int, given: int) -> tuple[str, str, str]:
    places = zip(_NAMES, (family, middle, given), strict=True)
    name = " ".join(words[at] for words, at in places)
    return name, fold(name), name_key(name)
