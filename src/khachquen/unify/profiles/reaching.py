"""Many people at once, as one needs them to write to them: who they are now, and all they go by."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from khachquen.unify.models import Node, Profile, Trait
from khachquen.unify.traits.builtin import built_in

__all__ = ["Reached", "numbers_before", "numbers_now", "reach"]
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Reached:
    """One person as of now; ``id`` is another's where they were joined meanwhile.

    ``zone`` is the time zone last told of them, as it was told.
    """

    id: int
    name: str
    email: str
    keys: tuple[str, ...]
    zone: str = ""
    phone: str = ""


class _Row(NamedTuple):
    """Of a person's row what reaching them needs: a row of the model costs five times as much."""

    id: int
    merged_into: int | None
    name: str
    email: str
    phone: str


def reach(person_ids: Collection[int]) -> dict[int, Reached]:
    """Asked number → person; whoever is gone is left out. Three queries for some hundred people."""
    people = _survivors(person_ids)
    owners = {row.id for row in people.values()}
    keys: dict[int, list[str]] = defaultdict(list)
    owner_of: dict[int, int] = {}
    rows = Node.objects.filter(profile_id__among=owners).order_by("id")
    for node, owner, key in rows.values_list("id", "profile_id", "key"):
        keys[owner].append(key)
        owner_of[node] = owner
    zones = _zones(owner_of)
    return {
        asked: Reached(
            row.id, row.name, row.email, tuple(keys[row.id]), zones.get(row.id, ""), row.phone
        )
        for asked, row in people.items()
    }


def numbers_now(person_ids: Collection[int]) -> dict[int, int]:
    """Under which number each of these people is known today; those nobody joined under their
    own."""
    found = {one: one for one in person_ids}
    into = _joined("id", set(found))
    while into:
        found = {asked: into.get(now, now) for asked, now in found.items()}
        into = _joined("id", set(into.values()) - into.keys())
    return found


def numbers_before(person_ids: Collection[int]) -> dict[int, int]:
    """Every number these people of today were ever known under → that of today; theirs too."""
    found = {one: one for one in person_ids}
    newer = set(found)
    while newer:
        into = _joined("merged_into", newer)
        newer = into.keys() - found.keys()
        found |= {older: found[now] for older, now in into.items() if older in newer}
    return found


def _joined(column: str, numbers: Collection[int]) -> dict[int, int]:
    """Who became part of whom, of those whose ``column`` is one of these."""
    ordered = sorted(numbers)
    found: dict[int, int | None] = {}
    for start in range(0, len(ordered), _CHUNK):
        some = {f"{column}__in": ordered[start : start + _CHUNK]}
        rows = Profile.objects.filter(merged_into__isnull=False, **some)
        found.update(rows.values_list("id", "merged_into"))
    return {older: now for older, now in found.items() if now is not None}


def _survivors(person_ids: Collection[int]) -> dict[int, _Row]:
    into = _rows(person_ids)
    while joined := {key: row.merged_into for key, row in into.items() if row.merged_into}:
        others = _rows(set(joined.values()))
        for key, owner in joined.items():
            if owner in others and others[owner].merged_into != into[key].id:
                into[key] = others[owner]
            else:
                del into[key]
    return into


def _rows(person_ids: Collection[int]) -> dict[int, _Row]:
    rows = Profile.objects.filter(id__among=person_ids)
    return {row[0]: _Row(*row) for row in rows.values_list(*_Row._fields).iterator()}


def _zones(owner_of: dict[int, int]) -> dict[int, str]:
    rows = Trait.objects.filter(node_id__among=owner_of, name__in=_zone_names())
    told = rows.order_by("at", "id").values_list("node_id", "value")
    return {owner_of[node]: str(json.loads(value)) for node, value in told}


@cache
def _zone_names() -> tuple[str, ...]:
    zone = built_in()["timezone"]
    return (zone.key, *zone.aliases)
