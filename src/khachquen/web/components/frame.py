"""What the frame around every page is made of."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from khachquen.web.navigation import Section, sections

register = template.Library()


@lru_cache(maxsize=64)
def _fingerprint(name: str) -> str:
    path = Path(settings.STATICFILES_DIRS[0]) / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@register.simple_tag
def asset(name: str) -> str:
    """The address of one of our static files; it changes when the file does."""
    return f"{static(f'kq/{name}')}?v={_fingerprint(f'kq/{name}')}"


@register.simple_tag
def icon(name: str, size: str = "", extra: str = "") -> SafeString:
    """A drawing from the sprite; silent to screen readers, so words must stand beside it."""
    classes = " ".join(filter(None, ["icon", f"icon-{size}" if size else "", extra]))
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        classes,
        asset("icons.svg"),
        name,
    )


@register.simple_block_tag
def capture(content: str) -> str:
    """Keep what is inside for later: ``{% capture as title %}...{% endcapture %}``."""
    return SafeString(content.strip())


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[Section]:
    """The menu for this page, with the entry that is open marked."""
    request = context.get("request")
    return sections(request.path if request else "/")


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """This page's address with some parameters changed; an empty value takes one away.

    ``<a href="{% query_with sort='name' cursor='' %}">``
    """
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in ("", None):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else context["request"].path
