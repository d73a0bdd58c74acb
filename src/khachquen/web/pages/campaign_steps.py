"""A campaign made step by step: who gets it, what it says, when it goes; then it is looked over.

Every step is kept by itself and can be left: what is missing is said where it is looked over, and
asked for when it is to be sent.
"""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from khachquen.activate.campaigns.making import (
    Campaign,
    add_campaign,
    change_campaign,
    get_campaign,
    list_accounts,
)
from khachquen.activate.campaigns.planning import find_plan, save_plan
from khachquen.activate.campaigns.repeating import repeat_of, save_repeat, stop_repeat
from khachquen.activate.channels.sms import unaccented
from khachquen.activate.content import get_version, list_sendable
from khachquen.activate.webhooks import list_endpoints
from khachquen.activate.webhooks.campaigning import CHANNEL, account_for, endpoint_of, has_any
from khachquen.base import KhachQuenError, system_clock
from khachquen.flows.rehearsing import zone_of
from khachquen.flows.texting import account_for as texts_leave_by
from khachquen.govern.consent.purposes import get_purpose, list_message_purposes
from khachquen.understand.segments import SegmentView, list_segments
from khachquen.web.components.figures import number
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.pages.campaign_rhythm import ScheduleForm, rhythm_of
from khachquen.web.pages.campaign_texts import (
    SMS,
    TextForm,
    begin_text,
    has_gateway,
    shown_text,
)
from khachquen.web.pages.mail_accounts import demand_admin
from khachquen.web.people import signed_in

STEPS = {
    "recipients": _("Người nhận"),
    "content": _("Nội dung"),
    "schedule": _("Lịch gửi"),
    "review": _("Xem lại"),
}
_LATER = [("", _("Chọn sau"))]


def _purposes() -> list[tuple[str, str]]:
    """What is written to people; where another system may be told, sharing with it too."""
    more = [get_purpose("sharing")] if has_any() else []
    return [(one.key, in_language(one.name)) for one in (*list_message_purposes(), *more)]


def _with_size(segment: SegmentView) -> str:
    """Its name, and how many it holds once that is known."""
    return f"{segment.name} ({number(segment.size)})" if segment.as_of else segment.name


class RecipientsForm(WordsForm):
    """Who gets it, and for which purpose."""

    name = forms.CharField(label=_("Tên chiến dịch"), max_length=200)
    segment_id = forms.TypedChoiceField(
        label=_("Gửi cho"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [
            *_LATER,
            *((one.id, _with_size(one)) for one in list_segments()),
        ],
    )
    channel = forms.ChoiceField(
        label=_("Gửi bằng"),
        required=False,
        choices=lambda: _channels(),
        initial="email",
        widget=forms.RadioSelect,
        help_text=_(
            "SMS chỉ tới ai đồng ý nhận SMS. Hệ thống khác chỉ được báo về khách đã đồng ý với mục "
            "đích này trên mọi kênh và chưa từ chối kênh nào."
        ),
    )
    purpose = forms.ChoiceField(
        label=_("Mục đích"),
        choices=lambda: _purposes(),
        help_text=_("Chỉ ai đồng ý với mục đích này mới nhận."),
    )
    heeds_channel = forms.BooleanField(
        label=_("Bỏ qua khách thích nhận tin qua kênh khác"),
        required=False,
        help_text=_(
            "Theo mục “Kênh thích nhận tin” của khách. Ai chưa nói hoặc nói kênh nào cũng được thì "
            "vẫn nhận."
        ),
    )
    holdout_percent = forms.IntegerField(
        label=_("Giữ lại bao nhiêu phần trăm để so sánh"),
        min_value=0,
        max_value=50,
        initial=0,
        help_text=_("Những người này không nhận gì, để biết chiến dịch có tác dụng hay không."),
    )

    def clean_channel(self) -> str:
        """As it was, where nothing is said."""
        return self.cleaned_data["channel"] or self.initial.get("channel") or "email"


class ContentForm(WordsForm):
    """What it says, and through which server it goes."""

    version_id = forms.TypedChoiceField(
        label=_("Lá thư"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [*_LATER, *((one.version_id, one.name) for one in list_sendable())],
    )
    account_id = forms.TypedChoiceField(
        label=_("Gửi qua"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [
            *_LATER,
            *((one.pk, f"{one.name} ({one.from_address})") for one in list_accounts()),
        ],
    )


class HookForm(WordsForm):
    """Which other system is told; what it then says to people is its own."""

    endpoint_id = forms.TypedChoiceField(
        label=_("Hệ thống nhận"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [
            *_LATER,
            *((one.id, f"{one.name} ({one.host})") for one in list_endpoints()),
        ],
        help_text=_(
            "Mỗi khách một tin có chữ ký, không cần mẫu thư. Tin có số điện thoại, email chỉ khi "
            "webhook được cho phép và khách đã đồng ý."
        ),
    )


class WholeForm(RecipientsForm, ContentForm):
    """A new campaign: its page asks for the first step, more may be told at once."""


def _channels() -> list[tuple[str, Any]]:
    """Those that can be chosen here; what Zalo says is chosen with its template."""
    offered = [("email", _("Email"))]
    offered += [(SMS, _("SMS"))] if has_gateway() else []
    return [*offered, (CHANNEL, _("Hệ thống khác (webhook)"))] if has_any() else offered


_FORMS: dict[str, type[WordsForm]] = {
    "recipients": RecipientsForm,
    "content": ContentForm,
    "schedule": ScheduleForm,
}


_CONTENT: dict[str, type[WordsForm]] = {CHANNEL: HookForm, SMS: TextForm}


@require_http_methods(["GET", "HEAD", "POST"])
def new_campaign(request: HttpRequest) -> HttpResponse:
    """A name and who gets it; nothing is sent yet."""
    if request.method == "POST":
        demand_admin(request)
    form = WholeForm(request.POST or None)
    if len(_channels()) == 1:
        del form.fields["channel"]
    if form.is_valid():
        try:
            made = add_campaign(form.cleaned_data, by=signed_in(request).email, at=system_clock())
        except KhachQuenError as error:
            form.refuse(error)
        else:
            return redirect("edit_campaign", made.pk, "content")
    fields = [form[name] for name in RecipientsForm.base_fields if name in form.fields]
    context = {"form": form, "fields": fields, **steps_of(None, "recipients")}
    return render(request, "campaigns/step.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_campaign(request: HttpRequest, campaign_id: int, step: str) -> HttpResponse:
    """One step of it, kept by itself."""
    if step not in _FORMS:
        raise Http404
    if request.method == "POST":
        demand_admin(request)
    campaign = get_campaign(campaign_id)
    if step == "content" and campaign.channel == "zalo":
        return redirect("campaign", campaign_id)  # its words stand where they were made
    form = _form_of(request, campaign, step)
    is_tried = request.POST.get("go") in ("look", "plain") and isinstance(form, TextForm)
    if form.is_valid() and not is_tried:
        try:
            _save(campaign, step, form.cleaned_data, by=signed_in(request).email)
        except KhachQuenError as error:
            form.refuse(error)
        else:
            following = [*STEPS][[*STEPS].index(step) + 1]
            if following == "review" or request.POST.get("go") == "review":
                return redirect("campaign", campaign_id)
            return redirect("edit_campaign", campaign_id, following)
    context = {
        "form": form,
        "fields": [*form],
        "campaign": campaign,
        "step": step,
        "late_hours": settings.CONFIG.sending.repeat_late_hours,
        "may_change": signed_in(request).is_admin,
        **steps_of(campaign, step),
    }
    if isinstance(form, TextForm):
        context["counted"] = shown_text(form["text"].value() or "", campaign.purpose)
    return render(request, "campaigns/step.html", context, status=400 if form.errors else 200)


def steps_of(campaign: Campaign | None, current: str) -> dict[str, Any]:
    """The steps as pages show them: (key, words, whether it says enough)."""
    done = {
        "recipients": bool(campaign and campaign.segment_id),
        "content": bool(campaign and campaign.account_id and _has_words(campaign)),
        "schedule": bool(campaign),
    }
    return {
        "steps": [(key, words, done.get(key, False)) for key, words in STEPS.items()],
        "current_step": current,
    }


def _has_words(campaign: Campaign) -> bool:
    return bool(
        campaign.channel == CHANNEL
        or campaign.version_id
        or campaign.text.strip()
        or campaign.html.strip()
    )


def _form_of(request: HttpRequest, campaign: Campaign, step: str) -> WordsForm:
    kind = _CONTENT.get(campaign.channel, ContentForm) if step == "content" else _FORMS[step]
    told: Any = request.POST or None
    if told and told.get("go") == "plain":
        told = {**told.dict(), "text": unaccented(told.get("text", ""))}
    form = kind(told, initial=_now(campaign, step))
    field = form.fields.get("version_id")
    if isinstance(field, forms.TypedChoiceField) and campaign.version_id:
        offered: Any = field.choices
        field.choices = _with_chosen([*offered], campaign.version_id)
    has_choice = campaign.channel in dict(_channels()) and len(_channels()) > 1
    if "channel" in form.fields and (campaign.is_triggered or not has_choice):
        del form.fields["channel"]
    return form


def _with_chosen(choices: list[Any], version_id: int) -> list[Any]:
    """The version that was chosen stays a choice when its template has a newer one."""
    if any(key == version_id for key, _words in choices):
        return choices
    version = get_version(version_id)
    told = {"name": version.name, "n": version.number}
    return [*choices, (version_id, gettext("%(name)s (bản %(n)d, đang chọn)") % told)]


def _now(campaign: Campaign, step: str) -> dict[str, Any]:
    if step == "content" and campaign.channel == CHANNEL:
        return {"endpoint_id": endpoint_of(campaign.account_id)}
    if step == "content" and campaign.channel == SMS:
        return {"text": begin_text(campaign)}
    if step != "schedule":
        found: dict[str, Any] = {name: getattr(campaign, name) for name in _FORMS[step].base_fields}
        return found | _only_ones(found) if step == "content" else found
    found = {"start_at": find_plan(campaign.pk).start_at}
    if repeat := repeat_of(campaign.pk):
        again = {None: "always", 0: "never"}.get(repeat.again_days, "after")
        found |= {
            "when": "repeat",
            "every": repeat.every,
            "weekday" if repeat.every == "week" else "month_day": repeat.day,
            "at_time": repeat.at_time,
            "from_day": repeat.from_day,
            "until_day": repeat.until_day,
            "again": again,
            "again_days": repeat.again_days or None,
            "is_paused": repeat.is_paused,
        }
    return found


def _only_ones(found: dict[str, Any]) -> dict[str, Any]:
    """Chosen beforehand where there is nothing to choose from but one."""
    known = {
        "version_id": [one.version_id for one in list_sendable()],
        "account_id": [one.pk for one in list_accounts()],
    }
    return {
        name: numbers[0]
        for name, numbers in known.items()
        if found[name] is None and len(numbers) == 1
    }


def _save(campaign: Campaign, step: str, told: dict[str, Any], *, by: str) -> None:
    now = system_clock()
    if "endpoint_id" in told:
        number = told.pop("endpoint_id")
        told["account"] = account_for(number, at=now) if number else None
    if step == "content" and campaign.channel == SMS:
        told |= {"account": texts_leave_by(settings.CONFIG, at=now), "tracks": False}
    if step != "schedule":
        change_campaign(campaign.pk, told, by=by, at=now)
        return
    start_at: datetime | None = told["start_at"]
    is_once = told["when"] == "once"
    meant = start_at.astimezone(UTC) if start_at and is_once else None
    if is_once:
        stop_repeat(campaign.pk, by=by, at=now)
    else:
        zone = zone_of(settings.CONFIG)
        today = now.astimezone(zone).date()
        save_repeat(campaign.pk, rhythm_of(told, today), zone=zone, by=by, at=now)
    save_plan(campaign.pk, {"start_at": meant}, by=by, at=now)
