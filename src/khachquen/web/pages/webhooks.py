"""Webhooks: which systems are told what, how they have been, what they were sent."""

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.activate.campaigns.leaving import leaving_by_account
from khachquen.activate.campaigns.making import list_accounts
from khachquen.activate.webhooks import (
    EndpointView,
    Wish,
    add_endpoint,
    change_endpoint,
    get_endpoint,
    list_endpoints,
    pause,
    remove_endpoint,
    resume,
    rotate_secret,
)
from khachquen.activate.webhooks.campaigning import CHANNEL, endpoint_of
from khachquen.activate.webhooks.owed import (
    KINDS,
    PROBLEMS,
    STATES,
    TRIES,
    DeliveryView,
    list_deliveries,
    send_again,
    send_test,
)
from khachquen.base import ForbiddenError, KhachQuenError, Text, system_clock
from khachquen.govern.consent.purposes import list_purposes
from khachquen.understand.segments import list_segments
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.once import is_first_time, new_mark
from khachquen.web.people import signed_in

_PAGE = 50
_EXCHANGE = {"0": 0, "24": 24, "168": 168}


class WebhookForm(WordsForm):
    """What a webhook is to be."""

    name = forms.CharField(
        label=_("Tên"),
        max_length=100,
        help_text=_("Đặt theo hệ thống nhận, ví dụ: Phần mềm kho, Tổng đài."),
    )
    url = forms.CharField(
        label=_("Địa chỉ nhận tin"),
        max_length=500,
        help_text=_("Bắt đầu bằng https://. Máy trong mạng nội bộ phải được người quản trị máy "
                    "chủ cho phép trước."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("Báo khi"),
        choices=lambda: [(key, in_language(words)) for key, words in KINDS.items()],
        initial=list(KINDS),
        widget=forms.CheckboxSelectMultiple,
    )
    segments = forms.TypedMultipleChoiceField(
        label=_("Phân khúc"),
        coerce=int,
        required=False,
        choices=lambda: [(one.id, one.name) for one in list_segments()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Không chọn cái nào nghĩa là mọi phân khúc, kể cả phân khúc lập sau này."),
    )
    gives_identifiers = forms.BooleanField(
        label=_("Gửi kèm số điện thoại, email và mã khách hàng"),
        required=False,
        help_text=_("Nếu không chọn, tin chỉ có số hồ sơ. Giá trị đã niêm phong không bao giờ "
                    "được gửi."),
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label=_("Chỉ gửi kèm của khách đã đồng ý"),
        required=False,
        choices=lambda: [(one.key, in_language(one.name)) for one in list_purposes()],
        initial="sharing",
    )
    per_second = forms.IntegerField(
        label=_("Nhiều nhất bao nhiêu tin mỗi giây"), min_value=1, max_value=200, initial=20
    )

    def wish(self) -> Wish:
        """What was filled in."""
        told = dict(self.cleaned_data)
        told |= {"kinds": tuple(told["kinds"]), "segments": tuple(told["segments"])}
        return Wish(**told)


@require_safe
def show_webhooks(request: HttpRequest) -> HttpResponse:
    """Every webhook, and how it has been."""
    context = {"webhooks": list_endpoints(), "may_change": signed_in(request).is_admin}
    return render(request, "webhooks/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_webhook(request: HttpRequest) -> HttpResponse:
    """Register one; its secret is shown in the answer, this once."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST":
        _demand_admin(request)
    if form.is_valid():
        if not is_first_time(request):
            return redirect("webhooks")
        try:
            made, secret = add_endpoint(form.wish(), **_by(request))
        except KhachQuenError as error:
            form.refuse(error)
        else:
            return _page(request, made.id, secret=secret)
    return _form(request, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Change what it is told, or where."""
    found = get_endpoint(webhook_id)
    form = WebhookForm(request.POST or None, initial=_initial(found))
    if request.method == "POST":
        _demand_admin(request)
    if form.is_valid():
        try:
            change_endpoint(webhook_id, form.wish(), **_by(request))
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã lưu webhook."))
            return redirect("webhook", webhook_id)
    return _form(request, form, found)


@require_safe
def show_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """One webhook: how it has been, what it was sent and what it said."""
    return _page(request, webhook_id)


@require_POST
def test_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Send one message that says it is a test."""
    _demand_admin(request)
    send_test(webhook_id, key=f"msg_test_{secrets.token_hex(8)}", **_by(request))
    messages.success(request, gettext("Đã gửi tin thử. Kết quả hiện ở bảng dưới sau vài giây."))
    return redirect("webhook", webhook_id)


@never_cache
@require_POST
def rotate_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Another secret, shown in the answer; the old one holds for as long as was chosen."""
    _demand_admin(request)
    if not is_first_time(request):
        return redirect("webhook", webhook_id)
    hours = _EXCHANGE.get(request.POST.get("hours", ""), 24)
    secret = rotate_secret(webhook_id, valid_hours=hours, **_by(request))
    return _page(request, webhook_id, secret=secret)


@require_POST
def switch_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Pause it, or go on: with what it missed, or from now on."""
    _demand_admin(request)
    wanted = request.POST.get("to", "")
    if wanted == "pause":
        pause(webhook_id, **_by(request))
        words = gettext("Đã tạm dừng. Những gì xảy ra từ giờ vẫn được giữ để gửi sau.")
    else:
        skipped = resume(webhook_id, skips_missed=wanted == "skip", **_by(request))
        words = gettext("Webhook chạy lại.")
        if skipped:
            words += " " + ngettext("Đã bỏ qua %(n)d tin.", "Đã bỏ qua %(n)d tin.", skipped) % {
                "n": skipped
            }
    messages.success(request, words)
    return redirect("webhook", webhook_id)


@require_POST
def send_dead(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Send given-up messages again: one, or all of them."""
    _demand_admin(request)
    told = request.POST.get("delivery", "")
    ids = [int(told)] if told.isascii() and told.isdecimal() and len(told) < 19 else []
    again = send_again(webhook_id, ids, **_by(request))
    words = ngettext("Gửi lại %(n)d tin.", "Gửi lại %(n)d tin.", again) % {"n": again}
    messages.success(request, words)
    return redirect("webhook", webhook_id)


@require_POST
def remove_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Forget it, its secret and its messages."""
    _demand_admin(request)
    remove_endpoint(webhook_id, **_by(request))
    messages.success(request, gettext("Đã xóa webhook."))
    return redirect("webhooks")


@require_safe
def show_egress(request: HttpRequest) -> HttpResponse:
    """Where data leaves this machine to, who switched it on, and what goes there."""
    leaving = leaving_by_account()
    context = {
        "webhooks": list_endpoints(),
        "leaving": leaving,
        "told_of": {
            endpoint_of(one.pk): leaving[one.pk]
            for one in list_accounts(CHANNEL)
            if one.pk in leaving
        },
        "accounts": list_accounts(),
        "zalo_accounts": list_accounts("zalo"),
        "sms_accounts": list_accounts("sms"),
        "sms_host": urlsplit(settings.CONFIG.sms.url).hostname,
        "zalo_host": urlsplit(settings.CONFIG.zalo.business_url).hostname,
        "kinds": KINDS,
        "purposes": {one.key: one.name for one in list_purposes(with_archived=True)},
        "inside": settings.CONFIG.egress.inside,
    }
    return render(request, "egress/egress.html", context)


def _page(request: HttpRequest, webhook_id: int, *, secret: str = "") -> HttpResponse:
    found = get_endpoint(webhook_id)
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    place = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    state = state if state in STATES else ""
    rows = list_deliveries(webhook_id, state=state, before=place, limit=_PAGE + 1)
    names = {one.id: one.name for one in list_segments()}
    context = {
        "webhook": found,
        "secret": secret,
        "deliveries": rows[:_PAGE],
        "next_before": rows[_PAGE - 1].id if len(rows) > _PAGE else None,
        "state": state,
        "states": STATES,
        "problems": PROBLEMS,
        "kinds": KINDS,
        "segments": [(one, names[one]) for one in found.segments if one in names],
        "tries": TRIES,
        "may_change": signed_in(request).is_admin,
        "is_exchanging": bool(found.old_until and found.old_until > system_clock()),
        "is_waiting": not secret and not before and any(_is_soon(one) for one in rows),
        "mark": new_mark(),
    }
    return render(request, "webhooks/webhook.html", context)


def _is_soon(one: DeliveryView) -> bool:
    """Whether something comes of it while somebody looks."""
    is_due = one.due_at <= system_clock() + timedelta(seconds=30)
    return one.state == "claimed" or (one.state == "owed" and is_due)


def _form(
    request: HttpRequest, form: WebhookForm, found: EndpointView | None = None
) -> HttpResponse:
    context = {"form": form, "webhook": found, "mark": new_mark()}
    return render(request, "webhooks/form.html", context, status=400 if form.errors else 200)


def _initial(found: EndpointView) -> dict[str, Any]:
    told = {name: getattr(found, name) for name in WebhookForm.base_fields}
    return told | {"purpose": found.purpose or "sharing"}


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": signed_in(request).email, "at": system_clock()}


def _demand_admin(request: HttpRequest) -> None:
    if not signed_in(request).is_admin:
        raise ForbiddenError(
            "webhooks.admins_only",
            Text(
                vi="Chỉ quản trị viên được đổi webhook.",
                en="Only an administrator may change webhooks.",
            ),
        )
