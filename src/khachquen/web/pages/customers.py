"""The people of the shop: the list, one person whole, one order, and the list as a file."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from khachquen import store
from khachquen.activate.audiences import export_customers
from khachquen.base import InputError, system_clock
from khachquen.understand.timelines import order_lines
from khachquen.unify.profiles import (
    ProfilePage,
    Who,
    list_profiles,
    people_of_nodes,
)
from khachquen.unify.profiles.saying import values_of
from khachquen.unify.traits import Definition, load_registry
from khachquen.web.measuring import as_utc
from khachquen.web.shops import currency_of, source_names

_SHOWN_ORDERS = 10
_EMPTY = ProfilePage((), "", "", 0)


def list_customers(request: HttpRequest) -> HttpResponse:
    """People found by what was typed, sorted, one page at a time."""
    search = request.GET.get("q", "").strip()
    sort = request.GET.get("sort", "last_seen")
    who = _who(request)
    try:
        page = list_profiles(
            search=search, sort=sort, who=who, cursor=request.GET.get("cursor", "")
        )
        error = ""
    except InputError as refused:
        page, error = _EMPTY, refused.in_language(get_language() or "vi")
    return render(
        request,
        "customers/list.html",
        {
            "page": page,
            "search": search,
            "sort": sort,
            "who": who,
            "error": error,
            "columns": _columns(page),
        },
    )


@require_POST
def export_list(request: HttpRequest) -> StreamingHttpResponse:
    """The list as searched, as a CSV file; taking it away is written down."""
    pieces = export_customers(
        actor=str(getattr(request.user, "email", "")),
        at=system_clock(),
        currency=currency_of(request),
        timezone=timezone.get_current_timezone(),
        language=get_language() or "vi",
        search=request.POST.get("q", ""),
        who=_who(request),
    )
    body = _in_turns(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    name = f"khach-hang-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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


def _columns(page: ProfilePage) -> list[tuple[Definition, dict[int, Any]]]:
    """The traits people chose as columns, each with the values of the people on the page."""
    registry, ids, now = load_registry(), [row.id for row in page.rows], system_clock()
    return [(one, values_of(ids, one.key, registry, now=now)) for one in registry.listed()]


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


def _who(request: HttpRequest) -> Who:
    asked = request.POST.get("who") or request.GET.get("who", "")
    return cast(Who, asked) if asked in ("visitors", "all") else "known"


async def _in_turns(pieces: Iterator[str]) -> AsyncIterator[str]:
    """The same pieces, each made in the request's own thread while others are served."""
    take = sync_to_async(lambda: next(pieces, None))
    while (piece := await take()) is not None:
        yield piece
