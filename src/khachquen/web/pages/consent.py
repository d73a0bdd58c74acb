"""What people may be asked to agree to, and what each of them said, with the proof."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.activate.content.identity import read_identity
from khachquen.base import (
    ForbiddenError,
    KhachQuenError,
    NotFoundError,
    Text,
    UnavailableError,
    system_clock,
)
from khachquen.flows.agreeing import (
    answers_for,
    keys_of,
    leave_alone,
    note_consent,
    write_again,
)
from khachquen.govern.consent import Told, list_words
from khachquen.govern.consent.purposes import (
    BASES,
    PurposeView,
    add_purpose,
    archive_purpose,
    get_purpose,
    list_message_purposes,
    list_purposes,
    list_texts,
    publish_text,
)
from khachquen.govern.consent.samples import sample_of
from khachquen.govern.consent.standing import CHANNELS, METHODS, SAYS
from khachquen.govern.consent.suppressing import REASONS, list_suppressed
from khachquen.unify.profiles import ProfileView, get_profile
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in
from khachquen.web.shops import source_names

_SHOWN_CHANNELS = ("email", "sms", "zalo", "call")


def _pairs(words: Mapping[Any, Text], *, only: Sequence[str] = ()) -> list[tuple[str, str]]:
    return [(key, in_language(text)) for key, text in words.items() if not only or key in only]


def _purposes() -> list[tuple[str, str]]:
    return [(one.key, in_language(one.name)) for one in list_purposes() if one.basis != "always"]


class WordForm(WordsForm):
    """What a person told somebody of the shop."""

    says = forms.ChoiceField(
        label=_("Khách nói"),
        choices=lambda: _pairs(SAYS, only=("granted", "refused", "withdrawn")),
        widget=forms.RadioSelect,
    )
    purpose = forms.ChoiceField(label=_("Về việc"), choices=_purposes)
    channels = forms.MultipleChoiceField(
        label=_("Qua kênh"),
        choices=lambda: _pairs(CHANNELS, only=("any", *_SHOWN_CHANNELS)),
        widget=forms.CheckboxSelectMultiple,
    )
    method = forms.ChoiceField(
        label=_("Khách nói bằng cách nào"),
        choices=lambda: _pairs(METHODS, only=("paper", "call", "sms", "email", "chat", "staff")),
    )
    on = forms.DateField(
        label=_("Ngày khách nói"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Để trống nếu là hôm nay."),
    )  # fmt: skip
    proof = forms.CharField(
        label=_("Bằng chứng ở đâu"),
        max_length=500,
        required=False,
        help_text=_("Ví dụ: phiếu số 118 hộp 3, bản ghi âm cuộc gọi lúc 9:30."),
    )

    def told(self) -> Told:
        """What was filled in."""
        said = self.cleaned_data
        proof = {"proof": said["proof"].strip()} if said["proof"].strip() else {}
        at = timezone.make_aware(datetime.combine(said["on"], time(12))) if said["on"] else None
        return Told(
            subjects=(),
            purpose=said["purpose"],
            says=said["says"],
            channels=said["channels"],
            method=said["method"],
            at=at,
            evidence=proof,
        )


class PurposeForm(WordsForm):
    """A purpose of the shop's own."""

    name = forms.CharField(label=_("Tên mục đích"), max_length=200)
    name_en = forms.CharField(label=_("Tên tiếng Anh"), max_length=200, required=False)
    key = forms.CharField(
        label=_("Tên ngắn"), max_length=40,
        help_text=_("Dùng trong tệp nhập và API: chữ thường không dấu, số, gạch dưới, ví dụ "
                    "ban_tin."),
    )  # fmt: skip
    basis = forms.ChoiceField(
        label=_("Khi nào được làm"),
        choices=lambda: _pairs(BASES, only=("consent", "may_refuse")),
        widget=forms.RadioSelect,
    )
    is_advertising = forms.BooleanField(
        label=_("Là quảng cáo"),
        required=False,
        help_text=_("Tin quảng cáo phải có nhãn [QC], giờ gửi và số tin mỗi ngày theo luật."),
    )


class TextForm(WordsForm):
    """The words people are shown when they are asked."""

    vi = forms.CharField(
        label=_("Nội dung khách đọc"), widget=forms.Textarea(attrs={"rows": 6}), max_length=20_000
    )
    en = forms.CharField(
        label=_("Bản tiếng Anh"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=20_000,
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show_person(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Whether we may write to this person, and every word of theirs it rests on."""
    person = _person(profile_id)
    if person.is_moved:
        return redirect("person_consents", person.row.id)
    form = WordForm(request.POST or None, initial={"method": "staff", "says": ""})
    if form.is_valid():
        actor = signed_in(request).email
        try:
            note_consent(settings.CONFIG, person, form.told(), actor=actor, clock=system_clock)
        except UnavailableError:
            raise
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã ghi vào sổ. Có hiệu lực ngay."))
            return redirect("person_consents", person.row.id)
    keys = keys_of(person)
    held: list[dict[str, Any]] = [
        {"one": one, "reason": one.reason, "words": in_language(REASONS[one.reason].name),
         "channel": in_language(CHANNELS[one.channel])}
        for one in list_suppressed(keys)
    ]  # fmt: skip
    context = {
        "person": person.row,
        "form": form,
        "table": _table(person),
        "channels": [in_language(CHANNELS[one]) for one in _SHOWN_CHANNELS],
        "words": _words(keys),
        "held": held,
        "is_left_alone": any(row["reason"] == "do_not_contact" for row in held),
    }
    return render(request, "consent/person.html", context, status=400 if form.errors else 200)


@require_POST
def stop_writing(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Leave this person alone, or write again."""
    person, told = _person(profile_id), request.POST
    actor, why = signed_in(request).email, told.get("why", "").strip()
    try:
        if told.get("act") == "lift":
            channel, reason = told.get("channel", ""), told.get("reason", "")
            write_again(person, channel, reason, why=why, actor=actor, clock=system_clock)
            messages.success(request, gettext("Đã gỡ bỏ."))
        else:
            leave_alone(person, why=why, actor=actor, clock=system_clock)
            messages.success(request, gettext("Từ giờ không gửi gì cho khách này nữa."))
    except KhachQuenError as error:
        messages.error(request, in_language(error.message))
    return redirect("person_consents", person.row.id)


@require_safe
def list_all(request: HttpRequest) -> HttpResponse:
    """The purposes, and the words people are shown for each."""
    lines = [_line(one) for one in list_purposes(with_archived=True)]
    context = {
        "may_change": signed_in(request).is_admin,
        "open": [line for line in lines if not line["is_archived"]],
        "archived": [line for line in lines if line["is_archived"]],
    }
    return render(request, "consent/purposes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_purpose(request: HttpRequest) -> HttpResponse:
    """Add a purpose."""
    form = PurposeForm(request.POST or None, initial={"basis": "consent"})
    if form.is_valid():
        _demand_admin(request)
        told = dict(form.cleaned_data)
        name = Text(vi=told.pop("name"), en=told.pop("name_en"))
        try:
            added = add_purpose(name=name, by=signed_in(request).email, at=system_clock(), **told)
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã thêm mục đích. Hãy viết nội dung khách đọc."))
            return redirect("purpose", added.key)
    context = {"form": form}
    return render(request, "consent/new.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def show_purpose(request: HttpRequest, key: str) -> HttpResponse:
    """One purpose: the words people see now, the earlier ones, and a new version."""
    try:
        view = get_purpose(key)
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None
    texts = list_texts(key)
    sample = None if texts else sample_of(key, shop=read_identity().sender or gettext("Cửa hàng"))
    now = texts[0].words if texts else sample or Text(vi="", en="")
    form = TextForm(request.POST or None, initial={"vi": now.vi, "en": _own(now)})
    if form.is_valid():
        _demand_admin(request)
        words = Text(vi=form.cleaned_data["vi"], en=form.cleaned_data["en"])
        try:
            publish_text(key, words, by=signed_in(request).email, at=system_clock())
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã lưu. Lời đồng ý từ giờ gắn với bản này."))
            return redirect("purpose", key)
    context = {
        "purpose": _line(view),
        "texts": texts,
        "is_sample": sample is not None,
        "form": form,
        "may_change": signed_in(request).is_admin,
    }
    return render(request, "consent/purpose.html", context, status=400 if form.errors else 200)


@require_POST
def archive(request: HttpRequest, key: str) -> HttpResponse:
    """Put a purpose away, or take it out again."""
    _demand_admin(request)
    archived = request.POST.get("archived") == "1"
    try:
        archive_purpose(key, archived=archived, by=signed_in(request).email, at=system_clock())
    except KhachQuenError as error:
        messages.error(request, in_language(error.message))
    return redirect("consent")


def _person(profile_id: int) -> ProfileView:
    try:
        return get_profile(profile_id)
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None


def _table(person: ProfileView) -> list[dict[str, Any]]:
    """A row a purpose messages are sent for, a cell a channel: may we, and why."""
    shown = list_message_purposes()
    answers = answers_for(person, shown, _SHOWN_CHANNELS, clock=system_clock)
    return [
        {
            "name": in_language(one.name),
            "cells": [
                {
                    "channel": in_language(CHANNELS[channel]),
                    "may": answers[one.key, channel].may,
                    "why": in_language(answers[one.key, channel].words),
                }
                for channel in _SHOWN_CHANNELS
            ],
        }
        for one in shown
    ]


def _words(keys: Sequence[str]) -> list[dict[str, Any]]:
    """One line an act: what was said of which purpose on which channels, how, and its proof."""
    names = source_names()
    acts: dict[str, dict[str, Any]] = {}
    known = {one.key: in_language(one.name) for one in list_purposes(with_archived=True)}
    for entry in list_words(keys):
        line = acts.setdefault(
            entry.act,
            {
                "says": entry.says,
                "words": in_language(SAYS[entry.says]),
                "purpose": known.get(entry.purpose, entry.purpose),
                "channels": {},
                "method": in_language(METHODS[entry.method]),
                "at": entry.at,
                "by": entry.by or names.get(entry.source_id or 0, ""),
                "version": entry.text.version if entry.text else None,
                "key": entry.purpose,
                "proof": _proof(entry.evidence),
                "expires_at": entry.expires_at,
            },
        )
        line["channels"][in_language(CHANNELS[entry.channel])] = True
    for line in acts.values():
        line["channels"] = ", ".join(line["channels"])
    return list(acts.values())


def _own(words: Text) -> str:
    """The English words where there are any of their own."""
    return words.en if words.en != words.vi else ""


def _proof(evidence: Mapping[str, Any]) -> str:
    """The evidence as somebody would say it; the salt of its seal is nobody's business."""
    told = [value for name, value in evidence.items() if name != "salt"]
    return " · ".join(str(value)[:120] for value in told)


def _line(one: PurposeView) -> dict[str, Any]:
    texts = list_texts(one.key)
    return {
        "key": one.key,
        "name": in_language(one.name),
        "basis": in_language(BASES[one.basis]),
        "is_advertising": one.is_advertising,
        "is_built_in": one.is_built_in,
        "is_archived": one.is_archived,
        "version": texts[0].version if texts else None,
        "at": texts[0].at if texts else None,
    }


def _demand_admin(request: HttpRequest) -> None:
    if not signed_in(request).is_admin:
        raise ForbiddenError(
            "consent.admins_only",
            Text(
                vi="Chỉ quản trị viên được đổi mục đích và nội dung.",
                en="Only an administrator may change purposes and their words.",
            ),
        )
