"""Knows each person: the record, its identifiers, traits with source and time, and orders.

Hides how people are searched, sorted and paged. Does not decide who is who; ``unify.identity``
does.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.unify.profiles.reading import (
        count_profiles,
        find_profile,
        get_profile,
        iter_profiles,
        list_orders,
        list_profiles,
    )
    from khachquen.unify.profiles.views import (
        Identifier,
        OrderView,
        ProfilePage,
        ProfileRow,
        ProfileView,
        TraitView,
    )

__all__ = [
    "Identifier",
    "OrderView",
    "ProfilePage",
    "ProfileRow",
    "ProfileView",
    "TraitView",
    "count_profiles",
    "find_profile",
    "get_profile",
    "iter_profiles",
    "list_orders",
    "list_profiles",
]
__getattr__ = door(
    __name__,
    {
        **dict.fromkeys(
            (
                "count_profiles",
                "find_profile",
                "get_profile",
                "iter_profiles",
                "list_orders",
                "list_profiles",
            ),
            "reading",
        ),
        **dict.fromkeys(
            (
                "Identifier",
                "OrderView",
                "ProfilePage",
                "ProfileRow",
                "ProfileView",
                "TraitView",
            ),
            "views",
        ),
    },
)
