"""Every way to fail, in the one form: ``{"error": {"code", "message", "path", "hint"}}``."""

import logging
import traceback
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from khachquen.api.language import language_of
from khachquen.base import (
    ConflictError,
    ForbiddenError,
    InputError,
    InvariantError,
    KhachQuenError,
    NotFoundError,
    Text,
    UnavailableError,
)

log = logging.getLogger("khachquen.api")

STATUS: dict[type[KhachQuenError], int] = {
    InputError: 422,
    NotFoundError: 404,
    ConflictError: 409,
    ForbiddenError: 403,
    UnavailableError: 503,
}
"""The one place where an error of ours gets its HTTP status; whatever is not here is a 500."""


class TooManyError(Exception):
    """Asked too often; ``wait_s`` says how long not to."""

    def __init__(self, wait_s: int, limit: int):
        super().__init__(wait_s)
        self.wait_s = wait_s
        self.limit = limit


def register(api: NinjaAPI) -> None:
    """Give every exception its answer."""

    @api.exception_handler(KhachQuenError)
    def on_ours(request: HttpRequest, error: KhachQuenError) -> HttpResponse:
        status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
        if status == 500:
            return _broken(api, request, error)
        return _answer(api, request, status, error)

    @api.exception_handler(ValidationError)
    def on_parameter(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return _answer(api, request, 422, bad_parameters(error.errors))

    @api.exception_handler(AuthenticationError)
    def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        response = _answer(api, request, 401, no_token(request))
        response["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(TooManyError)
    def on_haste(request: HttpRequest, error: TooManyError) -> HttpResponse:
        response = _answer(api, request, 429, too_many(error))
        response["Retry-After"] = str(error.wait_s)
        return response

    @api.exception_handler(Http404)
    def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return _answer(api, request, 404, no_address())

    @api.exception_handler(HttpError)
    def on_http(request: HttpRequest, error: HttpError) -> HttpResponse:
        refused = InputError(
            "api.bad_request",
            Text(vi="Yêu cầu không hợp lệ.", en="The request is not valid."),
        )
        return _answer(api, request, error.status_code, refused)

    @api.exception_handler(Exception)
    def on_our_mistake(request: HttpRequest, error: Exception) -> HttpResponse:
        return _broken(api, request, error)


def refuse_address(api: NinjaAPI, request: HttpRequest) -> HttpResponse:
    """The answer at an address nothing lives at."""
    return _answer(api, request, 404, no_address())


def refuse_method(
    api: NinjaAPI, request: HttpRequest, refused: HttpResponseNotAllowed
) -> HttpResponse:
    """The framework's bare 405 in our form, with the methods that are allowed."""
    allowed = refused.headers["Allow"]
    method = (request.method or "")[:20]
    response = _answer(
        api,
        request,
        405,
        InputError(
            "api.method_not_allowed",
            Text(
                vi=f"Địa chỉ này không nhận {method}.",
                en=f"This address does not take {method}.",
            ),
            hint=Text(vi=f"Dùng: {allowed}.", en=f"Use {allowed}."),
        ),
    )
    response["Allow"] = allowed
    return response


def bad_parameters(problems: list[dict[str, Any]]) -> InputError:
    """The first wrong parameter by its place, and the names of all."""
    first = problems[0]
    names = ", ".join(dict.fromkeys(".".join(map(str, p["loc"][1:])) for p in problems))
    return InputError(
        "api.invalid_parameter",
        Text(vi=f"Tham số không hợp lệ: {names}.", en=f"Not valid: {names}."),
        path=".".join(map(str, first["loc"])),
        hint=_right(first),
    )


def no_token(request: HttpRequest) -> ForbiddenError:
    """No token, or one that opens nothing; which of the reasons is not told."""
    where = "header.Authorization"
    hint = Text(
        vi="Gửi tiêu đề Authorization: Bearer TOKEN; tạo token trong phần cài đặt.",
        en="Send the header Authorization: Bearer TOKEN; make a token on the settings page.",
    )
    if not request.headers.get("Authorization"):
        return ForbiddenError(
            "api.no_token",
            Text(vi="Cần một token.", en="A token is needed."),
            path=where,
            hint=hint,
        )
    return ForbiddenError(
        "api.bad_token",
        Text(
            vi="Token không đúng hoặc không còn hiệu lực.",
            en="The token is wrong or no longer valid.",
        ),
        path=where,
        hint=hint,
    )


def too_many(error: TooManyError) -> UnavailableError:
    """The error of somebody who asks too often."""
    return UnavailableError(
        "api.too_many_requests",
        Text(
            vi=f"Quá {error.limit} yêu cầu trong một phút.",
            en=f"More than {error.limit} requests in a minute.",
        ),
        hint=Text(
            vi=f"Thử lại sau {error.wait_s} giây.", en=f"Try again in {error.wait_s} seconds."
        ),
    )


def no_address() -> NotFoundError:
    """The error for an address of the interface that does not exist."""
    return NotFoundError(
        "api.unknown_address",
        Text(vi="Không có địa chỉ này.", en="There is nothing at this address."),
        hint=Text(
            vi="Các địa chỉ được mô tả trong /api/v1/openapi.json.",
            en="The addresses are described in /api/v1/openapi.json.",
        ),
    )


def _right(problem: dict[str, Any]) -> Text:
    """What the value should have been, in both languages where the kind of trouble is known."""
    context = problem.get("ctx") or {}
    kind = str(problem.get("type", ""))
    if "ge" in context or "le" in context:
        bound = f">= {context['ge']}" if "ge" in context else f"<= {context['le']}"
        return Text(vi=f"Cần {bound}.", en=f"It must be {bound}.")
    if "expected" in context:
        return Text(vi=f"Chọn: {context['expected']}.", en=f"One of {context['expected']}.")
    if kind.startswith("int"):
        return Text(vi="Cần một số nguyên.", en="It must be a whole number.")
    if kind.startswith("date"):
        return Text(vi="Cần một ngày dạng 2026-12-31.", en="It must be a date as 2026-12-31.")
    message = str(problem.get("msg", ""))[:200]
    return Text(vi=message, en=message)


def _broken(api: NinjaAPI, request: HttpRequest, error: Exception) -> HttpResponse:
    """A mistake of ours: the caller gets a number, the log the place; neither gets values."""
    number = uuid.uuid4().hex[:12]
    route = getattr(request.resolver_match, "route", "?")
    place = "".join(traceback.format_tb(error.__traceback__))
    log.error("api failure %s at %s: %s\n%s", number, route, type(error).__name__, place)
    return _answer(
        api,
        request,
        500,
        InvariantError(
            "api.broken",
            Text(
                vi=f"Hệ thống gặp lỗi, số {number}.",
                en=f"Something broke here, number {number}.",
            ),
            hint=Text(
                vi="Báo số này cho người quản trị; chi tiết nằm trong nhật ký.",
                en="Tell the administrator this number; the log has the details.",
            ),
        ),
    )


def _answer(
    api: NinjaAPI, request: HttpRequest, status: int, error: KhachQuenError
) -> HttpResponse:
    body = {"error": error.as_dict(language_of(request))}
    response = api.create_response(request, body, status=status)
    response["Vary"] = "Accept-Language"
    return response
