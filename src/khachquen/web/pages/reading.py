"""How the reader wants to read: the language and the theme, changed by POST from any page."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from khachquen.govern import User, update_account
from khachquen.web.context import THEME_COOKIE, THEMES

_YEAR_S = 365 * 24 * 3600


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Where the form asked to go next, if that is an address of ours."""
    target = request.POST.get("next") or request.GET.get("next") or default
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else default


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language on this machine, and in the account of whoever is signed in."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        update_account(request.user, name=request.user.name, language=language)
    return remember_language(HttpResponseRedirect(safe_next(request)), request, language)


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme on this machine."""
    response = HttpResponseRedirect(safe_next(request))
    theme = request.POST.get("theme", "")
    return _remember(response, request, THEME_COOKIE, theme) if theme in THEMES else response


def remember_language(response: HttpResponse, request: HttpRequest, language: str) -> HttpResponse:
    """Keep the language in a cookie; one we do not speak is ignored."""
    if language not in dict(settings.LANGUAGES):
        return response
    return _remember(response, request, settings.LANGUAGE_COOKIE_NAME, language)


def _remember(
    response: HttpResponse, request: HttpRequest, cookie: str, value: str
) -> HttpResponse:
    response.set_cookie(cookie, value, max_age=_YEAR_S, samesite="Lax", secure=request.is_secure())
    return response
