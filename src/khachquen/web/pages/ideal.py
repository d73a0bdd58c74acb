"""What the best customers have in common, against all others; each row a segment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from khachquen.base import Money, NotFoundError, system_clock
from khachquen.understand.classes.ideal import LEAST_PEOPLE, Ideal, Lift, best_tenth, ideal_of
from khachquen.understand.query import Catalogue
from khachquen.understand.query.fields import Field
from khachquen.understand.segments import SegmentView, get_segment, list_segments
from khachquen.understand.segments.catalogue import shop_catalogue
from khachquen.understand.segments.rules import events_of, traits_of
from khachquen.web.classified import segment_of
from khachquen.web.components.figures import money
from khachquen.web.measuring import in_language
from khachquen.web.shops import currency_of, source_names

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One value: what it is of, both shares, and the segments its two numbers are."""

    name: str
    value: str
    lift: Lift
    best_href: str
    rest_href: str


@require_safe
def show_ideal(request: HttpRequest) -> HttpResponse:
    """The best tenth by spending, or a segment, against the rest."""
    segment = _segment(request)
    currency = currency_of(request)
    rule: Mapping[str, Any] | None
    rule = {"kind": "segment", "segment": segment.id} if segment else best_tenth(currency)
    catalogue = shop_catalogue(events=events_of(segment.rule) if segment else ())
    found = None
    if rule is not None:
        own = traits_of(segment.rule) if segment else ()
        found = ideal_of(rule, catalogue, now=system_clock(), leave_out=own)
    rows = _rows(found, catalogue) if found else []
    least = _money_of(rule, currency) if rule and not segment else ""
    context = {
        "found": found,
        "least": least,
        "least_people": LEAST_PEOPLE,
        "segment": segment,
        "segments": list_segments(),
        "more": [row for row in rows if row.lift.is_sure and _is_more(row)][:_SHOWN],
        "fewer": [row for row in rows if row.lift.is_sure and not _is_more(row)][:_SHOWN],
        "unsure": sum(not row.lift.is_sure for row in rows),
        "tested": sum(row.lift.chance is not None for row in rows),
    }
    return render(request, "classes/ideal.html", context)


def _segment(request: HttpRequest) -> SegmentView | None:
    told = request.GET.get("segment", "")
    if not (told.isascii() and told.isdigit()):
        return None
    try:
        return get_segment(int(told))
    except NotFoundError:
        return None


def _money_of(rule: Mapping[str, Any], currency: str) -> str:
    """From which amount on somebody is among the best."""
    return money(Money.from_major(rule["value"], currency))


def _is_more(row: Row) -> bool:
    return row.lift.share > row.lift.share_of_rest


def _rows(found: Ideal, catalogue: Catalogue) -> list[Row]:
    """The largest difference first."""
    by_size = sorted(found.lifts, key=lambda one: -abs(one.share - one.share_of_rest))
    return [_row(one, found, catalogue) for one in by_size]


def _row(one: Lift, found: Ideal, catalogue: Catalogue) -> Row:
    field = catalogue.people[one.key]
    name, value = in_language(field.label), _value(field, one.value)
    has: Mapping[str, Any] = {
        "kind": "trait",
        "trait": one.key,
        "is": "is",
        "value": _typed(field, one.value),
    }
    called = f"{name}: {value}"[:100]
    rest = gettext("%(name)s, khách còn lại") % {"name": called}
    not_best: Mapping[str, Any] = {"kind": "not", "of": found.rule}
    return Row(
        name,
        value,
        one,
        segment_of(called, _all(found.rule, has)),
        segment_of(rest, _all(found.among, not_best, has)),
    )


def _all(*of: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "all", "of": list(of)}


def _typed(field: Field, value: str) -> Any:
    if field.kind == "yes_no":
        return value == "true"
    return int(value) if field.kind in ("id", "number") else value


def _value(field: Field, value: str) -> str:
    if field.kind == "yes_no":
        return gettext("có") if value == "true" else gettext("không")
    if field.kind == "id":
        return source_names().get(int(value), value)
    labels = {one.value: in_language(one.label) for one in field.choices}
    return labels.get(value, value)
