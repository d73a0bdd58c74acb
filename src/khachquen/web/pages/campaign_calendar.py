"""A month of campaigns: what went, what is to go, what goes again, and who hears twice a day."""

import re
from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from khachquen.activate.campaigns.planning import (
    Entry,
    entries,
    list_conflicts,
    list_meetings,
)
from khachquen.base import system_clock
from khachquen.flows.rehearsing import zone_of
from khachquen.store import ask
from khachquen.understand.segments import list_segments
from khachquen.understand.segments.asking import overlap
from khachquen.web.chips import written
from khachquen.web.people import signed_in

_MOST_PAIRS = 40
_MONTH = re.compile("[0-9]{4}-[0-9]{2}")
_WEEK = [_("T2"), _("T3"), _("T4"), _("T5"), _("T6"), _("T7"), _("CN")]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar; ``twice`` names the segments written to more than once, ``shared``
    tells who is in two of them."""

    day: date
    is_of_month: bool
    is_today: bool
    entries: list[Entry]
    twice: list[str]
    shared: list["Shared"]


@dataclass(frozen=True, slots=True)
class Shared:
    """How many people two segments of a day have in common, and where they are listed."""

    one: str
    other: str
    people: int
    address: str


@require_safe
def show_calendar(request: HttpRequest) -> HttpResponse:
    """The month that was asked for, or this one; weeks begin on Monday, by the shop's clock."""
    now, zone = system_clock(), zone_of(settings.CONFIG)
    today = now.astimezone(zone).date()
    month = _read_month(request.GET.get("month", "")) or today.replace(day=1)
    days = [*Calendar().itermonthdates(month.year, month.month)]
    found = entries(days[0], days[-1], zone=zone, now=now)
    by_day = defaultdict(list)
    for entry in found:
        by_day[entry.at.astimezone(zone).date()].append(entry)
    names = {one.id: one.name for one in list_segments()}
    twice = defaultdict(list)
    for day, segment in sorted(list_conflicts(found, zone=zone)):
        twice[day].append(names.get(segment, gettext("phân khúc đã cất")))
    shared, is_all = _shared(found, names, zone)
    cells = [
        Day(day, day.month == month.month, day == today, by_day[day], twice[day], shared[day])
        for day in days
    ]
    context: dict[str, Any] = {
        "month": month,
        "weeks": [cells[start : start + 7] for start in range(0, len(cells), 7)],
        "listed": [cell for cell in cells if cell.is_of_month and cell.entries],
        "before": f"{month - timedelta(days=1):%Y-%m}",
        "after": f"{month + timedelta(days=32):%Y-%m}",
        "weekdays": _WEEK,
        "is_all_counted": is_all,
        "may_change": signed_in(request).is_admin,
    }
    return render(request, "campaigns/calendar.html", context)


def _shared(
    found: list[Entry], names: dict[int, str], zone: tzinfo
) -> tuple[dict[date, list[Shared]], bool]:
    """People in two segments of one day, as segments are now; and whether every pair was counted:
    a page asks of so many and no more."""
    meetings = [one for one in list_meetings(found, zone=zone) if names.keys() >= {*one[1:]}]
    pairs = list(dict.fromkeys(one[1:] for one in meetings))
    counts = {pair: int(ask(overlap(*pair)).dicts()[0]["both"]) for pair in pairs[:_MOST_PAIRS]}
    shared: dict[date, list[Shared]] = defaultdict(list)
    for day, *both in meetings:
        one, other = both
        if people := counts.get((one, other), 0):
            rule = {"kind": "all", "of": [{"kind": "segment", "segment": n} for n in both]}
            query = urlencode({"who": "all", "rule": written(rule)})
            address = f"{reverse('customers')}?{query}"
            shared[day].append(Shared(names[one], names[other], people, address))
    return shared, len(pairs) <= _MOST_PAIRS


def _read_month(told: str) -> date | None:
    if not _MONTH.fullmatch(told):
        return None
    year, month = told.split("-")
    is_there = 2000 <= int(year) <= 2100 and 1 <= int(month) <= 12
    return date(int(year), int(month), 1) if is_there else None
