"""The people of the shop: the list with its filters, how many it holds, and one order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from khachquen import store
from khachquen.base import KhachQuenError, system_clock
from khachquen.flows.finding import (
    Wanted,
    behind_since,
    count_people,
    find_people,
    is_being_built,
)
from khachquen.relate.lists import ViewShown, list_views
from khachquen.relate.notes import suggest_tags
from khachquen.understand.query import Catalogue
from khachquen.understand.segments import list_segments
from khachquen.understand.timelines import order_lines
from khachquen.unify.profiles import ProfilePage, people_of_nodes
from khachquen.web.chips import Chip, read_chips, rules_of, written
from khachquen.web.filter_form import FilterForm, make_rule, menu, open_form, read_form, with_values
from khachquen.web.listing import Asked, choosable, current, show_columns
from khachquen.web.measuring import as_utc
from khachquen.web.people import signed_in
from khachquen.web.shops import source_names

_EMPTY = ProfilePage((), "", "", 0)
_MOST_DROPS = 6


@require_safe
def list_customers(request: HttpRequest) -> HttpResponse:
    """People found by what was typed, who answer to every filter, one page at a time."""
    first = next((one for one in list_views(signed_in(request)) if one.is_default), None)
    if first and not request.GET:
        return redirect(f"{request.path}{first.address}")
    asked, chips, catalogue = read_list(request)
    form, trouble = _filter(request, chips, catalogue)
    if form and not trouble and request.GET.get("act") == "apply":
        return redirect(_with_filter(asked, form, request.GET.get("place", "")))
    is_broken = any(chip.problem for chip in chips)
    page, error = (_EMPTY, "") if is_broken else _found(asked, chips)
    columns = show_columns(asked, page, catalogue)
    context = {
        **shared_by_forms(request, asked),
        "page": page,
        "chips": [(n, one, asked.without(n)) for n, one in enumerate(chips)],
        **_ways_on(asked, chips),
        "form": with_values(form, catalogue, now=system_clock()) if form else None,
        "trouble": trouble,
        "place": request.GET.get("change") or request.GET.get("place") or "",
        "menu": menu(catalogue),
        "error": error,
        "columns": columns,
        "chosen": {one.key for one in columns},
        "columns_shown": ",".join(one.key for one in columns),
        "choosable": choosable(catalogue),
        "drops": _drops(asked, chips) if chips and not (page.rows or error or is_broken) else [],
        "is_broken": is_broken,
        "behind": behind_since(system_clock()) if chips else None,
        "is_being_built": bool(chips) and is_being_built(),
    }
    return render(request, "customers/list.html", context)


@require_safe
def count_list(request: HttpRequest) -> HttpResponse:
    """How many the list holds, asked for once the page stands."""
    asked, chips, _catalogue = read_list(request)
    try:
        total = count_people(wanted(asked, chips), now=system_clock())
    except KhachQuenError as refused:
        return render(request, "customers/count.html", {"asked": asked, "error": _words(refused)})
    is_part = bool(request.headers.get("HX-Request"))
    name = "customers/total.html" if is_part else "customers/count.html"
    return render(request, name, {"people": total, "asked": asked})


def read_list(request: HttpRequest) -> tuple[Asked, list[Chip], Catalogue]:
    """What an address or a form asks of the list, its filters one by one, and what can be asked."""
    asked = current(request)
    chips, catalogue = read_chips(asked.rules)
    return replace(asked, rules=tuple(chip.told for chip in chips)), chips, catalogue


def wanted(asked: Asked, chips: Sequence[Chip]) -> Wanted:
    """Whom the list is of.

    Raises:
        KhachQuenError: what is wrong with a filter: leaving it out would find others.
    """
    for chip in chips:
        if chip.problem:
            raise chip.problem
    return Wanted(asked.search, asked.who, rules_of(chips))


def shared_by_forms(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What the views, the columns and the acts on many are made of."""
    views = list_views(signed_in(request))
    return {
        "asked": asked,
        "views": views,
        "open_view": next((one.id for one in views if _is_open(one, asked)), None),
        "tags_in_use": suggest_tags(),
        "lists": [one for one in list_segments() if one.kind == "static"],
    }


def _is_open(view: ViewShown, asked: Asked) -> bool:
    return f"{reverse('customers')}{view.address}" == asked.address()


def _found(asked: Asked, chips: Sequence[Chip]) -> tuple[ProfilePage, str]:
    try:
        page = find_people(
            wanted(asked, chips), sort=asked.sort, cursor=asked.cursor, now=system_clock()
        )
    except KhachQuenError as refused:
        return _EMPTY, _words(refused)
    return page, ""


def _filter(
    request: HttpRequest, chips: Sequence[Chip], catalogue: Catalogue
) -> tuple[FilterForm | None, str]:
    """The filter being written, and what is wrong with it."""
    told = request.GET
    if told.get("act") == "apply":
        form = read_form(told, catalogue)
        if form is None:
            return None, ""
        [chip] = read_chips([written(make_rule(form))])[0] or [Chip("")]
        return form, chip.trouble
    change = told.get("change", "")
    if change.isdecimal() and int(change) < len(chips):
        chip = chips[int(change)]
        if chip.rule is None:
            return open_form("raw", None, catalogue, raw=chip.told), chip.trouble
        return open_form("", chip.rule, catalogue), ""
    return open_form(told.get("add", ""), None, catalogue), ""


def _with_filter(asked: Asked, form: FilterForm, place: str) -> str:
    """The address of the list with the filter that was written, in its place or as the last."""
    rules, rule = list(asked.rules), written(make_rule(form))
    if place.isdecimal() and int(place) < len(rules):
        rules[int(place)] = rule
    elif rule not in rules:
        rules.append(rule)
    return asked.address(rules=tuple(rules))


def _ways_on(asked: Asked, chips: Sequence[Chip]) -> dict[str, Any]:
    """Where the links around the list lead."""
    whos = {"known": _("Đã biết"), "visitors": _("Khách vãng lai"), "all": _("Tất cả")}
    rule = written({"kind": "all", "of": _as_segment(asked, chips)})
    return {
        "whos": [(words, asked.address(who=who), asked.who == who) for who, words in whos.items()],
        "as_segment": urlencode({"rule": rule}),
        "no_filters": asked.address(rules=()),
        "usual_columns": asked.address(columns=()),
        "count_words": asked.address().removeprefix(reverse("customers")),
    }


def _as_segment(asked: Asked, chips: Sequence[Chip]) -> list[Mapping[str, Any]]:
    """The list as the conditions of a segment; what was typed is no condition."""
    known = {"kind": "trait", "trait": "is_known", "is": "is", "value": asked.who == "known"}
    return [*([known] if asked.who != "all" else []), *rules_of(chips)]


def _drops(asked: Asked, chips: Sequence[Chip]) -> list[tuple[str, str, int]]:
    """Which filter leaves nobody: each left out, how many there would be."""
    found = []
    for place, chip in list(enumerate(chips))[:_MOST_DROPS]:
        others = [other for other in chips if other is not chip]
        n = count_people(wanted(asked, others), now=system_clock())
        found.append((chip.words, asked.without(place), n))
    if asked.search:
        n = count_people(replace(wanted(asked, chips), search=""), now=system_clock())
        found.append((f"“{asked.search}”", asked.address(search=""), n))
    return [one for one in found if one[2]]


def _words(refused: KhachQuenError) -> str:
    return refused.in_language(get_language() or "vi")


def show_order(request: HttpRequest, source_id: int) -> HttpResponse:
    """One order: its lines as last told, and what came back."""
    lines = store.ask(order_lines(source_id, request.GET.get("number", "")[:200])).dicts()
    if not lines:
        raise Http404
    owner = people_of_nodes([lines[0]["node_id"]]).get(lines[0]["node_id"])
    return render(
        request,
        "customers/order.html",
        {
            "number": request.GET["number"],
            "source": source_names().get(source_id, ""),
            "person": owner,
            "ordered": _entries(lines, "order"),
            "refunded": _entries(lines, "refund"),
        },
    )


def _entries(lines: Sequence[dict[str, Any]], entry: str) -> dict[str, Any] | None:
    found = [{**line, "at": as_utc(line["at"])} for line in lines if line["entry"] == entry]
    if not found:
        return None
    return {
        "lines": found,
        "at": found[0]["at"],
        "currency": found[0]["currency"],
        "units": sum(line["quantity"] for line in found),
        "amount": sum(line["amount_minor"] for line in found),
    }
