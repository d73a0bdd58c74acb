"""Cards, figures, badges, empty states, progress and form fields."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, PasswordInput, RadioSelect, Select
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

register = template.Library()

_TONES = ("", "accent", "good", "warning", "danger")


@register.simple_block_tag
def card(
    content: str, title: str = "", note: str = "", flush: bool = False, extra: str = ""
) -> str:
    """A surface with an optional title; ``flush`` lets a table touch the edges."""
    return render_to_string(
        "components/card.html",
        {"content": content, "title": title, "note": note, "flush": flush, "extra": extra},
    )


@register.simple_block_tag
def actions(content: str) -> str:
    """What stands at the right of a card's title: put it first inside the card."""
    return format_html('<div class="page-actions">{}</div>', content)


@register.inclusion_tag("components/stat.html")
def stat(
    label: str,
    value: str,
    definition: str = "",
    *,
    href: str = "",
    note: str = "",
    trend: str = "",
    name: str = "",
) -> dict[str, str]:
    """One figure: its definition in a popover, a link to the rows behind it.

    ``trend`` is "up", "down" or empty; ``note`` says against what ("so với 30 ngày trước").
    """
    key = slugify(name or label) or "figure"
    return {
        "label": label,
        "value": value,
        "definition": definition,
        "href": href,
        "note": note,
        "trend": trend,
        "key": key,
    }


@register.inclusion_tag("components/explain.html")
def explain(title: str, words: str, name: str = "") -> dict[str, str]:
    """A question mark that opens a short explanation; works without script."""
    return {"label": title, "definition": words, "key": slugify(name or title) or "words"}


@register.inclusion_tag("components/badge.html")
def badge(label: str, tone: str = "", icon: str = "") -> dict[str, str]:
    """A short state in words: tone "accent", "good", "warning", "danger" or none."""
    return {"label": label, "tone": tone if tone in _TONES else "", "icon_name": icon}


@register.simple_block_tag
def empty(content: str, drawing: str, title: str, text: str = "") -> str:
    """What a page says when there is nothing yet; the one next action goes inside.

    Drawings: people, events, keys, chart, search, lost, lock, broken.
    """
    return render_to_string(
        "components/empty.html",
        {
            "drawing": f"drawings/{drawing}.html",
            "title": title,
            "text": text,
            "content": SafeString(content.strip()),
        },
    )


@register.inclusion_tag("components/progress.html")
def progress(label: str, done: int, total: int, note: str = "") -> dict[str, Any]:
    """How far a long piece of work is; ``total`` 0 means not known."""
    share = f"{done * 100 // total}%" if total else ""
    return {"label": label, "done": done, "total": total, "note": note, "share": share}


@register.inclusion_tag("components/chip.html", takes_context=True)
def chip(
    context: Context, label: str, name: str, value: str = "", count: int | None = None
) -> dict[str, Any]:
    """A filter as a link: sets ``name=value`` in the address (or clears it) and resets paging."""
    query = context["request"].GET.copy()
    current = query.get(name, "")
    query.pop("cursor", None)
    query.pop(name, None)
    if value:
        query[name] = value
    href = f"?{query.urlencode()}" if query else context["request"].path
    return {"label": label, "href": href, "is_on": current == value, "count": count}


@register.inclusion_tag("components/sortable.html", takes_context=True)
def sortable(
    context: Context, label: str, key: str, current: str, down: bool = True
) -> dict[str, Any]:
    """The words of a column that can be sorted by; stands in a ``<th {% sorted_by ... %}>``."""
    query = context["request"].GET.copy()
    query.pop("cursor", None)
    query["sort"] = key
    return {
        "label": label,
        "href": f"?{query.urlencode()}",
        "is_on": key == current,
        "icon_name": "sort-down" if down else "sort-up",
    }


@register.simple_tag
def sorted_by(key: str, current: str, down: bool = True) -> SafeString:
    """The ``aria-sort`` of a column head, when the table is sorted by it."""
    if key != current:
        return SafeString("")
    return format_html('aria-sort="{}"', "descending" if down else "ascending")


@register.simple_block_tag(takes_context=True)
def confirm(context: Context, content: str, label: str, address: str, name: str) -> str:
    """A dangerous button that first asks: the question, naming the object, goes inside.

    Opens a popover with the form that POSTs to ``address``; needs no script.
    """
    parts = {"question": content, "label": label, "address": address, "key": slugify(name)}
    return render_to_string("components/confirm.html", parts, request=context.get("request"))


@register.inclusion_tag("components/copyable.html")
def copyable(value: str, label: str = "", block: bool = False) -> dict[str, Any]:
    """A key or snippet that can be copied with one press; ``block`` shows it as code."""
    return {"value": value, "label": label, "block": block}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, help_text: str = "") -> dict[str, Any]:
    """A form field with its label, help and errors, tied together for screen readers."""
    widget = bound.field.widget
    has_help = bool(help_text or bound.help_text)
    described = [f"{bound.auto_id}-help"] if has_help else []
    attributes: dict[str, str | bool] = {"class": "input"}
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    kind = _kind(widget)
    if kind == "secret":
        attributes[":type"] = "kind"
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attributes) if kind != "choices" else "",
        "kind": kind,
        "help_text": help_text or bound.help_text,
        "described": " ".join(described),
    }


def _kind(widget: Any) -> str:
    if isinstance(widget, RadioSelect):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, PasswordInput):
        return "secret"
    return "select" if isinstance(widget, Select) else "plain"
