"""One's own account: name, language, password."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from khachquen.base import InputError, system_clock
from khachquen.govern import change_password, update_account
from khachquen.web.forms import WordsForm
from khachquen.web.pages.reading import remember_language
from khachquen.web.people import signed_in


class AccountForm(WordsForm):
    """How somebody is called, and in which language they read."""

    name = forms.CharField(
        label=_("Tên"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Ngôn ngữ"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class PasswordForm(WordsForm):
    """The password now, and the one to come."""

    current = forms.CharField(
        label=_("Mật khẩu hiện tại"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("Mật khẩu mới"),
        max_length=1024,
        strip=False,
        help_text=_(
            "Ít nhất 10 ký tự, không phải mật khẩu phổ biến, không giống tên hay email của bạn."
        ),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The account page."""
    return _page(request)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Change name and language; the answer is already in the new language."""
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _page(request, account=form)
    user = update_account(signed_in(request), **form.cleaned_data)
    with translation.override(user.language):
        messages.success(request, gettext("Đã lưu tài khoản."))
    return remember_language(redirect("account"), request, user.language)


@sensitive_post_parameters()
@require_POST
def new_password(request: HttpRequest) -> HttpResponse:
    """Change the password. This session goes on; every other one of this person ends."""
    form = PasswordForm(request.POST)
    user = signed_in(request)
    if not form.is_valid():
        return _page(request, password=form)
    given = form.cleaned_data
    if authenticate(request, username=user.email, password=given["current"]) is None:
        form.add_error("current", gettext("Mật khẩu hiện tại không đúng."))
        return _page(request, password=form)
    try:
        changed = change_password(user, password=given["password"], at=system_clock())
    except InputError as error:
        form.refuse(error)
        return _page(request, password=form)
    update_session_auth_hash(request, changed)
    messages.success(request, gettext("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."))
    return redirect("account")


def _page(
    request: HttpRequest,
    account: AccountForm | None = None,
    password: PasswordForm | None = None,
) -> HttpResponse:
    user = signed_in(request)
    first = {"name": user.name, "language": translation.get_language()}
    context = {
        "account": account or AccountForm(initial=first),
        "password": password or PasswordForm(),
    }
    return render(
        request, "account/account.html", context, status=400 if account or password else 200
    )
