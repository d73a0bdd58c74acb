"""A letter on trial: asked for on a campaign's page and a template's, its answer shown there."""

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from khachquen.activate.campaigns.counting import reason_words
from khachquen.activate.campaigns.making import list_accounts
from khachquen.activate.campaigns.trying_out import TryOut, Wish, ask_try_outs, list_try_outs
from khachquen.activate.content.trying import AWKWARD, list_people
from khachquen.base import KhachQuenError, system_clock
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.pages.mail_accounts import demand_admin
from khachquen.web.people import signed_in

_OPEN = ("waiting", "claimed", "wire")


def _people() -> list[tuple[str, Any]]:
    known = list_people()
    real = [(str(one), name or gettext("Khách số %(n)s") % {"n": one}) for one, name in known]
    invented = [(key, in_language(words)) for key, (words, _who) in AWKWARD.items()]
    groups = [(gettext("Khách thật"), real), (gettext("Trường hợp khó"), invented)]
    return [group for group in groups if group[1]]


class TryOutForm(WordsForm):
    """Where to, as whom, and by which server."""

    addresses = forms.CharField(
        label=_("Gửi tới"),
        max_length=1_500,
        help_text=_("Nhiều nhất 5 địa chỉ của bạn và đồng nghiệp, cách nhau bằng dấu phẩy."),
    )
    who = forms.ChoiceField(label=_("Viết như cho"), choices=_people)
    account_id = forms.TypedChoiceField(
        label=_("Gửi qua"),
        coerce=int,
        choices=lambda: [(one.pk, f"{one.name} ({one.from_address})") for one in list_accounts()],
    )


def new_form(request: HttpRequest, account_id: int | None = None) -> TryOutForm:
    """The form as it first stands there: to whoever looks at it."""
    initial = {"addresses": signed_in(request).email, "account_id": account_id}
    return TryOutForm(initial=initial)


def send_try_out(request: HttpRequest, wish: Wish) -> TryOutForm | None:
    """Have what was asked for sent; the form with what is wrong, if it cannot be.

    Raises:
        ForbiddenError: who asks may send nothing (``campaigns.admins_only``).
    """
    demand_admin(request)
    form = TryOutForm(request.POST)
    if not form.is_valid():
        return form
    told = form.cleaned_data
    wish = replace(
        wish, addresses=told["addresses"], who=told["who"], account_id=told["account_id"]
    )
    per_hour = settings.CONFIG.sending.try_outs_per_hour
    try:
        made = ask_try_outs(wish, per_hour=per_hour, by=signed_in(request).email, at=system_clock())
    except KhachQuenError as error:
        form.refuse(error)
        return form
    words = ngettext("Đang gửi %(n)d thư thử.", "Đang gửi %(n)d thư thử.", len(made))
    messages.success(request, words % {"n": len(made)})
    return None


def shown_try_outs(template_id: int) -> dict[str, Any]:
    """What a page shows of the last ones of a template."""
    rows = list_try_outs(template_id)
    return {
        "try_outs": [(row, _state(row), _said(row)) for row in rows],
        "are_leaving": any(row.state in _OPEN for row in rows),
        "has_account": bool(list_accounts()),
    }


def _state(row: TryOut) -> tuple[str, str, str]:
    """Words, colour and icon of how it stands."""
    if row.state == "sent":
        return gettext("Máy chủ đã nhận"), "good", "check"
    if row.state == "failed":
        return gettext("Không gửi được"), "danger", "error"
    if row.state == "unknown":
        return gettext("Không rõ"), "warning", "warning"
    return gettext("Đang gửi"), "", "waiting"


def _said(row: TryOut) -> str:
    """The server's answer as it gave it; else why there is none."""
    if row.reply and row.reason != "not_written":
        return gettext("Máy chủ nói: %(words)s") % {"words": row.reply}
    words = in_language(reason_words(row.reason, "email")) if row.reason else ""
    return f"{words} ({row.reply})" if row.reply else words
