"""Knows who lives together: separate people with one address, phone or budget, never merged.

Hides how a household outlives merges of its people. Suggests, but links nobody by itself.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.unify.households.living import (
        EVIDENCE,
        HouseholdView,
        MemberView,
        add_to_household,
        homes_of_nodes,
        households_of,
        housemates_of,
        leave_household,
        members_of_homes,
        suggest_members,
    )

__all__ = [
    "EVIDENCE",
    "HouseholdView",
    "MemberView",
    "add_to_household",
    "homes_of_nodes",
    "households_of",
    "housemates_of",
    "leave_household",
    "members_of_homes",
    "suggest_members",
]
__getattr__ = door(__name__, dict.fromkeys(__all__, "living"))
