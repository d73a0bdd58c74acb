"""When something happened, as files write it: dd/mm/yyyy first, in the shop's own time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

DayOrder = Literal["dmy", "mdy"]

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ,]+(.+))?")
_SLASHED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[T ,]+(.+))?")
_TIME_FIRST = re.compile(r"(\d{1,2}:\d{2}(?::\d{2})?(?: ?(?:AM|PM|SA|CH))?)[ ,]+(\S+)", re.I)
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(AM|PM|SA|CH)?"
    r"\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?",
    re.I,
)
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of spreadsheets has no zone
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Calendar:
    """How this file writes times: the order of day and month, the zone, or one exact format."""

    timezone: str
    order: DayOrder = "dmy"
    format: str = ""

    def moment(self, text: str) -> datetime | None:
        """The instant in UTC, or None when the cell is not a time.

        >>> Calendar("Asia/Ho_Chi_Minh").moment("02/01/2026 9:05 CH").isoformat()
        '2026-01-02T14:05:00+00:00'
        """
        return _moment(text, self.order, self.format, self.timezone)

    def day(self, text: str) -> str | None:
        """The calendar day as ``yyyy-mm-dd``, with no zone applied: birthdays stay where they are.

        >>> Calendar("Asia/Ho_Chi_Minh").day("31/12/1990")
        '1990-12-31'
        """
        naive = _parse(text, self.order, self.format)
        return naive.date().isoformat() if naive else None


def guess_day_order(cells: Iterable[str]) -> DayOrder:
    """Month first only when the file proves it: some day is above 12, and no month is.

    One file has one order; reading each cell by itself would turn 12/1 and 12/13 into January and
    December.

    >>> guess_day_order(["12/1/2010 8:26", "12/13/2010 9:01"]), guess_day_order(["12/1/2010"])
    ('mdy', 'dmy')
    """
    seen_mdy = False
    for cell in cells:
        found = _SLASHED.fullmatch(cell.strip())
        if found:
            if int(found[1]) > 12:
                return "dmy"
            seen_mdy = seen_mdy or int(found[2]) > 12
    return "mdy" if seen_mdy else "dmy"


@lru_cache(maxsize=65_536)
def _moment(text: str, order: DayOrder, form: str, timezone: str) -> datetime | None:
    naive = _parse(text, order, form)
    if naive is None:
        return None
    aware = naive if naive.tzinfo else naive.replace(tzinfo=ZoneInfo(timezone))
    return aware.astimezone(UTC)


def _parse(text: str, order: DayOrder, form: str) -> datetime | None:
    text = text.strip()
    try:
        if form:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller gives it its zone
        if _SERIAL.fullmatch(text):
            return _from_serial(float(text))
        return _parse_written(text, order)
    except (ValueError, OverflowError):
        return None


def _from_serial(days: float) -> datetime:
    seconds = round(days * 86_400)
    return _checked(_SERIAL_ZERO + timedelta(seconds=seconds))


def _parse_written(text: str, order: DayOrder) -> datetime | None:
    if swapped := _TIME_FIRST.fullmatch(text):
        text = f"{swapped[2]} {swapped[1]}"
    if found := _ISO.fullmatch(text):
        year, month, day, rest = int(found[1]), int(found[2]), int(found[3]), found[4]
    elif found := _SLASHED.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        if order == "dmy":
            day, month = (first, second) if second <= 12 else (second, first)
        else:
            month, day = (first, second) if first <= 12 else (second, first)
        year, rest = _full_year(found[3]), found[4]
    else:
        return None
    start = date(year, month, day)
    return _checked(_with_time(start, rest))


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < 69 else 1900)


def _with_time(start: date, rest: str | None) -> datetime:
    midnight = datetime(start.year, start.month, start.day)  # noqa: DTZ001 - zone given by caller
    if not rest:
        return midnight
    found = _TIME.fullmatch(rest.strip())
    if not found:
        raise ValueError(rest)
    hour, half = int(found[1]), (found[5] or "").upper()
    if half in ("PM", "CH") and hour < 12:
        hour += 12
    elif half in ("AM", "SA") and hour == 12:
        hour = 0
    micros = int((found[4] or "0").ljust(6, "0")[:6])
    moment = midnight.replace(
        hour=hour, minute=int(found[2]), second=int(found[3] or 0), microsecond=micros
    )
    return moment.replace(tzinfo=_zone(found[6])) if found[6] else moment


def _zone(text: str) -> tzinfo:
    if text.upper() in ("Z", "UTC"):
        return UTC
    return datetime.strptime(text[:3] + (text[3:].replace(":", "") or "00"), "%z").tzinfo or UTC


def _checked(moment: datetime) -> datetime:
    if not _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
        raise ValueError(moment)
    return moment
