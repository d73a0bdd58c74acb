"""Tokens for the REST interface: made here, shown once, revoked here."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from khachquen.base import ForbiddenError, InputError, system_clock
from khachquen.govern import issue_token, list_tokens, revoke_token
from khachquen.govern.tokens import SCOPES
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.once import is_first_time, new_mark
from khachquen.web.people import signed_in


class TokenForm(WordsForm):
    """What the token is for."""

    name = forms.CharField(
        label=_("Tên mã"),
        max_length=100,
        help_text=_("Đặt theo nơi dùng, ví dụ: Máy tính tiền chi nhánh 1."),
    )

    scopes = forms.MultipleChoiceField(
        label=_("Được làm thêm"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(key, in_language(words)) for key, words in SCOPES.items()],
        help_text=_(
            "Không tích thì mã không bắt đầu được chiến dịch nào và không gửi được thư nào."
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The list; after a POST also the new token, which no later page can show."""
    form = TokenForm(request.POST or None)
    value = ""
    if form.is_valid():
        if not is_first_time(request):
            return redirect("tokens")
        try:
            told = {"name": form.cleaned_data["name"], "scopes": form.cleaned_data["scopes"]}
            value = issue_token(signed_in(request), **told, at=system_clock()).value
            form = TokenForm()
        except (InputError, ForbiddenError) as error:
            form.refuse(error)
    context = {
        "form": form,
        "value": value,
        "tokens": list_tokens(signed_in(request)),
        "mark": new_mark(),
    }
    return render(request, "tokens/tokens.html", context, status=400 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Close a token for ever."""
    revoke_token(token_id, actor=signed_in(request), at=system_clock())
    messages.success(request, gettext("Đã thu hồi mã. Từ giờ mã này không mở được gì."))
    return redirect("tokens")
