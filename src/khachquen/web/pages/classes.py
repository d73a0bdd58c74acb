"""How the shop classifies: each class with its people, changed as a draft, applied, put back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.base import ForbiddenError, KhachQuenError, NotFoundError, Text, system_clock
from khachquen.flows.classifying import change_classes, put_classes_back
from khachquen.understand.classes import (
    current_classes,
    current_version,
    list_versions,
    newest_scores,
    score,
)
from khachquen.understand.classes.data import read_classes
from khachquen.understand.classes.moving import count_moves
from khachquen.understand.classes.people import classes_of_person
from khachquen.understand.query.classes import Classes
from khachquen.unify.profiles import get_profile
from khachquen.web.class_form import ClassesForm
from khachquen.web.classified import (
    cut_lines,
    move_lines,
    rfm_lines,
    stage_lines,
    tier_lines,
)
from khachquen.web.classified_person import course_lines, fact_lines
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in
from khachquen.web.shops import currency_of

_SHOWN_VERSIONS = 30
_CHANGE = "change_classes"


@require_safe
def show_classes(request: HttpRequest) -> HttpResponse:
    """Every class: what it means, how many are in it now; and who changed that when."""
    classes, scores, currency = current_classes(), newest_scores(), currency_of(request)
    moves = count_moves(classes, now=system_clock())
    versions = list_versions()
    context = {
        "classes": classes,
        "stages": stage_lines(classes, moves["stage"]),
        "tiers": tier_lines(classes, moves["value_tier"], currency),
        "rfm": rfm_lines(classes, moves["rfm"]) if "rfm" in moves else [],
        "cuts": cut_lines(classes.cuts, currency) if classes.cuts else [],
        "buyers": sum(moves["stage"].was.values()),
        "scores": scores,
        "versions": versions[:_SHOWN_VERSIONS],
        "current": versions[0].number,
        "may_change": signed_in(request).may(_CHANGE),
    }
    return render(request, "classes/list.html", context)


@require_safe
def show_of_person(request: HttpRequest, profile_id: int) -> HttpResponse:
    """The classes of one person with the figures behind each; a card, or a page around it."""
    try:
        person = get_profile(profile_id)
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None
    told = classes_of_person(person.row.id, now=system_clock())
    context = {
        "person": person.row,
        "facts": fact_lines(told, currency_of(request)),
        "course": course_lines(told),
        "scored_at": told.scored_at,
    }
    part = "person_card" if request.headers.get("HX-Request") else "person"
    return render(request, f"classes/{part}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_classes(request: HttpRequest) -> HttpResponse:
    """The definitions as a form: first who would move, then applied."""
    _demand(request)
    known = current_version()
    form = ClassesForm(request.POST or None, classes=known.classes)
    moves: list[dict[str, Any]] | None = None
    if form.is_valid() and form.told:
        try:
            if request.POST.get("act") == "apply":
                return _applied(request, form)
            moves = _moves(known.classes, read_classes(form.told))
        except KhachQuenError as error:
            form.refuse(error)
    context = {"form": form, "after": _after(request, known.number), "moves": moves}
    status = 400 if form.errors else 200
    return render(request, "classes/edit.html", context, status=status)


@require_POST
def score_people(request: HttpRequest) -> HttpResponse:
    """Work out anew where the scores of RFM begin."""
    _demand(request)
    score(system_clock())
    messages.success(request, gettext("Đã chấm điểm lại mọi khách đã mua."))
    return redirect("classes")


@require_POST
def put_back(request: HttpRequest, number: int) -> HttpResponse:
    """Let an earlier version hold again."""
    _demand(request)
    try:
        put_classes_back(number, actor=signed_in(request).email, at=system_clock())
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None
    except KhachQuenError as error:
        words = [error.message, error.hint] if error.hint else [error.message]
        messages.error(request, " ".join(in_language(text) for text in words))
        return redirect("classes")
    messages.success(request, gettext("Đã đặt lại bản %(number)s.") % {"number": number})
    return redirect("classes")


def _demand(request: HttpRequest) -> None:
    if not signed_in(request).may(_CHANGE):
        raise ForbiddenError(
            "classes.admins_only",
            Text(
                vi="Chỉ quản trị viên được đổi cách phân loại.",
                en="Only an administrator may change how customers are classified.",
            ),
        )


def _applied(request: HttpRequest, form: ClassesForm) -> HttpResponse:
    assert form.told is not None
    change_classes(
        form.told,
        after=_after(request, 0),
        actor=signed_in(request).email,
        at=system_clock(),
        note=form.cleaned_data["note"],
    )
    messages.success(request, gettext("Cách phân loại mới đang được dùng."))
    return redirect("classes")


def _after(request: HttpRequest, number: int) -> int:
    told = request.POST.get("after", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else number


def _moves(was: Classes, becomes: Classes) -> list[dict[str, Any]]:
    """Of each kind of class who would go where."""
    titles = {
        "stage": gettext("Giai đoạn"),
        "value_tier": gettext("Hạng chi tiêu"),
        "rfm": gettext("Nhóm RFM"),
    }
    found = count_moves(becomes, now=system_clock())
    return [
        {
            "title": titles[key],
            "people": moves.people,
            "lines": move_lines(was, becomes, key, moves),
        }
        for key, moves in found.items()
    ]
