"""How the reader wants to read: the language and the theme, changed by POST from any page."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

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
    """Remember the language on this machine."""
    return _remember(request, settings.LANGUAGE_COOKIE_NAME, "language", dict(settings.LANGUAGES))


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme on this machine."""
    return _remember(request, THEME_COOKIE, "theme", THEMES)


def _remember(
    request: HttpRequest, cookie: str, name: str, allowed: tuple[str, ...] | dict[str, str]
) -> HttpResponse:
    response = HttpResponseRedirect(safe_next(request))
    value = request.POST.get(name, "")
    if value in allowed:
        response.set_cookie(
            cookie, value, max_age=_YEAR_S, samesite="Lax", secure=request.is_secure()
        )
    return response
