"""What came back of an account's letters: in numbers, the last of it, and what waits for a look."""

from datetime import timedelta
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from khachquen.activate.campaigns.accounts import get_account
from khachquen.activate.egress import Rules
from khachquen.activate.returned.boxes import ReturnBox, find_box, save_box
from khachquen.activate.returned.hooking import (
    fetcher,
    list_hooks,
    remove_hook,
    save_hook,
    take_call,
)
from khachquen.activate.returned.hooks import PROVIDERS, Fetch, HookCall
from khachquen.activate.returned.keeping import (
    count_kinds,
    get_returned,
    list_last,
    list_to_review,
    mark_seen,
)
from khachquen.base import ForbiddenError, KhachQuenError, UnavailableError, system_clock
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.pages.mail_accounts import demand_admin
from khachquen.web.people import signed_in

_SINCE = timedelta(days=30)
_LARGEST = 2 << 20
_SHOWN = 20_000
KINDS = {
    "hard": _("Địa chỉ không có thật"),
    "soft": _("Tạm thời không nhận được"),
    "policy": _("Bị máy chủ từ chối"),
    "complaint": _("Báo là thư rác"),
    "not_spam": _("Báo không phải thư rác"),
    "delivered": _("Đã tới"),
    "delayed": _("Đang chậm"),
    "auto": _("Trả lời tự động"),
    "unreadable": _("Chưa hiểu được"),
}
"""Kinds of what comes back, in the order they matter."""
KNOWN_BY = {
    "envelope": _("địa chỉ trả về có chữ ký"),
    "message_id": _("mã của thư"),
    "unsubscribe": _("liên kết hủy nhận"),
    "provider": _("nhà cung cấp có chữ ký"),
}


class ReturnBoxForm(WordsForm):
    """Where letters come back to, and how that mailbox is read."""

    bounce_address = forms.CharField(
        label=_("Địa chỉ nhận thư trả về"),
        max_length=200,
        required=False,
        help_text=_(
            "Ví dụ bounce@thu.cuahang.vn. Mỗi thư gửi đi có một địa chỉ trả về riêng, thêm mã sau "
            "dấu cộng; hộp thư này phải nhận được mọi địa chỉ như thế."
        ),
    )
    protocol = forms.ChoiceField(
        label=_("Cách đọc hộp thư"),
        required=False,
        choices=[("", _("Không đọc")), ("imap", "IMAP"), ("pop3", "POP3")],
    )
    host = forms.CharField(label=_("Máy chủ hộp thư"), max_length=253, required=False)
    port = forms.IntegerField(label=_("Cổng"), min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(
        label=_("Mã hóa đường truyền"),
        choices=[
            ("tls", _("TLS (cổng 993 hoặc 995)")),
            ("starttls", "STARTTLS"),
            ("none", _("Không mã hóa, chỉ cho máy chủ trong mạng riêng")),
        ],
    )
    user = forms.CharField(label=_("Tên đăng nhập"), max_length=254, required=False)
    password = forms.CharField(
        label=_("Mật khẩu"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Được khóa trước khi lưu. Để trống thì giữ mật khẩu đang có."),
    )
    folder = forms.CharField(label=_("Thư mục"), max_length=200, initial="INBOX")
    deletes = forms.BooleanField(
        label=_("Xóa khỏi hộp thư những thư đã hiểu"),
        required=False,
        help_text=_("Thư chưa hiểu được không bao giờ bị xóa."),
    )


class HookForm(WordsForm):
    """A provider that may tell us, and what its signatures are checked with."""

    provider = forms.ChoiceField(
        label=_("Nhà cung cấp"), choices=[(key, one.name) for key, one in PROVIDERS.items()]
    )
    secret = forms.CharField(
        label=_("Khóa"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=4000,
    )


@require_GET
def show_returned(request: HttpRequest, account_id: int) -> HttpResponse:
    """Numbers of the last thirty days, the last that came, what waits for somebody, and the set-up
    for administrators."""
    return _page(request, account_id)


@require_POST
def save(request: HttpRequest, account_id: int) -> HttpResponse:
    """Set up where letters come back to."""
    demand_admin(request)
    form = ReturnBoxForm(request.POST)
    if form.is_valid():
        try:
            told = form.cleaned_data
            save_box(account_id, told, by=signed_in(request).email, at=system_clock())
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã lưu hộp thư trả về."))
            return redirect("returned", account_id)
    return _page(request, account_id, box_form=form)


@require_POST
def change_hook(request: HttpRequest, account_id: int) -> HttpResponse:
    """Let a provider tell us, or hear it no longer."""
    demand_admin(request)
    by, at = signed_in(request).email, system_clock()
    if gone := request.POST.get("remove"):
        remove_hook(account_id, gone, by=by, at=at)
        messages.success(request, gettext("Không nghe nhà cung cấp ấy nữa."))
        return redirect("returned", account_id)
    form = HookForm(request.POST)
    if form.is_valid():
        try:
            provider, secret = form.cleaned_data["provider"], form.cleaned_data["secret"]
            save_hook(account_id, provider, secret, by=by, at=at)
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã thêm nhà cung cấp."))
            return redirect("returned", account_id)
    return _page(request, account_id, hook_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def show_one(request: HttpRequest, account_id: int, number: int) -> HttpResponse:
    """One thing as it came; by POST somebody has looked at it."""
    if request.method == "POST":
        mark_seen(account_id, number, by=signed_in(request).email, at=system_clock())
        messages.success(request, gettext("Đã ghi là đã xem."))
        return redirect("returned", account_id)
    row = get_returned(account_id, number)
    raw = bytes(row.raw)
    context = {
        "account": get_account(account_id),
        "one": row,
        "kind": KINDS.get(row.kind, ""),
        "known_by": KNOWN_BY.get(row.known_by, ""),
        "text": raw[:_SHOWN].decode("utf-8", "replace"),
        "is_cut": len(raw) > _SHOWN,
        "days": settings.CONFIG.sending.returned_mail_days,
    }
    return render(request, "campaigns/returned_one.html", context)


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def take_hook(request: HttpRequest, account_id: int, provider: str) -> HttpResponse:
    """A provider's call: checked by its bytes, on the disk, then 200."""
    if int(request.headers.get("Content-Length") or 0) > _LARGEST:
        return JsonResponse({"error": "too_large"}, status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    call = HookCall(headers, request.body, system_clock())
    try:
        answer = take_call(account_id, provider, call, certificates())
    except ForbiddenError as error:
        return JsonResponse({"error": error.code}, status=403)
    except UnavailableError as error:
        return JsonResponse({"error": error.code}, status=503)
    return JsonResponse(dict(answer.body) if answer and answer.body else {})


@cache
def certificates() -> Fetch:
    """How providers' certificates are had: from the internet, by the rules of what is called."""
    return fetcher(Rules(tuple(settings.CONFIG.egress.inside)))


def _page(
    request: HttpRequest,
    account_id: int,
    *,
    box_form: ReturnBoxForm | None = None,
    hook_form: HookForm | None = None,
) -> HttpResponse:
    account, box, now = get_account(account_id), find_box(account_id), system_clock()
    counted = count_kinds(account_id, since=now - _SINCE)
    context = {
        "account": account,
        "box": box,
        "counts": [(words, counted[kind]) for kind, words in KINDS.items() if counted.get(kind)],
        "last": [(one, KINDS.get(one.kind, "")) for one in list_last(account_id)],
        "odd": [(one, KINDS.get(one.kind, "")) for one in list_to_review(account_id)],
        "hooks": [
            (one, PROVIDERS[one.provider], _address(request, account_id, one.provider))
            for one in list_hooks(account_id)
        ],
        "box_form": box_form or ReturnBoxForm(initial=_told(box)),
        "hook_form": hook_form or HookForm(),
        "secrets": [(one.name, in_language(one.secret)) for one in PROVIDERS.values()],
        "may_change": signed_in(request).is_admin,
    }
    is_wrong = any(form is not None and form.errors for form in (box_form, hook_form))
    return render(request, "campaigns/returned.html", context, status=400 if is_wrong else 200)


def _told(box: ReturnBox | None) -> dict[str, Any]:
    names = [name for name in ReturnBoxForm.base_fields if name != "password"]
    return {name: getattr(box, name) for name in names} if box else {}


def _address(request: HttpRequest, account_id: int, provider: str) -> str:
    path = reverse("take_mail_hook", args=[account_id, provider])
    base = settings.CONFIG.server.base_url.rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)
