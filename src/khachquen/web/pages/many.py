"""What is done to many customers at once: those ticked, or all of the list; most of it as jobs."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from khachquen.base import InputError, KhachQuenError, Text, system_clock
from khachquen.flows.exporting import EXPORT, ask_to_export, fetch_export
from khachquen.flows.finding import Wanted, count_people
from khachquen.flows.gathering import GATHER, ask_to_gather
from khachquen.flows.silencing import SILENCE, Way, ask_to_silence
from khachquen.flows.tagging import TAG, ask_to_tag, tag_people
from khachquen.relate.notes import read_tags, remember_tags
from khachquen.store.jobs import JobView, cancel, get_job
from khachquen.understand.segments import get_segment
from khachquen.web.files import SentFile
from khachquen.web.listing import Asked
from khachquen.web.pages.customers import read_list, wanted
from khachquen.web.people import signed_in

_MOST_TICKED = 200
_SILENCING: Mapping[str, Way] = {"leave_alone": "stop", "write_again": "again"}
_DOING = {
    TAG: _("Đang ghi thẻ"),
    GATHER: _("Đang sửa danh sách"),
    EXPORT: _("Đang viết tệp"),
    SILENCE: _("Đang ghi không liên hệ"),
}
_TITLES = {
    TAG: _("Gắn thẻ nhiều khách"),
    GATHER: _("Sửa danh sách"),
    EXPORT: _("Xuất tệp"),
    SILENCE: _("Không liên hệ nhiều khách"),
}


@require_POST
def do_to_many(request: HttpRequest) -> HttpResponse:
    """Tag, put into a list, take away or leave alone those ticked or all of the list."""
    asked, chips, _catalogue = read_list(request)
    act = request.POST.get("act", "")
    try:
        whom = _whom(request, wanted(asked, chips))
        if act in ("tag", "untag"):
            return _tag(request, whom, is_given=act == "tag") or redirect(asked.address())
        if act in _SILENCING:
            return _silence(request, whom, asked)
        if act in ("csv", "xlsx"):
            return redirect("work_on_many", job_id=_export(request, whom).id)
        return redirect("work_on_many", job_id=_gather(request, whom).id)
    except KhachQuenError as refused:
        messages.error(request, refused.in_language(get_language() or "vi"))
        return redirect(asked.address())


@require_safe
def show_work(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far something done to many is."""
    job = _job(job_id)
    context = {"job": job, "title_words": _TITLES[job.kind], "doing": _DOING[job.kind]}
    if job.kind == GATHER:
        context["segment"] = get_segment(job.args["segment"])
    return render(request, "customers/work.html", context)


@require_POST
def stop_work(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop it before its next part; what was done stays."""
    cancel(_job(job_id).id, at=system_clock())
    return redirect("work_on_many", job_id=job_id)


@require_POST
def fetch_file(request: HttpRequest, job_id: int) -> SentFile:
    """The file a job has written; fetching it is written down."""
    now = system_clock()
    file = fetch_export(settings.CONFIG, job_id, user=signed_in(request), at=now)
    name = f"khach-hang-{now:%Y-%m-%d}{file.suffix}"
    return SentFile(file.open("rb"), as_attachment=True, filename=name)


def _whom(request: HttpRequest, found: Wanted) -> Wanted:
    """All the list holds where that was ticked, or, of files, where nobody was; else those ticked.

    Raises:
        InputError: nobody was ticked.
    """
    ids = [int(one) for one in request.POST.getlist("person") if one.isdecimal()][:_MOST_TICKED]
    is_file = request.POST.get("act") in ("csv", "xlsx")
    if request.POST.get("all") or (is_file and not ids):
        return found
    if not ids:
        raise InputError(
            "people.nobody_ticked",
            Text(vi="Chưa đánh dấu khách nào.", en="Nobody is ticked."),
            hint=Text(
                vi="Hãy đánh dấu khách hàng, hoặc chọn “cho cả … người tìm thấy”.",
                en="Tick some, or choose “for all … found”.",
            ),
        )
    return Wanted(who="all", ids=tuple(ids))


def _tag(request: HttpRequest, whom: Wanted, *, is_given: bool) -> HttpResponse | None:
    """Those ticked at once, all of a list as a job, whose page it gives."""
    by, tags = signed_in(request).email, read_tags(request.POST.get("tags", ""))
    told: Mapping[str, list[str]] = {
        "add": tags if is_given else [],
        "remove": [] if is_given else tags,
    }
    if whom.ids is None or not tags:
        job = ask_to_tag(whom, **told, by=by, clock=system_clock)
        remember_tags(told["add"], at=system_clock())
        return redirect("work_on_many", job_id=job.id)
    n = tag_people(settings.CONFIG, whom.ids, **told, by=by, clock=system_clock)
    remember_tags(told["add"], at=system_clock())
    done = ngettext("Đã ghi thẻ cho %(n)s người.", "Đã ghi thẻ cho %(n)s người.", n)
    messages.success(request, done % {"n": n})
    return None


def _gather(request: HttpRequest, whom: Wanted) -> JobView:
    chosen = request.POST.get("list", "")
    return ask_to_gather(
        whom,
        segment_id=int(chosen) if chosen.isdecimal() else None,
        new_name=request.POST.get("new_list", "")[:200],
        way="out" if request.POST.get("act") == "take_out" else "in",
        by=signed_in(request).email,
        clock=system_clock,
    )


def _silence(request: HttpRequest, whom: Wanted, asked: Asked) -> HttpResponse:
    """First the page that says how many it is about; then, with a reason, the work."""
    told, way = request.POST, _SILENCING[request.POST["act"]]
    confirmed = told.get("confirmed", "")
    if not confirmed.isdecimal():
        people = count_people(whom, now=system_clock())
        context = {"people": people, "asked": asked, "ids": whom.ids or (), "way": way}
        context["act"] = told["act"]
        return render(request, "customers/silence.html", context)
    job = ask_to_silence(
        whom,
        confirmed=int(confirmed),
        way=way,
        why=told.get("why", ""),
        by=signed_in(request).email,
        clock=system_clock,
    )
    return redirect("work_on_many", job_id=job.id)


def _export(request: HttpRequest, whom: Wanted) -> JobView:
    columns = [key for key in request.POST.get("shown", "").split(",") if key][:50]
    job = ask_to_export(
        whom,
        kind="xlsx" if request.POST.get("act") == "xlsx" else "csv",
        columns=columns,
        language=get_language() or "vi",
        by=signed_in(request).email,
        clock=system_clock,
    )
    messages.info(request, gettext("Việc xuất đã được ghi vào nhật ký."))
    return job


def _job(job_id: int) -> JobView:
    job = get_job(job_id)
    if job.kind not in _DOING:
        raise Http404
    return job
