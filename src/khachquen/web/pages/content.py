"""Mails the shop writes: the list, a new one, one of them whole, its versions."""

from difflib import unified_diff

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.activate.campaigns.trying_out import Wish
from khachquen.activate.content.checking import check_template, is_usable
from khachquen.activate.content.finding import WordingError
from khachquen.activate.content.making.wording import Wording
from khachquen.activate.content.reading import (
    get_template,
    list_templates,
    list_versions,
    row_of,
)
from khachquen.activate.content.starters import STARTERS, start
from khachquen.activate.content.trying import AWKWARD, Trial, list_people, try_saved, try_unsaved
from khachquen.activate.content.writing import WRITE, add_template, put_back, set_archived
from khachquen.base import system_clock
from khachquen.unify.catalogue import list_products
from khachquen.web.mailing import show_mail, show_problems
from khachquen.web.measuring import in_language
from khachquen.web.pages.content_sample import shown_sample
from khachquen.web.pages.trying_out import TryOutForm, new_form, send_try_out, shown_try_outs
from khachquen.web.people import signed_in

_PRODUCTS = 3
VIEWS = ("wide", "phone", "dark", "text")


@require_safe
def show_templates(request: HttpRequest) -> HttpResponse:
    """Every mail with a look at it."""
    archived = request.GET.get("show") == "archived"
    known = list_templates(archived=archived)
    context = {
        "templates": known,
        "is_archived": archived,
        "is_new": not known and not archived,
        "starters": STARTERS,
        "may_write": signed_in(request).may(WRITE),
    }
    return render(request, "content/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_template(request: HttpRequest) -> HttpResponse:
    """Choose what to begin from; the mail is made at once and opened to be written."""
    if request.method != "POST":
        context = {"starters": STARTERS, "may_write": signed_in(request).may(WRITE)}
        return render(request, "content/new.html", context)
    key = request.POST.get("starter", "")
    starter = next((one for one in STARTERS if one.key == key), None)
    if starter is None:
        raise Http404
    made = add_template(
        in_language(starter.name), _begun(key), user=signed_in(request), at=system_clock()
    )
    messages.success(request, gettext("Đã tạo từ mẫu. Sửa lời cho đúng giọng cửa hàng rồi lưu."))
    return redirect(reverse("edit_template", args=[made]) + "#paper")


@require_safe
def look_at_starter(request: HttpRequest, key: str) -> HttpResponse:
    """A starter as somebody would get it."""
    if key not in {one.key for one in STARTERS}:
        raise Http404
    return show_trial(_begun(key), "new")


@require_safe
def show_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """One mail: what there is to mend, how people would see it, its versions."""
    return _page(request, template_id, new_form(request))


@require_POST
def send_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """Send its newest version to oneself."""
    version = get_template(template_id).version
    if form := send_try_out(request, Wish(version.id, 0, "", "")):
        return _page(request, template_id, form, status=400)
    return redirect("template", template_id=template_id)


def _page(
    request: HttpRequest, template_id: int, form: TryOutForm, *, status: int = 200
) -> HttpResponse:
    template = get_template(template_id)
    findings = check_template(template_id)
    view = request.GET.get("view", "wide")
    people = list_people()
    default = str(people[0][0]) if people else "new"
    who = request.GET.get("who", default)
    context = {
        "template": template,
        "findings": findings,
        "is_usable": is_usable(findings),
        "versions": list_versions(template_id),
        "people": people,
        "awkward": {key: words for key, (words, _) in AWKWARD.items()},
        "who": who,
        "view": view if view in VIEWS else "wide",
        "tried": _first(try_saved(template.version.id, [who], now=system_clock())),
        "may_write": signed_in(request).may(WRITE),
        "may_send": signed_in(request).is_admin,
        "try_out_form": form,
    }
    context |= shown_try_outs(template_id) | shown_sample(template_id)
    return render(request, "content/template.html", context, status=status)


@require_safe
def look_at(request: HttpRequest, template_id: int) -> HttpResponse:
    """The mail itself, for a frame: as one person would get it."""
    number = request.GET.get("version", "")
    template = get_template(template_id)
    version_id = template.version.id
    if number.isdecimal():
        version_id = row_of(template_id, int(number[:9])).pk
    trial = _first(try_saved(version_id, [request.GET.get("who", "new")], now=system_clock()))
    if trial is None:
        raise Http404
    return show_mail(trial.message, view=request.GET.get("view", ""))


@require_safe
def show_change(request: HttpRequest, template_id: int, number: int) -> HttpResponse:
    """What a version changed of the one before it, line by line."""
    versions = {one.number: one for one in list_versions(template_id)}
    if number not in versions:
        raise Http404
    after, before = versions[number], versions.get(number - 1)
    context = {
        "template": get_template(template_id),
        "version": after,
        "before": before,
        "lines": _difference(before.wording if before else None, after.wording),
        "is_newest": number == max(versions),
        "may_write": signed_in(request).may(WRITE),
    }
    return render(request, "content/change.html", context)


@require_POST
def put_template_back(request: HttpRequest, template_id: int, number: int) -> HttpResponse:
    """Say again what an earlier version said; that is a new version."""
    try:
        put_back(template_id, number, user=signed_in(request), at=system_clock())
    except WordingError as error:
        messages.error(request, in_language(error.message))
    else:
        messages.success(request, gettext("Đã đặt lại bản %(n)d.") % {"n": number})
    return redirect("template", template_id=template_id)


@require_POST
def archive_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """Put a mail away, or take it up again."""
    archived = request.POST.get("archived") == "1"
    set_archived(template_id, archived, user=signed_in(request), at=system_clock())
    messages.success(request, gettext("Đã cất mẫu thư.") if archived else gettext("Đã lấy lại."))
    return redirect("content")


def show_trial(wording: Wording, who: str, *, template_id: int = 0, view: str = "") -> HttpResponse:
    """A wording nobody saved as one person would get it, or what keeps it from being made."""
    try:
        trial = _first(try_unsaved(wording, [who], template_id=template_id, now=system_clock()))
    except WordingError as error:
        return show_problems(list(error.findings))
    if trial is None:
        raise Http404
    return show_mail(trial.message, view=view)


def _begun(key: str) -> Wording:
    sellable = [one.sku for one in list_products(limit=50) if one.price_minor and one.url]
    return start(key, sellable[:_PRODUCTS], get_language() or "vi")


def _first(found: list[Trial]) -> Trial | None:
    return found[0] if found else None


def _difference(before: Wording | None, after: Wording) -> list[tuple[str, str]]:
    """Lines with ``+``, ``-`` or nothing before them."""
    old, new = (_lines(one) if one else [] for one in (before, after))
    told = list(unified_diff(old, new, n=2, lineterm=""))[2:]
    return [(line[:1], line[1:]) for line in told if not line.startswith("@@")]


def _lines(wording: Wording) -> list[str]:
    head = [f"[{wording.purpose_kind}]", wording.subject, wording.preheader, ""]
    return [*head, *wording.mjml.splitlines(), "", *wording.text.splitlines()]
