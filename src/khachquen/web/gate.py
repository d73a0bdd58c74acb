"""Who may see a page, in which language and by which clock: decided before any view runs."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation

from khachquen.govern import get_shop, has_admin

_OTHER_DOORS = ("/api/", "/v1/", "/healthz")  # have their own keys, or need none
_BEFORE_SETUP = ("setup", "setup_admin", "language", "theme")


class ReaderMiddleware:
    """Sets the reader's language and the shop's clock; leaves the shop on the request.

    The language is the one last chosen (cookie), else the account's, else the installation's.
    What the browser asks for is not looked at: the product is Vietnamese first, and a link shows
    the same words on every machine.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        shop = get_shop()
        setattr(request, "shop", shop)  # noqa: B010
        clock = ZoneInfo(shop.timezone) if shop else timezone.get_default_timezone()
        with translation.override(language_of(request)), timezone.override(clock):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "vi")
        return response


def language_of(request: HttpRequest) -> str:
    """The language to answer in."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or getattr(
        request.user, "language", settings.CONFIG.shop.language
    )
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class GateMiddleware(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless its view says otherwise.

    Before the first administrator exists, every page leads to the set-up instead.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.path.startswith(_OTHER_DOORS):
            return None
        needs_setup = not request.user.is_authenticated and not has_admin()
        if needs_setup and not _is_open_before_setup(request):
            return redirect("setup")
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        return _whole_page(answer) if answer and request.headers.get("HX-Request") else answer


def _whole_page(sign_in: HttpResponseBase) -> HttpResponse:
    """What a part of a page that asks for itself gets when the session is over: not a sign-in form
    swapped into its place, but the order to go there."""
    return HttpResponse(status=401, headers={"HX-Redirect": sign_in.headers["Location"]})


def _is_open_before_setup(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name in _BEFORE_SETUP
