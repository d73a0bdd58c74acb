"""What a person sees when something is wrong: one page a kind of error, in words.

The table below is the one place where errors become HTTP answers for pages.
"""

import logging
import secrets
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from khachquen.base import (
    ConflictError,
    ForbiddenError,
    InputError,
    KhachQuenError,
    NotFoundError,
    UnavailableError,
)

_LOG = logging.getLogger(__name__)
_STATUS: dict[type[KhachQuenError], int] = {
    NotFoundError: 404,
    ForbiddenError: 403,
    InputError: 400,
    ConflictError: 409,
    UnavailableError: 503,
}


class ErrorMiddleware:
    """Turns errors of the rooms that no view caught into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for an expected error; our own mistakes go on to the 500 page."""
        if request.path.startswith("/api/") or not isinstance(error, KhachQuenError):
            return None
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), None)
        if status is None:
            return None
        return error_page(request, status, error.in_language(get_language() or "vi"))


def error_page(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    """The page for ``status``: inside the frame for whoever is signed in, alone for others."""
    user = getattr(request, "user", None)
    parent = "base.html" if user is not None and user.is_authenticated else "alone.html"
    context = {"parent": parent, "status": status, "detail": detail}
    return render(request, "errors/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent makes no sense."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Known, but not allowed."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such address."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own mistake: says so, with a number that is also in the log; never fails itself."""
    number = secrets.token_hex(4)
    _LOG.error("Error page %s for %s %s", number, request.method, request.path)
    try:
        return error_page(request, 500, number)
    except Exception:
        _LOG.exception("The error page itself failed")
        return HttpResponse(render_to_string("errors/plain.html", {"number": number}), status=500)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old, or was sent from another site."""
    return error_page(request, 403, "csrf")
