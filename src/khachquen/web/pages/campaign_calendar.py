"""A month of campaigns: what went, what is to go, what goes again, and who hears twice a day."""

import re
from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from khachquen.activate.campaigns.planning import Entry, entries, list_conflicts
from khachquen.base import system_clock
from khachquen.flows.rehearsing import zone_of
from khachquen.understand.segments import list_segments
from khachquen.web.people import signed_in

_MONTH = re.compile("[0-9]{4}-[0-9]{2}")
_WEEK = [_("T2"), _("T3"), _("T4"), _("T5"), _("T6"), _("T7"), _("CN")]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar; ``twice`` names the segments written to more than once."""

    day: date
    is_of_month: bool
    is_today: bool
    entries: list[Entry]
    twice: list[str]


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
    cells = [
        Day(day, day.month == month.month, day == today, by_day[day], twice[day]) for day in days
    ]
    context: dict[str, Any] = {
        "month": month,
        "weeks": [cells[start : start + 7] for start in range(0, len(cells), 7)],
        "listed": [cell for cell in cells if cell.is_of_month and cell.entries],
        "before": f"{month - timedelta(days=1):%Y-%m}",
        "after": f"{month + timedelta(days=32):%Y-%m}",
        "weekdays": _WEEK,
        "may_change": signed_in(request).is_admin,
    }
    return render(request, "campaigns/calendar.html", context)


def _read_month(told: str) -> date | None:
    if not _MONTH.fullmatch(told):
        return None
    year, month = told.split("-")
    is_there = 2000 <= int(year) <= 2100 and 1 <= int(month) <= 12
    return date(int(year), int(month), 1) if is_there else None
