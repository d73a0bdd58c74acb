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
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from khachquen.base import Text
from khachquen.unify.normalise import normalise_phone
from khachquen.web.components.figures import day
from khachquen.web.components.people import phone

register = template.Library()

TRAIT_NAMES = {
    "name": Text(vi="Họ tên", en="Name"),
    "firstName": Text(vi="Tên", en="First name"),
    "first_name": Text(vi="Tên", en="First name"),
    "lastName": Text(vi="Họ", en="Last name"),
    "last_name": Text(vi="Họ", en="Last name"),
    "email": Text(vi="Email", en="E-mail"),
    "phone": Text(vi="Số điện thoại", en="Phone"),
    "gender": Text(vi="Giới tính", en="Gender"),
    "birthday": Text(vi="Ngày sinh", en="Birthday"),
    "age": Text(vi="Tuổi", en="Age"),
    "address": Text(vi="Địa chỉ", en="Address"),
    "city": Text(vi="Tỉnh, thành", en="City"),
    "company": Text(vi="Công ty", en="Company"),
    "title": Text(vi="Chức danh", en="Title"),
    "website": Text(vi="Trang web", en="Website"),
    "createdAt": Text(vi="Mở tài khoản", en="Account opened"),
    "created_at": Text(vi="Mở tài khoản", en="Account opened"),
}
GENDERS = {
    "female": Text(vi="nữ", en="female"),
    "male": Text(vi="nam", en="male"),
}
_DATES = ("birthday", "createdAt", "created_at")


@register.filter
def of(mapping: Mapping[Any, str], key: Any) -> str:
    """The words a mapping has for a key; a dash for none."""
    return mapping.get(key, "–")


@register.filter
def trait_name(name: str) -> str:
    """What people call a trait; names nobody knows stay as they came."""
    known = TRAIT_NAMES.get(name)
    return str(known.in_language(get_language() or "vi")) if known else name[:100]


@register.filter
def trait_value(value: Any, name: str = "") -> str:
    """A trait as people read it: yes and no, dates, lists with commas, JSON for what is nested.

    >>> trait_value(["áo", "quần"]), trait_value({"city": "Huế"})
    ('áo, quần', 'Huế')
    """
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return gettext("có") if value else gettext("không")
    if name == "gender" and str(value).lower() in GENDERS:
        return str(GENDERS[str(value).lower()].in_language(get_language() or "vi"))
    if name in _DATES and isinstance(value, str):
        return _as_day(value)
    if name == "phone" and isinstance(value, str):
        return phone(normalise_phone(value) or value)
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
