"""Who is asking: a bearer token, and how often it may be used."""

import hashlib
import time
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from khachquen.api.failures import TooManyError
from khachquen.base.limits import FixedWindow
from khachquen.govern import User, verify_token

WINDOW_S = 60.0


@cache
def token_limit() -> FixedWindow:
    """Requests with a valid token, each token by itself."""
    return FixedWindow(settings.CONFIG.api.per_minute, WINDOW_S, time.monotonic)


@cache
def stranger_limit() -> FixedWindow:
    """Requests without one, by the address of the socket; a forwarded header is not believed."""
    return FixedWindow(settings.CONFIG.api.anonymous_per_minute, WINDOW_S, time.monotonic)


class BearerToken(HttpBearer):
    """``Authorization: Bearer kqt_...``. Every failure looks the same from outside."""

    openapi_bearerFormat = "kqt_<prefix>_<secret>"  # noqa: N815 - the framework's name

    def __call__(self, request: HttpRequest) -> User | None:
        user: User | None = super().__call__(request)
        if user is None:
            _take(stranger_limit(), request.META.get("REMOTE_ADDR", ""))
        return user

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's owner, or None."""
        user = verify_token(token)
        if user is not None:
            digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
            _take(token_limit(), digest)
        return user


def _take(limit: FixedWindow, key: str) -> None:
    wait_s = limit.take(key)
    if wait_s:
        raise TooManyError(wait_s, limit.limit)
