"""People as they are shown: a name in Vietnamese order, an initial, a phone that can be read."""

import hashlib

import phonenumbers
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from khachquen.unify.decisions import kind_words
from khachquen.web.components.frame import icon

register = template.Library()

_TONES = 7
HOME_CODE = 84


@register.simple_tag
def avatar(name: str, seed: object = "", size: str = "") -> SafeString:
    """The given name's initial on a colour that stays the person's own; a figure for nobody."""
    classes = f"avatar avatar-{size}" if size else "avatar"
    words = name.split()
    if not words:
        return format_html(
            '<span class="{} avatar-0" aria-hidden="true">{}</span>', classes, icon("person")
        )
    tone = hashlib.sha256(str(seed or name).encode()).digest()[0] % _TONES + 1
    return format_html(
        '<span class="{} avatar-{}" aria-hidden="true">{}</span>',
        classes,
        tone,
        words[-1][0].upper(),
    )


@register.simple_tag
def person_name(name: str) -> SafeString | str:
    """The name, or plain words where there is none."""
    if name.strip():
        return format_html("{}", name)
    return format_html('<span class="nameless">{}</span>', gettext("chưa có tên"))


@register.filter
def identifier_kind(kind: str) -> str:
    """What a kind of identifier is called: "số điện thoại" for ``phone``."""
    return kind_words(kind).in_language(get_language() or "vi")


@register.filter
def phone(value: str) -> str:
    """A number grouped as it is read aloud: home numbers without the country code.

    >>> phone("+84912345678"), phone("+442079460958"), phone(""), phone("hotline")
    ('0912 345 678', '+44 20 7946 0958', '', 'hotline')
    """
    try:
        known = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    at_home = known.country_code == HOME_CODE
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(known, form.NATIONAL if at_home else form.INTERNATIONAL)
