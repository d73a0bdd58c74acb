"""The customer list as a CSV file: UTF-8 with a BOM, so that Excel reads Vietnamese as it is."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from khachquen.activate.audiences.spreadsheet import safe_cell
from khachquen.base import Money, Text
from khachquen.govern import record_audit
from khachquen.unify.normalise import format_phone
from khachquen.unify.profiles import ProfileRow, Who, count_profiles, iter_profiles
from khachquen.unify.profiles.saying import values_of
from khachquen.unify.traits import load_registry

_BOM = "\ufeff"
_ROWS_A_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Setting:
    """What the numbers and times of the file are written in."""

    currency: str
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True)
class FileColumn:
    """One column: its key, the words on top, what it means, and how a person fills it."""

    key: str
    label: Text
    meaning: Text
    write: Callable[[ProfileRow, Setting], str]


def _at(moment: datetime | None, setting: Setting) -> str:
    return f"{moment.astimezone(setting.timezone):%Y-%m-%d %H:%M}" if moment else ""


COLUMNS: tuple[FileColumn, ...] = (
    FileColumn(
        "id",
        Text(vi="Mã hồ sơ", en="Profile id"),
        Text(
            vi="Số của hồ sơ ở đây; gộp hồ sơ thì số có thể đổi.",
            en="The record's number here; it can change when records are merged.",
        ),
        lambda row, _: str(row.id),
    ),
    FileColumn(
        "user_id",
        Text(vi="Mã khách hàng", en="Customer id"),
        Text(
            vi="Mã của chính cửa hàng, nếu có.",
            en="The shop's own id of the customer, if there is one.",
        ),
        lambda row, _: safe_cell(row.user_id),
    ),
    FileColumn(
        "name",
        Text(vi="Họ tên", en="Name"),
        Text(vi="Họ, tên đệm, tên.", en="Family, middle and given name."),
        lambda row, _: safe_cell(row.name),
    ),
    FileColumn(
        "phone",
        Text(vi="Số điện thoại", en="Phone"),
        Text(
            vi="Viết như thường đọc, có khoảng trắng để bảng tính không bỏ số 0 đầu.",
            en="As people write it, with spaces so that a spreadsheet keeps the leading zero.",
        ),
        lambda row, _: _phone(row.phone),
    ),
    FileColumn(
        "email",
        Text(vi="Email", en="E-mail"),
        Text(vi="Chữ thường.", en="In lower case."),
        lambda row, _: safe_cell(row.email),
    ),
    FileColumn(
        "orders",
        Text(vi="Số đơn", en="Orders"),
        Text(vi="Số đơn đã đặt.", en="Orders placed."),
        lambda row, _: str(row.orders),
    ),
    FileColumn(
        "spent",
        Text(vi="Đã chi", en="Spent"),
        Text(
            vi="Số tiền theo đơn vị chính của loại tiền ở cột bên, dấu chấm thập phân.",
            en="In the main unit of the currency beside it, with a decimal point.",
        ),
        lambda row, setting: str(Money(row.spent_minor, setting.currency).to_major()),
    ),
    FileColumn(
        "currency",
        Text(vi="Loại tiền", en="Currency"),
        Text(vi="Mã ba chữ, ví dụ VND.", en="Three letters, as VND."),
        lambda _, setting: safe_cell(setting.currency),
    ),
    FileColumn(
        "last_order_at",
        Text(vi="Mua gần nhất", en="Last order"),
        Text(vi="Giờ của cửa hàng, năm-tháng-ngày giờ:phút.", en="The shop's time, ISO form."),
        lambda row, setting: _at(row.last_order_at, setting),
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


@dataclass(frozen=True, slots=True)
class OwnColumns:
    """The shop's own columns: their heads, and for some people the values of each."""

    labels: Sequence[Text]
    read: Callable[[Sequence[int]], Sequence[Mapping[int, Any]]]


_NONE = OwnColumns((), lambda ids: ())


def export_customers(
    *,
    actor: str,
    at: datetime,
    currency: str,
    timezone: ZoneInfo,
    language: str = "vi",
    search: str = "",
    who: Who = "known",
) -> Iterator[str]:
    """Note who took the list away and when, then give the file piece by piece.

    Behind our columns stand the traits the shop shows in its list; sealed ones never do. The audit
    trail keeps how many people and whether they were searched for, never the words searched, which
    may be somebody's phone number. Memory holds some hundred rows at a time.
    """
    registry = load_registry()
    listed = registry.listed()
    own = OwnColumns(
        [one.label for one in listed],
        lambda ids: [values_of(ids, one.key, registry, now=at) for one in listed],
    )
    record_audit(
        actor=actor,
        action="customers.export",
        detail={
            "rows": count_profiles(search=search, who=who),
            "who": who,
            "searched": bool(search),
        },
        at=at,
    )
    people = iter_profiles(search=search, who=who)
    return write_customers(people, Setting(currency, timezone), language=language, own=own)


def write_customers(
    rows: Iterable[ProfileRow],
    setting: Setting,
    *,
    language: str = "vi",
    own: OwnColumns = _NONE,
) -> Iterator[str]:
    """The text of the file, some hundred lines a piece; the first piece begins with the BOM."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(_BOM)
    heads = [column.label for column in COLUMNS] + [*own.labels]
    writer.writerow([safe_cell(head.in_language(language)) for head in heads])
    rows = iter(rows)
    while chunk := list(islice(rows, _ROWS_A_CHUNK)):
        values = own.read([row.id for row in chunk])
        for row in chunk:
            told = [_plain(of_trait.get(row.id)) for of_trait in values]
            writer.writerow([*(column.write(row, setting) for column in COLUMNS), *told])
        yield _take(buffer)
    if heads_alone := _take(buffer):
        yield heads_alone


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return safe_cell("; ".join(map(str, value)))
    if isinstance(value, dict):
        return safe_cell(", ".join(map(str, value.values())))
    return "" if value is None else safe_cell(str(value))


def _take(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _phone(e164: str) -> str:
    written = format_phone(e164) if e164 else ""
    return written if written[:1] != "+" else f"'{written}"
