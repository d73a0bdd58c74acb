"""The first visit: name the shop, make the first administrator, get the keys. Closed afterwards."""

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from khachquen.base import ConflictError, InputError, system_clock
from khachquen.flows.install import make_first_keys
from khachquen.govern import User, create_first_admin, has_admin, save_shop, update_account
from khachquen.web.errors import error_page
from khachquen.web.forms import WordsForm
from khachquen.web.snippets import snippets_for

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_DRAFT = "setup-shop"

TRADES = [
    ("retail", _("Bán lẻ, thời trang, gia dụng")),
    ("food", _("Ăn uống")),
    ("spa", _("Spa, làm đẹp, sức khỏe")),
    ("education", _("Giáo dục, đào tạo")),
    ("b2b", _("Bán cho doanh nghiệp")),
    ("other", _("Ngành khác")),
]
CURRENCIES = [
    ("VND", _("Đồng Việt Nam (₫)")),
    ("USD", _("Đô la Mỹ ($)")),
    ("EUR", _("Euro (€)")),
    ("GBP", _("Bảng Anh (£)")),
    ("JPY", _("Yên Nhật (¥)")),
    ("KRW", _("Won Hàn Quốc")),
    ("CNY", _("Nhân dân tệ")),
    ("THB", _("Baht Thái")),
    ("SGD", _("Đô la Singapore")),
    ("AUD", _("Đô la Úc")),
]
NEAR_ZONES = [
    "Asia/Ho_Chi_Minh",
    "Asia/Bangkok",
    "Asia/Jakarta",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Europe/London",
    "Europe/Paris",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
]


def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Zones nearby first, then every other one the machine knows."""
    rest = sorted(zone for zone in available_timezones() if "/" in zone and zone not in NEAR_ZONES)
    return [
        (str(_("Thường dùng")), [(zone, zone) for zone in NEAR_ZONES]),
        (str(_("Tất cả")), [(zone, zone) for zone in rest]),
    ]


class ShopForm(WordsForm):
    """What the shop is called and how it counts."""

    name = forms.CharField(
        label=_("Tên cửa hàng"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    trade = forms.ChoiceField(label=_("Ngành hàng"), choices=TRADES, widget=forms.RadioSelect)
    currency = forms.ChoiceField(
        label=_("Tiền tệ"),
        choices=CURRENCIES,
        help_text=_("Doanh thu được tính và hiển thị bằng tiền này."),
    )
    timezone = forms.ChoiceField(
        label=_("Múi giờ"),
        choices=zone_choices,
        help_text=_("Một ngày trong báo cáo bắt đầu lúc 0 giờ theo múi giờ này."),
    )


class AdminForm(WordsForm):
    """The first administrator."""

    name = forms.CharField(
        label=_("Tên của bạn"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput({"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        max_length=1024,
        strip=False,
        help_text=_(
            "Ít nhất 10 ký tự, không phải mật khẩu phổ biến, không giống tên hay email của bạn. "
            "Một câu dài dễ nhớ là tốt nhất."
        ),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shop_step(request: HttpRequest) -> HttpResponse:
    """Step 1: the shop. What was typed waits in the session until there is an administrator."""
    if has_admin():
        return _closed(request)
    first = request.session.get(_DRAFT) or {
        "trade": "retail",
        "currency": settings.CONFIG.shop.currency,
        "timezone": settings.CONFIG.shop.timezone,
    }
    form = ShopForm(request.POST or None, initial=first)
    if form.is_valid():
        request.session[_DRAFT] = form.cleaned_data
        return redirect("setup_admin")
    return render(request, "setup/shop.html", {"form": form}, status=400 if form.errors else 200)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def admin_step(request: HttpRequest) -> HttpResponse:
    """Step 2: the administrator. Of many who send it at once exactly one becomes it."""
    if has_admin():
        return _closed(request)
    draft = request.session.get(_DRAFT)
    if not draft:
        return redirect("setup")
    form = AdminForm(request.POST or None)
    if form.is_valid():
        try:
            return _open_shop(request, form, draft)
        except InputError as error:
            form.refuse(error)
        except ConflictError:
            return _closed(request)
    return render(request, "setup/admin.html", {"form": form}, status=400 if form.errors else 200)


def _open_shop(request: HttpRequest, form: AdminForm, draft: dict[str, str]) -> HttpResponse:
    """Step 3: make everything, sign in, and show the keys this once."""
    at = system_clock()
    user: User = create_first_admin(**form.cleaned_data, at=at)
    update_account(user, name=user.name, language=get_language() or "vi")
    save_shop(**draft, at=at)
    keys = make_first_keys(at)
    login(request, user, backend=_BACKEND)
    request.session.pop(_DRAFT, None)
    context = {
        "public": keys.public,
        "secret": keys.secret,
        "website": snippets_for("website", keys.public, request)[0],
        "server": snippets_for("server", keys.secret, request)[0],
    }
    return render(request, "setup/keys.html", context)


def _closed(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("sources")
    return error_page(request, 404)
