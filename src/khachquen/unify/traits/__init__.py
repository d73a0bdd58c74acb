"""Knows what each trait is, which of several words counts, and how far sources are trusted.

Hides the registry's tables and the spellings of names. Does not know whose a value is:
``unify.records`` and ``unify.profiles`` do. Doors of its own: ``declaring`` (what people of the
shop change), ``definition`` (the words for types and classes), ``vault`` (sealed values) and
``stored`` (the report of everything kept).
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.unify.traits.definition import Definition
from khachquen.unify.traits.survivorship import Word, choose
from khachquen.unify.traits.values import Reading, read_value

if TYPE_CHECKING:
    from khachquen.unify.traits.registry import (
        FreshRegistry,
        Registry,
        load_registry,
        note_arrived,
    )
    from khachquen.unify.traits.sources import Standing, rank_source, standings

__all__ = [
    "Definition",
    "FreshRegistry",
    "Reading",
    "Registry",
    "Standing",
    "Word",
    "choose",
    "load_registry",
    "note_arrived",
    "rank_source",
    "read_value",
    "standings",
]
__getattr__ = door(
    __name__,
    {
        "FreshRegistry": "registry",
        "Registry": "registry",
        "Standing": "sources",
        "load_registry": "registry",
        "note_arrived": "registry",
        "rank_source": "sources",
        "standings": "sources",
    },
)
