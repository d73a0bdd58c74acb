"""Knows the shop's segments: who belongs by which rule, since when, and why.

Hides their tables, the versions of rules, and how lists made by hand outlive merges. Who belongs
is worked out by the engine (``flows.refreshing``) and stands in the lake. Doors of their own:
``asking`` (questions about members), ``asked`` and ``catalogue`` (rules in this shop), ``keeping``
(what the engine reads and notes), ``members`` (sets of people and due times) and ``rules``, pure.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.understand.segments.changing import (
        add_segment,
        change_segment,
        copy_segment,
        put_in,
        set_archived,
        take_out,
    )
    from khachquen.understand.segments.reading import (
        SegmentView,
        get_segment,
        list_segments,
        list_versions,
        size_history,
        used_by,
    )

_NAMES = {
    "SegmentView": "reading",
    "add_segment": "changing",
    "change_segment": "changing",
    "copy_segment": "changing",
    "get_segment": "reading",
    "list_segments": "reading",
    "list_versions": "reading",
    "put_in": "changing",
    "set_archived": "changing",
    "size_history": "reading",
    "take_out": "changing",
    "used_by": "reading",
}
__all__ = [
    "SegmentView",
    "add_segment",
    "change_segment",
    "copy_segment",
    "get_segment",
    "list_segments",
    "list_versions",
    "put_in",
    "set_archived",
    "size_history",
    "take_out",
    "used_by",
]
__getattr__ = door(__name__, _NAMES)
