"""Orders a list of people can be read in, both ways, page by page."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import msgspec

from khachquen.base import InputError, Text, from_micros, nearest
from khachquen.understand.query import problems
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.expressions import (
    Call,
    Column,
    Compare,
    Expression,
    IsNull,
    Literally,
    Value,
    When,
    both,
    either,
)
from khachquen.understand.query.fields import Field, FieldKind

Way = Literal["asc", "desc"]
_FACTS = {
    "last_seen": "last_seen",
    "first_seen": "first_seen",
    "last_order_at": "last_order_at",
    "events": "events_count",
    "orders": "orders_count",
    "spent": "spent",
    "name": "name",
    "email": "email",
}
"""What lists call the facts of a person, and the catalogue."""
_TRAIT = "trait:"
_CLASS = "class:"
_CLASSES = ("rfm_recency", "order_rhythm", "next_order_on")
"""The classes that have an order; the others are names."""
_UP_FIRST: tuple[FieldKind, ...] = ("text", "choice", "code")
_UNSORTED: tuple[FieldKind, ...] = ("list", "any")
_NAMELESS = "~"


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: by which key, and whether the largest, latest or last letter comes first.

    Of a class ``of`` is filled in where it is asked (``listing``): it is no column of a person.
    """

    key: str
    way: Way
    of: Expression
    kind: FieldKind

    @property
    def name(self) -> str:
        """As an address says it: the usual way of a key is not said."""
        return self.key if self.way == usual_way(self.kind) else f"{self.key}.{self.way}"

    @property
    def class_key(self) -> str:
        """Which class it goes by; empty where it goes by a column."""
        return self.key.removeprefix(_CLASS) if self.key.startswith(_CLASS) else ""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A place in a list: the ``sort_key`` of a row, null where it has none, and whose it is."""

    sort_key: str | float | None
    profile_id: int


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    sort: str
    is_back: bool
    place: Place


def usual_way(kind: FieldKind) -> Way:
    """Names and words begin with A, numbers and times with the largest and latest."""
    return "asc" if kind in _UP_FIRST else "desc"


def read_sort(told: str, catalogue: Catalogue) -> Sort:
    """``spent``, ``name.desc``, ``trait:city``, ``class:order_rhythm`` as an order of people.

    Raises:
        InputError: ``query.unknown_sort``.
    """
    key, way = told, ""
    for end in ("asc", "desc"):
        if told.endswith(f".{end}"):
            key, way = told.removesuffix(f".{end}"), end
    field = _field(key, catalogue)
    if field is None:
        raise _unknown(told, catalogue)
    of = Column("name_key") if key == "name" else Column(field.column)
    usual = usual_way(field.kind)
    chosen: Way = "asc" if way == "asc" else "desc" if way == "desc" else usual
    return Sort(key, chosen, _as_sorted(of, field.kind, key), field.kind)


def sort_keys(catalogue: Catalogue) -> Mapping[str, FieldKind]:
    """Everything people can be sorted by."""
    traits = [f"{_TRAIT}{key}" for key, one in catalogue.people.items() if one.source == "trait"]
    classes = [f"{_CLASS}{key}" for key in _CLASSES]
    found = {key: _field(key, catalogue) for key in (*_FACTS, *traits, *classes)}
    return {key: field.kind for key, field in found.items() if field}


def order_of(sort: Sort, *, is_back: bool) -> tuple[tuple[Expression, Way], ...]:
    """What to order by: who lacks the value comes last, whichever way."""
    way: Way = sort.way if not is_back else "asc" if sort.way == "desc" else "desc"
    missing: Way = "desc" if is_back else "asc"
    return (IsNull(sort.of), missing), (sort.of, way), (Column("profile_id"), way)


def beyond(sort: Sort, after: Place, *, is_back: bool) -> Expression:
    """The rows after a place, read this way."""
    goes_up = (sort.way == "asc") != is_back
    sign: Literal["<", ">"] = ">" if goes_up else "<"
    further = Compare(Column("profile_id"), sign, Value(after.profile_id))
    is_missing = IsNull(sort.of)
    if after.sort_key is None:
        return When(((is_missing, further),), Literally(is_back))
    told = Value(_value(after.sort_key, sort))
    known = either((Compare(sort.of, sign, told), both((Compare(sort.of, "=", told), further))))
    return When(((is_missing, Literally(not is_back)),), known)


def key_of(sort: Sort) -> Expression:
    """The sort key as a cursor can hold it."""
    write = {"time": "micros_of", "date": "text_of"}.get(sort.kind)
    return Call(write, (sort.of,)) if write else sort.of


def write_cursor(sort: Sort, place: Place, *, is_back: bool) -> str:
    """A place as opaque text for an address."""
    raw = msgspec.json.encode(_Cursor(sort.name, is_back, place))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_cursor(cursor: str, sort: Sort) -> tuple[Place, bool]:
    """The place a cursor names in this order, and whether it is read backwards from there.

    Raises:
        InputError: not a cursor of this list in this order (``query.bad_cursor``).
    """
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        found = msgspec.json.decode(raw, type=_Cursor)
        if found.sort != sort.name or abs(found.place.profile_id) >= 2**63:
            raise ValueError(cursor)
        if found.place.sort_key is not None:
            _value(found.place.sort_key, sort)
    except (ValueError, OverflowError, binascii.Error, msgspec.MsgspecError):
        raise InputError(
            "query.bad_cursor",
            Text(vi="Vị trí trang này không đọc được.", en="This page position cannot be read."),
            path="cursor",
            hint=Text(
                vi="Bỏ tham số cursor để về trang đầu.",
                en="Leave out cursor to start at the first page.",
            ),
        ) from None
    return found.place, found.is_back


def _field(key: str, catalogue: Catalogue) -> Field | None:
    if key.startswith(_CLASS):
        named = key.removeprefix(_CLASS)
        return catalogue.people.get(named) if named in _CLASSES else None
    is_trait = key.startswith(_TRAIT)
    found = catalogue.people.get(key.removeprefix(_TRAIT) if is_trait else _FACTS.get(key, ""))
    if found is None or found.is_hidden or found.kind in _UNSORTED or not found.column:
        return None
    return found if is_trait == (found.source == "trait") else None


def _as_sorted(of: Column, kind: FieldKind, key: str) -> Expression:
    """What is compared: words without their marks, and nothing for an empty one."""
    if key == "name":
        return Call("nothing_if", (of, Value(_NAMELESS)))
    if kind in _UP_FIRST:
        return Call("nothing_if", (Call("folded", (of,)), Value("")))
    return Call("whole_number", (of,)) if kind == "yes_no" else of


def _value(told: str | float, sort: Sort) -> object:
    """A sort key as a cursor holds it, as the engine compares it."""
    if sort.kind in _UP_FIRST or sort.kind == "date":
        if not isinstance(told, str):
            raise ValueError(told)
        return date.fromisoformat(told) if sort.kind == "date" else told
    if isinstance(told, str):
        raise ValueError(told)
    return from_micros(int(told)).replace(tzinfo=None) if sort.kind == "time" else told


def _unknown(told: str, catalogue: Catalogue) -> InputError:
    return InputError(
        "query.unknown_sort",
        Text(
            vi=f"Không sắp xếp theo {problems.shown(told)} được.",
            en=f"People cannot be sorted by {problems.shown(told)}.",
        ),
        path="sort",
        hint=nearest(told, sort_keys(catalogue)),
    )
