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

__all__ = [
    "TraitTold",
    "profiles_of_nodes",
    "save_profiles",
    "save_traits",
]
__getattr__ = door(__name__, dict.fromkeys(__all__, "updating"))
