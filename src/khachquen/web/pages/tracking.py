"""What became of a campaign's letters, and the addresses letters hold where no server answers them
before the pages (``receive.visits``). Asking for one changes nothing here: what was seen is said at
the front door, as everything that happens outside is.
"""

import threading
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from khachquen.activate.campaigns import running
from khachquen.activate.campaigns.making import change_campaign
from khachquen.activate.campaigns.outcome_counts import (
    Happened,
    count_links,
    count_outcomes,
    count_tracked,
    list_happened,
)
from khachquen.base import system_clock
from khachquen.flows.tracking import PATIENCE_S, links_of, note_visit
from khachquen.flows.visits import read_visit
from khachquen.web.pages.mail_accounts import demand_admin
from khachquen.web.people import signed_in
from khachquen.web.public import public_page

_PAGE = 50
_SHOWN = ("opened", "clicked", "bounced", "complained", "unsubscribed")


@public_page
@require_safe
def show_visit(request: HttpRequest, use: str, token: str) -> HttpResponse:
    """On to where the letter's link leads, and nowhere else, or the clear dot; whatever becomes of
    telling it."""
    visit = read_visit(settings.CONFIG, use, token)
    if visit is None:
        raise Http404
    is_done = threading.Event()
    note_visit(
        settings.CONFIG,
        visit.kind,
        visit.mark,
        lambda _is_kept: is_done.set(),
        method=str(request.method),
        agent=request.headers.get("User-Agent", ""),
        ip=str(request.META.get("REMOTE_ADDR") or ""),
        clock=system_clock,
    )
    is_done.wait(PATIENCE_S)
    return HttpResponse(visit.body, status=visit.status, headers=dict(visit.headers))


def what_became(run: running.Run) -> dict[str, Any]:
    """What the page of a campaign shows of a run: people, machines apart, and each link."""
    found, leads = count_outcomes(run.pk), links_of(run)
    return {
        "tracked": count_tracked(run.pk),
        "outcomes": [(kind, _words(kind), found[kind]) for kind in _SHOWN if _has(found[kind])],
        "links": [(one, leads.get(one.number, "")) for one in count_links(run.pk)],
    }


@require_safe
def show_happened(request: HttpRequest, run_id: int) -> HttpResponse:
    """The people behind a number of what became of letters."""
    run = running.get_run(run_id)
    kind, link = request.GET.get("kind", ""), request.GET.get("link")
    after, is_by_machines = request.GET.get("after", ""), request.GET.get("by") == "machines"
    if kind not in _SHOWN:
        raise Http404
    rows = list_happened(
        run_id,
        kind,
        only_machines=is_by_machines,
        detail=link,
        after=int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0,
        limit=_PAGE + 1,
    )
    context = {
        "run": run,
        "words": _words(kind),
        "is_by_machines": is_by_machines,
        "link": links_of(run).get(link, "") if link else "",
        "recipients": rows[:_PAGE],
        "next_after": rows[_PAGE - 1][0].pk if len(rows) > _PAGE else None,
    }
    return render(request, "campaigns/happened.html", context)


@require_POST
def change_tracking(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Whether what becomes of letters is seen, and whether links carry UTM."""
    demand_admin(request)
    told = {key: key in request.POST for key in ("tracks", "adds_utm")}
    change_campaign(campaign_id, told, by=signed_in(request).email, at=system_clock())
    return redirect("campaign", campaign_id)


def _has(found: Happened) -> bool:
    return bool(found.people or found.only_machines)


def _words(kind: str) -> str:
    words: dict[str, str] = {
        "opened": gettext("Đã mở thư"),
        "clicked": gettext("Đã bấm liên kết"),
        "bounced": gettext("Thư bị trả về"),
        "complained": gettext("Báo thư rác"),
        "unsubscribed": gettext("Hủy nhận"),
    }
    return words[kind]
