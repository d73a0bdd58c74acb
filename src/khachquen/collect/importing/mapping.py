"""How the columns of one file are to be read: what a person said, and what was guessed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

import msgspec

from khachquen.base import InputError, Text, exponent_of, nearest
from khachquen.collect.importing.fields import FIELDS_OF, guess_columns, squeeze
from khachquen.collect.importing.values import NumberStyle

Traits = Sequence[tuple[str, Sequence[str]]]
"""Traits of customers: key, and the names a column of it may be headed by."""
OrderKind = Literal["order", "refund", "stock", "account"]
_IGNORED = ("", "ignore")
_TRAIT = "trait:"
_NEEDED: dict[str, list[tuple[str, ...]]] = {  # one of each
    "customers": [("customer_id", "phone", "email", "zalo_id", "facebook_psid", "card")],
    "suppressions": [("phone", "email")],
    "consents": [("customer_id", "phone", "email"), ("answer",)],
    "products": [("sku",)],
    "orders": [("order_number",), ("ordered_at",), ("price", "order_total")],
}


class FileMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``--mapping`` file. Every part may be left out.

    ``columns``: heading → field, ``"ignore"``, or for customers ``"trait:any_name"``. ``kinds``:
    prefix of an order number → what such an order is. ``decimal``: the decimal mark, ``.`` or
    ``,``. ``date_format``: as Python's ``strptime``. ``sheet``: which one of a workbook.
    """

    columns: dict[str, str] = {}
    timezone: str = ""
    currency: str = ""
    date_format: str = ""
    decimal: Literal["", ".", ","] = ""
    encoding: str = ""
    delimiter: Literal["", ",", ";", "\t", "|"] = ""
    kinds: dict[str, OrderKind] = {}
    sheet: str = ""


class Plan(msgspec.Struct, frozen=True):
    """The decided reading of one file: where each field is, and in what form."""

    kind: str
    fields: dict[str, int]
    traits: dict[str, int]
    ignored: tuple[str, ...]
    timezone: str
    currency: str
    number_style: NumberStyle
    date_format: str
    kinds: dict[str, OrderKind]


def read_mapping(given: Path | Mapping[str, Any] | None) -> FileMapping:
    """The mapping from a JSON file, a mapping, or nothing.

    Raises:
        InputError: not JSON, an unknown option, or a value of the wrong type; says which.
    """
    if given is None:
        return FileMapping()
    where = str(given.name) if isinstance(given, Path) else "mapping"
    try:
        if isinstance(given, Path):
            return msgspec.json.decode(given.read_bytes(), type=FileMapping)
        return msgspec.convert(dict(given), FileMapping)
    except OSError as error:
        raise _bad_mapping(where, error.strerror or str(error)) from None
    except msgspec.DecodeError as error:  # ValidationError is one of them
        raise _bad_mapping(where, str(error)) from None


def make_plan(
    kind: str,
    header: tuple[str, ...],
    mapping: FileMapping,
    *,
    timezone: str,
    currency: str,
    traits: Traits = (),
) -> Plan:
    """Decide every column: what the mapping says, then what the headings say, else ignored.

    ``traits`` are what the shop knows of customers beyond the fields of this room: a column headed
    by one of their names is that trait.

    Raises:
        InputError: the mapping names a column or field that does not exist (nearest one named), or
            a field the kind cannot do without has no column.
    """
    said = _said_columns(kind, header, mapping)
    taken = {index for index, _ in said}
    fields = {field: index for index, field in said if field and not field.startswith(_TRAIT)}
    found = {field[len(_TRAIT) :]: index for index, field in said if field.startswith(_TRAIT)}
    for field, index in guess_columns(kind, header).items():
        if field not in fields and index not in taken:
            fields[field] = index
    _require(kind, fields, header)
    if kind == "customers":
        found = {**_guess_traits(header, traits, {*taken, *fields.values()}), **found}
    used = set(fields.values()) | set(found.values())
    currency = (mapping.currency or currency).strip().upper()
    plan = Plan(
        kind=kind,
        fields=fields,
        traits=found,
        ignored=tuple(heading for i, heading in enumerate(header) if i not in used and heading),
        timezone=mapping.timezone or timezone,
        currency=currency,
        number_style=_number_style(mapping.decimal, currency),
        date_format=mapping.date_format,
        kinds=mapping.kinds,
    )
    _check_options(plan)
    return plan


def _guess_traits(header: tuple[str, ...], traits: Traits, taken: set[int]) -> dict[str, int]:
    """Trait → the first free column headed by one of its names."""
    names = {squeeze(name): key for key, spellings in reversed(traits) for name in spellings}
    found: dict[str, int] = {}
    for index, heading in enumerate(header):
        key = names.get(squeeze(heading))
        if key and index not in taken:
            found.setdefault(key, index)
    return found


def _said_columns(
    kind: str, header: tuple[str, ...], mapping: FileMapping
) -> list[tuple[int, str]]:
    """(column index, field or nothing) for each line of the mapping."""
    places = {squeeze(heading): index for index, heading in reversed(list(enumerate(header)))}
    known = [field.name for field in FIELDS_OF[kind]]
    said: list[tuple[int, str]] = []
    for heading, field in mapping.columns.items():
        if squeeze(heading) not in places:
            raise _unknown("column", "cột", heading, list(header))
        is_trait = kind == "customers" and field.startswith(_TRAIT) and len(field) > len(_TRAIT)
        if field not in known and field not in _IGNORED and not is_trait:
            raise _unknown("field", "trường", field, known)
        said.append((places[squeeze(heading)], "" if field in _IGNORED else field))
    return said


def _require(kind: str, fields: dict[str, int], header: tuple[str, ...]) -> None:
    needed = list(_NEEDED[kind])
    if kind == "orders" and "price" in fields:
        needed.append(("quantity",))
    missing = [" | ".join(names) for names in needed if not set(names) & set(fields)]
    if missing:
        example = missing[0].partition(" ")[0]
        raise InputError(
            "import.column_missing",
            Text(
                vi=f"Không tìm thấy cột cho: {', '.join(missing)}.",
                en=f"No column was found for: {', '.join(missing)}.",
            ),
            path=f"columns: {', '.join(header)[:500]}",
            hint=Text(
                vi=f'Chỉ rõ trong --mapping, ví dụ {{"columns": {{"Tên cột": "{example}"}}}}.',
                en=f'Name it in --mapping, as {{"columns": {{"Heading": "{example}"}}}}.',
            ),
        )


def _number_style(decimal: str, currency: str) -> NumberStyle:
    if decimal:
        return "dot" if decimal == "." else "comma"
    return "vi" if exponent_of(currency) == 0 else "dot"


def _check_options(plan: Plan) -> None:
    if plan.timezone not in available_timezones():
        raise _unknown("time zone", "múi giờ", plan.timezone, sorted(available_timezones()))
    if not (len(plan.currency) == 3 and plan.currency.isascii() and plan.currency.isalpha()):
        raise _unknown("currency", "loại tiền", plan.currency, ["VND", "USD", "EUR", "GBP"])


def _unknown(what_en: str, what_vi: str, given: str, known: list[str]) -> InputError:
    return InputError(
        f"import.unknown_{what_en.replace(' ', '_')}",
        Text(vi=f"Không có {what_vi} {given[:80]!r}.", en=f"There is no {what_en} {given[:80]!r}."),
        path="mapping",
        hint=nearest(given, known),
    )


def _bad_mapping(where: str, why: str) -> InputError:
    return InputError(
        "import.bad_mapping",
        Text(vi=f"Tệp ánh xạ không đọc được: {why}", en=f"The mapping cannot be read: {why}"),
        path=where,
        hint=Text(
            vi='Dạng đúng: {"columns": {"Mã KH": "customer_id"}, "currency": "VND"}.',
            en='It looks like {"columns": {"Mã KH": "customer_id"}, "currency": "VND"}.',
        ),
    )
