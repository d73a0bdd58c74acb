"""What came of a campaign: every figure with its definition, and the people behind it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from khachquen.activate.audiences import open_writer
from khachquen.activate.campaigns import report_counts
from khachquen.activate.campaigns.counting import reason_words
from khachquen.activate.campaigns.making import Campaign, get_campaign, list_campaigns
from khachquen.activate.campaigns.report_counts import Scope
from khachquen.activate.campaigns.report_figures import FIGURES
from khachquen.activate.campaigns.report_kept import is_large
from khachquen.activate.campaigns.running import Run
from khachquen.base import system_clock
from khachquen.flows.dividing import SPLITS
from khachquen.flows.exporting import ask_to_export
from khachquen.flows.finding import Wanted
from khachquen.flows.opening import write_behind
from khachquen.flows.picturing import draw_heat, picture_letter
from khachquen.flows.recounting import ask_to_count, find_job, find_report, get_report
from khachquen.flows.reporting import (
    Report,
    Wish,
    credits_behind,
    list_behind,
    read_wish,
)
from khachquen.understand.attribution import ACTIONS, MODELS, WINDOWS
from khachquen.unify.profiles.reaching import reach
from khachquen.web.components.figures import number, percent
from khachquen.web.mailing import in_a_frame
from khachquen.web.measuring import as_utc
from khachquen.web.people import signed_in
from khachquen.web.reported import (
    draw_funnel,
    draw_hours,
    list_lines,
    list_rates,
    list_steps,
    show_goal,
    show_lift,
    tiles_of,
)
from khachquen.web.reported_parts import file_rows, part_name, show_links, show_parts
from khachquen.web.shops import currency_of

_PAGE = 50
_FEWEST, _MOST = 2, 6
_ASKED = ("run", "model", "days", "action")


@require_safe
def show_report(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign, from everybody it was meant for to what they bought."""
    campaign = get_campaign(campaign_id)
    wish = read_wish(campaign_id, request.GET)
    found = find_report(settings.CONFIG, wish, now=system_clock())
    context = {
        "campaign": campaign,
        "query": _query(wish),
        "report": found,
        "counting": find_job(wish),
        "is_kept": is_large(wish.scope),
        **(_shown(found, campaign) if found else {}),
        **_choices(wish),
    }
    return render(request, "campaigns/report.html", context)


def _shown(found: Report, campaign: Campaign) -> Mapping[str, Any]:
    run = _run_of(found.wish, report_counts.runs_of(found.wish.scope.campaign_id))
    letters = {key: picture_letter(run, key, now=system_clock()) for key in found.links if run}
    return {
        "tiles": tiles_of(found),
        "goal": show_goal(found),
        "funnel": draw_funnel(found),
        "steps": list_steps(found),
        "rates": list_rates(found),
        "reasons": [
            (state, why, reason_words(why, campaign.channel), many)
            for state, why, many in found.reasons
        ],
        "splits": show_parts(found),
        "hours": draw_hours(found),
        "links": show_links(found, letters),
        "lift": show_lift(found),
        "base": gettext("n = %(count)s thư đã gửi") % {"count": number(found.counts.sent)},
    }


@require_POST
def count_anew(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Have the report of a large campaign counted."""
    get_campaign(campaign_id)
    wish = read_wish(campaign_id, request.POST)
    ask_to_count(wish, by=signed_in(request).email, at=system_clock())
    return redirect(f"{reverse('report', args=[campaign_id])}?{_query(wish)}")


@require_safe
def show_letter(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The letter in a variant's words with the share of each link beside it, in a frame of its
    own."""
    wish = read_wish(campaign_id, request.GET)
    run = _run_of(wish, report_counts.runs_of(campaign_id))
    if run is None:
        raise Http404
    variant = request.GET.get("variant", "")
    clicks = [one for one in report_counts.iter_clicks(wish.scope) if one.variant == variant]
    people = len({one.recipient_id for one in clicks})
    many = Counter(one.link for one in clicks)
    heat = {link: (count / people, percent(count / people)) for link, count in many.items()}
    return in_a_frame(draw_heat(picture_letter(run, variant, now=system_clock()), heat))


@require_safe
def take_report(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The figures of the page as a file: numbers only, nobody's name."""
    campaign = get_campaign(campaign_id)
    wish = read_wish(campaign_id, request.GET)
    found = get_report(settings.CONFIG, wish, now=system_clock())
    writer = open_writer("csv")
    heads = (
        gettext("Chia theo"), gettext("Phần"), "key", gettext("Chỉ số"), gettext("Số"),
        gettext("Mẫu số"), gettext("Định nghĩa"),
    )  # fmt: skip
    told = writer.begin(heads) + writer.write(list(file_rows(found)))
    response = HttpResponse(told, content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="campaign-{campaign.pk}.csv"'
    return response


@require_safe
def show_behind(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The people behind one figure; as many as it counts."""
    campaign = get_campaign(campaign_id)
    wish = read_wish(campaign_id, request.GET)
    key, more = _asked_behind(request.GET)
    after = _place(request.GET.get("after", ""))
    rows = list_behind(wish, key, after=after, limit=_PAGE + 1, **more)
    people = reach({one.person_id for one in rows})
    split, value = more["part"]
    context = {
        "campaign": campaign,
        "query": _query(wish),
        "figure": FIGURES[key],
        "part": part_name(split, value) if split else "",
        "link": more["link"],
        "recipients": [
            (one, people.get(one.person_id), reason_words(one.reason, campaign.channel))
            for one in rows[:_PAGE]
        ],
        "next_after": rows[_PAGE - 1].pk if len(rows) > _PAGE else None,
    }
    return render(request, "campaigns/report_people.html", context)


@require_POST
def take_people(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Those behind a figure as a file, written and kept as every list of customers is."""
    get_campaign(campaign_id)
    wish = read_wish(campaign_id, request.GET)
    key, more = _asked_behind(request.GET)
    wanted = Wanted(who="all", behind=write_behind(wish, key, **more))
    job = ask_to_export(
        wanted,
        kind="csv",
        columns=(),
        language=get_language() or "vi",
        by=signed_in(request).email,
        clock=system_clock,
    )
    messages.info(request, gettext("Việc xuất đã được ghi vào nhật ký."))
    return redirect("work_on_many", job_id=job.id)


def _asked_behind(told: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Which figure, and of which of its people."""
    figure = FIGURES.get(told.get("key", ""))
    if figure is None or figure.over is not None:
        raise Http404
    more = {"part": _part(told), "reason": told.get("reason", ""), "link": told.get("link")}
    return figure.key, more


def _part(told: Mapping[str, str]) -> tuple[str, str]:
    split, _, value = told.get("part", "").partition(":")
    return (split, value) if split in SPLITS else ("", "")


@require_safe
def show_orders(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The orders credited to a campaign: they add up to its revenue."""
    campaign = get_campaign(campaign_id)
    wish = read_wish(campaign_id, request.GET)
    split, value = _part(request.GET)
    rows = credits_behind(wish, (split, value))
    first = min(_place(request.GET.get("offset", "")), max(0, len(rows) - 1)) // _PAGE * _PAGE
    some = rows[first : first + _PAGE]
    people = reach({row["person"] for row in some})
    context = {
        "campaign": campaign,
        "query": _query(wish),
        "orders": [
            {**row, "placed_at": as_utc(row["placed_at"]), "who": people.get(row["person"]),
             "currency": row["currency"] or currency_of(request)}
            for row in some
        ],
        "total": len(rows),
        "part": part_name(split, value) if split else "",
        "next_offset": first + _PAGE if first + _PAGE < len(rows) else None,
        "previous_offset": first - _PAGE if first else None,
        **_choices(wish),
    }  # fmt: skip
    return render(request, "campaigns/report_orders.html", context)


@require_safe
def compare_campaigns(request: HttpRequest) -> HttpResponse:
    """Two to six campaigns side by side, by the same model and days."""
    known = {one.pk: one for one in list_campaigns()}
    asked = list(dict.fromkeys(_place(told) for told in request.GET.getlist("id")))
    chosen = [known[number] for number in asked if number in known][:_MOST]
    settled = {name: request.GET.get(name, "") for name in _ASKED if name != "run"}
    found: list[Report] = []
    uncounted: list[Campaign] = []
    if len(chosen) >= _FEWEST:
        wishes = [read_wish(one.pk, settled) for one in chosen]
        now = system_clock()
        told = [
            (one, find_report(settings.CONFIG, wish, now=now))
            for one, wish in zip(chosen, wishes, strict=True)
        ]
        uncounted = [one for one, report in told if report is None]
        found = [report for _, report in told if report is not None]
        chosen = [one for one, report in told if report is not None]
    wish = replace(found[0].wish, scope=Scope(0)) if found else Wish(Scope(0))
    context = {
        "campaigns": [(one, one in chosen) for one in known.values()],
        "chosen": list(zip(chosen, found, strict=False)),
        "is_too_few": bool(asked) and not found and not uncounted,
        "uncounted": uncounted,
        "lines": list_lines(found),
        "query": _query(wish),
        **_choices(wish),
    }
    return render(request, "campaigns/compare.html", context)


def _choices(wish: Wish) -> Mapping[str, Any]:
    """What the report can be asked by, and how it is asked now."""
    return {
        "wish": wish,
        "runs": report_counts.runs_of(wish.scope.campaign_id),
        "models": MODELS,
        "windows": WINDOWS,
        "actions": ACTIONS,
        "model_words": MODELS[wish.model],
        "action_words": ACTIONS[wish.action],
    }


def _run_of(wish: Wish, runs: Sequence[Run]) -> Run | None:
    """The sending whose letter is shown: the one asked for, else the newest."""
    chosen = (run for run in runs if wish.scope.run_id in (None, run.pk))
    return next(chosen, None)


def _query(wish: Wish) -> str:
    """The wish as part of an address, so that every link shows the same report."""
    told = {"run": wish.scope.run_id or "", "model": wish.model, "days": wish.days}
    return urlencode({**told, "action": wish.action})


def _place(told: str) -> int:
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 19 else 0
