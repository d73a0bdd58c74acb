"""The shop's own people as rows a matcher compares: what is known of each now, in normal form.

Sealed numbers are compared by their tokens: equal tokens are equal numbers, and nothing is opened.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from khachquen.unify.identity.ledger import chunks
from khachquen.unify.identity.rules import STRENGTH
from khachquen.unify.matching.columns import Columns, Field
from khachquen.unify.models import Node, Profile, Trait
from khachquen.unify.traits.registry import Registry, load_registry

__all__ = ["COLUMNS", "Comparable", "count_people", "iter_lessons", "iter_people", "people_by_id"]

_OF_TRAIT = {
    "birthday": Field.BIRTH,
    "national_id": Field.ID_NUMBER,
    "address": Field.STREET,
    "ward": Field.PLACE,
    "province": Field.REGION,
    "postal_code": Field.POSTCODE,
}
_SAID = {
    **_OF_TRAIT,
    "name": Field.FULL_NAME,
    "phone": Field.PHONE,
    "email": Field.EMAIL,
}
_FIELDS = (Field.FULL_NAME, Field.PHONE, Field.EMAIL, *_OF_TRAIT.values())
COLUMNS = Columns({field: (field.value,) for field in _FIELDS})
"""The columns of ``Comparable.row``."""
_AT_ONCE = 2_000
_TAUGHT = 100_000
_SECOND = " / "


class Comparable(NamedTuple):
    """One person: the identifier that stands for them, their number now, and what is compared."""

    node_id: int
    profile_id: int
    row: dict[str, str]


def count_people() -> int:
    """How many people a run compares."""
    return _known().count()


def iter_people() -> Iterator[Comparable]:
    """Everybody known, by number, in short questions: nobody who writes waits for it."""
    registry, after = load_registry(), 0
    while rows := list(_known().filter(id__gt=after).order_by("id")[:_AT_ONCE]):
        yield from _comparable(rows, registry)
        after = rows[-1].id


def iter_lessons(*, most: int = _TAUGHT) -> Iterator[dict[str, str]]:
    """What each source said of people several sources speak of, a row a source.

    They are one person by an identifier, not by likeness, so they show how one person's words
    differ from source to source. People as they are now cannot: whoever has one phone is one
    person already.
    """
    registry, after, given = load_registry(), 0, 0
    while rows := list(_known().filter(id__gt=after).order_by("id")[:_AT_ONCE]):
        for lesson in _lessons([row.id for row in rows], registry):
            yield lesson
            given += 1
        if given >= most:
            return
        after = rows[-1].id


def people_by_id(profile_ids: Iterable[int]) -> list[Comparable]:
    """These people, those who are no more left out."""
    registry = load_registry()
    return [
        one
        for chunk in chunks(profile_ids)
        for one in _comparable(list(_known().filter(id__in=chunk).order_by("id")), registry)
    ]


def _known() -> "QuerySet[Profile]":
    known = Profile.objects.themselves().filter(is_known=True)
    return known.only("id", "name", "phone", "email")


def _comparable(rows: Sequence[Profile], registry: Registry) -> Iterator[Comparable]:
    nodes = _nodes({row.id for row in rows})
    owner = {number: row_id for row_id, found in nodes.items() for _, number, _, _ in found}
    told = _told(owner, registry)
    for row in rows:
        if mine := nodes.get(row.id):
            yield Comparable(min(mine)[1], row.id, _row(row, mine, told[row.id]))


def _lessons(profile_ids: Sequence[int], registry: Registry) -> Iterator[dict[str, str]]:
    key_of: dict[int, tuple[int, str]] = {}
    for chunk in chunks(profile_ids):
        nodes = Node.objects.filter(profile_id__in=chunk, is_shared=False)
        key_of |= {
            n: (owner, key) for n, owner, key in nodes.values_list("id", "profile_id", "key")
        }
    said: dict[int, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    fields: dict[str, Field | None] = {}
    for chunk in chunks(key_of):
        rows = Trait.objects.filter(node_id__in=chunk).order_by("at", "id")
        for node_id, source, name, value in rows.values_list(
            "node_id", "source_id", "name", "value"
        ):
            owner, key = key_of[node_id]
            told = said[owner][source]
            kind, _, own = key.partition(":")
            if kind in ("phone", "email"):
                told.setdefault(kind, own)
            if name not in fields:
                fields[name] = _SAID.get(registry.find(name).key)
            if (field := fields[name]) and (text := _text(value)):
                told[field.value] = text
    for sources in said.values():
        if len(sources) > 1:
            yield from sources.values()


def _nodes(profile_ids: Iterable[int]) -> dict[int, list[tuple[int, int, str, bool]]]:
    """Person → their identifiers: how strong, number, key, whether others use it too."""
    place = {kind: number for number, kind in enumerate(STRENGTH)}
    found: dict[int, list[tuple[int, int, str, bool]]] = defaultdict(list)
    for chunk in chunks(profile_ids):
        rows = Node.objects.filter(profile_id__in=chunk)
        for owner, kind, number, key, shared in rows.values_list(
            "profile_id", "kind", "id", "key", "is_shared"
        ):
            found[owner].append((place[kind], number, key, shared))
    return found


def _told(owner: Mapping[int, int], registry: Registry) -> dict[int, dict[str, str]]:
    """Person → field → the newest word of it, whoever said it."""
    told: dict[int, dict[str, str]] = defaultdict(dict)
    field_of: dict[str, Field | None] = {}
    for chunk in chunks(owner):
        rows = Trait.objects.filter(node_id__in=chunk).order_by("at", "id")
        for node_id, name, value in rows.values_list("node_id", "name", "value"):
            if name not in field_of:
                field_of[name] = _OF_TRAIT.get(registry.find(name).key)
            if (field := field_of[name]) and (text := _text(value)):
                told[owner[node_id]][field.value] = text
    return told


def _text(value: str) -> str:
    try:
        said = json.loads(value)
    except ValueError:
        said = value
    return str(said).strip() if isinstance(said, str | int) else ""


def _row(
    profile: Profile, nodes: Sequence[tuple[int, int, str, bool]], told: dict[str, str]
) -> dict[str, str]:
    """A phone others use too comes after the person's own; it is still what they said."""
    phones = [(shared, number, value) for number, value, shared in _values("phone", nodes)]
    own = [value for _, _, value in sorted(phones)]
    emails = [value for _, value, _ in _values("email", nodes)]
    return {
        Field.FULL_NAME.value: profile.name,
        Field.PHONE.value: _SECOND.join(dict.fromkeys(filter(None, (*own, profile.phone)))),
        Field.EMAIL.value: emails[0] if emails else profile.email,
        **told,
    }


def _values(kind: str, nodes: Sequence[tuple[int, int, str, bool]]) -> list[tuple[int, str, bool]]:
    return sorted(
        (number, value, shared)
        for _, number, key, shared in nodes
        for found, _, value in [key.partition(":")]
        if found == kind
    )
