"""The collection plan: what each source should give, what arrives, and where it is short."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from khachquen.base import ForbiddenError, InputError, Text, system_clock
from khachquen.collect import SourceView, list_sources
from khachquen.unify import quality
from khachquen.unify.quality.plan import FIELDS, Line, list_plan, save_plan
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in


class PlanForm(WordsForm):
    """For each field, with at least which share it should come."""

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        for one in FIELDS:
            self.fields[one.key] = forms.IntegerField(
                label=in_language(one.name),
                required=False,
                min_value=1,
                max_value=100,
                help_text=_of(one.of),
            )


@require_safe
def list_plans(request: HttpRequest) -> HttpResponse:
    """Every source with what is planned or arrives, gaps first to the eye."""
    found = quality.latest()
    plans = [(one, _told(list_plan(one.id, found))) for one in list_sources()]
    gaps = sum(line.state in ("gap", "silent") for _, lines in plans for line in lines)
    context = {"plans": plans, "found": found, "gaps": gaps}
    return render(request, "quality/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_plan(request: HttpRequest, source_id: int) -> HttpResponse:
    """What one source should give."""
    source = _find(source_id)
    lines = list_plan(source_id, quality.latest())
    initial = {line.field.key: line.least_percent for line in lines}
    form = PlanForm(request.POST or None, initial=initial)
    if request.method == "POST":
        _demand_admin(request)
        if form.is_valid():
            try:
                actor = signed_in(request).email
                save_plan(source_id, form.cleaned_data, actor=actor, at=system_clock())
                messages.success(request, gettext("Đã lưu kế hoạch thu thập."))
                return redirect("quality_plan")
            except InputError as error:
                form.refuse(error)
    context = {"source": source, "form": form}
    return render(request, "quality/edit_plan.html", context, status=400 if form.errors else 200)


def _told(lines: tuple[Line, ...]) -> list[Line]:
    return [line for line in lines if line.state]


def _of(what: str) -> str:
    words = {
        "people": gettext("Phần trăm số khách mà nguồn này nhắc đến"),
        "events": gettext("Phần trăm số sự kiện của nguồn này"),
        "orders": gettext("Phần trăm số đơn đã đặt của nguồn này"),
    }
    return words[what]


def _find(source_id: int) -> SourceView:
    for found in list_sources():
        if found.id == source_id:
            return found
    raise Http404


def _demand_admin(request: HttpRequest) -> None:
    if not signed_in(request).is_admin:
        raise ForbiddenError(
            "quality.admins_only",
            Text(
                vi="Chỉ quản trị viên được đổi kế hoạch thu thập.",
                en="Only an administrator may change the collection plan.",
            ),
        )
