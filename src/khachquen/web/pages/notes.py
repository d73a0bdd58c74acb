"""What staff write about a customer: notes, and tags."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from khachquen.base import InputError, KhachQuenError, system_clock
from khachquen.flows.telling import tags_of, tell_tags
from khachquen.relate.notes import (
    add_note,
    change_note,
    get_note,
    read_tags,
    remember_tags,
    remove_note,
    restore_note,
)
from khachquen.unify.normalise import fold
from khachquen.unify.profiles import get_profile
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in


@require_POST
def write(request: HttpRequest, profile_id: int) -> HttpResponse:
    """A note about a person; it stands on their timeline."""
    person = get_profile(profile_id)
    try:
        add_note(person, request.POST.get("text", ""), user=signed_in(request), at=system_clock())
    except KhachQuenError as refused:
        _refuse(request, refused)
    else:
        messages.success(request, gettext("Đã ghi. Ghi chú nằm trên dòng thời gian."))
    return redirect("customer", profile_id=person.row.id)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, note_id: int) -> HttpResponse:
    """Say a note anew; what it said before stays readable below."""
    note = get_note(note_id)
    error, text = "", request.POST.get("text", note.text)
    if request.method == "POST":
        try:
            change_note(note_id, text, user=signed_in(request), at=system_clock())
        except InputError as refused:
            error = in_language(refused.message)
        else:
            return redirect("customer", profile_id=note.profile_id)
    context = {"note": note, "person": get_profile(note.profile_id).row, "text": text}
    status = 400 if error else 200
    return render(request, "customers/note.html", {**context, "error": error}, status=status)


@require_POST
def remove(request: HttpRequest, note_id: int) -> HttpResponse:
    """Take a note away; its page brings it back."""
    remove_note(note_id, user=signed_in(request), at=system_clock())
    messages.success(request, gettext("Đã bỏ ghi chú. Bấm “Lấy lại” nếu bỏ nhầm."))
    return redirect("note", note_id=note_id)


@require_POST
def restore(request: HttpRequest, note_id: int) -> HttpResponse:
    """Bring a note back."""
    restore_note(note_id, user=signed_in(request), at=system_clock())
    return redirect("customer", profile_id=get_note(note_id).profile_id)


@require_POST
def tag(request: HttpRequest, profile_id: int) -> HttpResponse:
    """The tags of one person as they should be, in one line."""
    person, at = get_profile(profile_id), system_clock()
    try:
        wanted = read_tags(",".join(request.POST.getlist("tags")))
        kept = {fold(one) for one in wanted}
        tell_tags(
            settings.CONFIG,
            [person],
            actor=signed_in(request).email,
            clock=system_clock,
            add=wanted,
            remove=[one for one in tags_of(person) if fold(one) not in kept],
        )
        remember_tags(wanted, at=at)
    except KhachQuenError as refused:
        _refuse(request, refused)
    else:
        messages.success(request, gettext("Đã ghi thẻ. Hồ sơ có thẻ này trong một hai giây."))
    return redirect("customer", profile_id=person.row.id)


def _refuse(request: HttpRequest, refused: KhachQuenError) -> None:
    words = [refused.message, refused.hint] if refused.hint else [refused.message]
    messages.error(request, " ".join(in_language(text) for text in words))
