"""A shop of many regulars, written straight into the stores: to be read, not to be taken in."""

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
BUSY = 1
"""The person with ten thousand events and three hundred identifiers."""
_FAMILY = (
    "Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
)
_MIDDLE = "Thị Thị Thị Văn Văn Văn Hữu Đức Ngọc Thanh Minh Quang Kim Xuân Thu Bảo Gia Anh Khánh Hải"
_GIVEN = (
    "Hoa Nam Lan Hùng Mai Dũng Hương Tuấn Linh Huy Trang Sơn Thảo Long Vy Khoa Ngân Phúc Hằng Bình"
    " Giang Cường Nhung Đạt Yến Thắng Phương Quân Hiền Tâm Trinh Hậu Châu Nghĩa Diễm Kiệt Uyên Lộc"
    " Nguyên Trâm Hiếu Quyên Toàn My Vinh Ánh Thịnh Oanh Khang Tú"
)
_CHUNK = 20_000
_NODES = 3  # a phone, an e-mail, a browser
_BUSY_NODES, _BUSY_EVENTS = 300, 10_000
_DAYS = 540


def fill_people(people: int, *, seed: int, say: Callable[[str], None]) -> None:
    """People with a name, a phone, an e-mail and a browser; every third has ordered."""
    from django.db import transaction

    from khachquen.store import db_time, upsert_rows
    from khachquen.unify.models import Node, Order, Profile, SearchWord
    from khachquen.unify.records.words import words_of

    dice = random.Random(seed)  # noqa: S311
    first = db_time(_micros(NOW - timedelta(days=_DAYS)))
    for done, chunk in enumerate(_chunks(range(1, people + 1))):
        lines = [_line(person, dice) for person in chunk]
        with transaction.atomic():
            upsert_rows(Profile, _PROFILE, [(*line, first) for line in lines])
            nodes = (node for line in lines for node in _nodes(line, people))
            upsert_rows(Node, _NODE, [(*node, first, first) for node in nodes])
            words = {(word, line[0]) for line in lines for word in words_of(line[1], line[4])}
            upsert_rows(SearchWord, ("word", "profile_id"), sorted(words))
            orders = (_order(line) for line in lines if line[8])
            upsert_rows(Order, _ORDER, orders)
        say(f"{min((done + 1) * _CHUNK, people)} people")


def fill_events(lake: Path, events: int, people: int, *, seed: int) -> None:
    """Events of a year and a half, in one file a month, as the compactor leaves them."""
    from khachquen.store.lake import NewSegment, add_segments
    from khachquen.store.lake.schema import stored_columns
    from khachquen.store.lake.writing import copy_to_parquet, open_writer

    columns = stored_columns("events")
    connection = open_writer(lake)
    made: list[NewSegment] = []
    months = _months()
    for place, (month, start, days) in enumerate(months):
        told = _EVENTS.format(
            rows=events // len(months),
            busy=_BUSY_EVENTS // len(months),
            place=place,
            people=people,
            start=start,
            days=days,
        )
        rest = ", ".join(
            f'NULL::{kind} AS "{name}"' for name, kind in columns.items() if name not in _MADE
        )
        names = ", ".join(f'"{name}"' for name in columns)
        selection = _SELECTION.format(names=names, rest=rest, told=told)
        path = f"events/month={month}/bench-{seed}.parquet"
        size = copy_to_parquet(connection, selection, lake / path)
        begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
        end = begin + timedelta(days=days)
        made.append(NewSegment("events", path, month, 2, events // len(months), size, begin, end))
    add_segments(made, at=NOW)


_MADE = frozenset(
    "event_id message_id source_id trusted type name at received_at node_id profile_id page_path"
    " page_title properties traits place".split()
)
_SELECTION = 'SELECT {names} FROM (SELECT *, {rest} FROM ({told})) ORDER BY profile_id, "at"'
_EVENTS = """
SELECT
    i AS event_id, node AS node_id, who AS profile_id, 'm-' || i AS message_id,
    1::BIGINT AS source_id, false AS trusted,
    CASE WHEN i % 3 = 0 THEN 'track' ELSE 'page' END AS type,
    CASE WHEN i % 3 = 0 THEN 'Product Viewed' END AS name,
    TIMESTAMP '{start}' + to_microseconds((hash(i) % ({days} * 86400000000))::BIGINT) AS "at",
    TIMESTAMP '{start}' AS received_at,
    '/hang/' || (i % 400) AS page_path, 'Hàng số ' || (i % 400) AS page_title,
    '{{"name":"Hàng số ' || (i % 400) || '"}}' AS properties, '{{}}' AS traits, '' AS place
FROM (
    SELECT {place} * 100000000 + range AS i, 2 + hash(range + {place}) % ({people} - 1) AS who,
        who * 10 + 2 AS node
    FROM range({rows})
    UNION ALL
    SELECT 9000000000 + {place} * 1000000 + range AS i, 1 AS who, 10 + range % 3 AS node
    FROM range({busy})
)
"""
_PROFILE = (
    *("id", "name", "phone", "email", "search", "is_known", "last_seen", "events", "orders"),
    *("spent_minor", "last_order_at", "name_key", "first_seen"),
)
_NODE = (
    *("id", "key", "kind", "profile_id", "events", "human_events", "is_vouched", "is_shared"),
    *("first_seen", "last_seen"),
)
_ORDER = (
    *("source_id", "number", "node_id", "placed_at", "told_at", "currency", "total_minor", "units"),
    *("refunded_minor", "units_returned"),
)


def _line(person: int, dice: random.Random) -> tuple[Any, ...]:
    from khachquen.store import db_time
    from khachquen.unify.normalise import fold
    from khachquen.unify.normalise.ordering import name_key

    name = " ".join(dice.choice(words.split()) for words in (_FAMILY, _MIDDLE, _GIVEN))
    digits = f"9{(person * 7_919) % 100_000_000:08}"
    email = f"{fold(name).replace(' ', '.')}.{person}@" + ("gmail.com", "example.vn")[person % 2]
    search = f"{fold(name)} +84{digits} 0{digits} {email}"
    seen = db_time(_micros(NOW - timedelta(seconds=(person * 104_729) % (_DAYS * 86_400))))
    orders = person % 3 and (person % 7) + 1
    bought = (orders, orders * 250_000, seen if orders else None, name_key(name))
    return (
        person,
        name,
        f"+84{digits}",
        email,
        search,
        True,
        seen,
        _BUSY_EVENTS if person == BUSY else 20,
        *bought,
    )


def _nodes(line: tuple[Any, ...], people: int) -> Iterator[tuple[Any, ...]]:
    person, phone, email = line[0], line[2], line[3]
    keys = [("phone", phone), ("email", email), ("anonymous", f"a-{person}")]
    for place, (kind, value) in enumerate(keys):
        yield person * 10 + place, f"{kind}:{value}", kind, person, 20, 20, False, False
    if person == BUSY:
        for place in range(_BUSY_NODES - _NODES):
            key = f"anonymous:busy-{place}"
            yield people * 10 + 100 + place, key, "anonymous", person, 0, 0, False, False


def _order(line: tuple[Any, ...]) -> tuple[Any, ...]:
    return (1, f"DH-{line[0]}", line[0] * 10, line[10], line[10], "VND", line[9], 2, 0, 0)


def _months() -> list[tuple[int, str, int]]:
    """The number, first day and length of each month up to the one before now."""
    found, at = [], NOW.replace(day=1)
    for _ in range(_DAYS // 30):
        last = at - timedelta(days=1)
        at = last.replace(day=1)
        found.append((at.year * 100 + at.month, f"{at:%Y-%m-%d}", last.day))
    return found[::-1]


def _micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def _chunks(values: Iterable[int]) -> Iterator[list[int]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
