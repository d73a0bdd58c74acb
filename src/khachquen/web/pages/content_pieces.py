"""What mails are put together from: blocks, snippets, pictures, and who sends."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from khachquen.activate.content.finding import Finding, WordingError
from khachquen.activate.content.identity import Identity, read_identity, save_identity
from khachquen.activate.content.images import (
    MOST_BYTES,
    TYPES,
    add_picture,
    list_pictures,
    read_picture,
)
from khachquen.activate.content.pieces import (
    KINDS,
    add_piece,
    change_piece,
    get_piece,
    history_of,
    list_pieces,
)
from khachquen.activate.content.writing import WRITE
from khachquen.base import KhachQuenError, system_clock
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in

_YEAR_S = 365 * 24 * 3600


class PieceForm(WordsForm):
    """A block or a snippet."""

    name = forms.CharField(
        label=_("Tên để gọi"),
        max_length=59,
        help_text=_("Chữ thường không dấu, số và gạch nối, ví dụ: chan-trang."),
    )
    kind = forms.ChoiceField(
        label=_("Loại"),
        choices=(("block", _("Khối MJML: một hay nhiều phần")), ("snippet", _("Đoạn chữ"))),
        widget=forms.RadioSelect,
        initial="block",
    )
    source = forms.CharField(
        label=_("Nội dung"),
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "mono"}),
    )


class IdentityForm(WordsForm):
    """Who sends."""

    sender = forms.CharField(label=_("Tên người gửi"), max_length=200)
    address = forms.CharField(
        label=_("Địa chỉ"),
        max_length=200,
        help_text=_("Địa chỉ có thật; luật yêu cầu ghi trong thư quảng cáo."),
    )
    phone = forms.CharField(label=_("Điện thoại"), max_length=40, required=False)
    email = forms.EmailField(label=_("Email trả lời"), required=False)
    website = forms.CharField(label=_("Trang web"), max_length=200, required=False)


@require_safe
def show_pieces(request: HttpRequest) -> HttpResponse:
    """Blocks and snippets, and the mails that hold them."""
    context = {"pieces": list_pieces(), "kinds": KINDS, "may_write": signed_in(request).may(WRITE)}
    return render(request, "content/pieces.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_piece(request: HttpRequest) -> HttpResponse:
    """A new block or snippet."""
    form = PieceForm(request.POST or None)
    findings: list[Finding] = []
    if form.is_valid():
        told = form.cleaned_data
        try:
            add_piece(
                told["name"],
                told["kind"],
                told["source"].replace("\r\n", "\n"),
                user=signed_in(request),
                at=system_clock(),
            )
        except WordingError as error:
            findings = list(error.findings)
            form.add_error("source", gettext("Còn chỗ cần sửa, xem danh sách bên dưới."))
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã lưu. Thư nào cũng dùng được."))
            return redirect("pieces")
    context = {"form": form, "findings": findings}
    return render(request, "content/piece.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_piece(request: HttpRequest, piece_id: int) -> HttpResponse:
    """A block or snippet said anew."""
    piece = get_piece(piece_id)
    form = PieceForm(request.POST or None, initial={"source": piece.source})
    del form.fields["name"], form.fields["kind"]
    findings: list[Finding] = []
    if form.is_valid():
        source = form.cleaned_data["source"].replace("\r\n", "\n")
        try:
            change_piece(piece_id, source, user=signed_in(request), at=system_clock())
        except WordingError as error:
            findings = list(error.findings)
            form.add_error("source", gettext("Còn chỗ cần sửa, xem danh sách bên dưới."))
        else:
            messages.success(request, gettext("Đã lưu bản mới của khối."))
            return redirect("pieces")
    history = history_of(piece_id)
    context = {"form": form, "findings": findings, "piece": piece, "history": history}
    return render(request, "content/piece.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request: HttpRequest) -> HttpResponse:
    """Pictures for mails, and a new one."""
    error = ""
    if request.method == "POST":
        given = request.FILES.get("picture")
        content = given.read(MOST_BYTES + 1) if given else b""
        try:
            add_picture(
                str(given.name) if given else "",
                content,
                user=signed_in(request),
                at=system_clock(),
            )
        except KhachQuenError as refused:
            words = [refused.message, refused.hint] if refused.hint else [refused.message]
            error = " ".join(in_language(text) for text in words)
        else:
            messages.success(request, gettext("Đã tải ảnh lên."))
            return redirect("pictures")
    base = settings.CONFIG.server.base_url or f"{request.scheme}://{request.get_host()}"
    context: dict[str, Any] = {
        "pictures": list_pictures(),
        "base": base,
        "error": error,
        "may_write": signed_in(request).may(WRITE),
    }
    return render(request, "content/pictures.html", context, status=400 if error else 200)


@login_not_required
@require_safe
def serve_picture(request: HttpRequest, name: str) -> HttpResponse:
    """A picture for whoever opens a mail: the same for everybody and for ever, and no cookie."""
    digest, _dot, kind = name.partition(".")
    response = HttpResponse(read_picture(digest, kind), content_type=TYPES.get(kind, ""))
    response["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: HttpRequest) -> HttpResponse:
    """Who the shop is in its mails."""
    form = IdentityForm(request.POST or None, initial=asdict(read_identity()))
    if form.is_valid():
        try:
            told = Identity(**form.cleaned_data)
            save_identity(told, user=signed_in(request), at=system_clock())
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã lưu người gửi."))
            return redirect("identity")
    context = {"form": form, "may_write": signed_in(request).may(WRITE)}
    return render(request, "content/identity.html", context, status=400 if form.errors else 200)
