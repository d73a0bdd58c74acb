"""A mail written: as code with errors by line, or by hand in the visual editor."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.activate.content.checking import check_unsaved
from khachquen.activate.content.finding import Finding, WordingError
from khachquen.activate.content.images import list_pictures
from khachquen.activate.content.making.wording import PurposeKind, Wording
from khachquen.activate.content.pieces import list_pieces
from khachquen.activate.content.reading import TemplateView, get_template
from khachquen.activate.content.shelving import list_names
from khachquen.activate.content.trying import AWKWARD, list_people
from khachquen.activate.content.writing import change_template
from khachquen.base import KhachQuenError, system_clock
from khachquen.web.forms import WordsForm
from khachquen.web.pages.content import show_trial
from khachquen.web.people import signed_in

_KINDS = (("advertising", _("Quảng cáo, chăm sóc")), ("transactional", _("Giao dịch")))
_EDITOR_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
    " https:; font-src 'self' data:; form-action 'none'; frame-ancestors 'self'; base-uri 'none'"
)


class WordingForm(WordsForm):
    """A mail as it is written."""

    name = forms.CharField(label=_("Tên mẫu thư"), max_length=200)
    purpose_kind = forms.ChoiceField(
        label=_("Loại thư"),
        choices=_KINDS,
        widget=forms.RadioSelect,
        help_text=_("Thư giao dịch chỉ báo về đơn hàng; một câu mời mua biến nó thành quảng cáo."),
    )
    subject = forms.CharField(
        label=_("Tiêu đề"), max_length=300, help_text=_("Thư quảng cáo mở đầu bằng [QC].")
    )
    preheader = forms.CharField(
        label=_("Dòng xem trước"),
        max_length=300,
        required=False,
        help_text=_("Câu hộp thư hiện cạnh tiêu đề."),
    )
    mjml = forms.CharField(
        label=_("Nội dung (MJML)"),
        max_length=400_000,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 24, "spellcheck": "false", "class": "mono", "data-mjml": ""}
        ),
    )
    text = forms.CharField(
        label=_("Bản chữ"),
        max_length=100_000,
        required=False,
        strip=False,
        help_text=_("Để trống thì lấy từ nội dung."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def wording(self) -> Wording:
        """What was written; fields that are missing are empty."""
        told = {name: str(self.data.get(name, "")) for name in self.fields}
        kind: PurposeKind = "advertising"
        if told["purpose_kind"] == "transactional":
            kind = "transactional"
        lines = {name: told[name].replace("\r\n", "\n") for name in ("mjml", "text")}
        subject, preheader = told["subject"].strip(), told["preheader"].strip()
        return Wording(subject, preheader, lines["mjml"], lines["text"].strip(), kind)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, template_id: int) -> HttpResponse:
    """Write a mail; what is wrong is said by line, and nothing that was written is lost."""
    template = get_template(template_id)
    form = WordingForm(request.POST or None, initial=_initial(template))
    findings: list[Finding] = []
    if form.is_valid():
        try:
            number = change_template(
                template_id,
                form.cleaned_data["name"],
                form.wording(),
                base=form.cleaned_data["base"],
                user=signed_in(request),
                at=system_clock(),
            )
        except WordingError as error:
            findings = list(error.findings)
            form.add_error(None, gettext("Chưa lưu: còn chỗ cần sửa, xem danh sách bên dưới."))
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã lưu bản %(n)d.") % {"n": number})
            return redirect("template", template_id=template_id)
    context = {**_aids(), "template": template, "form": form, "findings": findings}
    return render(request, "content/edit.html", context, status=400 if form.errors else 200)


@require_POST
def check(request: HttpRequest, template_id: int) -> HttpResponse:
    """What there is to say of what is in the form; nothing is kept."""
    template = get_template(template_id)
    form = WordingForm(request.POST)
    context = {"findings": check_unsaved(form.wording()), "is_checked": True, "template": template}
    if request.headers.get("HX-Request"):
        return render(request, "content/findings.html", context)
    return render(request, "content/edit.html", {**_aids(), **context, "form": form})


@require_POST
def try_out(request: HttpRequest, template_id: int) -> HttpResponse:
    """What is in the form as a mail, for a frame; nothing is kept."""
    get_template(template_id)
    wording = WordingForm(request.POST).wording()
    who, view = request.POST.get("who", "new"), request.POST.get("view", "")
    return show_trial(wording, who, template_id=template_id, view=view)


@require_safe
def show_editor(request: HttpRequest) -> HttpResponse:
    """The visual editor, a page of its own inside the page that writes.

    It draws mails with inline styles, which our pages refuse, so it has another policy: styles may
    be inline, scripts may not, nothing is fetched and no form is sent.
    """
    response = render(request, "content/editor.html")
    response["Content-Security-Policy"] = _EDITOR_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _initial(template: TemplateView) -> dict[str, Any]:
    wording = template.version.wording
    return {
        "name": template.name,
        "purpose_kind": wording.purpose_kind,
        "subject": wording.subject,
        "preheader": wording.preheader,
        "mjml": wording.mjml,
        "text": wording.text,
        "base": template.version.number,
    }


def _aids() -> dict[str, Any]:
    return {
        "names": list_names(),
        "pieces": list_pieces(),
        "pictures": list_pictures(12),
        "people": list_people(),
        "awkward": {key: one[0] for key, one in AWKWARD.items()},
    }
