"""Signing in and out."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from khachquen.web.errors import error_page
from khachquen.web.forms import WordsForm
from khachquen.web.pages.reading import safe_next


class SignInForm(WordsForm):
    """E-mail and password; never says which of the two is wrong."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def clean_email(self) -> str:
        """One spelling for one person, so that attempts are counted together."""
        return str(self.cleaned_data["email"]).lower()


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; whoever is signed in goes on at once."""
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    form = SignInForm(request.POST or None)
    if form.is_valid():
        who = form.cleaned_data
        user = authenticate(request, username=who["email"], password=who["password"])
        if user is not None:
            login(request, user)
            return redirect(safe_next(request))
        form.add_error(None, gettext("Email hoặc mật khẩu không đúng."))
    context = {"form": form, "next": safe_next(request)}
    return render(request, "sign_in/sign_in.html", context, status=400 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    return redirect("sign_in")


def attempted_email(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whose password was tried, in the one spelling attempts are counted by."""
    given = (credentials or {}).get("username") or request.POST.get("email", "")
    return str(given).strip().lower()[:254]


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """After too many wrong passwords: how long to wait, and what else to do."""
    page = error_page(request, 429, about="sign-in")
    page.headers["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME * 3600))
    return page
