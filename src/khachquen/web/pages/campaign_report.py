"""What came of a campaign: every figure with its definition, and the people behind it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from khachquen.activate.audiences import open_writer
from khachquen.activate.campaigns import report_counts
from khachquen.activate.campaigns.counting import reason_words
from khachquen.activate.campaigns.making import get_campaign, list_campaigns
from khachquen.activate.campaigns.report_counts import Scope
from khachquen.activate.campaigns.report_figures import FIGURES
from khachquen.activate.campaigns.running import Run
from khachquen.base import system_clock
from khachquen.flows.picturing import draw_heat, picture_letter
from khachquen.flows.reporting import (
    Report,
    Wish,
    follow,
    list_behind,
    read_wish,
    readings,
    report_campaign,
)
from khachquen.understand.attribution import ACTIONS, MODELS, WINDOWS
from khachquen.unify.profiles.reaching import reach
from khachquen.web.components.figures import number, percent
from khachquen.web.mailing import in_a_frame
from khachquen.web.measuring import as_utc, in_language
from khachquen.web.reported import (
    draw_funnel,
    draw_hours,
    list_lines,
    list_rates,
    list_steps,
    show_lift,
    show_links,
    show_parts,
    tiles_of,
)
from khachquen.web.shops import currency_of

_PAGE = 50
_FEWEST, _MOST = 2, 6
_ASKED = ("run", "model", "days", "action")


@require_safe
def show_report(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign, from everybody it was meant for to what they bought."""
    campaign = get_campaign(campaign_id)
    wish = read_wish(campaign_id, request.GET)
    found = report_campaign(settings.CONFIG, wish, now=system_clock())
    runs = report_counts.runs_of(campaign_id)
    letter = _run_of(wish, runs)
    links = picture_letter(letter, now=system_clock()).links if letter and found.links else {}
    context = {
        "campaign": campaign,
        "query": _query(wish),
        "report": found,
        "has_letter": bool(links),
        "tiles": tiles_of(found),
        "funnel": draw_funnel(found),
        "steps": list_steps(found),
        "rates": list_rates(found),
        "reasons": [(state, why, reason_words(why), many) for state, why, many in found.reasons],
        "parts": show_parts(found),
        "hours": draw_hours(found),
        "links": show_links(found, links),
        "lift": show_lift(found),
        "base": gettext("n = %(count)s thư đã gửi") % {"count": number(found.counts.sent)},
        **_choices(wish),
    }
    return render(request, "campaigns/report.html", context)


@require_safe
def show_letter(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The letter with the share of each link drawn beside it, in a frame of its own."""
    wish = read_wish(campaign_id, request.GET)
    run = _run_of(wish, report_counts.runs_of(campaign_id))
    if run is None:
        raise Http404
    clicks = list(report_counts.iter_clicks(wish.scope))
    people = len({one.recipient_id for one in clicks})
    many = Counter(one.link for one in clicks)
    heat = {link: (count / people, percent(count / people)) for link, count in many.items()}
    return in_a_frame(draw_heat(picture_letter(run, now=system_clock()), heat))


@require_safe
def take_report(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The figures of the page as a file: numbers only, nobody's name."""
    campaign = get_campaign(campaign_id)
    found = report_campaign(
        settings.CONFIG, read_wish(campaign_id, request.GET), now=system_clock()
    )
    writer = open_writer("csv")
    heads = ("key", gettext("Chỉ số"), gettext("Số"), gettext("Mẫu số"), gettext("Định nghĩa"))
    rows = [
        (one.figure.key, in_language(one.figure.name), one.value, one.of,
         in_language(one.figure.definition))
        for one in readings(found.counts)
    ]  # fmt: skip
    response = HttpResponse(writer.begin(heads) + writer.write(rows), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="campaign-{campaign.pk}.csv"'
    return response


@require_safe
def show_behind(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The people behind one figure; as many as it counts."""
    campaign = get_campaign(campaign_id)
    wish = read_wish(campaign_id, request.GET)
    key = request.GET.get("key", "")
    figure = FIGURES.get(key)
    if figure is None or figure.over is not None:
        raise Http404
    kind, _, value = request.GET.get("part", "").partition(":")
    link = request.GET.get("link")
    rows = list_behind(
        wish,
        key,
        part=(kind, value) if kind in ("domain", "variant") else ("", ""),
        reason=request.GET.get("reason", ""),
        link=link,
        after=_place(request.GET.get("after", "")),
        limit=_PAGE + 1,
    )
    people = reach({one.person_id for one in rows})
    context = {
        "campaign": campaign,
        "query": _query(wish),
        "figure": figure,
        "part": value if kind else "",
        "link": link,
        "recipients": [
            (one, people.get(one.person_id), reason_words(one.reason)) for one in rows[:_PAGE]
        ],
        "next_after": rows[_PAGE - 1].pk if len(rows) > _PAGE else None,
    }
    return render(request, "campaigns/report_people.html", context)


@require_safe
def show_orders(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The orders credited to a campaign: they add up to its revenue."""
    campaign = get_campaign(campaign_id)
    wish = read_wish(campaign_id, request.GET)
    rows = list(follow(wish).credits)
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
    if len(chosen) >= _FEWEST:
        wishes = [read_wish(one.pk, settled) for one in chosen]
        found = [report_campaign(settings.CONFIG, wish, now=system_clock()) for wish in wishes]
    wish = found[0].wish if found else Wish(Scope(0))
    context = {
        "campaigns": [(one, one in chosen) for one in known.values()],
        "chosen": list(zip(chosen, found, strict=False)),
        "is_too_few": bool(asked) and not found,
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
