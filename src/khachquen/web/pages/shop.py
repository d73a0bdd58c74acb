"""The shop's own settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from khachquen.base import ForbiddenError, InputError, Text, system_clock
from khachquen.govern import get_shop, record_audit, save_shop
from khachquen.web.pages.setup import ShopForm
from khachquen.web.people import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Name, trade, currency and clock; only an administrator may change them."""
    form = ShopForm(request.POST or None, initial=_now())
    if form.is_valid():
        _demand_admin(request)
        try:
            save_shop(**form.cleaned_data, at=system_clock())
        except InputError as error:
            form.refuse(error)
        else:
            actor = signed_in(request).email
            record_audit(actor=actor, action="shop.change", at=system_clock())
            messages.success(request, gettext("Đã lưu cửa hàng."))
            return redirect("shop")
    return render(request, "shop/shop.html", {"form": form}, status=400 if form.errors else 200)


def _now() -> dict[str, str]:
    shop = get_shop()
    if shop is None:
        return {}
    return {
        "name": shop.name,
        "trade": shop.trade,
        "currency": shop.currency,
        "timezone": shop.timezone,
    }


def _demand_admin(request: HttpRequest) -> None:
    if not signed_in(request).is_admin:
        raise ForbiddenError(
            "shop.admins_only",
            Text(
                vi="Chỉ quản trị viên được đổi thông tin cửa hàng.",
                en="Only an administrator may change the shop.",
            ),
        )
