"""Campaigns: made, looked over, sent, watched; every number opens to its people."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from khachquen.activate.campaigns import counting, running
from khachquen.activate.campaigns.channel_words import phrases_of
from khachquen.activate.campaigns.making import get_campaign, list_accounts, list_campaigns
from khachquen.activate.campaigns.planning import GOALS, find_plan
from khachquen.activate.campaigns.running import Run
from khachquen.activate.campaigns.trying_out import Wish
from khachquen.activate.content import TemplateVersion, get_version, list_sendable
from khachquen.activate.webhooks.campaigning import has_any
from khachquen.base import KhachQuenError, system_clock
from khachquen.flows.rehearsing import Rehearsal, rehearse_campaign
from khachquen.govern.consent.purposes import get_purpose
from khachquen.understand.segments import get_segment
from khachquen.web.components.figures import number
from khachquen.web.forms import WordsForm
from khachquen.web.pages.campaign_plans import (
    cost_of,
    shown_approval,
    shown_plan,
    still_to_approve,
)
from khachquen.web.pages.campaign_steps import steps_of
from khachquen.web.pages.campaign_texts import SMS, has_gateway, shown_text
from khachquen.web.pages.mail_accounts import demand_admin
from khachquen.web.pages.tracking import what_became
from khachquen.web.pages.trying_out import TryOutForm, new_form, send_try_out, shown_try_outs
from khachquen.web.pages.variants import shown_test
from khachquen.web.pages.zalo import shown_message
from khachquen.web.people import signed_in

_PAGE = 50
_PACE_KNOWN_S = 5
_CHANGES = {"pause", "resume", "cancel"}


class StartForm(WordsForm):
    """When it goes; at once when nothing is said."""

    start_at = forms.DateTimeField(
        label=_("Gửi lúc"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Để trống là gửi ngay. Theo giờ của cửa hàng."),
    )


@require_safe
def show_campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign, the newest first; those put away apart."""
    archived = request.GET.get("archived") == "1"
    rows = [
        (one, running.latest_run(one.pk), find_plan(one.pk))
        for one in list_campaigns(archived=archived)
    ]
    context = {
        "campaigns": rows,
        "archived": archived,
        "goals": GOALS,
        "has_account": bool(list_accounts()) or has_any() or has_gateway(),
        "may_change": signed_in(request).is_admin,
    }
    return render(request, "campaigns/list.html", context)


@require_safe
def show_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Before it goes: who would get it. After: what became of everybody."""
    return _page(request, campaign_id, _start_form(campaign_id))


@require_POST
def start_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Send it now, or at the time that was chosen."""
    demand_admin(request)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _page(request, campaign_id, form, status=400)
    now = system_clock()
    told: datetime | None = form.cleaned_data["start_at"]
    start_at = max(now, told.astimezone(UTC)) if told else now
    try:
        running.begin(
            campaign_id,
            start_at=start_at,
            links_open=bool(settings.CONFIG.server.base_url),
            by=signed_in(request).email,
            at=now,
        )
    except KhachQuenError as error:
        form.refuse(error)
        return _page(request, campaign_id, form, status=400)
    messages.success(request, gettext("Đã lên lịch gửi."))
    return redirect("campaign", campaign_id)


@require_POST
def try_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Send it to oneself first."""
    campaign = get_campaign(campaign_id)
    if campaign.version_id is None:
        raise Http404
    wish = Wish(campaign.version_id, 0, "", "", campaign.purpose)
    if form := send_try_out(request, wish):
        return _page(request, campaign_id, StartForm(), status=400, try_out=form)
    return redirect("campaign", campaign_id)


@require_POST
def change_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Pause, go on, or cancel."""
    demand_admin(request)
    how = request.POST.get("how", "")
    if how not in _CHANGES:
        raise Http404
    run = running.get_run(run_id)
    running.change(run_id, how, by=signed_in(request).email, at=system_clock())
    return redirect("campaign", run.campaign_id)


@require_safe
def show_recipients(request: HttpRequest, run_id: int) -> HttpResponse:
    """The people behind one number of a run."""
    run = running.get_run(run_id)
    state, reason = request.GET.get("state", ""), request.GET.get("reason", "")
    after = request.GET.get("after", "")
    place = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    rows = counting.list_recipients(
        run_id, state=state, reason=reason, after=place, limit=_PAGE + 1
    )
    context = {
        "run": run,
        "words": _state_words(state),
        "reason": counting.reason_words(reason, run.channel) if reason else None,
        "said": phrases_of(run.channel),
        "recipients": [
            (row, counting.reason_words(row.reason, run.channel)) for row in rows[:_PAGE]
        ],
        "next_after": rows[_PAGE - 1].pk if len(rows) > _PAGE else None,
    }
    return render(request, "campaigns/recipients.html", context)


def _start_form(campaign_id: int) -> StartForm:
    meant = find_plan(campaign_id).start_at
    is_ahead = meant is not None and meant > system_clock()
    return StartForm(initial={"start_at": meant if is_ahead else None})


def _page(
    request: HttpRequest,
    campaign_id: int,
    form: StartForm,
    *,
    status: int = 200,
    try_out: TryOutForm | None = None,
) -> HttpResponse:
    campaign = get_campaign(campaign_id)
    run = running.latest_run(campaign_id)
    is_open = run is not None and run.state in running.OPEN
    context: dict[str, Any] = {
        "campaign": campaign,
        "segment": get_segment(campaign.segment_id) if campaign.segment_id else None,
        "version": get_version(campaign.version_id) if campaign.version_id else None,
        "purpose": get_purpose(campaign.purpose).name,
        "run": run,
        "is_open": is_open,
        "said": phrases_of(campaign.channel),
        "form": form,
        "may_change": signed_in(request).is_admin,
        **steps_of(campaign, "review"),
        **shown_plan(campaign),
        **shown_approval(campaign, signed_in(request)),
    }
    if version := context["version"]:
        context |= shown_try_outs(version.template_id)
        context["newer"] = None if is_open else _newer(version)
        context["try_out_form"] = try_out or new_form(request, campaign.account_id)
    if run is not None:
        found = counting.tally(run.pk)
        context |= {"tally": found, "parts": _parts(found, run.channel)}
        context["progress"] = _progress(run, found) if is_open else None
        context["became"] = what_became(run)
    if not is_open:
        links_open = bool(settings.CONFIG.server.base_url)
        context["missing"] = running.list_missing(campaign, links_open=links_open)
        context["missing"] += still_to_approve(campaign)
        rehearsed = rehearse_campaign(settings.CONFIG, campaign, now=system_clock())
        context["rehearsal"] = rehearsed
        context["planned_cost"] = cost_of(context["campaign_plan"], context["segment"], rehearsed)
        context["counts"] = _counts(rehearsed, campaign.channel)
    context |= shown_test(campaign, run, context.get("rehearsal"))
    if campaign.channel == SMS:
        context["counted"] = shown_text(campaign.text, campaign.purpose)
    if campaign.channel == "zalo":
        ready = context["rehearsal"].counts["ready"] if not is_open else None
        context["message"] = shown_message(campaign.text, ready)
    return render(request, "campaigns/campaign.html", context, status=status)


def _counts(found: Rehearsal, channel: str) -> list[tuple[Any, int]]:
    """How many would get it, which is said of nobody too; then who would not, and why."""
    rest = [(reason, count) for reason, count in found.counts.most_common() if reason != "ready"]
    return [
        (counting.reason_words(reason, channel), count)
        for reason, count in [("ready", found.counts["ready"]), *rest]
        if count or reason == "ready"
    ]


def _newer(version: TemplateVersion) -> int | None:
    """The version a template has got since; a campaign keeps the one that was chosen for it."""
    newest = {one.template_id: one.version_id for one in list_sendable()}
    found = newest.get(version.template_id)
    return found if found != version.id else None


def _parts(found: counting.Tally, channel: str) -> list[tuple[str, str, Any, int]]:
    """State, reason, words and count of everybody who got none."""
    return [
        (state, reason, counting.reason_words(reason, channel), count)
        for state, by_reason in (("skipped", found.skipped), ("failed", found.failed))
        for reason, count in sorted(by_reason.items(), key=lambda pair: -pair[1])
    ]


def _progress(run: Run, found: counting.Tally) -> dict[str, Any] | None:
    """How far a sending is, and how long the rest takes at the pace so far; None before it is
    known whom it is for, and for one that programs add to."""
    if run.is_triggered or not run.is_frozen or not found.targeted:
        return None
    done = found.targeted - found.open
    words = {"done": number(done), "total": number(found.targeted)}
    said = gettext("%(done)s trong %(total)s người đã xong.") % words
    spent_s = (system_clock() - (run.began_at or run.start_at)).total_seconds()
    if run.state == "sending" and done and found.open and spent_s >= _PACE_KNOWN_S:
        minutes = {"n": number(max(1, round(found.open * spent_s / done / 60)))}
        said += " " + gettext("Theo nhịp đến giờ, còn khoảng %(n)s phút.") % minutes
    return {"done": done, "total": found.targeted, "words": said}


def _state_words(state: str) -> str:
    words = {
        "sent": gettext("Đã gửi"),
        "skipped": gettext("Bỏ qua"),
        "failed": gettext("Không gửi được"),
        "unknown": gettext("Không rõ"),
        "open": gettext("Còn lại"),
    }
    if state not in words:
        raise Http404
    return words[state]
