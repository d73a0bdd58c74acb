"""The report of everything kept of customers, and how far each part of it names a person.

``stored.toml`` classifies every column of the tables and of the lake; a test walks both and fails
where one is missing, so nothing is kept that nobody has classified.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from khachquen.unify.traits.definition import PII, Definition, Pii
from khachquen.unify.traits.registry import Registry

__all__ = ["StoredField", "classify", "stored_fields"]


@dataclass(frozen=True, slots=True)
class StoredField:
    """One column: the table or dataset it is of, its name, and its class."""

    place: str
    name: str
    pii: Pii


@cache
def stored_fields() -> tuple[StoredField, ...]:
    """Every column kept of customers, by place and name."""
    text = files(__package__).joinpath("stored.toml").read_text(encoding="utf-8")
    return tuple(
        StoredField(place, name, cast(Literal["linked", "linkable", "none"], pii))
        for place, classes in sorted(tomllib.loads(text).items())
        for pii, names in classes.items()
        for name in sorted(names)
    )


def classify(
    registry: Registry,
) -> Mapping[Pii, tuple[list[Definition], list[StoredField]]]:
    """Class → the traits and the columns of it, in the order linked, linkable, none, unclassified.

    A trait nobody classified yet stands under ``unclassified``: its values are kept all the same.
    """
    report: dict[Pii, tuple[list[Definition], list[StoredField]]] = {
        cast(Pii, pii): ([], []) for pii in PII
    }
    for definition in registry.definitions.values():
        report[definition.pii][0].append(definition)
    for field in stored_fields():
        report[field.pii][1].append(field)
    return report
