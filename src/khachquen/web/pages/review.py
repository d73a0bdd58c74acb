"""Who may be one person: a pair at a time, one key to answer, and what the answers say."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from khachquen.base import ConflictError, KhachQuenError, NotFoundError, system_clock
from khachquen.flows.comparing import is_splink_missing
from khachquen.flows.reviewing import Answer, answer, take_back
from khachquen.unify.decisions import MODEL, Ruling
from khachquen.unify.profiles import count_profiles, get_profile
from khachquen.unify.suggestions import (
    Advice,
    advise,
    count_queue,
    count_sure,
    find_suggestion,
    list_bands,
    next_suggestion,
)
from khachquen.unify.suggestions.runs import (
    LEARNS_FROM,
    cancel_run,
    latest_run,
    latest_whole_run,
    request_run,
)
from khachquen.web.measuring import in_language
from khachquen.web.pairs import STEPS, show_pair
from khachquen.web.people import signed_in

_ANSWERS = ("join", "apart", "skip")


@require_safe
def show_review(request: HttpRequest) -> HttpResponse:
    """The pair to decide now, or the one that was asked for; the run; what answers say so far."""
    now = system_clock()
    asked = _number(request, "pair")
    view = find_suggestion(asked, now) if asked else next_suggestion(now)
    is_open = view is not None and view.state == "open" and view.people[0] != view.people[1]
    run = latest_run()
    context: dict[str, Any] = {
        "pair": show_pair(view) if view and is_open else None,
        "over": view if view and not is_open else None,
        "model": MODEL,
        "queue": count_queue(now),
        "last": _last(request),
        "run": run,
        "step": STEPS.get(run.step, STEPS["score_pairs"]) if run else "",
        "whole": latest_whole_run(),
        "needs_splink": is_splink_missing() and count_profiles() >= LEARNS_FROM,
    }
    return render(request, "review/review.html", context | _lessons())


@require_POST
def answer_pair(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """One person, two, or not now; then the next pair."""
    said = request.POST.get("said", "")
    if said not in _ANSWERS:
        messages.error(request, gettext("Chọn một trong ba nút."))
        return redirect("review")
    try:
        answer(suggestion_id, cast(Answer, said), _ruling(request))
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None
    except ConflictError as error:
        _complain(request, error)
        return redirect("review")
    return redirect(f"{reverse('review')}?last={suggestion_id}")


@require_POST
def take_answer_back(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """The last answer was a slip."""
    try:
        take_back(suggestion_id, _ruling(request))
        messages.success(request, gettext("Đã hoàn tác. Cặp này chờ xem lại."))
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None
    except ConflictError as error:
        _complain(request, error)
    return redirect("review")


@require_POST
def match_again(request: HttpRequest) -> HttpResponse:
    """Ask for a run; the engine does it beside its work."""
    request_run(actor=signed_in(request).email, at=system_clock())
    return redirect("review")


@require_POST
def stop_matching(request: HttpRequest) -> HttpResponse:
    """Stop the run; the queue stays as it was."""
    if cancel_run(actor=signed_in(request).email, at=system_clock()):
        messages.success(request, gettext("Đã dừng so khớp. Hàng chờ giữ như cũ."))
    return redirect("review")


def _last(request: HttpRequest) -> dict[str, Any] | None:
    """What was just answered, and by what name it can be taken back."""
    number = _number(request, "last")
    view = find_suggestion(number, system_clock()) if number else None
    if view is None or (view.state == "open" and not view.is_skipped) or view.state == "gone":
        return None
    names = [get_profile(person).row.name for person in dict.fromkeys(view.people)]
    return {"view": view, "names": " · ".join(filter(None, names))}


def _lessons() -> dict[str, Any]:
    bars = settings.CONFIG.matching
    bands, sure = list_bands(), count_sure(bars.join_at)
    advice = advise(
        bands, sure, joins=bars.join_by_itself, join_at=bars.join_at, ask_at=bars.ask_at
    )
    return {
        "bands": bands[::-1],
        "bars": bars,
        "sure": sure,
        "advice": _advice_words(advice) if advice else "",
    }


def _advice_words(advice: Advice) -> str:
    band = advice.band
    told = {"seen": band.looked_at, "one": band.accepted, "to": f"{advice.to:.3g}"}
    return {
        "join_by_itself": gettext(
            "Trong %(seen)s cặp chắc nhất đã xem, %(one)s là một người. Có thể để máy tự gộp những"
            " cặp như vậy: đặt matching.join_by_itself = true."
        ),
        "stop_joining": gettext(
            "Trong %(seen)s cặp ở mức tự gộp, chỉ %(one)s là một người. Nên nâng matching.join_at"
            " lên %(to)s, hoặc tắt tự gộp."
        ),
        "raise_ask": gettext(
            "Trong %(seen)s cặp ở mức thấp nhất, chỉ %(one)s là một người. Có thể nâng"
            " matching.ask_at lên %(to)s để đỡ phải xem."
        ),
        "lower_ask": gettext(
            "Trong %(seen)s cặp ở mức thấp nhất, %(one)s vẫn là một người. Có thể hạ"
            " matching.ask_at xuống %(to)s để không bỏ sót."
        ),
    }[advice.kind] % told


def _ruling(request: HttpRequest) -> Ruling:
    return Ruling(by=signed_in(request).email, at=system_clock())


def _complain(request: HttpRequest, error: KhachQuenError) -> None:
    words = [error.message, error.hint] if error.hint else [error.message]
    messages.error(request, " ".join(in_language(text) for text in words))


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
