"""Small readings of data inside templates: a value by its key, a trait, a clock, a day's name."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from khachquen.web.components.figures import day

register = template.Library()


@register.filter
def of(mapping: Mapping[Any, str], key: Any) -> str:
    """The words a mapping has for a key; a dash for none."""
    return mapping.get(key, "–")


@register.filter
def trait_value(value: Any) -> str:
    """A trait as people read it: yes and no, numbers, lists with commas, JSON for the rest.

    >>> trait_value(["áo", "quần"]), trait_value({"city": "Huế"}), trait_value(None)
    ('áo, quần', '{"city": "Huế"}', '–')
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("có") if value else gettext("không")
    if isinstance(value, int):
        return str(value)  # a year or a phone number is not an amount
    if isinstance(value, list) and all(isinstance(part, (str, int)) for part in value):
        return ", ".join(str(part) for part in value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


@register.filter
def clock(value: datetime | None, seconds: str = "") -> str:
    """The time of day on the shop's clock: 14:05, or 14:05:09."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    return f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"


@register.filter
def weekday(value: date) -> str:
    """A day as a head over what happened on it: Thứ 6, 20/11/2026."""
    name = date_format(value, "l")
    return f"{name[:1].upper()}{name[1:]}, {day(value)}"
