"""Rows of the lake as cells of a table: people by name, money in its currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from khachquen.collect.enrichment import CHANNELS, ROBOT_KINDS
from khachquen.understand.metrics import Column
from khachquen.unify.profiles import ProfileRow, people_of_nodes
from khachquen.web.components.figures import money, number
from khachquen.web.measuring import as_utc, in_language

_NAMED = {"channel": CHANNELS, "robot_kind": ROBOT_KINDS}
Kind = Literal["time", "person", "right", "code", "text"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: what kind it is drawn as, its words, where it leads."""

    label: str
    kind: Kind
    words: str = ""
    href: str = ""
    at: Any = None
    person: ProfileRow | None = None


def show_rows(
    columns: Sequence[Column], rows: Sequence[dict[str, Any]], currency: str
) -> list[list[Shown]]:
    """Every row as cells, in the order of the columns."""
    people = people_of_nodes(row.get("node_id") for row in rows)
    return [[_cell(column, row, people, currency) for column in columns] for row in rows]


def show_parts(column: Column, rows: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """The parts of a number, each in words with its amount."""
    return [(_words(column.key, row["split"]), number(row["amount"])) for row in rows]


def order_address(source_id: int, number_: str) -> str:
    """The page of one order; the number may hold anything, so it goes in the query."""
    return f"{reverse('order', args=[source_id])}?{urlencode({'number': number_})}"


def _cell(
    column: Column, row: dict[str, Any], people: dict[int, ProfileRow], currency: str
) -> Shown:
    label = in_language(column.label)
    value = row[column.key]
    if column.kind == "time":
        return Shown(label, "time", at=as_utc(value))
    if column.kind == "person":
        person = people.get(value)
        href = reverse("customer", args=[person.id]) if person else ""
        return Shown(label, "person", person=person, href=href)
    if column.kind == "order":
        return Shown(label, "text", words=value, href=order_address(row["source_id"], value))
    if column.kind == "money":
        of = row.get("currency") or row.get("order_currency") or currency
        return Shown(label, "right", words=money(value, of))
    if column.kind == "count":
        return Shown(label, "right", words=number(value))
    if column.kind == "visitor":
        return Shown(label, "code", words=str(value).partition(":")[2][:24])
    return Shown(label, "text", words=_words(column.key, value))


def _words(key: str, value: Any) -> str:
    if key == "entry":
        return gettext("Hoàn tiền") if value == "refund" else gettext("Đơn hàng")
    if key in _NAMED:
        named = _NAMED[key].get(value)
        return in_language(named) if named else gettext("không rõ")
    return str(value or "")[:120]
