"""Doors that open on first use.

A room with Django models cannot import them while Django itself is still importing the room, and
the receive path should not pay for rooms it never enters. A door names what may be had and where
it lives; the module behind it is imported when somebody asks.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def door(room: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a room: name → module inside the room that defines it.

    Raises:
        AttributeError: the room has no such name.
    """

    def open_door(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        return getattr(import_module(f"{room}.{names[name]}"), name)

    return open_door
