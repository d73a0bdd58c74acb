"""People as they are shown: a name in Vietnamese order, an initial, a phone that can be read."""

import hashlib
import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()

_TONES = 7


@register.simple_tag
def avatar(name: str, seed: object = "", size: str = "") -> SafeString:
    """The given name's initial on a colour that stays the person's own; a figure for nobody."""
    classes = f"avatar avatar-{size}" if size else "avatar"
    words = name.split()
    if not words:
        return format_html(
            '<span class="{} avatar-0" aria-hidden="true">{}</span>', classes, _nobody()
        )
    tone = hashlib.sha256(str(seed or name).encode()).digest()[0] % _TONES + 1
    return format_html(
        '<span class="{} avatar-{}" aria-hidden="true">{}</span>',
        classes,
        tone,
        words[-1][0].upper(),
    )


def _nobody() -> SafeString:
    from khachquen.web.components.frame import icon

    return icon("person")


@register.simple_tag
def person_name(name: str) -> SafeString | str:
    """The name, or plain words where there is none."""
    if name.strip():
        return format_html("{}", name)
    return format_html('<span class="nameless">{}</span>', gettext("chưa có tên"))


@register.filter
def phone(value: str) -> str:
    """A Vietnamese number grouped as people say it, others with a space after the country code.

    >>> phone("+84912345678"), phone("+442079460958"), phone("")
    ('0912 345 678', '+44 2079460958', '')
    """
    local = re.fullmatch(r"\+84(\d{2,3})(\d{3})(\d{3,4})", value or "")
    if local:
        return f"0{local[1]} {local[2]} {local[3]}"
    return re.sub(
        r"^(\+(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]))", r"\1 ", value
    )
