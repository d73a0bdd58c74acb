"""What a campaign is for, who said yes to it, and what becomes of it as a whole."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from khachquen.activate.campaigns import approving
from khachquen.activate.campaigns.making import Campaign, get_campaign
from khachquen.activate.campaigns.planning import (
    GOALS,
    archive,
    copy_campaign,
    find_plan,
    list_unsaid,
    planned_cost,
    save_plan,
)
from khachquen.activate.campaigns.repeating import repeat_of
from khachquen.base import KhachQuenError, Text, system_clock
from khachquen.flows.rehearsing import Rehearsal
from khachquen.govern import User
from khachquen.understand.segments import SegmentView
from khachquen.unify.catalogue import read_products
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.pages.mail_accounts import demand_admin
from khachquen.web.people import signed_in

_ANSWERS = {"approve", "refuse", "withdraw"}


class PlanForm(WordsForm):
    """The goal, the money, and what it rests on."""

    goal = forms.ChoiceField(
        label=_("Mục tiêu"),
        required=False,
        choices=lambda: [
            ("", gettext("Chưa đặt")),
            *((key, in_language(words)) for key, words in GOALS.items()),
        ],
    )
    goal_number = forms.IntegerField(label=_("Con số muốn đạt"), required=False, min_value=0)
    goal_by = forms.DateField(
        label=_("Trước ngày"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    budget = forms.IntegerField(
        label=_("Ngân sách (đồng)"), required=False, min_value=0, max_value=10**15
    )
    cost_each = forms.IntegerField(
        label=_("Gửi mỗi người tốn bao nhiêu đồng"),
        required=False,
        min_value=0,
        max_value=10**9,
        help_text=_("Có số này thì trang chiến dịch tính được chi phí dự kiến."),
    )
    brief = forms.CharField(
        label=_("Tóm tắt"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Vì sao làm, nói điều gì, muốn khách làm gì."),
    )
    products = forms.CharField(
        label=_("Sản phẩm"),
        required=False,
        max_length=600,
        help_text=_("Mã sản phẩm, cách nhau bằng dấu phẩy."),
    )
    market = forms.CharField(
        label=_("Thị trường"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    rivals = forms.CharField(
        label=_("Đối thủ"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit_plan(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Goal, budget and brief: read by people, nothing is sent or held back by them."""
    if request.method == "POST":
        demand_admin(request)
    campaign, plan = get_campaign(campaign_id), find_plan(campaign_id)
    initial = {name: getattr(plan, name) for name in PlanForm.base_fields}
    form = PlanForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            save_plan(
                campaign_id, form.cleaned_data, by=signed_in(request).email, at=system_clock()
            )
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã lưu kế hoạch."))
            return redirect("campaign", campaign_id)
    context = {"form": form, "campaign": campaign, "may_change": signed_in(request).is_admin}
    return render(request, "campaigns/plan.html", context, status=400 if form.errors else 200)


@require_POST
def answer_approval(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Ask for an approval, give it, refuse it or take it back."""
    demand_admin(request)
    how, user, now = request.POST.get("how", ""), signed_in(request), system_clock()
    get_campaign(campaign_id)
    try:
        if how == "ask":
            approving.ask(campaign_id, note=request.POST.get("note", ""), user=user, at=now)
        elif how in _ANSWERS:
            seen = request.POST.get("seen", "")[:64]
            approving.answer(campaign_id, how, seen=seen, user=user, at=now)
        else:
            raise Http404
    except KhachQuenError as error:
        said = (error.message, error.hint)
        messages.error(request, " ".join(in_language(words) for words in said if words))
    return redirect("campaign", campaign_id)


@require_POST
def copy(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The same once more, to be changed and sent as another one."""
    demand_admin(request)
    made = copy_campaign(campaign_id, by=signed_in(request).email, at=system_clock())
    messages.success(request, gettext("Đã nhân đôi. Chưa gửi gì."))
    return redirect("edit_campaign", made.pk, "recipients")


@require_POST
def put_away(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Put a campaign away, or bring it back."""
    demand_admin(request)
    is_archived = request.POST.get("archived") != "0"
    try:
        archive(campaign_id, is_archived, by=signed_in(request).email, at=system_clock())
    except KhachQuenError as error:
        said = (error.message, error.hint)
        messages.error(request, " ".join(in_language(words) for words in said if words))
        return redirect("campaign", campaign_id)
    return redirect(
        "campaigns" if is_archived else "campaign", *([] if is_archived else [campaign_id])
    )


def shown_plan(campaign: Campaign) -> dict[str, Any]:
    """The plan and the rhythm as the campaign's page shows them."""
    plan = find_plan(campaign.pk)
    codes = [code for code in plan.products.split(", ") if code]
    names = read_products(codes)
    repeat = repeat_of(campaign.pk)
    trouble = repeat.trouble if repeat else {}
    return {
        "campaign_plan": plan,
        "goal": GOALS.get(plan.goal),
        "products": [names[code].name if code in names else code for code in codes],
        "unsaid": list_unsaid(campaign, plan),
        "repeat": repeat,
        "repeat_trouble": Text(**trouble) if trouble else None,
    }


def cost_of(plan: Any, segment: SegmentView | None, found: Rehearsal) -> int | None:
    """What it would cost now; of a segment looked at in part, as if the rest were like it."""
    ready = found.counts["ready"] + found.counts["quiet_hours"]
    if not found.is_everybody and segment is not None and found.looked_at:
        ready = ready * max(segment.size, found.looked_at) // found.looked_at
    return planned_cost(plan, ready)


def shown_approval(campaign: Campaign, user: User) -> dict[str, Any]:
    """Where the approval stands, and what this person may do about it."""
    if not approving.is_needed():
        return {"approval_state": ""}
    found = approving.stand(campaign)
    is_own = found.approval is not None and found.approval.asked_by_id == user.pk
    return {
        "approval_state": found.state,
        "approval": found.approval,
        "is_own": is_own,
        "digest": approving.digest_of(campaign),
    }


def still_to_approve(campaign: Campaign) -> list[Text]:
    """The approval that is missing, said as the other things that are."""
    if not approving.is_needed() or approving.stand(campaign).state == "approved":
        return []
    return [Text(vi="có một quản trị viên khác duyệt", en="have another administrator approve it")]
