"""What a person sees when something is wrong: one page a kind of error, in words.

The table below is the one place where errors become HTTP answers for pages.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

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


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says: a drawing, what happened, what to do."""

    drawing: str
    title: str | Promise
    text: str | Promise


_WORDS: dict[str, Words] = {
    "400": Words("broken", _("Yêu cầu chưa đúng"), _("Có gì đó không đọc được trong yêu cầu này.")),
    "403": Words(
        "lock",
        _("Bạn chưa được phép làm việc này"),
        _("Hãy nhờ quản trị viên của cửa hàng cấp quyền."),
    ),
    "404": Words(
        "lost",
        _("Không có trang này"),
        _("Địa chỉ có thể đã gõ sai, hoặc mục này không còn nữa."),
    ),
    "409": Words("broken", _("Không thực hiện được"), _("Dữ liệu đã thay đổi trong lúc đó.")),
    "429": Words("lock", _("Quá nhiều yêu cầu"), _("Hãy đợi một lát rồi thử lại.")),
    "500": Words(
        "broken",
        _("Có lỗi ở phía chúng tôi"),
        _("Sự cố đã được ghi lại. Hãy gửi số dưới đây cho người quản trị máy chủ."),
    ),
    "503": Words(
        "broken",
        _("Tạm thời chưa trả lời được"),
        _("Một phần của hệ thống đang bận. Chưa có gì bị mất; hãy thử lại sau ít phút."),
    ),
    "form": Words(
        "lock",
        _("Biểu mẫu đã cũ"),
        _(
            "Chưa có gì được lưu. Trang đã mở quá lâu hoặc được gửi từ nơi khác; "
            "hãy quay lại, tải lại trang rồi gửi lần nữa."
        ),
    ),
    "sign-in": Words(
        "lock",
        _("Tạm khóa đăng nhập"),
        _(
            "Mật khẩu sai quá nhiều lần. Hãy đợi 15 phút rồi thử lại; "
            "nếu quên mật khẩu, hãy nhờ người quản trị máy chủ đặt lại."
        ),
    ),
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


def error_page(
    request: HttpRequest, status: int, detail: str = "", *, about: str = ""
) -> HttpResponse:
    """The page for ``status``: inside the frame for whoever is signed in, alone for others.

    ``detail`` is said beneath; ``about`` picks other words than those of the status.
    """
    user = getattr(request, "user", None)
    context = {
        "parent": "base.html" if user is not None and user.is_authenticated else "alone.html",
        "words": _WORDS.get(about or str(status), _WORDS["400"]),
        "about": about,
        "detail": detail,
    }
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
    return error_page(request, 403, about="form")
