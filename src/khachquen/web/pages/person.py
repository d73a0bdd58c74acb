"""One person whole: who, what happened, what they buy, and all of it to take away."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from khachquen import store
from khachquen.base import InputError, NotFoundError, system_clock
from khachquen.collect.enrichment import CHANNELS
from khachquen.flows.telling import tags_of
from khachquen.relate.notes import suggest_tags
from khachquen.understand.timelines import first_touch
from khachquen.unify.decisions import list_history
from khachquen.unify.households import EVIDENCE, households_of, suggest_members
from khachquen.unify.profiles import ProfileView, get_profile, list_orders
from khachquen.unify.traits.vault import REVEAL, installed_keys, reveal
from khachquen.web.buying import read_bought, sum_up
from khachquen.web.measuring import as_utc, in_language
from khachquen.web.people import signed_in
from khachquen.web.sentences import call_by_name
from khachquen.web.shops import source_names
from khachquen.web.takeaway import write_json, write_zip
from khachquen.web.timelines import read_timeline

_SHOWN_ORDERS = 10
_SHOWN_IDENTIFIERS = 8
_STRENGTH = ("user", "email", "phone", "card", "zalo", "facebook", "device", "anonymous")


@require_safe
def show_customer(request: HttpRequest, profile_id: int) -> HttpResponse:
    """One person: who, what they did, what they bought."""
    profile = _find(profile_id)
    if profile.is_moved:
        return redirect("customer", profile_id=profile.row.id)
    orders = list_orders(profile_id)
    shown = orders if request.GET.get("orders") == "all" else orders[:_SHOWN_ORDERS]
    history, homes = list_history(profile_id), households_of(profile_id)
    context = {
        **_identity(profile),
        "sources": source_names(),
        "timeline": read_timeline(request, profile, history),
        "households": homes,
        "housemates": suggest_members(profile_id, beside=homes),
        "evidence": EVIDENCE,
        "may_reveal": signed_in(request).may(REVEAL),
        "orders": shown,
        "hidden_orders": len(orders) - len(shown),
        "buying": sum_up(orders),
        "merges": sum(one.kind == "merged" for one in history),
        "last_change": history[0] if history else None,
        "tags": tags_of(profile),
        "tags_in_use": suggest_tags(),
    }
    return render(request, "customers/customer.html", context)


@require_safe
def show_timeline(request: HttpRequest, profile_id: int) -> HttpResponse:
    """A part of the timeline, for a page that stands already: filtered anew, or further down."""
    profile = _find(profile_id)
    context = {"person": profile.row, "timeline": read_timeline(request, profile)}
    part = "timeline" if request.GET.get("before") else "timeline_card"
    return render(request, f"customers/{part}.html", context)


@require_safe
def show_buying(request: HttpRequest, profile_id: int) -> HttpResponse:
    """What they buy and how they first came: it is read from all their events, so it comes last."""
    profile = _find(profile_id)
    context = {
        "person": profile.row,
        "bought": read_bought(profile.node_ids) if profile.row.orders else {},
        "first_touch": _first_touch(profile.node_ids),
    }
    part = "buying_part" if request.headers.get("HX-Request") else "buying"
    return render(request, f"customers/{part}.html", context)


@never_cache
@require_POST
def export_customer(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Everything known of one person as a file; taking it away is written down."""
    profile, user = _find(profile_id), signed_in(request)
    is_json = request.POST.get("as") == "json"
    write = write_json if is_json else write_zip
    body = write(profile, user=user, at=system_clock(), language=get_language() or "vi")
    kind, ending = ("application/json", "json") if is_json else ("application/zip", "zip")
    response = HttpResponse(body, content_type=kind)
    name = f"khach-hang-{profile.row.id}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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


def _find(profile_id: int) -> ProfileView:
    try:
        return get_profile(profile_id)
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None


def _identity(profile: ProfileView) -> dict[str, Any]:
    """Who it is; the identifiers by strength, the newest of a kind first."""
    order = {kind: place for place, kind in enumerate(_STRENGTH)}
    identifiers = sorted(profile.identifiers, key=lambda one: one.last_seen, reverse=True)
    identifiers.sort(key=lambda one: order.get(one.kind, len(order)))
    return {
        "profile": profile,
        "person": profile.row,
        "called": call_by_name(profile),
        "identifiers": identifiers[:_SHOWN_IDENTIFIERS],
        "more_identifiers": identifiers[_SHOWN_IDENTIFIERS:],
    }


def _first_touch(node_ids: Sequence[int]) -> dict[str, Any] | None:
    """How they first came, in words; None where no event tells."""
    rows = store.ask(first_touch(node_ids)).dicts()
    if not rows:
        return None
    words = CHANNELS.get(rows[0]["channel"])
    channel = in_language(words) if words else rows[0]["channel"]
    return {**rows[0], "at": as_utc(rows[0]["at"]), "channel": channel}
