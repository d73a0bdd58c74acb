"""A class as a cell of a table: the words of a page and a file, which are the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from khachquen.understand.query.fields import Field

__all__ = ["CLASS_COLUMN", "say_class"]

CLASS_COLUMN = "class:"
"""What the columns of classes are called: ``class:stage``."""


def say_class(
    field: Field, value: Any, *, language: str, sources: Mapping[int, str]
) -> str | float | date | None:
    """Words where a class has some; a number, a day or nothing as it is.

    ``sources``: what the places to buy are called.
    """
    if value is None:
        return None
    if field.choices:
        label = next((one.label for one in field.choices if one.value == str(value)), None)
        words = label.in_language(language) if label else str(value)
        return words[:1].upper() + words[1:]
    if field.key == "favourite_hour":
        return f"{value:02}:00–{(value + 1) % 24:02}:00"
    if field.key == "favourite_source":
        return sources.get(value, str(value))
    told: str | float | date = value
    return told
