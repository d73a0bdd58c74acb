"""Where events come from, and the keys they come with."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.base import (
    ConflictError,
    ForbiddenError,
    InputError,
    NotFoundError,
    Text,
    system_clock,
)
from khachquen.collect import (
    KeyView,
    SourceView,
    create_source,
    issue_key,
    list_sources,
    revoke_key,
    set_source_enabled,
)
from khachquen.collect.event import SourceRules
from khachquen.collect.keys import MAX_RATE, IssuedKey, replace_key, set_rate
from khachquen.collect.rules import save_rules
from khachquen.collect.vocabulary import count_names, forget_names
from khachquen.collect.watching import set_expectation
from khachquen.govern import record_audit
from khachquen.web.alarms import silent_sources
from khachquen.web.arrivals import arrivals_by_source
from khachquen.web.forms import WordsForm
from khachquen.web.once import is_first_time, new_mark
from khachquen.web.people import signed_in
from khachquen.web.snippets import snippets_for

MADE_HERE = [
    ("website", _("Trang web: khóa công khai, đặt trong mã của trang")),
    ("server", _("Máy chủ, máy tính tiền: khóa bí mật, đơn hàng được tính doanh thu")),
]


class SourceForm(WordsForm):
    """A new place events come from."""

    name = forms.CharField(
        label=_("Tên nguồn"),
        max_length=100,
        help_text=_("Ví dụ: Website chính, Máy tính tiền Quận 3."),
    )
    kind = forms.ChoiceField(
        label=_("Loại"), choices=MADE_HERE, initial="website", widget=forms.RadioSelect
    )


EXPECTED = [
    ("", _("Theo loại nguồn (chỉ trang web, mỗi ngày)")),
    ("0", _("Không báo")),
    ("1", _("Ít nhất mỗi giờ")),
    ("6", _("Ít nhất mỗi 6 giờ")),
    ("24", _("Ít nhất mỗi ngày")),
    ("72", _("Ít nhất mỗi 3 ngày")),
    ("168", _("Ít nhất mỗi tuần")),
]


class SettingsForm(WordsForm):
    """What holds for a source: what is expected of it, what it may do, what it lets in."""

    expect_hours = forms.ChoiceField(
        label=_("Báo khi không có dữ liệu"),
        choices=EXPECTED,
        required=False,
        help_text=_(
            "Báo trên trang Tổng quan và trang này; chưa gửi email. Mức dưới một ngày "
            "không tính giờ nghỉ từ 22 đến 7 giờ."
        ),
    )
    events_per_second = forms.IntegerField(
        label=_("Số sự kiện mỗi giây của một khóa"),
        required=False,
        min_value=1,
        max_value=MAX_RATE,
        help_text=_(
            "Gửi nhanh hơn thì bị từ chối tạm thời và máy gửi sẽ gửi lại. "
            "Để trống để dùng mức chung của hệ thống."
        ),
    )
    honour_consent = forms.BooleanField(
        label=_("Bỏ qua khách không đồng ý đo lường"),
        required=False,
        help_text=_(
            "Khách chọn “không đồng ý” hoặc bật “không theo dõi” trên trình duyệt: "
            "sự kiện chỉ được đếm, không giữ nội dung. Đơn hàng do cửa hàng gửi vẫn được giữ."
        ),
    )
    drop_robots = forms.BooleanField(
        label=_("Bỏ qua máy tự động"),
        required=False,
        help_text=_(
            "Máy tìm kiếm, máy quét: nếu không chọn, sự kiện của chúng được giữ "
            "nhưng không tính vào báo cáo."
        ),
    )


GRACE = {
    "0": timedelta(0),
    "1": timedelta(days=1),
    "7": timedelta(days=7),
    "30": timedelta(days=30),
}
"""How long an old key opens beside the new one, in days as the form names them."""


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every source, with how many keys are live."""
    now = system_clock()
    arrivals, silent = arrivals_by_source(now), silent_sources(now)
    quiet = {silence.source_id for silence in silent}
    rows = [
        (found, sum(key.is_open(now) for key in found.keys), arrivals[found.id], found.id in quiet)
        for found in list_sources()
    ]
    return render(request, "sources/sources.html", {"rows": rows, "silent": silent})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_source(request: HttpRequest) -> HttpResponse:
    """Make a source with its first key; a secret key is shown in the answer, this once."""
    form = SourceForm(request.POST or None)
    if form.is_valid():
        _demand_admin(request)
        if not is_first_time(request):
            return redirect("sources")
        try:
            at, given = system_clock(), form.cleaned_data
            source = create_source(**given, at=at)
        except (InputError, ConflictError) as error:
            form.refuse(error)
        else:
            _note(request, "source.create", source.pk)
            return _with_new_key(request, source.pk, trusted=given["kind"] == "server")
    context = {"form": form, "mark": new_mark()}
    return render(request, "sources/new.html", context, status=400 if form.errors else 200)


@require_safe
def source(request: HttpRequest, source_id: int) -> HttpResponse:
    """One source: its keys, and the code that uses them."""
    return _page(request, source_id)


@never_cache
@require_POST
def new_key(request: HttpRequest, source_id: int) -> HttpResponse:
    """Issue one more key for a source."""
    _demand_admin(request)
    if not is_first_time(request):
        return redirect("source", source_id)
    return _with_new_key(request, source_id, trusted=request.POST.get("trusted") == "yes")


@require_POST
def close_key(request: HttpRequest, source_id: int, key_id: int) -> HttpResponse:
    """Revoke a key for ever."""
    _demand_admin(request)
    _find_key(source_id, key_id)
    revoke_key(key_id, at=system_clock())
    _note(request, "key.revoke", key_id)
    messages.success(request, gettext("Đã thu hồi khóa. Sự kiện gửi bằng khóa này bị từ chối."))
    return redirect("source", source_id)


@never_cache
@require_POST
def replace_with_new(request: HttpRequest, source_id: int, key_id: int) -> HttpResponse:
    """Issue a key in the place of another, which opens for as long as was chosen."""
    _demand_admin(request)
    old = _find_key(source_id, key_id)
    if not is_first_time(request):
        return redirect("source", source_id)
    now = system_clock()
    closes_at = now + GRACE.get(request.POST.get("days", ""), GRACE["7"])
    issued = replace_key(key_id, closes_at=closes_at, at=now)
    _note(request, "key.replace", key_id)
    return _show_new_key(request, source_id, issued, trusted=old.trusted)


@require_POST
def save_settings(request: HttpRequest, source_id: int) -> HttpResponse:
    """Change what holds for a source."""
    _demand_admin(request)
    found = _find(source_id)
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _page(request, found.id, form=form)
    given = form.cleaned_data
    set_expectation(found.id, int(given["expect_hours"]) if given["expect_hours"] else None)
    set_rate(found.id, given["events_per_second"])
    save_rules(found.id, SourceRules(given["honour_consent"], given["drop_robots"]))
    _note(request, "source.change", found.id)
    messages.success(request, gettext("Đã lưu thiết lập của nguồn."))
    return redirect("source", source_id)


@require_POST
def clear_names(request: HttpRequest, source_id: int) -> HttpResponse:
    """Forget the names public keys have used, after somebody forged many."""
    _demand_admin(request)
    forget_names(_find(source_id).id)
    _note(request, "source.clear_names", source_id)
    messages.success(request, gettext("Đã xóa danh sách tên. Tên mới lại được nhận."))
    return redirect("source", source_id)


@require_POST
def switch(request: HttpRequest, source_id: int) -> HttpResponse:
    """Switch a source off or on again; its keys stay."""
    _demand_admin(request)
    is_on = request.POST.get("enabled") == "yes"
    set_source_enabled(source_id, is_on)
    _note(request, "source.enable" if is_on else "source.disable", source_id)
    words = gettext("Đã bật nguồn.") if is_on else gettext("Đã tắt nguồn. Khóa của nguồn vẫn còn.")
    messages.success(request, words)
    return redirect("source", source_id)


def _with_new_key(request: HttpRequest, source_id: int, *, trusted: bool) -> HttpResponse:
    issued = issue_key(source_id, trusted=trusted, at=system_clock())
    _note(request, "key.issue", issued.key.pk)
    return _show_new_key(request, source_id, issued, trusted=trusted)


def _show_new_key(
    request: HttpRequest, source_id: int, issued: IssuedKey, *, trusted: bool
) -> HttpResponse:
    """A secret key in this answer and nowhere else; a public one on its page."""
    if trusted:
        return _page(request, source_id, secret=issued.value)
    messages.success(request, gettext("Đã tạo khóa công khai."))
    return redirect("source", source_id)


def _page(
    request: HttpRequest, source_id: int, *, secret: str = "", form: SettingsForm | None = None
) -> HttpResponse:
    found, now = _find(source_id), system_clock()
    open_keys = [key for key in found.keys if key.is_open(now)]
    public = [key.public_value for key in open_keys if key.public_value and not key.expires_at]
    context = {
        "source": found,
        "keys": [(key, key in open_keys) for key in found.keys],
        "secret": secret,
        "arrivals": arrivals_by_source(now)[found.id],
        "silent": [one for one in silent_sources(now) if one.source_id == found.id],
        "form": form or SettingsForm(initial=_initial(found)),
        "names": count_names(found.id),
        "caps": settings.CONFIG.ingest,
        "privacy": settings.CONFIG.privacy,
        "snippets": snippets_for(
            found.kind, secret or (public or [gettext("KHÓA_CỦA_BẠN")])[-1], request
        ),
        "mark": new_mark(),
    }
    return render(request, "sources/source.html", context, status=400 if form else 200)


def _initial(found: SourceView) -> dict[str, object]:
    return {
        "expect_hours": "" if found.expect_hours is None else str(found.expect_hours),
        "events_per_second": found.events_per_second,
        "honour_consent": found.rules.honour_consent,
        "drop_robots": found.rules.drop_robots,
    }


def _find(source_id: int) -> SourceView:
    for found in list_sources():
        if found.id == source_id:
            return found
    raise _no_such_source()


def _find_key(source_id: int, key_id: int) -> KeyView:
    """The key, if it is this source's: a page of one source changes nothing of another."""
    for key in _find(source_id).keys:
        if key.id == key_id:
            return key
    raise _no_such_source()


def _demand_admin(request: HttpRequest) -> None:
    if not signed_in(request).is_admin:
        raise ForbiddenError(
            "sources.admins_only",
            Text(
                vi="Chỉ quản trị viên được đổi nguồn và khóa.",
                en="Only an administrator may change sources and keys.",
            ),
        )


def _no_such_source() -> NotFoundError:
    return NotFoundError(
        "sources.unknown",
        Text(vi="Không có nguồn hay khóa này.", en="There is no such source or key."),
    )


def _note(request: HttpRequest, action: str, number: int) -> None:
    kind = action.partition(".")[0]
    record_audit(
        actor=signed_in(request).email,
        action=action,
        subject=f"{kind}:{number}",
        at=system_clock(),
    )
