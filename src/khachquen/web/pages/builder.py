"""The builder: a segment made or changed, counted while it is written, values offered."""

import json
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen import store
from khachquen.base import ConflictError, KhachQuenError, Text, UnavailableError, system_clock
from khachquen.store.engine import Stop
from khachquen.understand.query.templates import TEMPLATES
from khachquen.understand.query.values import Origin, compile_values
from khachquen.understand.segments import SegmentView, add_segment, change_segment, get_segment
from khachquen.understand.segments.catalogue import shop_catalogue
from khachquen.understand.segments.rules import events_of
from khachquen.web.components.figures import number
from khachquen.web.forms import WordsForm
from khachquen.web.leaving import unless_left
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in
from khachquen.web.pickers import make_pickers
from khachquen.web.previewing import Preview, preview_rule, read_rule, trend_of

_EMPTY: Mapping[str, Any] = {"kind": "all", "of": []}
_ORIGINS = ("trait", "event", "order")


class SegmentForm(WordsForm):
    """A segment: its name, what it is for, and its rule as JSON."""

    name = forms.CharField(label=_("Tên phân khúc"), max_length=200)
    note = forms.CharField(label=_("Dùng để làm gì"), max_length=500, required=False)
    rule = forms.CharField(
        label=_("Điều kiện dạng JSON"),
        max_length=256 * 1024,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "data-rule": ""}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    place = ""  # where in the rule something is wrong


@require_http_methods(["GET", "HEAD", "POST"])
def new_segment(request: HttpRequest) -> HttpResponse:
    """A segment from nothing, or from one of the templates."""
    form = _form(request, _begun(request), is_list=request.GET.get("kind") == "static")
    return _saved(request, form, None) or _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Change what a segment is called or asks for."""
    segment = get_segment(segment_id)
    told = {"name": segment.name, "note": segment.note, "version": segment.version}
    initial = {**told, "rule": _written(segment.rule or _EMPTY)}
    form = _form(request, initial, is_list=segment.kind == "static")
    return _saved(request, form, segment) or _page(request, form, segment)


@require_POST
async def preview(request: HttpRequest) -> HttpResponse:
    """How many a rule would be of; nothing is kept. Who leaves stops the counting."""

    def count(stop: Stop) -> HttpResponse:
        rule = request.POST.get("rule", "").encode()
        found = preview_rule(rule, now=system_clock(), stop=stop)
        return render(request, "segments/preview.html", {"preview": found, **_problem(found)})

    return await unless_left(count)


@require_POST
async def show_trend(request: HttpRequest) -> HttpResponse:
    """How many a rule would have been of over the last days; nothing where it cannot be asked."""

    def look_back(stop: Stop) -> HttpResponse:
        days = 90 if request.POST.get("days") == "90" else 30
        rule = request.POST.get("rule", "").encode()
        try:
            trend = trend_of(rule, days=days, now=system_clock(), stop=stop)
        except UnavailableError:
            raise
        except KhachQuenError:
            return HttpResponse(status=204)  # what is wrong is said by the preview
        return render(request, "segments/trend.html", {"trend": trend})

    return await unless_left(look_back)


@require_safe
def list_values(request: HttpRequest) -> JsonResponse:
    """Values that are really there, for what was typed so far."""
    told = {name: request.GET.get(name, "")[:200] for name in ("from", "key", "event", "q")}
    if told["from"] not in _ORIGINS:
        return JsonResponse({"values": []})
    try:
        question = compile_values(
            shop_catalogue(events=[told["event"]] if told["event"] else []),
            cast(Origin, told["from"]),
            told["key"],
            event=told["event"],
            typed=told["q"],
            now=system_clock(),
        )
        rows = store.ask(question).dicts() if question else []
    except KhachQuenError:
        rows = []  # nothing to offer; what is wrong is said where the rule is checked
    return JsonResponse({"values": [[row["value"], number(row["times"])] for row in rows]})


def _begun(request: HttpRequest) -> dict[str, Any]:
    key = request.GET.get("starter", "")
    if told := request.GET.get("rule", ""):
        name = request.GET.get("name", "")[:200]
        return {"name": name, "rule": told[: 64 * 1024]}
    if not key:
        return {"rule": _written(_EMPTY)}
    starter = next((one for one in TEMPLATES if one.key == key), None)
    if starter is None:
        raise Http404
    return {
        "name": in_language(starter.name),
        "note": in_language(starter.about),
        "rule": _written(starter.rule),
    }


def _form(request: HttpRequest, initial: dict[str, Any], *, is_list: bool) -> SegmentForm:
    form = SegmentForm(request.POST or None, initial=initial)
    if is_list:
        del form.fields["rule"]  # filled by hand
    return form


def _saved(
    request: HttpRequest, form: SegmentForm, segment: SegmentView | None
) -> HttpResponse | None:
    """Where to go once it is kept; None where it was only looked at, or cannot be kept."""
    if request.POST.get("act") == "check" or not form.is_valid():
        return None
    told = form.cleaned_data
    try:
        rule = _read(told["rule"]) if "rule" in told else None
        words: dict[str, Any] = {"name": told["name"], "rule": rule, "note": told["note"]}
        by: dict[str, Any] = {"actor": signed_in(request).email, "at": system_clock()}
        if segment is None:
            kept = add_segment(**words, **by)
        else:
            _refuse_older(segment, told["version"])
            kept = change_segment(segment.id, **words, **by)
    except KhachQuenError as error:
        _refuse(form, error)
        return None
    messages.success(request, gettext("Đã lưu phân khúc “%(name)s”.") % {"name": kept.name})
    return redirect("segment", segment_id=kept.id)


def _read(told: str) -> Mapping[str, Any]:
    read_rule(told.encode())  # says what is wrong, if it is not even JSON
    rule: Mapping[str, Any] = json.loads(told)
    return rule


def _refuse_older(segment: SegmentView, version: int | None) -> None:
    if version != segment.version:
        raise ConflictError(
            "segments.changed_meanwhile",
            Text(
                vi="Ai đó vừa lưu phân khúc này trong lúc bạn đang sửa.",
                en="Somebody saved this segment while you were changing it.",
            ),
            hint=Text(
                vi="Mở phân khúc ở một thẻ khác để xem bản mới, rồi sửa lại từ bản đó.",
                en="Open it in another tab to see the newer one, and change that.",
            ),
        )


def _refuse(form: SegmentForm, error: KhachQuenError) -> None:
    """What is wrong with the rule stands at its card, the rest where it belongs."""
    is_of_rule = (error.path or "").startswith("$") or error.path == "rule"
    if is_of_rule and "rule" in form.fields:
        form.add_error("rule", _words(error))
        form.place = error.path if error.path and error.path != "rule" else "$"
    else:
        form.refuse(error)


def _words(error: KhachQuenError) -> str:
    language = get_language() or "vi"
    words = [error.message, error.hint] if error.hint else [error.message]
    return " ".join(text.in_language(language) for text in words)


def _page(request: HttpRequest, form: SegmentForm, segment: SegmentView | None) -> HttpResponse:
    rule = form["rule"].value() if "rule" in form.fields else None
    asked = None
    if request.POST.get("act") == "check" and rule is not None:
        asked = preview_rule(rule.encode(), now=system_clock())
    context = {
        "form": form,
        "segment": segment,
        "is_list": rule is None,
        "starters": [] if segment or form.is_bound else TEMPLATES,
        "pickers": None if rule is None else _pickers(rule, segment),
        "preview": asked,
        "place": form.place,
        **(_problem(asked) if asked else {}),
    }
    return render(request, "segments/form.html", context, status=400 if form.errors else 200)


def _pickers(rule: str, segment: SegmentView | None) -> dict[str, Any]:
    """What can be picked; the segment itself cannot be a condition of its own."""
    try:
        named = events_of(json.loads(rule))
    except (ValueError, RecursionError):
        named = frozenset()
    pickers = make_pickers(shop_catalogue(events=named))
    own = segment.id if segment else None
    pickers["segments"] = [pair for pair in pickers["segments"] if pair[0] != own]
    return pickers


def _problem(found: Preview) -> dict[str, Any]:
    if found.problem is None:
        return {}
    return {"problem": _words(found.problem), "problem_path": found.problem.path or "$"}


def _written(rule: Mapping[str, Any]) -> str:
    return json.dumps(rule, ensure_ascii=False, indent=2)
