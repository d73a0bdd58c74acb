"""Which days a report is about: read from the address, so that a link shows the same."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from khachquen.understand.metrics import Period

PRESETS = ("7", "", "90", "month", "custom")
_DEFAULT_DAYS = 30
_EARLIEST = date(1970, 1, 2)
_LATEST = date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Choice:
    """The period chosen, its preset, and what was wrong with the dates given, if anything."""

    period: Period
    preset: str
    error: str = ""

    @property
    def query(self) -> str:
        """The same days as a query string, whatever day the link is opened on."""
        return f"from={self.period.first.isoformat()}&to={self.period.last.isoformat()}"


def choose_period(request: HttpRequest, now: datetime) -> Choice:
    """The period of ``?period=7|90|month`` or ``?from=2026-11-01&to=2026-11-30``; else 30 days."""
    zone = timezone.get_current_timezone_name()
    today = timezone.localtime(now).date()
    preset = request.GET.get("period", "")
    if preset in ("7", "90"):
        return Choice(_last_days(int(preset), today, zone), preset)
    if preset == "month":
        return Choice(Period(today.replace(day=1), today, zone), preset)
    if preset == "custom" or "from" in request.GET or "to" in request.GET:
        return _given(request.GET, today, zone)
    return Choice(_last_days(_DEFAULT_DAYS, today, zone), "")


def _given(query: QueryDict, today: date, zone: str) -> Choice:
    fallback = _last_days(_DEFAULT_DAYS, today, zone)
    first = _read(query.get("from", ""), fallback.first)
    last = _read(query.get("to", ""), today)
    if first is None or last is None:
        wrong = query.get("from") if first is None else query.get("to")
        words = gettext("“%(given)s” không phải là một ngày. Ví dụ đúng: 2026-11-30.")
        return Choice(fallback, "", words % {"given": (wrong or "")[:40]})
    if first > last:
        words = gettext("Ngày đầu %(first)s đứng sau ngày cuối %(last)s.")
        return Choice(
            fallback, "", words % {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
        )
    return Choice(Period(first, last, zone), "custom")


def _read(text: str, default: date) -> date | None:
    if not text:
        return default
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if _EARLIEST <= found <= _LATEST else None


def _last_days(days: int, today: date, zone: str) -> Period:
    return Period(today - timedelta(days=days - 1), today, zone)
