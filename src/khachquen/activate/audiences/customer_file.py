"""The customer list as a table: which columns a file can have, and a person as its cells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from khachquen.activate.audiences.writing import Cell
from khachquen.base import Money, Text
from khachquen.collect import list_sources
from khachquen.understand.classes import current_classes
from khachquen.understand.classes.people import classes_of
from khachquen.understand.classes.saying import CLASS_COLUMN, say_class
from khachquen.understand.query.classes import HABIT_KEYS, class_fields
from khachquen.understand.query.fields import Field
from khachquen.unify.normalise import format_phone
from khachquen.unify.profiles import ProfileRow
from khachquen.unify.profiles.saying import values_of
from khachquen.unify.traits import Registry


@dataclass(frozen=True, slots=True)
class Setting:
    """What the numbers and times of the file are written in."""

    currency: str
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True)
class FileColumn:
    """One column: its key, the words on top, what it means, and what a person has there."""

    key: str
    label: Text
    meaning: Text
    read: Callable[[ProfileRow, Setting], Cell]


def _at(moment: datetime | None, setting: Setting) -> datetime | None:
    return moment.astimezone(setting.timezone) if moment else None


COLUMNS: tuple[FileColumn, ...] = (
    FileColumn(
        "id",
        Text(vi="Mã hồ sơ", en="Profile id"),
        Text(
            vi="Số của hồ sơ ở đây; gộp hồ sơ thì số có thể đổi.",
            en="The record's number here; it can change when records are merged.",
        ),
        lambda row, _: row.id,
    ),
    FileColumn(
        "user_id",
        Text(vi="Mã khách hàng", en="Customer id"),
        Text(
            vi="Mã của chính cửa hàng, nếu có.",
            en="The shop's own id of the customer, if there is one.",
        ),
        lambda row, _: row.user_id,
    ),
    FileColumn(
        "name",
        Text(vi="Họ tên", en="Name"),
        Text(vi="Họ, tên đệm, tên.", en="Family, middle and given name."),
        lambda row, _: row.name,
    ),
    FileColumn(
        "phone",
        Text(vi="Số điện thoại", en="Phone"),
        Text(
            vi="Viết như thường đọc, có khoảng trắng để bảng tính không bỏ số 0 đầu.",
            en="As people write it, with spaces so that a spreadsheet keeps the leading zero.",
        ),
        lambda row, _: format_phone(row.phone) if row.phone else "",
    ),
    FileColumn(
        "email",
        Text(vi="Email", en="E-mail"),
        Text(vi="Chữ thường.", en="In lower case."),
        lambda row, _: row.email,
    ),
    FileColumn(
        "orders",
        Text(vi="Số đơn", en="Orders"),
        Text(vi="Số đơn đã đặt.", en="Orders placed."),
        lambda row, _: row.orders,
    ),
    FileColumn(
        "spent",
        Text(vi="Đã chi", en="Spent"),
        Text(
            vi="Số tiền theo đơn vị chính của loại tiền ở cột bên, dấu chấm thập phân.",
            en="In the main unit of the currency beside it, with a decimal point.",
        ),
        lambda row, setting: Money(row.spent_minor, setting.currency).to_major(),
    ),
    FileColumn(
        "currency",
        Text(vi="Loại tiền", en="Currency"),
        Text(vi="Mã ba chữ, ví dụ VND.", en="Three letters, as VND."),
        lambda _, setting: setting.currency,
    ),
    FileColumn(
        "last_order_at",
        Text(vi="Mua gần nhất", en="Last order"),
        Text(vi="Giờ của cửa hàng, năm-tháng-ngày giờ:phút.", en="The shop's time, ISO form."),
        lambda row, setting: _at(row.last_order_at, setting),
    ),
    FileColumn(
        "events",
        Text(vi="Số sự kiện", en="Events"),
        Text(vi="Số sự kiện của khách.", en="What the person did, counted."),
        lambda row, _: row.events,
    ),
    FileColumn(
        "first_seen",
        Text(vi="Gặp lần đầu", en="First seen"),
        Text(vi="Giờ của cửa hàng.", en="The shop's time."),
        lambda row, setting: _at(row.first_seen, setting),
    ),
    FileColumn(
        "last_seen",
        Text(vi="Gặp gần nhất", en="Last seen"),
        Text(vi="Giờ của cửa hàng.", en="The shop's time."),
        lambda row, setting: _at(row.last_seen, setting),
    ),
)
"""What the file holds, in order; the page and the docs read this list."""


_TRAIT = "trait:"
_ALWAYS = ("id", "user_id", "name")
_USUAL = tuple(one.key for one in COLUMNS if one.key != "events")


class CustomerTable:
    """Customers as rows of a file: of these columns, the usual ones when none are named.

    ``trait:x`` is a trait, ``class:x`` a class. Number, the shop's own number and name always stand
    first; sealed traits never stand at all, and the currency stands beside what was spent.
    """

    def __init__(
        self, columns: Sequence[str], setting: Setting, registry: Registry, *, language: str
    ) -> None:
        listed = [f"{_TRAIT}{one.key}" for one in registry.listed()]
        keys = dict.fromkeys((*_ALWAYS, *(columns or (*_USUAL, *listed))))
        of_key = {one.key: one for one in COLUMNS}
        found = [of_key[key] for key in keys if key in of_key and key != "currency"]
        names = [key.removeprefix(_TRAIT) for key in keys if key.startswith(_TRAIT)]
        traits = [registry.definitions[name] for name in names if name in registry.definitions]
        self._traits = [one for one in traits if not (one.sealed or one.is_archived)]
        self._classes, self._sources = _classes(keys)
        self._columns = [other for one in found for other in _with_currency(one, of_key)]
        self._setting, self._registry, self._language = setting, registry, language

    @property
    def heads(self) -> list[str]:
        """The words on top."""
        parts = (self._columns, self._traits, self._classes)
        labels = [one.label for part in parts for one in part]
        return [label.in_language(self._language) for label in labels]

    def cells(self, rows: Sequence[ProfileRow], *, now: datetime) -> list[list[Cell]]:
        """People as rows of cells."""
        ids = [row.id for row in rows]
        with_habits = any(one.key in HABIT_KEYS for one in self._classes)
        classes = classes_of(ids, now=now, with_habits=with_habits) if self._classes else {}
        own = [values_of(ids, one.key, self._registry, now=now) for one in self._traits]
        return [
            [
                *(column.read(row, self._setting) for column in self._columns),
                *(_plain(values.get(row.id)) for values in own),
                *(self._say(one, classes.get(row.id, {})) for one in self._classes),
            ]
            for row in rows
        ]

    def _say(self, one: Field, told: Mapping[str, Any]) -> Cell:
        value = told.get(one.key)
        said = say_class(one, value, language=self._language, sources=self._sources)
        if isinstance(said, float):
            return Decimal(f"{said:g}")
        return said.isoformat() if isinstance(said, date) else said


def _classes(keys: Iterable[str]) -> tuple[list[Field], Mapping[int, str]]:
    """The classes among the columns, and what places to buy are called; asked for only then."""
    named = [key.removeprefix(CLASS_COLUMN) for key in keys if key.startswith(CLASS_COLUMN)]
    if not named:
        return [], {}
    fields = class_fields(current_classes())
    sources = {one.id: one.name for one in list_sources()}
    return [fields[name] for name in named if name in fields], sources


def _with_currency(one: FileColumn, of_key: dict[str, FileColumn]) -> list[FileColumn]:
    return [one, of_key["currency"]] if one.key == "spent" else [one]


def _plain(value: Any) -> Cell:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(map(str, value.values()))
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return None if value is None else str(value)
