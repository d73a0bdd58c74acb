"""Which traits become columns, of which type, and a value as such a column holds it. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from khachquen.base import InputError, Money
from khachquen.unify.traits.definition import Definition, Kind

TRAIT = "trait:"
_MOST = 500
_KINDS: Mapping[Kind, str] = {
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "phone": "VARCHAR",
    "email": "VARCHAR",
    "address": "VARCHAR",
    "number": "DOUBLE",
    "money": "BIGINT",
    "date": "DATE",
    "yes_no": "BOOLEAN",
    "list": "VARCHAR[]",
}


def is_mirrored(definition: Definition) -> bool:
    """Whether a trait may leave the operational store as a column.

    What nobody classified yet may be anything, an ID number too.
    """
    is_open = not definition.sealed and definition.sensitivity == "basic"
    return is_open and definition.is_classified and not definition.is_archived


def columns_of(definitions: Iterable[Definition]) -> dict[str, str]:
    """``trait:<key>`` → DuckDB's type; names that differ by case only are one column."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for definition in definitions:
        name = f"{TRAIT}{definition.key}"
        if is_mirrored(definition) and name.lower() not in taken and len(found) < _MOST:
            taken.add(name.lower())
            found[name] = _KINDS[definition.kind]
    return found


def to_column(definition: Definition, value: Any, currency: str) -> Any:
    """A value in the form of its type, as the column holds it; None where it cannot.

    >>> from khachquen.base import Text
    >>> income = Definition("budget", Text(vi="Ngân sách", en="Budget"), kind="money")
    >>> to_column(income, 12.5, "USD"), to_column(income, "?", "USD")
    (1250, None)
    """
    if definition.kind == "money":
        return _minor(value, currency)
    if definition.kind == "number":
        return float(value) if isinstance(value, int | float) else None
    if definition.kind == "list":
        return [_text(part) for part in value] if isinstance(value, list) else None
    if definition.kind == "yes_no":
        return value if isinstance(value, bool) else None
    if definition.kind == "address" and isinstance(value, dict):
        return ", ".join(_text(part) for part in value.values())
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _minor(value: Any, currency: str) -> int | None:
    try:
        return Money.from_major(value, currency).minor
    except InputError:
        return None
