"""What cleaning changed and proposes: of whom, what it was, why; each to be taken back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from khachquen.base import ConflictError, NotFoundError, system_clock
from khachquen.unify import quality
from khachquen.unify.quality.cleaning import (
    REPAIRS,
    RepairView,
    cancel_cleaning,
    count_repairs,
    decide_repair,
    list_cleanings,
    list_repairs,
    request_cleaning,
)
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in

_SHOWN = 50
_STATES = ("applied", "proposed", "undone", "dismissed")


@require_safe
def show_cleaning(request: HttpRequest) -> HttpResponse:
    """The report: what was put right, what is proposed, what was taken back."""
    rounds, counts = list_cleanings(), count_repairs()
    state = request.GET.get("state", "")
    state = state if state in _STATES else "applied"
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    rows = list_repairs(state, before=before, limit=_SHOWN + 1)
    context = {
        "rounds": rounds,
        "newest": rounds[0] if rounds else None,
        "state": state,
        "states": [
            ("" if one == "applied" else one, _state_words()[one], counts[one]) for one in _STATES
        ],
        "rows": [_row(one) for one in rows[:_SHOWN]],
        "next": rows[_SHOWN - 1].id if len(rows) > _SHOWN else None,
        "is_later": before > 0,
        "listed": _listed(),
    }
    return render(request, "quality/cleaning.html", context)


@require_POST
def clean_now(request: HttpRequest) -> HttpResponse:
    """Ask for a round now; the engine does it while nothing waits."""
    request_cleaning(actor=signed_in(request).email, at=system_clock())
    return redirect("cleaning")


@require_POST
def stop_cleaning(request: HttpRequest) -> HttpResponse:
    """Stop the round that runs; what it did stays."""
    if cancel_cleaning(actor=signed_in(request).email, at=system_clock()):
        messages.success(
            request, gettext("Đã dừng. Những gì đã sửa vẫn còn, hoàn tác được từng việc.")
        )
    return redirect("cleaning")


@require_POST
def decide(request: HttpRequest, repair_id: int) -> HttpResponse:
    """Take one repair back, or put a proposal away."""
    act = "dismiss" if request.POST.get("act") == "dismiss" else "undo"
    try:
        decide_repair(repair_id, act, actor=signed_in(request).email, at=system_clock())
        done = gettext("Đã bỏ qua gợi ý.") if act == "dismiss" else gettext("Đã hoàn tác.")
        messages.success(request, done)
    except ConflictError as error:
        messages.error(request, in_language(error.message))
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None
    state = request.POST.get("state", "")
    return redirect(f"{reverse('cleaning')}?state={state if state in _STATES else ''}")


def _row(one: RepairView) -> dict[str, Any]:
    kind = REPAIRS.get(one.kind)
    return {
        "repair": one,
        "name": in_language(kind.name) if kind else one.kind,
        "why": in_language(kind.why) if kind else "",
        "changes": [(_field_words().get(f, f), old, new) for f, old, new in one.changes],
    }


def _listed() -> list[tuple[str, str, int]]:
    """What was found and is left as it is: rule, words, how many."""
    found = quality.latest()
    if found is None:
        return []
    counted = found.of()
    rules = [quality.get_rule(key) for key in ("not_seen", "phone_invalid", "email_invalid")]
    return [(r.key, in_language(r.name), counted[r.key].failed) for r in rules if r.key in counted]


def _state_words() -> dict[str, str]:
    return {
        "applied": gettext("Đã sửa"),
        "proposed": gettext("Gợi ý chờ xem"),
        "undone": gettext("Đã hoàn tác"),
        "dismissed": gettext("Đã bỏ qua"),
    }


def _field_words() -> dict[str, str]:
    return {
        "name": gettext("Họ tên"),
        "phone": gettext("Số điện thoại"),
        "email": gettext("Email"),
        "search": gettext("Từ khóa tìm kiếm"),
    }
