"""A campaign said in several ways: the plan, and how the test stands."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from khachquen.activate.campaigns import approving, running, winning
from khachquen.activate.campaigns.comparing import Interval, smallest_visible, wilson
from khachquen.activate.campaigns.making import Campaign, get_campaign
from khachquen.activate.campaigns.resending import count_silent, why_not
from khachquen.activate.campaigns.running import Run
from khachquen.activate.campaigns.variants import (
    KEYS,
    Plan,
    Variant,
    plan_of,
    save_plan,
    size_of,
)
from khachquen.activate.content import get_version, list_sendable
from khachquen.base import KhachQuenError, system_clock
from khachquen.flows.rehearsing import Rehearsal
from khachquen.understand.segments import get_segment
from khachquen.web.forms import WordsForm
from khachquen.web.pages.mail_accounts import demand_admin
from khachquen.web.people import signed_in

_COMMON = ("test_percent", "wait_hours", "measure", "usual_percent", "least_points")


class PlanForm(WordsForm):
    """Whether anything is tried out, how it is decided, and each variant in a row of its own."""

    design = forms.ChoiceField(
        label=_("Thử nghiệm"),
        choices=[
            ("none", _("Không thử: ai cũng nhận cùng một thư")),
            ("split", _("Chia tất cả khách cho các bản")),
            ("test", _("Thử trên một phần, rồi gửi bản tốt hơn cho phần còn lại")),
        ],
        widget=forms.RadioSelect,
    )
    measure = forms.ChoiceField(
        label=_("So sánh bằng"),
        choices=[
            ("clicks", _("Số người bấm liên kết")),
            ("opens", _("Số người mở thư (kém chắc chắn)")),
        ],
        help_text=_("Nhiều hộp thư tự mở ảnh nên lượt mở lẫn cả máy; lượt bấm đáng tin hơn."),
    )
    wait_hours = forms.IntegerField(
        label=_("Mỗi thư được bao nhiêu giờ để khách phản hồi"),
        min_value=1,
        max_value=168,
        help_text=_("Tính từ lúc từng thư được gửi. Không xem kết quả sớm hơn."),
    )
    test_percent = forms.IntegerField(
        label=_("Thử trên bao nhiêu phần trăm khách"),
        min_value=1,
        max_value=90,
        help_text=_("Chỉ dùng khi thử trên một phần."),
    )
    usual_percent = forms.FloatField(
        label=_("Bình thường bao nhiêu phần trăm phản hồi"),
        min_value=0.1,
        max_value=99,
    )
    least_points = forms.FloatField(
        label=_("Chênh lệch nhỏ nhất đáng biết (điểm phần trăm)"), min_value=0.1, max_value=99
    )
    holdout_percent = forms.IntegerField(
        label=_("Giữ lại bao nhiêu phần trăm để so sánh"),
        min_value=0,
        max_value=50,
        help_text=_("Những người này không nhận gì, để biết chiến dịch có tác dụng hay không."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions: list[tuple[str, Any]] = [("", _("Mẫu của chiến dịch"))]
        versions += [(str(one.version_id), one.name) for one in list_sendable()]
        for key in KEYS:
            self.fields[f"share_{key}"] = forms.IntegerField(
                label=_("Phần trăm khách"), min_value=0, max_value=99, required=False
            )
            self.fields[f"version_{key}"] = forms.ChoiceField(
                label=_("Lá thư"), choices=versions, required=False
            )
            self.fields[f"subject_{key}"] = forms.CharField(
                label=_("Tiêu đề khác"), max_length=300, required=False
            )
            self.fields[f"hours_{key}"] = forms.FloatField(
                label=_("Gửi sau lúc bắt đầu bao nhiêu giờ"),
                min_value=0,
                max_value=168,
                required=False,
            )

    def rows(self) -> list[tuple[str, list[Any]]]:
        """Each variant's fields, for the page."""
        names = ("share", "version", "subject", "hours")
        return [(key, [self[f"{name}_{key}"] for name in names]) for key in KEYS]

    def has_more(self) -> bool:
        """Whether any of the rows that are folded away is in use, or has something to say."""
        names = [f"{name}_{key}" for key in KEYS[2:] for name in ("share", "subject", "hours")]
        return any(self[name].value() or self[name].errors for name in names)

    def common(self) -> list[Any]:
        """What is decided for all of them."""
        return [self[name] for name in _COMMON]

    def plan(self) -> Plan:
        """What was filled in; rows without a share are none."""
        told = self.cleaned_data
        if told["design"] == "none":
            return Plan()
        ways = (
            Variant(
                key,
                told[f"share_{key}"],
                int(told[f"version_{key}"]) if told[f"version_{key}"] else None,
                told[f"subject_{key}"].strip(),
                round((told[f"hours_{key}"] or 0) * 60),
            )
            for key in KEYS
            if told[f"share_{key}"]
        )
        return Plan(tuple(ways), told["design"], **{name: told[name] for name in _COMMON})


@require_http_methods(["GET", "HEAD", "POST"])
def edit_test(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """What the campaign tries out from its next sending on, and whom it leaves out to compare."""
    demand_admin(request)
    campaign = get_campaign(campaign_id)
    form = PlanForm(request.POST or None, initial=_filled(campaign))
    if form.is_valid():
        told = form.cleaned_data
        by, at = signed_in(request).email, system_clock()
        try:
            save_plan(campaign_id, form.plan(), told["holdout_percent"], by=by, at=at)
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã lưu."))
            return redirect("campaign", campaign_id)
    context = {"campaign": campaign, "form": form}
    return render(request, "campaigns/test.html", context, status=400 if form.errors else 200)


def shown_test(campaign: Campaign, run: Run | None, found: Rehearsal | None) -> dict[str, Any]:
    """What the campaign's page shows of its test, of who is held out, and of a second letter;
    ``found`` is whom a sending would be for, when none is under way."""
    now = system_clock()
    is_open = run is not None and run.state in running.OPEN
    plan = plan_of(run if run is not None and is_open else campaign)
    context: dict[str, Any] = {
        "plan": plan,
        "ways": [(one, _version_name(one.version_id)) for one in plan.variants],
        "measure_words": winning.MEASURES[plan.measure],
    }
    if found is not None and (plan.variants or campaign.holdout_percent):
        context |= _audience(campaign, plan, found)
    if run is None:
        return context
    ended = winning.find_ended(run, now=now)
    context["ended"] = ended
    if ended is not None:
        context["ended_rows"] = [(one, wilson(one.hits, one.of)) for one in ended.groups]
        context["ended_pairs"] = [
            (one, *(100 * part for part in _ends(one.difference))) for one in ended.pairs
        ]
        context["ended_why"] = winning.WHYS[ended.why]
        context["ended_measure"] = winning.MEASURES[ended.measure]
    elif is_open and plan.variants and plan.design == "test":
        context["standing"] = winning.standing(run)
    if run.state == "done" and why_not(run) is None:
        context["silent"] = count_silent(run.pk)
        if approving.is_needed():
            context["again_state"] = approving.stand(campaign, again_of=run.pk).state
    return context


def _ends(found: Interval) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def _audience(campaign: Campaign, plan: Plan, found: Rehearsal) -> dict[str, Any]:
    """How many would get it and be held out, and what so many people can show; answers are seen of
    those who agreed to that (nobody knows how many while all wait for the quiet hours to end). Of a
    large segment the people looked at stand for all."""
    segment = get_segment(campaign.segment_id) if campaign.segment_id else None
    whole = found.looked_at if found.is_everybody or segment is None else segment.size
    part = whole / found.looked_at if found.looked_at else 0
    willing = found.counts["ready"] + found.counts["quiet_hours"]
    audience, held = round(willing * part), round(found.counts["holdout"] * part)
    is_known = found.counts["ready"] > 0
    agreed = found.tracked / found.counts["ready"] if is_known else 1.0
    followed = round(audience * agreed)
    seen = smallest_visible(plan.usual_percent / 100, min(held, audience)) * 100
    return {
        "audience": audience,
        "held": held,
        "held_points": seen,
        "followed": followed if is_known else None,
        "size": size_of(plan, followed) if plan.variants and followed else None,
    }


def _filled(campaign: Campaign) -> dict[str, Any]:
    plan = plan_of(campaign)
    told: dict[str, Any] = {
        "design": plan.design if plan.variants else "none",
        "holdout_percent": campaign.holdout_percent,
        **{name: getattr(plan, name) for name in _COMMON},
    }
    for one in plan.variants or (Variant("A", 50), Variant("B", 50)):
        told[f"share_{one.key}"] = one.share
        told[f"version_{one.key}"] = str(one.version_id or "")
        told[f"subject_{one.key}"] = one.subject
        told[f"hours_{one.key}"] = round(one.offset_minutes / 60, 2) or None
    return told


def _version_name(version_id: int | None) -> str:
    return get_version(version_id).name if version_id else ""
