"""Official Accounts on Zalo: added, their templates read, tried on people, made a campaign of."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from khachquen.activate.campaigns.making import add_campaign
from khachquen.activate.channels.zalo import VIETNAM
from khachquen.activate.zalo.accounts import add_oa, get_oa, list_oas
from khachquen.activate.zalo.saying import read_said, write_said
from khachquen.activate.zalo.sources import list_sources
from khachquen.activate.zalo.templates import (
    STATES,
    MessageTemplate,
    get_template,
    kind_of,
    list_templates,
    parameters_of,
)
from khachquen.activate.zalo.tokens import reconnect
from khachquen.base import InputError, KhachQuenError, NotFoundError, Text, system_clock
from khachquen.flows.hearing_zalo import hear_zalo
from khachquen.flows.zalo_account import read_account
from khachquen.flows.zalo_permission import (
    Asking,
    begin_permission,
    callback_of,
    finish_permission,
)
from khachquen.flows.zalo_preview import Shown, preview, said_of
from khachquen.govern.consent.purposes import list_message_purposes
from khachquen.understand.segments import list_segments
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.pages.mail_accounts import demand_admin
from khachquen.web.people import signed_in

_LARGEST = 64 << 10
_ASKING = "zalo_asking"
KINDS = {
    "transaction": Text(vi="Giao dịch", en="Transaction"),
    "care": Text(vi="Chăm sóc khách", en="Customer care"),
    "promotion": Text(vi="Hậu mãi (quảng cáo)", en="Promotion (advertising)"),
}


class ZaloAccountForm(WordsForm):
    """How an Official Account signs in. Nothing of it is ever shown again."""

    name = forms.CharField(label=_("Tên tài khoản"), max_length=100)
    oa_id = forms.CharField(label=_("Mã OA (OA ID)"), max_length=40)
    app_id = forms.CharField(label=_("Mã ứng dụng (App ID)"), max_length=40)
    app_secret = forms.CharField(
        label=_("Khóa bí mật của ứng dụng"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    hook_secret = forms.CharField(
        label=_("Khóa bí mật của OA (OA Secret Key)"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Ở mục Webhook trên trang Zalo for Developers. Dùng để biết tin báo là thật."),
    )
    refresh_token = forms.CharField(
        label=_("Refresh token"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Để trống, rồi bấm “Kết nối với Zalo” sau khi thêm. Chỉ cần dán khi hệ thống chưa có "
            "địa chỉ công khai: lấy ở API Explorer của Zalo, mỗi mã dùng được một lần."
        ),
    )
    per_second = forms.IntegerField(
        label=_("Nhiều nhất bao nhiêu tin mỗi giây"), min_value=0, max_value=100, initial=10
    )


class MessageForm(WordsForm):
    """Where each parameter of a template comes from, and who gets it."""

    name = forms.CharField(label=_("Tên chiến dịch"), max_length=200)
    segment_id = forms.TypedChoiceField(
        label=_("Gửi cho"),
        coerce=int,
        choices=lambda: [(one.id, one.name) for one in list_segments()],
    )
    purpose = forms.ChoiceField(
        label=_("Mục đích"),
        choices=lambda: [(one.key, in_language(one.name)) for one in list_message_purposes()],
        help_text=_("Chỉ ai đồng ý nhận tin Zalo cho mục đích này mới nhận."),
    )

    def __init__(self, template: MessageTemplate, *args: Any) -> None:
        super().__init__(*args)
        is_ad = _kind(template) == "promotion"
        fitting = [one.key for one in list_message_purposes() if one.is_advertising == is_ad]
        self.fields["purpose"].initial = fitting[0] if fitting else None
        self.places = []
        sources = [(key, in_language(one.label)) for key, one in list_sources().items()]
        for one in parameters_of(template):
            choices = [("", gettext("Luôn dùng nội dung bên dưới"))]
            choices += sources
            self.fields[f"from_{one.name}"] = forms.ChoiceField(
                label=_("%(name)s lấy từ") % {"name": one.name}, choices=choices, required=False
            )
            self.fields[f"else_{one.name}"] = forms.CharField(
                label=_("%(name)s khi không có hoặc quá dài") % {"name": one.name},
                max_length=one.longest,
                required=False,
                help_text=_("Nhiều nhất %(n)d ký tự.") % {"n": one.longest},
            )
            self.places.append(one.name)


@require_http_methods(["GET", "HEAD", "POST"])
def zalo_accounts(request: HttpRequest) -> HttpResponse:
    """Every account with what it may send today and its templates, and the form for another."""
    form = ZaloAccountForm(request.POST or None)
    if request.method == "POST":
        demand_admin(request)
    if form.is_valid():
        try:
            add_oa(form.cleaned_data, by=signed_in(request).email, at=system_clock())
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã thêm tài khoản."))
            return redirect("zalo_accounts")
    base = settings.CONFIG.server.base_url.rstrip("/")
    now = system_clock()
    context = {
        "form": form,
        "accounts": [
            (
                one,
                [_shown(each) for each in list_templates(one.pk)],
                f"{base}/hooks/zalo/{one.oa_id}",
            )
            for one in list_oas()
        ],
        "has_address": bool(base),
        "callback": callback_of(settings.CONFIG),
        "now": now,
        "may_change": signed_in(request).is_admin,
    }
    return render(request, "zalo/accounts.html", context, status=400 if form.errors else 200)


@require_POST
def read_zalo_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Ask Zalo for the quota and the templates; with a new refresh token, by that one."""
    demand_admin(request)
    oa = get_oa(account_id)
    if token := request.POST.get("refresh_token", "").strip():
        reconnect(oa.pk, token)
    try:
        many = read_account(settings.CONFIG, oa.pk, system_clock)
    except KhachQuenError as error:
        _say_refused(request, error)
    else:
        messages.success(request, gettext("Đã đọc %(n)d mẫu tin từ Zalo.") % {"n": many})
    return redirect("zalo_accounts")


@require_POST
def connect_zalo(request: HttpRequest, account_id: int) -> HttpResponse:
    """Begin to ask for Zalo's permission: what proves the way back is kept in this session, and the
    page leads to Zalo."""
    demand_admin(request)
    try:
        url, asking = begin_permission(settings.CONFIG, account_id, now=system_clock())
    except InputError as error:
        _say_refused(request, error)
        return redirect("zalo_accounts")
    request.session[_ASKING] = asdict(asking)
    context = {"url": url, "callback": callback_of(settings.CONFIG), "oa": get_oa(account_id)}
    return render(request, "zalo/permission.html", context)


@require_GET
def zalo_callback(request: HttpRequest) -> HttpResponse:
    """Back from Zalo. The one address that changes something by GET, for that is how OAuth comes
    back: only what this session's administrator began a moment ago, and once."""
    demand_admin(request)
    kept = request.session.pop(_ASKING, None)
    told = {key: str(value)[:2000] for key, value in request.GET.items()}
    try:
        finish_permission(
            settings.CONFIG,
            Asking(**kept) if kept else None,
            told,
            by=signed_in(request).email,
            clock=system_clock,
        )
    except KhachQuenError as error:
        _say_refused(request, error)
    else:
        messages.success(request, gettext("Đã kết nối với Zalo. Hãy đọc mẫu tin từ Zalo."))
    return redirect("zalo_accounts")


def _say_refused(request: HttpRequest, error: KhachQuenError) -> None:
    said = (error.message, error.hint)
    messages.error(request, " ".join(in_language(words) for words in said if words))


@require_http_methods(["GET", "HEAD", "POST"])
def zalo_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """One template: what stands where, what people would get, what it costs; then a campaign."""
    template = get_template(template_id)
    form = MessageForm(template, request.POST or None)
    if request.method == "POST":
        demand_admin(request)
    shown: list[Shown] = []
    if form.is_valid():
        said = said_of(template, form.cleaned_data)
        if request.POST.get("do") == "make":
            try:
                made = add_campaign(
                    {
                        "name": form.cleaned_data["name"],
                        "channel": "zalo",
                        "purpose": form.cleaned_data["purpose"],
                        "segment_id": form.cleaned_data["segment_id"],
                        "account": template.oa.account,
                        "subject": template.name,
                        "text": write_said(said),
                    },
                    by=signed_in(request).email,
                    at=system_clock(),
                )
            except KhachQuenError as error:
                form.refuse(error)
            else:
                return redirect("campaign", made.pk)
        segment = form.cleaned_data["segment_id"]
        shown = preview(template, said, segment, settings.CONFIG.shop.timezone, now=system_clock())
    context = {
        "template": template,
        "told": _shown(template),
        "form": form,
        "pairs": [(form[f"from_{one}"], form[f"else_{one}"]) for one in form.places],
        "shown": shown,
        "may_change": signed_in(request).is_admin,
    }
    return render(request, "zalo/template.html", context, status=400 if form.errors else 200)


@csrf_exempt
@login_not_required
@require_POST
def zalo_hook(request: HttpRequest, oa_id: str) -> HttpResponse:
    """What Zalo tells by itself. Nothing in the answer says why it was not taken."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if not (length.isascii() and length.isdecimal() and int(length[:12]) <= _LARGEST):
        return HttpResponse(status=413)
    signature = request.headers.get("X-ZEvent-Signature", "")
    is_taken = hear_zalo(settings.CONFIG, oa_id[:40], request.body, signature, now=system_clock())
    return HttpResponse(status=200 if is_taken else 403)


def shown_message(text: str, ready: int | None) -> dict[str, Any] | None:
    """What a campaign on Zalo says, and what it would cost for so many people."""
    try:
        template = get_template(read_said(text).template_id)
    except NotFoundError:
        return None
    cost = None if ready is None or template.price is None else ready * template.price
    return {"template": template, "cost": cost}


def _shown(template: MessageTemplate) -> dict[str, Any]:
    state = STATES.get(template.state, Text(vi=template.state, en=template.state))
    return {"row": template, "state": state, "kind": KINDS[_kind(template)]}


def _kind(template: MessageTemplate) -> str:
    return kind_of(template, system_clock().astimezone(VIETNAM).date())
