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
        people_of_nodes,
    )
    from khachquen.unify.profiles.views import (
        OrderView,
        ProfilePage,
        ProfileRow,
        ProfileView,
        Who,
    )

__all__ = [
    "OrderView",
    "ProfilePage",
    "ProfileRow",
    "ProfileView",
    "Who",
    "count_profiles",
    "find_profile",
    "get_profile",
    "iter_profiles",
    "list_orders",
    "list_profiles",
    "people_of_nodes",
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
                "people_of_nodes",
            ),
            "reading",
        ),
        **dict.fromkeys(
            (
                "OrderView",
                "ProfilePage",
                "ProfileRow",
                "ProfileView",
                "Who",
            ),
            "views",
        ),
    },
)
