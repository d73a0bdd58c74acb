"""Numbers, money, times and charts, written the way the reader's language writes them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from khachquen.base import Money, Text

register = template.Library()

_SWAP = str.maketrans(",.", ".,")
_NO_BREAK = "\xa0"


def _is_english() -> bool:
    return (get_language() or "vi").startswith("en")


@register.simple_tag
def say(words: Text) -> str:
    """Words that are data, in the reader's language."""
    return words.in_language(get_language() or "vi")


@register.filter
def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """1.250.000 in Vietnamese, 1,250,000 in English; a dash for nothing."""
    if value is None:
        return "–"
    text = f"{value:,.{decimals}f}"
    return text if _is_english() else text.translate(_SWAP)


@register.filter
def percent(value: float | None, decimals: int = 1) -> str:
    """A share of one as percent: 0.125 → 12,5 %."""
    if value is None:
        return "–"
    return f"{number(value * 100, decimals)}{_NO_BREAK}%"


@register.filter
def money(minor: int | Money | None, currency: str = "VND") -> str:
    """An amount in minor units (or a ``Money``), the symbol last: 1.250.000 ₫."""
    if minor is None:
        return "–"
    amount = minor if isinstance(minor, Money) else Money(int(minor), currency or "VND")
    text = amount.format()
    return text.translate(_SWAP) if _is_english() else text


@register.filter
def day(value: datetime | date | None) -> str:
    """The date alone: 21/11/2026, in English 21 Nov 2026."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return f"{value:%d %b %Y}" if _is_english() else f"{value:%d/%m/%Y}"


@register.filter
def exact(value: datetime | None) -> str:
    """Date and time to the second, in the shop's time zone."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    return f"{day(local)} {local:%H:%M:%S}"


def relative(value: datetime, now: datetime) -> str:
    """How a person says it: vừa xong, 5 phút trước, hôm qua 14:05, 21/11/2026 14:05."""
    minutes = int((now - value).total_seconds() // 60)
    local, today = timezone.localtime(value), timezone.localtime(now).date()
    if 0 <= minutes < 1:
        return gettext("vừa xong")
    if 0 < minutes < 60:
        words = ngettext("%(count)d phút trước", "%(count)d phút trước", minutes)
        return words % {"count": minutes}
    if local.date() == today:
        return gettext("hôm nay %(time)s") % {"time": f"{local:%H:%M}"}
    if local.date() == today - timedelta(days=1):
        return gettext("hôm qua %(time)s") % {"time": f"{local:%H:%M}"}
    return f"{day(local)} {local:%H:%M}"


@register.simple_tag
def when(value: datetime | None, style: str = "relative") -> SafeString:
    """A ``<time>``: relative words (or ``style="exact"``), the exact moment on hover."""
    if value is None:
        return format_html('<span class="text-muted">{}</span>', "–")
    words = exact(value) if style == "exact" else relative(value, timezone.now())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact(value), words
    )


@register.inclusion_tag("components/chart.html")
def chart(spec: Mapping[str, Any], label: str, caption: str = "", size: str = "") -> dict[str, Any]:
    """A chart with its numbers in a table beneath.

    ``spec``: ``kind`` ("line", "bar", "pie"), ``labels`` (list of words), ``series`` (list of
    ``{"name", "values", "colour"?: 1-6, "rest"?: bool, "dashed"?: bool}``), and optionally
    ``currency`` (values are then in the main unit), ``percent``, ``stacked``, ``flat`` (bars lie
    down), ``partial`` (for each label whether its time is not over: drawn faint or dotted).
    ``label`` names the chart, ``caption`` says base and period.
    """
    rows = [
        (name, [_cell(series["values"][at], spec) for series in spec["series"]])
        for at, name in enumerate(spec["labels"])
    ]
    return {
        "data": json.dumps(spec, default=float, ensure_ascii=False),
        "label": label,
        "caption": caption,
        "size": size,
        "names": [series["name"] for series in spec["series"]],
        "rows": rows,
    }


@register.inclusion_tag("components/sparkline.html")
def sparkline(values: Sequence[int], label: str, size: str = "") -> dict[str, Any]:
    """A row of small bars, the last one still growing; ``label`` says in words what they show.

    ``size="wide"`` fills a card, without it the bars are as wide as a word.
    """
    most = max(values, default=0) or 1
    bars = [
        (4 * at, max(round(20 * value / most), 1 if value else 0))
        for at, value in enumerate(values)
    ]
    return {
        "bars": [(x, 20 - height, height) for x, height in bars],
        "width": 4 * len(values),
        "size": size,
        "label": label,
    }


def _cell(value: float | None, spec: Mapping[str, Any]) -> str:
    if value is None:
        return "–"
    if spec.get("currency"):
        return money(Money.from_major(Decimal(str(value)), spec["currency"]))
    if spec.get("percent"):
        return percent(value)
    return number(value, 0 if float(value).is_integer() else 1)
