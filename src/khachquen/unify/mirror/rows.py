"""People read as wide rows, as many at a time as a statement takes: nothing is read one by one."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Min

from khachquen.base import to_micros
from khachquen.govern.consent.purposes import list_purposes
from khachquen.govern.consent.states import states_of
from khachquen.unify.households import homes_of_nodes, members_of_homes
from khachquen.unify.identity.identifiers import is_blocked
from khachquen.unify.identity.ledger import chunks
from khachquen.unify.mirror.columns import TRAIT, columns_of, to_column
from khachquen.unify.mirror.turning import TURNS_AT
from khachquen.unify.models import Node, Order, Profile, Trait
from khachquen.unify.traits import (
    Definition,
    Registry,
    Standing,
    Word,
    choose,
    read_value,
    standings,
)
from khachquen.unify.traits.sealing import is_token

_UNRANKED = Standing()
_DAY = 86_400_000_000
_SHAPE = 2  # of what a row is made of beside traits; another one, and everybody is written anew
_STRENGTH = {"user": 0, "email": 1, "phone": 2}
_OF_ORDERS = frozenset({"first_order_at"})
_OF_HOMES = frozenset({"household_id", "household_size", "is_household_head"})
_OF_CONSENTS = frozenset({"may_send", "consents", "suppressed"})
_FIXED = (
    "id",
    "name",
    "phone",
    "email",
    "name_key",
    "search",
    "is_known",
    "first_seen",
    "last_seen",
    "events",
    "orders",
    "spent_minor",
    "last_order_at",
    "merged_into",
)


@dataclass
class Mirror:
    """By what rules people become rows: the traits, how sources are trusted, the currency.

    ``mark`` stands for all of it: another mark, and everybody must be written again.
    """

    registry: Registry
    ranks: Mapping[int, Standing]
    currency: str
    columns: Mapping[str, str]
    mark: str
    _of_name: dict[str, Definition | None] = field(default_factory=dict)

    def column_of(self, name: str) -> Definition | None:
        """The trait a name means, if it is a column."""
        if name not in self._of_name:
            found = self.registry.find(name)
            is_column = f"{TRAIT}{found.key}" in self.columns
            self._of_name[name] = found if is_column else None
        return self._of_name[name]


def hold_mirror(registry: Registry, currency: str) -> Mirror:
    """The rules as they are now; one short query."""
    definitions, ranks = registry.definitions.values(), standings()
    columns = columns_of(definitions)
    kept = [repr(one) for one in definitions if f"{TRAIT}{one.key}" in columns]
    more = (list_purposes(), _SHAPE)
    told = repr((_FIXED, sorted(kept), sorted(ranks.items()), currency, *more))
    mark = hashlib.blake2b(told.encode(), digest_size=16).hexdigest()
    return Mirror(registry, ranks, currency, columns, mark)


def count_people() -> int:
    """How many records there are, merged-away ones left out."""
    return Profile.objects.filter(merged_into__isnull=True).count()


def people_after(profile_id: int, limit: int) -> list[int]:
    """The next people by number."""
    people = Profile.objects.themselves().filter(id__gt=profile_id)
    return list(people.order_by("id").values_list("id", flat=True)[:limit])


def read_people(
    profile_ids: Collection[int],
    mirror: Mirror,
    *,
    now: datetime,
    only: Collection[str] | None = None,
) -> dict[int, dict[str, Any]]:
    """Person → their row, times in microseconds UTC; who is merged away or no more is left out.

    ``only`` names the columns that are asked for: what takes a statement of its own and gives none
    of these is left out. Some 20 µs a visitor nobody knows, 10 more a word that was said of them.
    """
    rows: dict[int, dict[str, Any]] = {}
    for chunk in chunks(profile_ids):
        found = Profile.objects.themselves().filter(id__among=chunk)
        for told in found.values_list(*_FIXED):
            rows[told[0]] = _fixed(told)
    owners = _owners(rows)
    if _asks(only, _OF_ORDERS):
        _add_orders(rows, owners)
    if _asks(only, _OF_HOMES):
        _add_homes(rows, owners)
    _add_traits(rows, owners, mirror, now)
    if _asks(only, _OF_CONSENTS):
        _add_consents(rows, owners, now)
    return rows


def nodes_of(profile_ids: Collection[int]) -> dict[int, int]:
    """Identifier → whose it is, of some people."""
    return _owners(profile_ids)


def owners_of(node_ids: Collection[int]) -> dict[int, int]:
    """Identifier → whose it is now."""
    return {
        node_id: owner
        for chunk in chunks(node_ids)
        for node_id, owner in Node.objects.filter(id__in=chunk).values_list("id", "profile_id")
    }


def faces_of(profile_ids: Collection[int]) -> dict[int, int]:
    """Person → the identifier that stands for them for ever: their strongest, then the first."""
    found: dict[int, tuple[int, int]] = {}
    for chunk in chunks(profile_ids):
        nodes = Node.objects.filter(profile_id__in=chunk)
        for node_id, owner, kind in nodes.values_list("id", "profile_id", "kind"):
            rank = _STRENGTH.get(kind, len(_STRENGTH)), node_id
            found[owner] = min(found.get(owner, rank), rank)
    return {owner: node_id for owner, (_, node_id) in found.items()}


def order_keys_of(node_ids: Collection[int]) -> list[tuple[int, str]]:
    """The orders that belong to some identifiers: source and number of each."""
    return [
        key
        for chunk in chunks(node_ids)
        for key in Order.objects.filter(node_id__in=chunk).values_list("source_id", "number")
    ]


def _asks(only: Collection[str] | None, columns: frozenset[str]) -> bool:
    return only is None or not columns.isdisjoint(only)


def _fixed(told: Sequence[Any]) -> dict[str, Any]:
    row = dict(zip(_FIXED, told, strict=True))
    del row["merged_into"]
    row["profile_id"] = row.pop("id")
    for name in ("first_seen", "last_seen", "last_order_at"):
        row[name] = to_micros(row[name]) if row[name] else None
    return row


def _owners(profile_ids: Iterable[int]) -> dict[int, int]:
    return {
        node_id: owner
        for chunk in chunks(profile_ids)
        for node_id, owner in Node.objects.filter(profile_id__among=chunk).values_list(
            "id", "profile_id"
        )
    }


def _add_orders(rows: Mapping[int, dict[str, Any]], owners: Mapping[int, int]) -> None:
    buyers = [node_id for node_id, owner in owners.items() if rows[owner]["orders"]]
    for chunk in chunks(buyers):
        placed = Order.objects.filter(node_id__in=chunk, cancelled_at=None).values("node_id")
        for one in placed.annotate(first=Min("placed_at")):
            if one["first"] is not None:
                row = rows[owners[int(one["node_id"] or 0)]]
                first = to_micros(one["first"])
                row["first_order_at"] = min(first, row.get("first_order_at", first))


def _add_homes(rows: Mapping[int, dict[str, Any]], owners: Mapping[int, int]) -> None:
    """The household, how many people it has, and whether they stand for it: the earliest record."""
    for node_id, home in homes_of_nodes(owners).items():
        row = rows[owners[node_id]]
        row["household_id"] = min(home, row.get("household_id", home))
    homes = members_of_homes(
        {row["household_id"] for row in rows.values() if "household_id" in row}
    )
    for person, row in rows.items():
        if members := homes.get(row.get("household_id", 0)):
            row["household_size"] = len(members)
            row["is_household_head"] = person == min(members)


def _add_consents(
    rows: Mapping[int, dict[str, Any]], owners: Mapping[int, int], now: datetime
) -> None:
    keys: dict[int, list[str]] = defaultdict(list)
    for chunk in chunks(owners):
        for key, owner in Node.objects.filter(id__in=chunk).values_list("key", "profile_id"):
            if owner in rows:
                keys[owner].append(key)
    for person, states in states_of(keys, now=now).items():
        row = rows[person]
        for name in sorted(_OF_CONSENTS):
            if told := getattr(states, name):
                row[name] = list(told)
        _turn(row, to_micros(states.changes_at) if states.changes_at else None)


def _turn(row: dict[str, Any], at: int | None) -> None:
    """The row will be another one at that time, if nothing happens before."""
    if at is not None:
        row[TURNS_AT] = min(at, row.get(TURNS_AT, at))


_Said = dict[tuple[int, str], list[Word]]


def _add_traits(
    rows: Mapping[int, dict[str, Any]], owners: Mapping[int, int], mirror: Mirror, now: datetime
) -> None:
    said: _Said = defaultdict(list)
    for chunk in chunks(owners):
        told = Trait.objects.filter(node_id__among=chunk)
        for node_id, name, value, at, source_id in told.values_list(
            "node_id", "name", "value", "at", "source_id"
        ):
            if definition := mirror.column_of(name):
                word = _word(definition, value, at, source_id, mirror.ranks)
                said[owners[node_id], definition.key].append(word)
    moment = to_micros(now)
    for (owner, key), words in said.items():
        definition = mirror.registry.definitions[key]
        verdict = choose(words, definition.rule, valid_days=definition.valid_days, now=moment)
        best = words[verdict.index]
        if definition.valid_days and len(words) > 1:
            ends = (one.at + definition.valid_days * _DAY + 1 for one in words)
            _turn(rows[owner], min((end for end in ends if end > moment), default=None))
        if best.is_readable:
            value = to_column(definition, best.value, mirror.currency)
            rows[owner][f"{TRAIT}{key}"] = value


def _word(
    definition: Definition, value: str, at: datetime, source_id: int, ranks: Mapping[int, Standing]
) -> Word:
    raw = _read_json(value)
    rank = ranks.get(source_id, _UNRANKED).rank
    if is_token(raw):
        return Word(raw, to_micros(at), source_id, rank, is_readable=False)
    read, is_good = _read(definition, raw, at.date())
    return Word(read, to_micros(at), source_id, rank, is_readable=is_good)


def _read(definition: Definition, raw: Any, on: date) -> tuple[Any, bool]:
    reading = read_value(definition, raw, on=on)
    is_nobody = definition.key == "name" and isinstance(raw, str) and is_blocked(raw)
    return reading.value, reading.problem is None and reading.value is not None and not is_nobody


def _read_json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
