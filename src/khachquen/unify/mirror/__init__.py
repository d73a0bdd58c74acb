"""Knows a person as one wide row: fixed columns, and one a trait of the registry, as of now.

Hides where the parts of it are kept. What is sealed, sensitive or not classified yet is no column:
the rows leave the operational store. A door of its own: ``turning``.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.unify.mirror.columns import columns_of, is_mirrored
    from khachquen.unify.mirror.rows import (
        Mirror,
        count_people,
        faces_of,
        hold_mirror,
        nodes_of,
        order_keys_of,
        owners_of,
        people_after,
        read_people,
    )

_NAMES = {
    "owners_of": "rows",
    "order_keys_of": "rows",
    "nodes_of": "rows",
    "faces_of": "rows",
    "Mirror": "rows",
    "columns_of": "columns",
    "count_people": "rows",
    "hold_mirror": "rows",
    "is_mirrored": "columns",
    "people_after": "rows",
    "read_people": "rows",
}
__all__ = [
    "Mirror",
    "columns_of",
    "count_people",
    "faces_of",
    "hold_mirror",
    "is_mirrored",
    "nodes_of",
    "order_keys_of",
    "owners_of",
    "people_after",
    "read_people",
]
__getattr__ = door(__name__, _NAMES)
