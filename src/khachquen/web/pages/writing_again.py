"""A second letter to those of whom nothing was heard: counted, approved where the shop wants that,
then sent."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from khachquen.activate.campaigns import approving, running
from khachquen.activate.campaigns.approving import Again
from khachquen.activate.campaigns.resending import (
    WHO,
    ask_again,
    begin_again,
    count_silent,
    why_not,
)
from khachquen.activate.campaigns.running import Run
from khachquen.base import KhachQuenError, system_clock
from khachquen.web.forms import WordsForm
from khachquen.web.pages.mail_accounts import demand_admin
from khachquen.web.people import signed_in

_ANSWERS = ("approve", "refuse", "withdraw")
_OPEN = ("asked", "approved")


class AgainForm(WordsForm):
    """To whom, and under which subject."""

    who = forms.ChoiceField(label=_("Gửi cho"), widget=forms.RadioSelect)
    subject = forms.CharField(
        label=_("Tiêu đề khác"),
        max_length=300,
        required=False,
        help_text=_("Để trống là giữ tiêu đề lần trước. Thư quảng cáo bắt đầu bằng [QC]."),
    )

    def __init__(self, run: Run, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = count_silent(run.pk)
        both = {"silent": found.silent, "both": found.silent + found.unknown}
        choices = (
            gettext("Người không thấy mở: %(silent)d người"),
            gettext("Cả người không biết đã mở hay chưa: %(both)d người"),
        )
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, words % both) for key, words in zip(WHO, choices, strict=True)]

    def wish(self, run: Run) -> Again:
        """What was filled in."""
        return Again(run, self.cleaned_data["who"], self.cleaned_data["subject"].strip())


@require_http_methods(["GET", "HEAD", "POST"])
def write_again(request: HttpRequest, run_id: int) -> HttpResponse:
    """Who has not opened, counted; nothing is sent before it is confirmed, and nothing another
    person has not approved, where the shop wants that."""
    demand_admin(request)
    run = running.get_run(run_id)
    how = request.POST.get("how", "send")
    form = AgainForm(run, request.POST or None, initial={"who": WHO[0]})
    if request.method == "POST" and (how in _ANSWERS or form.is_valid()):
        try:
            said = _do(request, run, how, form)
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, said)
            is_sent = how == "send"
            return redirect(
                *(("campaign", run.campaign_id) if is_sent else ("write_again", run_id))
            )
    context = {"run": run, "form": form, "why_not": why_not(run), **_standing(request, run)}
    return render(request, "campaigns/again.html", context, status=400 if form.errors else 200)


def _do(request: HttpRequest, run: Run, how: str, form: AgainForm) -> str:
    """What the button says, and the words for having done it."""
    user, now = signed_in(request), system_clock()
    if how in _ANSWERS:
        seen = request.POST.get("seen", "")[:64]
        approving.answer(run.campaign_id, how, seen=seen, again_of=run.pk, user=user, at=now)
        return gettext("Đã ghi nhận.")
    wish, links_open = form.wish(run), bool(settings.CONFIG.server.base_url)
    if how == "ask":
        note = request.POST.get("note", "")
        ask_again(wish, note=note, links_open=links_open, user=user, at=now)
        return gettext("Đã xin duyệt. Một quản trị viên khác duyệt rồi mới gửi được.")
    begin_again(
        run.pk,
        who=wish.who,
        subject=wish.subject,
        start_at=now,
        links_open=links_open,
        by=user.email,
        at=now,
    )
    return gettext("Đã lên lịch gửi nhắc lại.")


def _standing(request: HttpRequest, run: Run) -> dict[str, Any]:
    """Where its approval stands, what was asked for, and for how many people that is now."""
    if not approving.is_needed():
        return {"approval_state": ""}
    found = approving.stand(run.campaign, again_of=run.pk)
    row = found.approval if found.state in _OPEN else None
    silent = count_silent(run.pk)
    context: dict[str, Any] = {"approval_state": found.state, "approval": found.approval}
    if row is not None:
        is_both = row.again_who != WHO[0]
        context |= {
            "asked_for": row,
            "is_own": row.asked_by_id == signed_in(request).pk,
            "people": silent.silent + (silent.unknown if is_both else 0),
        }
    return context
