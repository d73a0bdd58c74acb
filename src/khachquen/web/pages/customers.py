"""The people of the shop: the list, one person whole, one order, and the list as a file."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import messages
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from khachquen import store
from khachquen.activate.audiences import export_customers
from khachquen.base import InputError, NotFoundError, system_clock
from khachquen.flows.tagging import TAG, ask_to_tag, tag_people
from khachquen.relate.lists import list_views, remove_view, save_view
from khachquen.relate.notes import read_tags, remember_tags, suggest_tags
from khachquen.store.jobs import JobView, cancel, get_job
from khachquen.understand.timelines import order_lines
from khachquen.unify.profiles import ProfilePage, list_profiles, people_of_nodes
from khachquen.web.listing import choosable, current, show_columns
from khachquen.web.measuring import as_utc
from khachquen.web.people import signed_in
from khachquen.web.shops import currency_of, source_names

_EMPTY = ProfilePage((), "", "", 0)


def list_customers(request: HttpRequest) -> HttpResponse:
    """People found by what was typed, sorted, one page at a time."""
    asked = current(request)
    try:
        page = list_profiles(
            search=asked.search, sort=asked.sort, who=asked.who, cursor=asked.cursor
        )
        error = ""
    except InputError as refused:
        page, error = _EMPTY, refused.in_language(get_language() or "vi")
    columns = show_columns(asked, page)
    context = {
        "page": page,
        "asked": asked,
        "search": asked.search,
        "sort": asked.sort,
        "who": asked.who,
        "error": error,
        "columns": columns,
        "chosen": {one.key for one in columns},
        "choosable": choosable(),
        "views": list_views(signed_in(request)),
        "tags_in_use": suggest_tags(),
    }
    return render(request, "customers/list.html", context)


@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the list as it stands under a name."""
    asked = current(request)
    try:
        view = save_view(
            request.POST.get("name", ""),
            asked.words,
            user=signed_in(request),
            at=system_clock(),
            is_shared=bool(request.POST.get("shared")),
        )
    except InputError as refused:
        messages.error(request, refused.in_language(get_language() or "vi"))
        return redirect(f"{reverse('customers')}?{urlencode(asked.words)}")
    messages.success(request, gettext("Đã lưu chế độ xem “%(name)s”.") % {"name": view.name})
    return redirect(f"{reverse('customers')}{view.address}")


@require_POST
def drop_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Take a saved view away; nobody in it is touched."""
    remove_view(view_id, user=signed_in(request), at=system_clock())
    messages.success(request, gettext("Đã bỏ chế độ xem. Khách hàng không đổi gì."))
    return redirect("customers")


@require_POST
def tag_many(request: HttpRequest) -> HttpResponse:
    """Give or take tags: of the people ticked, or of all the list finds, which is a job."""
    asked, by = current(request), signed_in(request).email
    back = redirect(f"{reverse('customers')}?{urlencode(asked.words)}")
    try:
        tags = read_tags(request.POST.get("tags", ""))
        add, remove = ([], tags) if request.POST.get("act") == "remove" else (tags, [])
        if request.POST.get("all"):
            job = ask_to_tag(
                search=asked.search,
                who=asked.who,
                add=add,
                remove=remove,
                by=by,
                clock=system_clock,
            )
            remember_tags(add, at=system_clock())
            return redirect("tagging", job_id=job.id)
        ids = [int(one) for one in request.POST.getlist("person") if one.isdecimal()][:200]
        if not ids or not tags:
            messages.error(request, gettext("Hãy đánh dấu khách hàng và ghi ít nhất một thẻ."))
            return back
        n = tag_people(settings.CONFIG, ids, add=add, remove=remove, by=by, clock=system_clock)
        remember_tags(add, at=system_clock())
    except (InputError, NotFoundError) as refused:
        messages.error(request, refused.in_language(get_language() or "vi"))
        return back
    done = ngettext("Đã ghi thẻ cho %(n)s người.", "Đã ghi thẻ cho %(n)s người.", n)
    messages.success(request, done % {"n": n})
    return back


@require_safe
def show_tagging(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far the tagging of many is."""
    return render(request, "customers/tagging.html", {"job": _tagging(job_id)})


@require_POST
def stop_tagging(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop it before its next part; tags already given stay."""
    cancel(_tagging(job_id).id, at=system_clock())
    return redirect("tagging", job_id=job_id)


def _tagging(job_id: int) -> JobView:
    job = get_job(job_id)
    if job.kind != TAG:
        raise Http404
    return job


@require_POST
def export_list(request: HttpRequest) -> StreamingHttpResponse:
    """The list as searched, as a CSV file; taking it away is written down."""
    pieces = export_customers(
        actor=str(getattr(request.user, "email", "")),
        at=system_clock(),
        currency=currency_of(request),
        timezone=timezone.get_current_timezone(),
        language=get_language() or "vi",
        search=request.POST.get("q", ""),
        who=current(request).who,
    )
    body = _in_turns(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    name = f"khach-hang-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def show_order(request: HttpRequest, source_id: int) -> HttpResponse:
    """One order: its lines as last told, and what came back."""
    lines = store.ask(order_lines(source_id, request.GET.get("number", "")[:200])).dicts()
    if not lines:
        raise Http404
    owner = people_of_nodes([lines[0]["node_id"]]).get(lines[0]["node_id"])
    return render(
        request,
        "customers/order.html",
        {
            "number": request.GET["number"],
            "source": source_names().get(source_id, ""),
            "person": owner,
            "ordered": _entries(lines, "order"),
            "refunded": _entries(lines, "refund"),
        },
    )


def _entries(lines: Sequence[dict[str, Any]], entry: str) -> dict[str, Any] | None:
    found = [{**line, "at": as_utc(line["at"])} for line in lines if line["entry"] == entry]
    if not found:
        return None
    return {
        "lines": found,
        "at": found[0]["at"],
        "currency": found[0]["currency"],
        "units": sum(line["quantity"] for line in found),
        "amount": sum(line["amount_minor"] for line in found),
    }


async def _in_turns(pieces: Iterator[str]) -> AsyncIterator[str]:
    """The same pieces, each made in the request's own thread while others are served."""
    take = sync_to_async(lambda: next(pieces, None))
    while (piece := await take()) is not None:
        yield piece
