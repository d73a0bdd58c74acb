"""Saved views of the customer list: kept, renamed, opened first, taken away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from khachquen.base import InputError, system_clock
from khachquen.relate.lists import open_first, remove_view, rename_view, save_view
from khachquen.web.listing import current
from khachquen.web.people import signed_in


@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the list as it stands under a name."""
    asked = current(request)
    try:
        view = save_view(
            request.POST.get("name", ""),
            asked.words,
            user=signed_in(request),
            at=system_clock(),
            is_shared=bool(request.POST.get("shared")),
        )
    except InputError as refused:
        messages.error(request, refused.in_language(get_language() or "vi"))
        return redirect(asked.address())
    messages.success(request, gettext("Đã lưu chế độ xem “%(name)s”.") % {"name": view.name})
    return redirect(f"{reverse('customers')}{view.address}")


@require_POST
def call_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Call a view otherwise."""
    name = request.POST.get("name", "")
    try:
        view = rename_view(view_id, name, user=signed_in(request), at=system_clock())
    except InputError as refused:
        messages.error(request, refused.in_language(get_language() or "vi"))
        return redirect("customers")
    messages.success(request, gettext("Đã đổi tên thành “%(name)s”.") % {"name": view.name})
    return redirect(f"{reverse('customers')}{view.address}")


@require_POST
def choose_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Open a view first whenever the list is opened, or no longer."""
    is_on = request.POST.get("on") == "1"
    open_first(view_id if is_on else None, user=signed_in(request), at=system_clock())
    words = (
        gettext("Từ nay danh sách mở chế độ xem này trước.")
        if is_on
        else gettext("Từ nay danh sách mở như thường lệ.")
    )
    messages.success(request, words)
    return redirect("customers")


@require_POST
def drop_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Take a saved view away; nobody in it is touched."""
    remove_view(view_id, user=signed_in(request), at=system_clock())
    messages.success(request, gettext("Đã bỏ chế độ xem. Khách hàng không đổi gì."))
    return redirect("customers")
