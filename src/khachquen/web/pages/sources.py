"""Where events come from, and the keys they come with."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.base import ConflictError, InputError, NotFoundError, Text, system_clock
from khachquen.collect import (
    SourceView,
    create_source,
    issue_key,
    list_sources,
    revoke_key,
    set_source_enabled,
)
from khachquen.govern import record_audit
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


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every source, with how many keys are live."""
    arrivals = arrivals_by_source(system_clock())
    rows = [
        (found, sum(not key.revoked_at for key in found.keys), arrivals[found.id])
        for found in list_sources()
    ]
    return render(request, "sources/sources.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_source(request: HttpRequest) -> HttpResponse:
    """Make a source with its first key; a secret key is shown in the answer, this once."""
    form = SourceForm(request.POST or None)
    if form.is_valid():
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
    if not is_first_time(request):
        return redirect("source", source_id)
    return _with_new_key(request, source_id, trusted=request.POST.get("trusted") == "yes")


@require_POST
def close_key(request: HttpRequest, source_id: int, key_id: int) -> HttpResponse:
    """Revoke a key for ever."""
    if all(key.id != key_id for key in _find(source_id).keys):
        raise _no_such_source()
    revoke_key(key_id, at=system_clock())
    _note(request, "key.revoke", key_id)
    messages.success(request, gettext("Đã thu hồi khóa. Sự kiện gửi bằng khóa này bị từ chối."))
    return redirect("source", source_id)


@require_POST
def switch(request: HttpRequest, source_id: int) -> HttpResponse:
    """Switch a source off or on again; its keys stay."""
    is_on = request.POST.get("enabled") == "yes"
    set_source_enabled(source_id, is_on)
    _note(request, "source.enable" if is_on else "source.disable", source_id)
    words = gettext("Đã bật nguồn.") if is_on else gettext("Đã tắt nguồn. Khóa của nguồn vẫn còn.")
    messages.success(request, words)
    return redirect("source", source_id)


def _with_new_key(request: HttpRequest, source_id: int, *, trusted: bool) -> HttpResponse:
    issued = issue_key(source_id, trusted=trusted, at=system_clock())
    _note(request, "key.issue", issued.key.pk)
    if trusted:
        return _page(request, source_id, secret=issued.value)
    messages.success(request, gettext("Đã tạo khóa công khai."))
    return redirect("source", source_id)


def _page(request: HttpRequest, source_id: int, secret: str = "") -> HttpResponse:
    found = _find(source_id)
    live = [key.public_value for key in found.keys if key.public_value and not key.revoked_at]
    key = secret or (live[-1] if live else gettext("KHÓA_CỦA_BẠN"))
    context = {
        "source": found,
        "secret": secret,
        "arrivals": arrivals_by_source(system_clock())[found.id],
        "snippets": snippets_for(found.kind, key, request),
        "mark": new_mark(),
    }
    return render(request, "sources/source.html", context)


def _find(source_id: int) -> SourceView:
    for found in list_sources():
        if found.id == source_id:
            return found
    raise _no_such_source()


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
