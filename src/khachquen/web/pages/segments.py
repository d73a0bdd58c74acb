"""The shop's segments: the list, one of them whole, its members, and how it stands to another."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from khachquen.base import ConflictError, system_clock
from khachquen.understand.query.templates import TEMPLATES
from khachquen.understand.segments import (
    SegmentView,
    change_segment,
    copy_segment,
    get_segment,
    list_segments,
    list_versions,
    set_archived,
    size_history,
    used_by,
)
from khachquen.understand.segments.reading import KINDS, size_histories
from khachquen.understand.segments.rules import segments_of
from khachquen.unify.normalise import fold
from khachquen.unify.profiles import get_profile, list_profiles
from khachquen.web.chips import written
from khachquen.web.comparing import compare_segments
from khachquen.web.components.figures import day
from khachquen.web.measuring import in_language
from khachquen.web.membership import (
    CAUSES,
    PAGE,
    belongings_of,
    list_changes,
    list_members,
    moves_of,
)
from khachquen.web.people import signed_in
from khachquen.web.previewing import explain_member, say_rules
from khachquen.web.shops import currency_of

_SHOWN, _FOUND = 100, 10


@require_safe
def show_segments(request: HttpRequest) -> HttpResponse:
    """Every segment: how many, the course, the rule, and who uses it."""
    search, archived = request.GET.get("q", "").strip(), request.GET.get("show") == "archived"
    known = list_segments(archived=archived)
    found = [one for one in known if fold(search) in fold(f"{one.name} {one.note}")]
    first = _whole_number(request.GET.get("after", ""))
    shown = found[first : first + _SHOWN]
    users = _users(list_segments())
    sizes = size_histories([one.id for one in shown])
    context = {
        "segments": [(one, sizes.get(one.id, []), users.get(one.id, [])) for one in shown],
        "kinds": KINDS,
        "sentences": say_rules({one.id: one.rule for one in shown}),
        "search": search,
        "is_archived": archived,
        "total": len(found),
        "next": first + _SHOWN if first + _SHOWN < len(found) else 0,
        "starters": TEMPLATES,
        "is_new": not known and not archived,
    }
    return render(request, "segments/list.html", context)


@require_safe
def show_segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """One segment whole."""
    segment = get_segment(segment_id)
    history, versions = size_history(segment_id), list_versions(segment_id)
    others = [one for one in list_segments() if one.id != segment_id]
    context = {
        "segment": segment,
        "kind": KINDS[segment.kind],
        "chart": _course(segment, history) if len(history) > 1 else None,
        "newest": history[-1] if history else None,
        "versions": versions,
        "sentences": say_rules({one.number: one.rule for one in versions}),
        "sentence": say_rules({0: segment.rule}).get(0, ""),
        "users": used_by(segment_id),
        "needs": [one for one in others if one.id in segments_of(segment.rule)],
        "others": others,
        "members": list_members(segment_id, limit=_FOUND),
        "changes": list_changes(segment_id, limit=_FOUND),
        "causes": CAUSES,
    }
    return render(request, "segments/segment.html", context)


@require_safe
def show_comparison(request: HttpRequest) -> HttpResponse:
    """Two segments side by side: how they overlap, who is where, how they differ."""
    segments = list_segments()
    one, other = (_named(segments, request.GET.get(name)) for name in ("one", "other"))
    context: dict[str, Any] = {"segments": segments, "one": one, "other": other}
    if one and other and one.id != other.id:
        found = compare_segments(one, other, now=system_clock(), currency=currency_of(request))
        context["found"] = found
    return render(request, "segments/compare.html", context)


@require_safe
def show_members(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Who belongs: the list of customers with one filter."""
    segment = get_segment(segment_id)
    rule = written({"kind": "segment", "segment": segment.id})
    return redirect(f"{reverse('customers')}?{urlencode({'who': 'all', 'rule': rule})}")


@require_safe
def show_changes(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Who entered and left, the latest first, a page at a time."""
    page = list_changes(segment_id, before=request.GET.get("before", ""), limit=PAGE)
    context = {"segment": get_segment(segment_id), "changes": page, "causes": CAUSES}
    return render(request, "segments/changes.html", context)


@require_safe
def show_why(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Why somebody is in a segment or not, condition by condition; first one picks whom."""
    segment = get_segment(segment_id)
    search, who = request.GET.get("q", "").strip(), _whole_number(request.GET.get("who", ""))
    found = list_profiles(search=search, who="all").rows[:_FOUND] if search and not who else ()
    person = get_profile(who).row if who else None
    context = {
        "segment": segment,
        "search": search,
        "found": found,
        "person": person,
        "lines": explain_member(segment, person.id, now=system_clock()) if person else [],
        "since": next((b for b in belongings_of(who) if b.segment.id == segment_id), None),
        "causes": CAUSES,
    }
    return render(request, "segments/why.html", context)


@require_safe
def show_of_person(request: HttpRequest, profile_id: int) -> HttpResponse:
    """The segments somebody is in: a part of their page, or without a script one of its own."""
    person = get_profile(profile_id).row
    context = {
        "person": person,
        "belongings": belongings_of(person.id),
        "moves": moves_of(person.id),
        "causes": CAUSES,
    }
    is_part = bool(request.headers.get("HX-Request"))
    name = "segments/belongings.html" if is_part else "segments/of_one.html"
    return render(request, name, context)


@require_POST
def archive_segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Put a segment away, or take it up again."""
    archived = request.POST.get("archived") == "1"
    try:
        set_archived(segment_id, archived, actor=signed_in(request).email, at=system_clock())
    except ConflictError as error:
        messages.error(request, in_language(error.message))
        return redirect("segment", segment_id=segment_id)
    words = gettext("Đã cất phân khúc.") if archived else gettext("Đã khôi phục phân khúc.")
    messages.success(request, words)
    return redirect("segments")


@require_POST
def duplicate_segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The same under another name, opened to be changed."""
    name = _free_name(get_segment(segment_id).name)
    made = copy_segment(segment_id, name=name, actor=signed_in(request).email, at=system_clock())
    messages.success(request, gettext("Đã nhân đôi. Đổi tên và điều kiện của bản mới ở đây."))
    return redirect("edit_segment", segment_id=made.id)


@require_POST
def put_back(request: HttpRequest, segment_id: int, number: int) -> HttpResponse:
    """Ask again for what an earlier version asked for; that is a new version."""
    found = next((one for one in list_versions(segment_id) if one.number == number), None)
    if found is None:
        raise Http404
    by: Mapping[str, Any] = {"actor": signed_in(request).email, "at": system_clock()}
    try:
        change_segment(segment_id, name=found.name, rule=found.rule, **by)
    except ConflictError as error:
        messages.error(request, in_language(error.message))
    else:
        messages.success(request, gettext("Đã đặt lại bản %(n)d.") % {"n": number})
    return redirect("segment", segment_id=segment_id)


def _named(segments: list[SegmentView], told: str | None) -> SegmentView | None:
    return next((one for one in segments if str(one.id) == told), None)


def _users(segments: list[SegmentView]) -> dict[int, list[SegmentView]]:
    """Segment → those whose rule asks for it."""
    found: dict[int, list[SegmentView]] = {}
    for one in segments:
        for needed in segments_of(one.rule):
            found.setdefault(needed, []).append(one)
    return found


def _course(segment: SegmentView, history: list[Any]) -> dict[str, Any]:
    return {
        "kind": "line",
        "labels": [day(one.on) for one in history],
        "series": [{"name": gettext("Số người"), "values": [one.size for one in history]}],
    }


def _free_name(name: str) -> str:
    taken = {one.name.casefold() for one in list_segments()}
    base = gettext("%(name)s (bản sao)") % {"name": name[:170]}
    numbered = (f"{base} {n}" for n in range(2, len(taken) + 3))
    return next(one for one in (base, *numbered) if one.casefold() not in taken)


def _whole_number(told: str) -> int:
    return int(told[:9]) if told.isdecimal() else 0
