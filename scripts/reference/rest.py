"""docs/reference/rest.md: every operation of the REST interface, from its OpenAPI description."""

from typing import Any

from khachquen.api.urls import api
from scripts.reference.markdown import code, meaning, page, table

LEAD = """\
Send `Authorization: Bearer TOKEN`. The full description, with every field, is
`/api/v1/openapi.json` of a running installation.

Gửi kèm `Authorization: Bearer TOKEN`. Mô tả đầy đủ ở `/api/v1/openapi.json`."""


def render() -> str:
    """The whole page."""
    rows = [
        (code(f"{method.upper()} {path}"), meaning(_about(found)), _parameters(found))
        for path, methods in sorted(list_operations().items())
        for method, found in sorted(methods.items())
    ]
    return page("REST", LEAD, table(("Operation", "What it answers", "Parameters"), rows))


def list_operations() -> dict[str, dict[str, Any]]:
    """Path -> method -> its OpenAPI operation."""
    paths: dict[str, dict[str, Any]] = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    return paths


def _about(operation: dict[str, Any]) -> str:
    return str(operation.get("description") or operation.get("summary") or "").split("\n\n")[0]


def _parameters(operation: dict[str, Any]) -> str:
    return ", ".join(code(parameter["name"]) for parameter in operation.get("parameters", ()))
