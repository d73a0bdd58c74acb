"""The rules of who is one person: in words, changed as a draft, tried, applied, put back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.base import ForbiddenError, KhachQuenError, NotFoundError, Text, system_clock
from khachquen.flows import changing_rules as changing
from khachquen.store.jobs import JobView
from khachquen.unify.identity import Rules, rules_of
from khachquen.unify.identity.ruleset import mark_of
from khachquen.unify.profiles import people_of_nodes
from khachquen.unify.rulebook import (
    MANY,
    SHORTEST_REASON,
    Change,
    get_change,
    list_changes,
    list_knots,
)
from khachquen.unify.rulebook.words import compare_rules, name_of, say_rules
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in
from khachquen.web.rule_form import RulesForm

_SHORT = _("Ghi lý do, ít nhất 5 chữ cái: ai cũng xem lại được vì sao.")


class WhyForm(WordsForm):
    """The reason rules are changed for."""

    why = forms.CharField(
        label=_("Vì sao đổi"),
        max_length=500,
        min_length=SHORTEST_REASON,
        error_messages=dict.fromkeys(("required", "min_length"), _SHORT),
        help_text=_("Được ghi lại cùng tên bạn, ví dụ: nhiều gia đình dùng chung một số."),
    )


@require_safe
def show_rules(request: HttpRequest) -> HttpResponse:
    """Every rule in words, the drafts, who changed what and why, and people too large."""
    rules = rules_of(settings.CONFIG.data)
    changes = list_changes()
    knots = list_knots()
    people = people_of_nodes([one.profile_id for one in knots])
    context = {
        "groups": [(_heading(place), _sentences(told)) for place, told in say_rules(rules).items()],
        "changes": [_line(one, rules) for one in changes if one.state != "draft"],
        "drafts": [_line(one, rules) for one in changes if one.state == "draft"],
        "knots": [(people.get(one.profile_id), one) for one in knots],
        "many": MANY,
        "may_change": signed_in(request).may("change_rules"),
    }
    return render(request, "rules/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_rules(request: HttpRequest) -> HttpResponse:
    """The rules as a form; saved, they are a draft, and tried at once."""
    rules = rules_of(settings.CONFIG.data)
    form = RulesForm(request.POST or None, rules=rules)
    if request.method == "POST":
        _demand(request)
    if form.is_valid() and form.told:
        told = form.told
        try:
            made = changing.draft(settings.CONFIG.data, told, by=_who(request), clock=system_clock)
            return redirect("rule_change", made.id)
        except KhachQuenError as error:
            form.refuse(error)
    status = 400 if form.is_bound else 200
    return render(request, "rules/edit.html", {"form": form}, status=status)


@require_safe
def show_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """One change: what differs, what it would do or did, and what may be done with it."""
    return _change_page(request, _find(change_id), WhyForm())


@require_POST
def apply_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Let a draft hold; the engine draws everybody anew."""
    _demand(request)
    change, form = _find(change_id), WhyForm(request.POST)
    if form.is_valid():
        try:
            changing.apply(
                settings.CONFIG.data,
                change_id,
                by=_who(request),
                why=form.cleaned_data["why"],
                clock=system_clock,
            )
            return redirect("rule_change", change_id)
        except KhachQuenError as error:
            form.refuse(error)
    return _change_page(request, change, form, status=400)


@require_POST
def discard_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Put a draft away."""
    _find(change_id)
    _act(request, lambda by: changing.discard(change_id, by=by, clock=system_clock))
    return redirect("identity_rules")


@require_POST
def try_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Try a draft once more: against other people by now, or against other rules."""
    change, data = _find(change_id), settings.CONFIG.data
    if mark_of(change.base) == mark_of(rules_of(data)):
        _act(request, lambda by: changing.try_again(change_id, by=by, clock=system_clock))
        return redirect("rule_change", change_id)
    return _drafted(
        request, lambda by: changing.draft_again(data, change_id, by=by, clock=system_clock)
    )


@require_POST
def stop_trying(request: HttpRequest, change_id: int) -> HttpResponse:
    """Stop the simulation; the draft stays."""
    _find(change_id)
    _act(request, lambda by: changing.stop_trying(change_id, clock=system_clock))
    return redirect("rule_change", change_id)


@require_POST
def put_back(request: HttpRequest, change_id: int) -> HttpResponse:
    """Draft what held before a change, and try it like any other draft."""
    _find(change_id)
    data = settings.CONFIG.data
    return _drafted(
        request, lambda by: changing.draft_former(data, change_id, by=by, clock=system_clock)
    )


def _drafted(request: HttpRequest, make: Callable[[str], Change]) -> HttpResponse:
    made = _act(request, make)
    return redirect("rule_change", made.id) if made else redirect("identity_rules")


def _act(request: HttpRequest, do: Callable[[str], Any]) -> Any:
    """What it gives; what the rooms refuse is said on the next page."""
    _demand(request)
    try:
        return do(_who(request))
    except KhachQuenError as error:
        words = [error.message, error.hint] if error.hint else [error.message]
        messages.error(request, " ".join(in_language(text) for text in words))
        return None


def _change_page(
    request: HttpRequest, change: Change, form: WhyForm, *, status: int = 200
) -> HttpResponse:
    current = rules_of(settings.CONFIG.data)
    trial, work = changing.simulation_of(change), changing.application_of(change)
    context = {
        "change": change,
        "line": _line(change, current),
        "trial": trial,
        "work": work,
        "is_moved": change.state == "draft" and mark_of(change.base) != mark_of(current),
        "differs": _differences(change),
        "result": trial.result if trial else None,
        "examples": _examples(trial),
        "is_live": any(job and job.is_open for job in (trial, work)),
        "problem": _problem(trial, work),
        "form": form,
        "may_change": signed_in(request).may("change_rules"),
    }
    return render(request, "rules/change.html", context, status=status)


def _line(change: Change, current: Rules) -> dict[str, Any]:
    """A change for a list: is it what holds now, and how many rules it is of."""
    return {
        "change": change,
        "state": _STATES[change.state],
        "size": len(compare_rules(change.base, change.rules)),
        "is_current": change.state == "applied" and mark_of(change.rules) == mark_of(current),
    }


def _differences(change: Change) -> list[dict[str, str]]:
    return [
        {
            "about": in_language(one.about),
            "before": in_language(one.before),
            "after": in_language(one.after),
        }
        for one in compare_rules(change.base, change.rules)
    ]


def _examples(trial: JobView | None) -> list[dict[str, Any]]:
    """Who would join or split, by name, each with the way to their page."""
    found = (trial.result or {}).get("examples", []) if trial else []
    people = people_of_nodes({one for example in found for one in example["profile_ids"]})
    return [
        {
            "kind": example["kind"],
            "people": list(
                {
                    people[one].id: people[one] for one in example["profile_ids"] if one in people
                }.values()
            ),
            "keys": [_key(key) for key in example["keys"]],
        }
        for example in found
    ]


def _key(key: str) -> str:
    kind, _mark, value = key.partition(":")
    shown = f"0{value[3:]}" if value.startswith("+84") else value
    return f"{in_language(name_of(f'kinds.{kind}'))} {shown[:40]}"


def _problem(*jobs: JobView | None) -> str:
    found = [job.problem for job in jobs if job and job.problem]
    return in_language(found[-1]) if found else ""


def _sentences(told: list[tuple[str, Text]]) -> list[str]:
    return [in_language(text) for _place, text in told]


def _heading(group: str) -> str:
    is_kind = group not in ("conflict", "evidence", "blocked")
    words = in_language(name_of(f"kinds.{group}" if is_kind else group))
    return words[:1].upper() + words[1:]


def _find(change_id: int) -> Change:
    try:
        return get_change(change_id)
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None


def _who(request: HttpRequest) -> str:
    return signed_in(request).email


def _demand(request: HttpRequest) -> None:
    if not signed_in(request).may("change_rules"):
        raise ForbiddenError(
            "identity.admins_only",
            Text(
                vi="Chỉ quản trị viên được đổi quy tắc gộp.",
                en="Only an administrator may change the rules.",
            ),
        )


_STATES = {
    "draft": _("Bản nháp"),
    "applying": _("Đang áp dụng"),
    "applied": _("Đã áp dụng"),
    "discarded": _("Đã bỏ"),
}
