"""Who lives together with a customer: added and taken out by hand."""

import re
from contextlib import suppress

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from khachquen.base import ConflictError, InputError, NotFoundError, Text, system_clock
from khachquen.unify.households import EVIDENCE, add_to_household, leave_household
from khachquen.unify.normalise import normalise_phone
from khachquen.unify.profiles import find_profile, get_profile
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in

_ADDRESS = re.compile(r"(?:.*/customers/)?(\d{1,9})")


class MemberForm(WordsForm):
    """Another person of the household."""

    who = forms.CharField(
        label=_("Người cùng hộ"),
        max_length=300,
        help_text=_("Số điện thoại, email, mã khách hàng, hoặc địa chỉ trang hồ sơ của người đó."),
    )
    evidence = forms.ChoiceField(
        label=_("Vì sao biết"),
        choices=lambda: [(key, in_language(words)) for key, words in EVIDENCE.items()],
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Put another person into the household of this one."""
    person = get_profile(profile_id).row
    form = MemberForm(request.POST or None)
    if form.is_valid():
        try:
            add_to_household(
                person.id,
                _find(form.cleaned_data["who"]),
                evidence=form.cleaned_data["evidence"],
                actor=signed_in(request).email,
                at=system_clock(),
            )
        except (InputError, ConflictError, NotFoundError) as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã thêm vào hộ gia đình. Hai hồ sơ vẫn riêng."))
            return redirect("customer", profile_id=person.id)
    context = {"form": form, "person": person}
    status = 400 if form.errors else 200
    return render(request, "customers/household_form.html", context, status=status)


@require_POST
def leave(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Take a member out; back to the page it was asked on."""
    member = request.POST.get("member", "")
    if member.isdecimal():
        leave_household(int(member[:18]), actor=signed_in(request).email, at=system_clock())
        messages.success(request, gettext("Đã đưa ra khỏi hộ gia đình."))
    return redirect("customer", profile_id=profile_id)


def _find(who: str) -> int:
    """The person somebody means by a phone, an e-mail, a customer id or the address of a page."""
    who = who.strip()
    if "@" in who:
        found = find_profile(f"email:{who}")
    elif normalise_phone(who):
        found = find_profile(f"phone:{who}")
    else:
        found = find_profile(f"user:{who}")
        if found is None and (place := _ADDRESS.fullmatch(who)):
            with suppress(NotFoundError):
                found = get_profile(int(place[1]))
    if found is None:
        raise NotFoundError(
            "households.not_found",
            Text(vi="Không tìm thấy khách hàng này.", en="This customer is not known."),
            path="who",
            hint=Text(
                vi="Kiểm tra lại số điện thoại, email hoặc mã khách hàng.",
                en="Check the phone number, the e-mail or the customer id.",
            ),
        )
    return found.row.id
