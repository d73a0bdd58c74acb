"""Every address of the REST interface, and its OpenAPI description."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from khachquen.api import (
    campaign_approvals,
    campaign_reports,
    campaigns,
    consents,
    failures,
    messages,
    metrics,
    profiles,
    quality,
    quarantine,
    receipts,
    segments,
    sources,
    webhooks,
)
from khachquen.api.access import BearerToken
from khachquen.api.shapes import FailureAnswer

_DESCRIPTION = """
What the shop knows, for programs. Send `Authorization: Bearer TOKEN`; make a token on the settings
page or with `khachquen init`.

* **Errors** always have the form `{"error": {"code", "message", "path", "hint"}}`. `code` never
  changes; the words are Vietnamese or English by `Accept-Language`.
* **Lists** have `items` and `next_cursor`; send it back as `cursor` for the next page. It is empty
  on the last page.
* **Times** are UTC, ISO 8601. **Money** has the exact `amount` in the main unit as text, `minor` as
  a whole number of the smallest unit, and `currency`.
* **Limits**: 600 requests a minute a token unless configured otherwise; then 429 with
  `Retry-After` in seconds.
"""
_FAILURES = {
    "401": "No token, or one that is not valid",
    "404": "Nothing has that id",
    "405": "The address does not take this method",
    "422": "A parameter is not valid",
    "429": "Too many requests; see Retry-After",
    "500": "A mistake of ours; the message has a number to report",
}
_View = Callable[..., HttpResponse]


class _Utf8Renderer(JSONRenderer):
    """JSON with Vietnamese letters as they are."""

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        text = json.dumps(data, cls=NinjaJSONEncoder, ensure_ascii=False)
        return text.encode("utf-8", "backslashreplace")


class _DescribedAPI(NinjaAPI):
    """Says of every operation how it may fail."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        shape = FailureAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
        parts = schema.setdefault("components", {}).setdefault("schemas", {})
        parts.update(shape.pop("$defs", {}))
        parts["FailureAnswer"] = shape
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/FailureAnswer"}}}
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, words in _FAILURES.items():
                    operation["responses"].setdefault(
                        status, {"description": words, "content": content}
                    )
        return schema


api = _DescribedAPI(
    title="KhachQuen",
    version="1",
    description=_DESCRIPTION,
    auth=BearerToken(),
    docs_url=None,  # its page loads scripts from elsewhere
    openapi_url="/openapi.json",
    renderer=_Utf8Renderer(),
    urls_namespace="api",
)
failures.register(api)
PARTS = (
    *(profiles, consents, segments, campaign_reports, webhooks, receipts),
    *(quarantine, quality, metrics, sources),
    *(campaigns, campaign_approvals, messages),
)
for part in PARTS:
    api.add_router("", part.router)


def _in_our_form(view: _View) -> _View:
    """The framework answers a wrong method or a bare root on its own; give those our form."""

    @wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
        try:
            response = view(request, **arguments)
        except Http404:
            return failures.refuse_address(api, request)
        if isinstance(response, HttpResponseNotAllowed):
            return failures.refuse_method(api, request, response)
        return response

    return answer


def _wrapped(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = _in_our_form(pattern.callback)
    return patterns


@csrf_exempt
def nowhere(request: HttpRequest, **arguments: Mapping[str, str]) -> HttpResponse:
    """Any other address below /api/v1/."""
    return failures.refuse_address(api, request)


app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    *_wrapped(api.urls[0]),
    re_path(r"^.*$", nowhere),
]
