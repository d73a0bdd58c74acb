"""Which protocol a path belongs to."""

import re
from collections.abc import Iterable, Mapping

from khachquen.collect.protocols import jitsu, posthog, rudderstack, segment, snowplow
from khachquen.collect.protocols.route import EventRoute, Route

_PROTOCOLS = (segment, rudderstack, jitsu, posthog, snowplow)
ROUTES: tuple[Route, ...] = tuple(route for protocol in _PROTOCOLS for route in protocol.ROUTES)


def _by_path(routes: Iterable[Route]) -> dict[str, dict[str, Route]]:
    """Path → method → route."""
    paths: dict[str, dict[str, Route]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method] = route
    return paths


_PLAIN = _by_path(route for route in ROUTES if "{" not in route.path)
_NAMED = tuple(
    (
        path.partition("{")[0],
        re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))),
        methods,
    )
    for path, methods in _by_path(route for route in ROUTES if "{" in route.path).items()
)


def find_route(method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The route of a request and the names in its path; a trailing slash does not matter.

    >>> route, _ = find_route("POST", "/v1/batch/")
    >>> route.protocol
    'segment'
    """
    methods, names = _find_path(path)
    return (route, names) if (route := methods.get(method)) else None


def methods_of(path: str) -> list[str]:
    """The methods a path answers to; empty when no protocol knows it."""
    return sorted(_find_path(path)[0])


def may_bring_cookies(path: str) -> bool:
    """Whether browsers call this path with credentials, and must be told that they may."""
    return any(
        isinstance(route, EventRoute) and route.may_bring_cookies
        for route in _find_path(path)[0].values()
    )


def _find_path(path: str) -> tuple[Mapping[str, Route], Mapping[str, str]]:
    path = path.rstrip("/")
    if methods := _PLAIN.get(path):
        return methods, _NO_NAMES
    for start, pattern, methods in _NAMED:
        if path.startswith(start) and (found := pattern.fullmatch(path)):
            return methods, found.groupdict()
    return _NO_METHODS, _NO_NAMES


_NO_METHODS: Mapping[str, Route] = {}
_NO_NAMES: Mapping[str, str] = {}
