"""Mail servers letters leave by: added, tried, and what must stand in the DNS for them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from khachquen.activate.campaigns.accounts import check_connection, get_account, keys_of
from khachquen.activate.campaigns.making import add_account, change_account, list_accounts
from khachquen.activate.egress import Rules
from khachquen.base import ForbiddenError, InputError, KhachQuenError, Text, system_clock
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in


class MailAccountForm(WordsForm):
    """How to sign in at a mail server, and as whom letters are sent."""

    name = forms.CharField(label=_("Tên tài khoản"), max_length=100)
    from_address = forms.CharField(
        label=_("Email người gửi"),
        max_length=254,
        help_text=_("Khách thấy địa chỉ này. Nên dùng tên miền riêng của cửa hàng."),
    )
    from_name = forms.CharField(label=_("Tên người gửi"), max_length=200, required=False)
    host = forms.CharField(label=_("Máy chủ SMTP"), max_length=253)
    port = forms.IntegerField(label=_("Cổng"), min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(
        label=_("Mã hóa đường truyền"),
        choices=[
            ("starttls", _("STARTTLS (cổng 587)")),
            ("tls", _("TLS (cổng 465)")),
            ("none", _("Không mã hóa, chỉ cho máy chủ trong mạng riêng")),
        ],
    )
    user = forms.CharField(label=_("Tên đăng nhập"), max_length=254, required=False)
    password = forms.CharField(
        label=_("Mật khẩu"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Được khóa trước khi lưu, không trang nào hiện lại."),
    )
    per_second = forms.IntegerField(
        label=_("Nhiều nhất bao nhiêu thư mỗi giây"),
        min_value=0,
        max_value=10_000,
        initial=10,
        help_text=_("0 là nhanh hết mức."),
    )
    per_day = forms.IntegerField(
        label=_("Nhiều nhất bao nhiêu thư trong 24 giờ"),
        min_value=0,
        max_value=100_000_000,
        initial=0,
        help_text=_("0 là không giới hạn."),
    )
    is_new = forms.BooleanField(
        label=_("Tên miền này chưa từng gửi nhiều thư"),
        required=False,
        help_text=_("Ngày đầu gửi 50 thư, mỗi ngày sau gấp đôi, để không bị coi là thư rác."),
    )


class ChangeForm(MailAccountForm):
    """The same of one there is; what is not typed again stays."""

    is_paused = forms.BooleanField(
        label=_("Tạm dừng, không gửi gì qua tài khoản này"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_new"]
        self.fields["password"].help_text = _("Để trống là giữ mật khẩu đang có.")


@require_http_methods(["GET", "HEAD", "POST"])
def mail_accounts(request: HttpRequest) -> HttpResponse:
    """Every account with its DNS record, and the form for another."""
    form = MailAccountForm(request.POST or None)
    if request.method == "POST":
        demand_admin(request)
    if form.is_valid():
        now = system_clock()
        told: dict[str, Any] = dict(form.cleaned_data)
        told["warm_from"] = now.date() if told.pop("is_new") else None
        rules = Rules(tuple(settings.CONFIG.egress.inside))
        try:
            add_account(told, by=signed_in(request).email, at=now, rules=rules)
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã thêm tài khoản gửi thư."))
            return redirect("mail_accounts")
    context = {
        "form": form,
        "accounts": [(one, next(iter(keys_of(one)), None)) for one in list_accounts()],
        "may_change": signed_in(request).is_admin,
    }
    status = 400 if form.errors else 200
    return render(request, "campaigns/accounts.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_mail_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Change how to sign in there, as whom, how fast, or pause it."""
    demand_admin(request)
    account = get_account(account_id)
    if account.channel != "email":
        raise Http404
    kept = set(ChangeForm.base_fields) - {"password", "is_new"}
    filled = {name: getattr(account, name) for name in kept}
    form = ChangeForm(request.POST or None, initial=filled)
    if form.is_valid():
        rules = Rules(tuple(settings.CONFIG.egress.inside))
        by, at = signed_in(request).email, system_clock()
        try:
            change_account(account_id, form.cleaned_data, by=by, at=at, rules=rules)
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã lưu tài khoản gửi thư. Hãy thử kết nối."))
            return redirect("mail_accounts")
    status = 400 if form.errors else 200
    context = {"form": form, "account": account}
    return render(request, "campaigns/account.html", context, status=status)


@require_POST
def check_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Sign in there and leave again."""
    demand_admin(request)
    rules = Rules(tuple(settings.CONFIG.egress.inside))
    try:
        trouble = check_connection(get_account(account_id), rules)
    except InputError as error:
        said = (error.message, error.hint)
        messages.error(request, " ".join(in_language(words) for words in said if words))
        return redirect("mail_accounts")
    if trouble:
        told = {"words": trouble}
        messages.error(request, gettext("Chưa kết nối được. Máy chủ nói: %(words)s") % told)
    else:
        messages.success(request, gettext("Kết nối và đăng nhập được."))
    return redirect("mail_accounts")


def demand_admin(request: HttpRequest) -> None:
    """Only administrators change what leaves the house.

    Raises:
        ForbiddenError: somebody else (``campaigns.admins_only``).
    """
    if not signed_in(request).is_admin:
        raise ForbiddenError(
            "campaigns.admins_only",
            Text(
                vi="Chỉ quản trị viên được gửi thư cho khách.",
                en="Only an administrator may send letters to customers.",
            ),
        )
