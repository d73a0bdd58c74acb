"""Knows what was said of people and keeps the line of each up to date.

Hides how traits survive and how lines are cached. Written by the ingest flow only.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.unify.records.updating import (
        TraitTold,
        profiles_of_nodes,
        save_profiles,
        save_traits,
    )
    from khachquen.unify.records.weighing import FactReader, refresh_facts, weigh_facts

__all__ = [
    "FactReader",
    "TraitTold",
    "profiles_of_nodes",
    "refresh_facts",
    "save_profiles",
    "save_traits",
    "weigh_facts",
]
_WEIGHING = ("FactReader", "refresh_facts", "weigh_facts")
__getattr__ = door(
    __name__, dict.fromkeys(__all__, "updating") | dict.fromkeys(_WEIGHING, "weighing")
)
