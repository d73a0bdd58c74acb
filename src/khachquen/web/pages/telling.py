"""Writing something down about a person, by hand."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from khachquen.base import ConflictError, InputError, system_clock
from khachquen.flows.telling import may_be_told, tell_trait
from khachquen.unify.profiles import get_profile
from khachquen.unify.traits import load_registry
from khachquen.unify.traits.definition import KINDS
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in


def _traits() -> list[tuple[str, str]]:
    """The shop's own first, then the built-in ones, each with the type of its values."""
    known = [one for one in load_registry().definitions.values() if may_be_told(one)]
    known.sort(key=lambda one: one.origin != "custom")
    return [
        (one.key, f"{in_language(one.label)} ({in_language(KINDS[one.kind]).lower()})")
        for one in known
    ]


class TellForm(WordsForm):
    """One trait and its value."""

    trait = forms.ChoiceField(label=_("Điều gì"), choices=_traits)
    value = forms.CharField(
        label=_("Giá trị"),
        max_length=2000,
        help_text=_("Viết như thường viết: 24/12/1990, 1tr250, có, cà phê; du lịch."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Note one value; it counts or not by the rules of its trait, and says who wrote it."""
    person = get_profile(profile_id)
    form = TellForm(request.POST or None, initial={"trait": request.GET.get("trait", "")})
    if form.is_valid():
        told = form.cleaned_data
        try:
            actor = signed_in(request).email
            tell_trait(
                settings.CONFIG,
                person,
                told["trait"],
                told["value"],
                actor=actor,
                clock=system_clock,
            )
        except (InputError, ConflictError) as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã ghi. Hồ sơ có giá trị này trong một hai giây."))
            return redirect("customer", profile_id=person.row.id)
    context = {"form": form, "person": person.row}
    status = 400 if form.errors else 200
    return render(request, "customers/tell.html", context, status=status)
