"""Which protocol a path belongs to."""

import re
from collections.abc import Mapping

from khachquen.collect.protocols import segment
from khachquen.collect.protocols.route import Route

_PROTOCOLS = (segment,)
ROUTES: tuple[Route, ...] = tuple(route for protocol in _PROTOCOLS for route in protocol.ROUTES)

_PLAIN = {(route.method, route.path): route for route in ROUTES if "{" not in route.path}
_NAMED = tuple(
    (re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(route.path))), route)
    for route in ROUTES
    if "{" in route.path
)


def find_route(method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The route of a request and the names in its path; a trailing slash does not matter.

    >>> route, _ = find_route("POST", "/v1/batch/")
    >>> route.protocol
    'segment'
    """
    path = path.rstrip("/")
    if route := _PLAIN.get((method, path)):
        return route, {}
    for pattern, route in _NAMED:
        if route.method == method and (found := pattern.fullmatch(path)):
            return route, found.groupdict()
    return None


def methods_of(path: str) -> list[str]:
    """The methods a path answers to; empty when no protocol knows it."""
    return [method for method in ("GET", "POST") if find_route(method, path)]
