"""docs/reference/pages.md: every address Django answers, from the URL configuration."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from scripts.reference.markdown import code, meaning, page, table

LEAD = """\
Every page and form of the web, by its name in the code. The receive path (`/v1/…`) and the REST
interface (`/api/v1/openapi.json`) describe themselves.

Mọi trang và biểu mẫu, theo tên trong mã nguồn."""


@dataclass(frozen=True, slots=True)
class Address:
    """One route and what stands behind it."""

    name: str
    path: str
    about: str


def render() -> str:
    """The whole page."""
    rows = [(code(a.name), code(a.path), a.about) for a in list_addresses()]
    return page("Pages · Trang", LEAD, table(("Name", "Address", "What it is"), rows))


def list_addresses() -> list[Address]:
    """Every named route of ours, sorted by path; those of libraries are left to them."""
    found = _walk("", get_resolver().url_patterns)
    return sorted(found, key=lambda address: (address.path, address.name))


def _walk(prefix: str, patterns: list[URLPattern | URLResolver]) -> Iterator[Address]:
    for each in patterns:
        path = f"{prefix}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _walk(path, each.url_patterns)
        elif each.name and _is_ours(each.callback):
            about = inspect.getdoc(_view_of(each.callback)) or ""
            yield Address(each.name, f"/{path}", meaning(about.split("\n\n")[0]))


def _view_of(callback: Any) -> Any:
    return getattr(callback, "view_class", callback)


def _is_ours(callback: Any) -> bool:
    return str(getattr(_view_of(callback), "__module__", "")).startswith("khachquen.web")
