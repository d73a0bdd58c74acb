"""What a template asks for, read for many people at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from khachquen.activate.content.message import Reader
from khachquen.base import from_micros
from khachquen.understand.query.facts import PERSON_FIELDS
from khachquen.unify.mirror import hold_mirror, read_people
from khachquen.unify.normalise import given_name, salutation
from khachquen.unify.orders import latest_orders
from khachquen.unify.traits import load_registry

_TRAIT = "trait:"


class Asking(Protocol):
    """What is wanted of people: facts and traits, the latest order, in which currency and zone."""

    @property
    def fields(self) -> Sequence[str]: ...
    @property
    def needs_order(self) -> bool: ...
    @property
    def currency(self) -> str: ...
    @property
    def timezone(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """The same, of who is no template of a mail."""

    fields: Sequence[str]
    needs_order: bool
    currency: str
    timezone: str


def read_readers(
    version: Asking,
    profile_ids: Collection[int],
    *,
    now: datetime,
    links: Mapping[int, Mapping[str, str]] | None = None,
) -> list[Reader]:
    """The people a batch is for, in the order asked; who is merged away or no more is left out.

    ``links`` are the addresses of each person, by profile. A few statements a thousand people.
    """
    asked = list(dict.fromkeys(profile_ids))
    mirror = hold_mirror(load_registry(), version.currency)
    only = {PERSON_FIELDS[key].column for key in version.fields if key in PERSON_FIELDS}
    rows = read_people(asked, mirror, now=now, only=only)
    orders = latest_orders(rows) if version.needs_order else {}
    zone = ZoneInfo(version.timezone)
    return [
        Reader(
            id=one,
            values=_values(rows[one], version.fields, zone),
            order=_order(orders.get(one, {}), zone),
            links=(links or {}).get(one, {}),
        )
        for one in asked
        if one in rows
    ]


def _values(row: Mapping[str, Any], fields: Collection[str], zone: ZoneInfo) -> dict[str, Any]:
    said = {key: _value(row, key, zone) for key in fields}
    name, gender = str(row.get("name") or ""), str(row.get(f"{_TRAIT}gender") or "")
    said["greeting"], said["given_name"] = salutation(name, gender), given_name(name)
    return {key: value for key, value in said.items() if value is not None and value != ""}


def _value(row: Mapping[str, Any], key: str, zone: ZoneInfo) -> Any:
    fact = PERSON_FIELDS.get(key)
    if fact is None:
        return row.get(f"{_TRAIT}{key}")
    value = row.get(fact.column)
    return _instant(from_micros(value), zone) if fact.kind == "time" and value else value


def _order(order: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    said = dict(order)
    if at := said.get("placed_at"):
        said["placed_at"] = _instant(at, zone)
    return said


def _instant(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(UTC).astimezone(zone).isoformat(timespec="seconds")
