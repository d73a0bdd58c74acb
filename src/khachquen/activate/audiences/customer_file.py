"""The customer list as a table: which columns a file can have, and a person as its cells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from khachquen.activate.audiences.writing import Cell
from khachquen.base import Money, Text
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
    """Customers as rows of a file: of these columns (``trait:x`` is a trait), the usual ones when
    none are named. Number, the shop's own number and name always stand first; sealed traits never
    stand at all, and the currency stands beside what was spent.
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
        self._columns = [other for one in found for other in _with_currency(one, of_key)]
        self._setting, self._registry, self._language = setting, registry, language

    @property
    def heads(self) -> list[str]:
        """The words on top."""
        labels = [one.label for one in self._columns] + [one.label for one in self._traits]
        return [label.in_language(self._language) for label in labels]

    def cells(self, rows: Sequence[ProfileRow], *, now: datetime) -> list[list[Cell]]:
        """People as rows of cells."""
        ids = [row.id for row in rows]
        own = [values_of(ids, one.key, self._registry, now=now) for one in self._traits]
        return [
            [
                *(column.read(row, self._setting) for column in self._columns),
                *(_plain(values.get(row.id)) for values in own),
            ]
            for row in rows
        ]


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
