"""Every trait there is: built-in ones as the shop has them, its own, and the unasked ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import cast

from django.db.models import Count, Max

from khachquen.base import Text
from khachquen.unify.traits.builtin import built_in
from khachquen.unify.traits.definition import (
    Choice,
    Definition,
    Kind,
    Origin,
    Pii,
    Rule,
    Sensitivity,
    SourceClass,
    spellings_of,
    squeeze,
    unclassified,
)
from khachquen.unify.traits.models import Attribute
from khachquen.unify.traits.sealer import Sealer

_LONGEST_NAME = 100
_MOST_ARRIVED = 5_000


@dataclass(frozen=True)
class Registry:
    """The traits as they are declared now, by key."""

    definitions: Mapping[str, Definition]

    def find(self, name: str) -> Definition:
        """The trait a name means, in any spelling; an unclassified one when nobody knows."""
        return self._by_spelling.get(squeeze(name)) or unclassified(name)

    def knows(self, name: str) -> bool:
        """Whether the name is one of a trait, be it an unclassified one."""
        return squeeze(name) in self._by_spelling

    def place_of(self, key: str) -> tuple[int, str]:
        """Where a trait stands among the others: in the order of the registry, strangers last."""
        return self._places.get(key, len(self._places)), key

    def listed(self) -> list[Definition]:
        """The traits people chose as columns of the customer list."""
        return [one for one in self.definitions.values() if one.in_list and not one.is_archived]

    def sealed(self) -> list[Definition]:
        """The traits whose values are kept encrypted; archiving one does not open it."""
        return [one for one in self.definitions.values() if one.sealed]

    def headings(self) -> list[tuple[str, tuple[str, ...]]]:
        """Trait → the names a column of an imported file may have; archived ones have none."""
        return [
            (one.key, spellings_of(one)) for one in self.definitions.values() if not one.is_archived
        ]

    @cached_property
    def sealer(self) -> Sealer:
        """Takes the values of sealed traits out of messages."""
        return Sealer(self.sealed())

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.definitions)}

    @cached_property
    def _by_spelling(self) -> dict[str, Definition]:
        found: dict[str, Definition] = {}
        for definition in self.definitions.values():  # built-in ones first: a label takes no name
            for name in spellings_of(definition):
                found.setdefault(squeeze(name), definition)
            if definition.origin != "built_in":
                found.setdefault(definition.key, definition)
        return found


def load_registry() -> Registry:
    """The registry as stored; one short query."""
    definitions = dict(built_in())
    rows = Attribute.objects.order_by("origin", "label_vi", "key")
    for row in rows:
        known = built_in().get(row.key)
        definitions[row.key] = _changed(known, row) if known else _own(row)
    order = {"built_in": 0, "custom": 1, "arrived": 2}
    return Registry(dict(sorted(definitions.items(), key=lambda pair: order[pair[1].origin])))


class FreshRegistry:
    """The registry for a process that stays: read anew when somebody changed it."""

    def __init__(self) -> None:
        self._registry: Registry | None = None
        self._version: tuple[object, ...] = ()

    def get(self) -> Registry:
        """The registry as of now; one query of two figures when nothing changed."""
        told = Attribute.objects.aggregate(at=Max("changed_at"), n=Count("pk"))
        version = (told["at"], told["n"])
        if self._registry is None or version != self._version:
            self._registry, self._version = load_registry(), version
        return self._registry


def note_arrived(names: Iterable[str], registry: Registry, *, at: datetime) -> Sequence[str]:
    """Put names nobody declared on the list of what waits to be classified; which are new.

    Their values are kept whatever becomes of the names. A flood of names stops being listed, not
    being kept, at five thousand.
    """
    new = sorted({name[:_LONGEST_NAME] for name in names if not registry.knows(name)})
    new = [name for name in new if squeeze(name)]
    room = _MOST_ARRIVED - sum(one.origin == "arrived" for one in registry.definitions.values())
    Attribute.objects.bulk_create(
        (
            Attribute(key=name, origin="arrived", label_vi=name, created_at=at, changed_at=at)
            for name in new[: max(0, room)]
        ),
        ignore_conflicts=True,
    )
    return new


def _changed(known: Definition, row: Attribute) -> Definition:
    label = known.label
    return replace(
        known,
        label=Text(vi=row.label_vi or label.vi, en=row.label_en or label.en),
        aliases=(*known.aliases, label.vi, label.en, *row.former),
        rule=cast(Rule, row.rule) if row.rule else known.rule,
        in_list=row.in_list,
        is_archived=row.archived_at is not None,
    )


def _own(row: Attribute) -> Definition:
    return Definition(
        key=row.key,
        label=Text(vi=row.label_vi or row.key, en=row.label_en or row.label_vi or row.key),
        kind=cast(Kind, row.kind),
        pii=cast(Pii, row.pii),
        sensitivity=cast(Sensitivity, row.sensitivity),
        source_class=cast(SourceClass, row.source_class),
        rule=cast(Rule, row.rule or "newest"),
        valid_days=row.valid_days,
        aliases=tuple(row.former),
        choices=tuple(Choice(text, Text(vi=text, en=text)) for text in row.choices),
        sealed=row.sealed,
        matchable=row.sealed,
        origin=cast(Origin, row.origin),
        in_list=row.in_list,
        is_archived=row.archived_at is not None,
    )
