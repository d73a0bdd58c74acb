"""Knows the views of the customer list somebody saved: what is searched, shown and sorted.

Does not find people: a view is the address of a list, with a name and an owner.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.relate.lists.saving import (
        ViewShown,
        list_views,
        open_first,
        remove_view,
        rename_view,
        save_view,
    )

__all__ = [
    "ViewShown",
    "list_views",
    "open_first",
    "remove_view",
    "rename_view",
    "save_view",
]
__getattr__ = door(__name__, dict.fromkeys(__all__, "saving"))
