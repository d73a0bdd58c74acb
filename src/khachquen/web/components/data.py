"""Small readings of data inside templates: a value by its key, a trait, a clock, a day's name."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from khachquen.base import Text
from khachquen.unify.normalise import fold, normalise_phone
from khachquen.unify.traits import Definition
from khachquen.unify.traits.definition import SOURCE_CLASSES
from khachquen.web.components.figures import day, number
from khachquen.web.components.people import phone

register = template.Library()


@register.filter
def of(mapping: Mapping[Any, str], key: Any) -> str:
    """The words a mapping has for a key; a dash for none."""
    return mapping.get(key, "–")


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping has for a key, or None."""
    return mapping.get(key)


@register.filter
def in_words(text: Text) -> str:
    """A text in the reader's language."""
    return str(text.in_language(get_language() or "vi"))


@register.filter
def folded(text: str) -> str:
    """A text as it is looked for: without marks and case."""
    return fold(text)


@register.filter
def trait_label(definition: Definition) -> str:
    """What people call a trait; names nobody knows stay as they came."""
    return in_words(definition.label)[:100]


@register.filter
def source_class(key: str) -> str:
    """Where a word comes from, in words."""
    known = SOURCE_CLASSES.get(key)
    return in_words(known) if known else key


@register.filter
def trait_value(value: Any, definition: Definition) -> str:
    """A trait as people read it: yes and no, dates, lists with commas, JSON for what is nested.

    >>> plain = Definition("x", Text(vi="Thử", en="Try"))
    >>> trait_value(["áo", "quần"], plain), trait_value({"city": "Huế"}, plain)
    ('áo, quần', 'Huế')
    """
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return gettext("có") if value else gettext("không")
    if definition.kind == "choice":
        labels = {one.value: in_words(one.label) for one in definition.choices}
        return labels.get(str(value), str(value))
    if definition.kind == "date" and isinstance(value, str):
        return _as_day(value)
    if definition.kind == "phone" and isinstance(value, str):
        return phone(normalise_phone(value) or value)
    if definition.kind in ("money", "number") and isinstance(value, int):
        return number(value)
    parts = list(value.values()) if isinstance(value, dict) else value
    if isinstance(parts, list) and all(isinstance(part, (str, int)) for part in parts):
        return ", ".join(str(part) for part in parts)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _as_day(value: str) -> str:
    try:
        return day(date.fromisoformat(value[:10]))
    except ValueError:
        return value


@register.filter
def breakable(value: str) -> SafeString:
    """Text with a long word in it, such as an address: it may break after @ . _ and /."""
    pieces = re.split(r"(?<=[@._/])", value)
    return format_html_join("", "{}<wbr>", ((piece,) for piece in pieces))


@register.filter
def clock(value: datetime | None) -> str:
    """The time of day on the shop's clock: 14:05."""
    if value is None:
        return "–"
    return f"{timezone.localtime(value):%H:%M}"


@register.filter
def arrived(value: datetime | None) -> str:
    """When a message came: the time to the second, with the day in front when it was not today."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    today = timezone.localdate() == local.date()
    return f"{local:%H:%M:%S}" if today else f"{local:%d/%m %H:%M:%S}"


@register.filter
def weekday(value: date) -> str:
    """A day as a head over what happened on it: Thứ 6, 20/11/2026."""
    name = date_format(value, "l")
    return f"{name[:1].upper()}{name[1:]}, {day(value)}"


@register.filter
def timeline_address(kind: str, words: str = "") -> str:
    """What follows the address of a timeline, narrowed to a kind and to words.

    >>> timeline_address("order", "áo"), timeline_address("")
    ('?kind=order&words=%C3%A1o', '')
    """
    asked = {name: value for name, value in (("kind", kind), ("words", words)) if value}
    return f"?{urlencode(asked)}" if asked else ""
