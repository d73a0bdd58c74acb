"""What pages have in common that customers open without signing in.

They set no cookie and run no script, so that nothing of a visitor is kept before they say so, and
they work in a frame, in a mail program and in any browser. There is no session a forged request
could misuse: a signed pass or link takes the place of the CSRF cookie.
"""

import time
from collections.abc import Callable, Mapping
from functools import cache, wraps
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from khachquen.base.limits import FixedWindow

_LARGEST = 64 << 10
View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """A page for anybody, in the language its address asks for (``?lang=en``)."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.GET.get("lang", "")
        language = wanted if wanted in dict(settings.LANGUAGES) else get_language()
        with override(language):
            if not _is_small(request):
                answer = answer_with(request, "public/said.html", {"about": "large"}, status=413)
            else:
                try:
                    answer = view(request, *args, **kwargs)
                except Http404:
                    answer = answer_with(request, "public/said.html", {"about": "lost"}, status=404)
            answer.headers["Content-Language"] = language or "vi"
        return answer

    return csrf_exempt(login_not_required(never_cache(shown)))


def answer_with(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A public page; robots are asked not to list it, and no address of it leaks by referrer."""
    query = request.GET.copy()
    query["lang"] = other = "vi" if get_language() == "en" else "en"
    told = {**context, "other_language": other, "other_href": f"?{query.urlencode()}"}
    response = render(request, template, told, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def take_turn(request: HttpRequest) -> int:
    """0 when this address may send a form just now, else the whole seconds to wait."""
    return _turns().take(address_of(request))


def address_of(request: HttpRequest) -> str:
    """What counts as one visitor's address: a whole /64 of IPv6, which one line is given."""
    address = str(request.META.get("REMOTE_ADDR") or "")
    if ":" not in address:
        return address
    try:
        return str(ip_network(f"{address.partition('%')[0]}/64", strict=False))
    except ValueError:
        return address


@cache
def _turns() -> FixedWindow:
    return FixedWindow(settings.CONFIG.forms.per_minute, 60.0, time.monotonic)


def _is_small(request: HttpRequest) -> bool:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return length.isascii() and length.isdigit() and int(length[:12]) <= _LARGEST
