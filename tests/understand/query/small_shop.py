"""A shop small enough to know everybody in it: people, what they did and what they bought."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from khachquen.base import Text
from khachquen.store.engine import Question, Table
from khachquen.understand.query import Catalogue, build_catalogue
from khachquen.understand.query.consents import consent_fields
from khachquen.unify.traits.definition import Choice, Definition

_LINES = (
    "struct(sku varchar, name varchar, category varchar, quantity bigint, price_minor bigint,"
    " amount_minor bigint)[]"
)
TABLES: dict[str, dict[str, str]] = {
    "people": {
        "profile_id": "bigint",
        "name": "varchar",
        "phone": "varchar",
        "email": "varchar",
        "name_key": "varchar",
        "search": "varchar",
        "is_known": "boolean",
        "first_seen": "timestamp",
        "last_seen": "timestamp",
        "events": "bigint",
        "orders": "bigint",
        "spent_minor": "bigint",
        "first_order_at": "timestamp",
        "last_order_at": "timestamp",
        "household_id": "bigint",
        "household_size": "bigint",
        "is_household_head": "boolean",
        "may_send": "varchar[]",
        "consents": "varchar[]",
        "suppressed": "varchar[]",
        "trait:city": "varchar",
        "trait:gender": "varchar",
        "trait:birthday": "date",
        "trait:points": "double",
        "trait:budget": "bigint",
        "trait:vip": "boolean",
        "trait:interests": "varchar[]",
    },
    "human_events": {
        "event_id": "bigint",
        "type": "varchar",
        "name": "varchar",
        "at": "timestamp",
        "profile_id": "bigint",
        "properties": "varchar",
        "page_path": "varchar",
        "channel": "varchar",
        "device": "varchar",
        "source_id": "bigint",
    },
    "orders": {
        "source_id": "bigint",
        "number": "varchar",
        "profile_id": "bigint",
        "placed_at": "timestamp",
        "currency": "varchar",
        "total_minor": "bigint",
        "units": "bigint",
        "refunded_minor": "bigint",
        "cancelled_at": "timestamp",
        "lines": _LINES,
    },
    "memberships": {"segment_id": "bigint", "profile_id": "bigint", "is_in": "boolean"},
}

# Each order was told of once.
_EVENTS = """
create or replace view events as
select *, number as order_number, true as trusted, 'Order Completed' as name, placed_at as "at"
from orders
"""
_AMONG = """
create or replace macro orders_among(hits) as table
select orders.* from orders
semi join query_table(hits) as hit
    on hit.source_id = orders.source_id and hit.order_number = orders.number
"""


def _trait(key: str, vi: str, en: str, kind: Any = "text", **rest: Any) -> Definition:
    return Definition(key, Text(vi=vi, en=en), kind, **rest)


DEFINITIONS = (
    _trait("city", "Thành phố", "City"),
    _trait(
        "gender",
        "Giới tính",
        "Gender",
        "choice",
        choices=(
            Choice("female", Text(vi="nữ", en="female")),
            Choice("male", Text(vi="nam", en="male")),
        ),
    ),
    _trait("birthday", "Ngày sinh", "Date of birth", "date"),
    _trait("points", "Điểm thưởng", "Points", "number"),
    _trait("budget", "Ngân sách", "Budget", "money"),
    _trait("vip", "Khách VIP", "VIP", "yes_no"),
    _trait("interests", "Sở thích", "Interests", "list"),
    _trait("national_id", "Số CCCD", "Citizen ID number", sealed=True, sensitivity="sensitive"),
    _trait("health", "Sức khỏe", "Health", sensitivity="sensitive"),
)


def catalogue_with(**more: Any) -> Catalogue:
    """What this shop may ask, and more."""
    return build_catalogue(
        DEFINITIONS,
        ["Email Opened", "Email Clicked", "Email Link Clicked", "Webinar Joined"],
        property_names=["campaign", "topic", "category", "price"],
        segments={3: "Khách quen", 7: "Nhận bản tin"},
        consents=consent_fields(
            [("ads", Text(vi="Quảng cáo", en="Advertising"), "email", True)],
            {"bounced": Text(vi="Địa chỉ hỏng", en="Bad address")},
        ),
        **more,
    )


CATALOGUE = catalogue_with()


class SmallShop:
    """Answers questions over the rows it was given."""

    def __init__(self, **rows: Iterable[Mapping[str, Any]]) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        self.fill(**rows)

    def fill(self, **rows: Iterable[Mapping[str, Any]]) -> None:
        """These rows and no others; everybody was touched."""
        for table, columns in TABLES.items():
            spelled = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            self._connection.execute(f"create or replace table {table} ({spelled})").fetchall()
            told = [dict.fromkeys(columns) | dict(row) for row in rows.get(table, ())]
            if told:
                sql = f"insert into {table} select unnest(from_json($rows, $shape), max_depth := 2)"
                shape = json.dumps([columns])
                text = json.dumps(told, default=str)
                self._connection.execute(sql, {"rows": text, "shape": shape}).fetchall()
            as_touched = f"touched_{table.removeprefix('human_')}"
            view = f"create or replace view {as_touched} as from {table}"
            self._connection.execute(view).fetchall()
        self._connection.execute(_EVENTS).fetchall()
        self._connection.execute(_AMONG).fetchall()

    def ask(self, question: Question) -> Table:
        found = self._connection.execute(question.sql, dict(question.params))
        return Table(tuple(column[0] for column in found.description), found.fetchall())
