"""Who was joined, why and when; and staff's word on it, which can always be taken back."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from khachquen.base import InputError, KhachQuenError, NotFoundError, Text, system_clock
from khachquen.flows.deciding import decide
from khachquen.unify.decisions import (
    Ruling,
    join_people,
    keep_apart,
    list_history,
    list_refusals,
    split_person,
    undo,
    unmerge,
    waiting_acts,
)
from khachquen.unify.profiles import ProfileRow, find_profile, get_profile
from khachquen.unify.suggestions import SuggestionView, suggestions_of
from khachquen.web.forms import WordsForm
from khachquen.web.histories import tell_changes
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in

_SHOWN = 100


class OtherForm(WordsForm):
    """Another customer, named as people name them, and why."""

    other = forms.CharField(
        label=_("Khách kia"),
        max_length=300,
        help_text=_("Số hồ sơ, số điện thoại, email hoặc mã khách hàng."),
    )
    why = forms.CharField(label=_("Vì sao"), max_length=500, required=False)


@require_safe
def list_merges(request: HttpRequest) -> HttpResponse:
    """What became of everybody's records, newest first; or the evidence that joins nobody."""
    show = request.GET.get("show", "")
    shows_refused = show in ("refused", "conflict")
    reason = "conflict" if show == "conflict" else ""
    told = list_refusals(reason=reason, limit=_SHOWN) if shows_refused else None
    context = {
        "told": tell_changes(list_history(limit=_SHOWN) if told is None else told),
        "shows_refused": shows_refused,
        "waiting": len(waiting_acts()),
    }
    return render(request, "merges/list.html", context)


@require_safe
def show_identity(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Why one person is one person: identifiers, merges, what was refused, and what to do."""
    return _identity_page(request, profile_id, OtherForm())


@require_POST
def join(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Make this person and another one, or never."""
    form = OtherForm(request.POST)
    if form.is_valid():
        verb = keep_apart if request.POST.get("act") == "apart" else join_people
        action = "people.keep_apart" if verb is keep_apart else "people.join"
        try:
            other = _find_other(form.cleaned_data["other"])
            ruling = _ruling(request, form.cleaned_data["why"])
            decide(lambda one: verb(profile_id, other, one), ruling, action=action)
            return _decided(request, profile_id)
        except KhachQuenError as error:
            form.refuse(_beside(error))
    return _identity_page(request, profile_id, form, status=400)


@require_POST
def split(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Some identifiers are somebody else's."""
    nodes = [int(one) for one in request.POST.getlist("node") if one.isdecimal()]
    return _act(
        request, profile_id, lambda one: split_person(profile_id, nodes, one), action="people.split"
    )


@require_POST
def take_back(request: HttpRequest, change_id: int) -> HttpResponse:
    """A recorded merge is taken back, and kept back."""
    return _act(
        request, _came_from(request), lambda one: unmerge(change_id, one), action="people.unmerge"
    )


@require_POST
def take_decision_back(request: HttpRequest, act: int) -> HttpResponse:
    """People are drawn as if staff had never decided so."""
    return _act(request, _came_from(request), lambda one: undo(act, one), action="people.undo")


def _act(
    request: HttpRequest, profile_id: int | None, make: Callable[[Ruling], int], *, action: str
) -> HttpResponse:
    try:
        decide(make, _ruling(request, request.POST.get("why", "")), action=action)
    except KhachQuenError as error:
        words = [error.message, error.hint] if error.hint else [error.message]
        messages.error(request, " ".join(in_language(text) for text in words))
        return redirect("identity", profile_id) if profile_id else redirect("merges")
    return _decided(request, profile_id)


def _decided(request: HttpRequest, profile_id: int | None) -> HttpResponse:
    messages.success(request, gettext("Đã ghi quyết định. Hồ sơ đổi theo trong một giây."))
    return redirect("identity", profile_id) if profile_id else redirect("merges")


def _identity_page(
    request: HttpRequest, profile_id: int, form: OtherForm, *, status: int = 200
) -> HttpResponse:
    try:
        profile = get_profile(profile_id)
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None
    if profile.is_moved:
        return redirect("identity", profile.row.id)
    context = {
        "profile": profile,
        "person": profile.row,
        "history": tell_changes(list_history(profile_id), beside=profile_id),
        "refused": tell_changes(list_refusals(profile_id, limit=_SHOWN), beside=profile_id),
        "form": form,
        "alike": _alike(profile.row.id),
        "waiting": len(waiting_acts()),
    }
    return render(request, "merges/identity.html", context, status=status)


def _alike(profile_id: int) -> list[tuple[SuggestionView, ProfileRow]]:
    """Whom this person may be the same as, waiting for somebody's word."""
    return [
        (one, get_profile(other).row)
        for one in suggestions_of(profile_id, system_clock())
        for other in one.people
        if other != profile_id
    ]


def _find_other(named: str) -> int:
    """A person by number, phone, e-mail or customer number."""
    text = named.strip()
    for kind in ("user", "phone", "email"):
        if found := find_profile(f"{kind}:{text}"):
            return found.row.id
    if text.isdecimal() and len(text) < 19 and text[0] != "0":
        return get_profile(int(text)).row.id
    raise InputError(
        "identity.nobody_named",
        Text(vi=f"Không có khách nào là {text[:60]!r}.", en=f"Nobody is {text[:60]!r}."),
        path="other",
    )


def _ruling(request: HttpRequest, why: str) -> Ruling:
    return Ruling(by=signed_in(request).email, at=system_clock(), why=why.strip()[:500])


def _came_from(request: HttpRequest) -> int | None:
    """The person whose page the button stood on."""
    person = request.GET.get("person", "")
    return int(person) if person.isdecimal() and len(person) < 19 else None


def _beside(error: KhachQuenError) -> KhachQuenError:
    """The rooms know the other person as ``other_id``; the form, as ``other``."""
    error.path = "other" if error.path == "other_id" else error.path
    return error
