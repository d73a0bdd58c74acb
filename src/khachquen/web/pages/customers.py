"""The people of the shop: the list, one person whole, one order, and the list as a file."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from khachquen import store
from khachquen.activate.audiences import export_customers
from khachquen.base import InputError, NotFoundError, system_clock
from khachquen.collect import list_sources
from khachquen.collect.enrichment import CHANNELS
from khachquen.understand.timelines import KINDS, first_touch, order_lines
from khachquen.unify.households import EVIDENCE, households_of, suggest_members
from khachquen.unify.profiles import (
    ProfilePage,
    Who,
    get_profile,
    list_orders,
    list_profiles,
    people_of_nodes,
)
from khachquen.unify.profiles.saying import values_of
from khachquen.unify.traits import Definition, load_registry
from khachquen.unify.traits.vault import REVEAL, installed_keys, reveal
from khachquen.web.measuring import as_utc, in_language
from khachquen.web.people import signed_in
from khachquen.web.shops import currency_of
from khachquen.web.timelines import read_timeline

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


def show_customer(request: HttpRequest, profile_id: int) -> HttpResponse:
    """One person: who, what they did, what they bought."""
    try:
        profile = get_profile(profile_id)
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None
    if profile.is_moved:
        return redirect("customer", profile_id=profile.row.id)
    orders = list_orders(profile_id)
    shown = orders if request.GET.get("orders") == "all" else orders[:_SHOWN_ORDERS]
    return render(
        request,
        "customers/customer.html",
        {
            "profile": profile,
            "person": profile.row,
            "title_name": profile.row.name,
            "sources": source_names(),
            "timeline": read_timeline(request, profile),
            "first_touch": _first_touch(profile.node_ids),
            "kinds": [(key, in_language(words)) for key, words in KINDS.items()],
            "households": households_of(profile_id),
            "housemates": suggest_members(profile_id),
            "evidence": EVIDENCE,
            "may_reveal": signed_in(request).may(REVEAL),
            "orders": shown,
            "hidden_orders": len(orders) - len(shown),
        },
    )


@never_cache
@require_POST
def reveal_trait(request: HttpRequest, profile_id: int) -> HttpResponse:
    """A sealed value in the open, once, for whoever may and says why."""
    profile = get_profile(profile_id)
    token, reason = request.POST.get("token", ""), request.POST.get("reason", "").strip()
    found = next((t for t in profile.traits for said in t.said if said.token == token != ""), None)
    if found is None:
        raise Http404
    context: dict[str, Any] = {
        "person": profile.row,
        "label": in_language(found.definition.label),
        "token": token,
        "reason": reason,
    }
    try:
        context["value"] = reveal(
            token,
            about=f"profile:{profile.row.id}",
            reason=reason,
            user=signed_in(request),
            ring=installed_keys(),
            at=system_clock(),
        )
    except InputError as refused:
        context["error"] = refused.in_language(get_language() or "vi")
    status = 400 if "error" in context else 200
    return render(request, "customers/revealed.html", context, status=status)


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


def _first_touch(node_ids: Sequence[int]) -> dict[str, Any] | None:
    """How they first came, in words; None where no event tells."""
    rows = store.ask(first_touch(node_ids)).dicts()
    if not rows:
        return None
    words = CHANNELS.get(rows[0]["channel"])
    channel = in_language(words) if words else rows[0]["channel"]
    return {**rows[0], "at": as_utc(rows[0]["at"]), "channel": channel}


def source_names() -> dict[int, str]:
    """Source id → the name people gave it."""
    return {source.id: source.name for source in list_sources()}


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
