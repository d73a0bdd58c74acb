"""Days as people and sheets write them: dd/mm/yyyy first, two-digit years, Excel's day numbers."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal

_LONGEST = 40
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", re.ASCII)
_DAY_FIRST = re.compile(
    r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})(?:[T ,].*)?", re.ASCII
)
_IN_WORDS = re.compile(r"(?:ngày\s*)?(\d{1,2})\s*tháng\s*(\d{1,2})\s*(?:,?\s*năm)?\s*(\d{4})", re.I)
_PACKED = re.compile(r"(\d{8})", re.ASCII)
_EXCEL = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
# Excel counts days from here on (its 1900 is a leap year, which shifts all of ours by one).
_EXCEL_ZERO = date(1899, 12, 30)
_EXCEL_FROM, _EXCEL_TO = 10_000, 80_000  # 1927 to 2119
_FIRST_YEAR = 1900
_VIETNAM = timezone(timedelta(hours=7))

Reason = Literal["", "empty", "no_date", "no_such_day"]


@dataclass(frozen=True, slots=True)
class Day:
    """What was written and which day it is.

    ``other`` is the day it would be with day and month changed, when that is a day too: a whole
    column decides better than one cell. ``is_guess``: the century or the form had to be guessed.
    """

    raw: str
    on: date | None
    other: date | None = None
    is_guess: bool = False
    reason: Reason = ""

    @property
    def is_ambiguous(self) -> bool:
        """Whether day and month could be changed."""
        return self.other is not None


def read_date(raw: str, *, today: date, is_past: bool = True) -> Day:
    """The day, read the Vietnamese way: the day before the month, unless that is no day.

    ``today`` settles two-digit years: the latest that is not after it (a birthday), or with
    ``is_past=False`` the one nearest to it. Numbers of five digits are Excel's.

    >>> read_date("03/04/1990", today=date(2026, 11, 22))  # doctest: +NORMALIZE_WHITESPACE
    Day(raw='03/04/1990', on=datetime.date(1990, 4, 3), other=datetime.date(1990, 3, 4),
        is_guess=False, reason='')
    >>> read_date("32994", today=date(2026, 11, 22)).on
    datetime.date(1990, 5, 1)
    """
    text = unicodedata.normalize("NFKC", raw[: _LONGEST + 1]).strip("'\" \t\r\n\ufeff\u200b")
    if not text or len(raw) > _LONGEST:
        return Day(raw, None, reason="no_date" if raw.strip() else "empty")
    if found := _YEAR_FIRST.fullmatch(text):
        return _local(raw, text) or _of(raw, found[3], found[2], found[1], may_turn=False)
    if found := _IN_WORDS.fullmatch(text):
        return _of(raw, found[1], found[2], found[3], may_turn=False)
    if found := _DAY_FIRST.fullmatch(text):
        is_short = len(found[3]) == 2
        year = _full_year(found[3], today, is_past=is_past) if is_short else int(found[3])
        said = _of(raw, found[1], found[2], year, is_guess=is_short)
        if is_short and is_past and said.on and said.on > today:
            return _of(raw, found[1], found[2], year - 100, is_guess=True)
        return said
    if _PACKED.fullmatch(text):
        return _packed(raw, text)
    found = _EXCEL.fullmatch(text)
    if found and _EXCEL_FROM <= int(found[1]) <= _EXCEL_TO:
        return Day(raw, _EXCEL_ZERO + timedelta(days=int(found[1])), is_guess=True)
    return Day(raw, None, reason="no_date")


def _of(
    raw: str,
    day: str,
    month: str,
    year: str | int,
    *,
    may_turn: bool = True,
    is_guess: bool = False,
) -> Day:
    said = _day(year, month, day)
    turned = _day(year, day, month) if may_turn and day != month else None
    if said:
        return Day(raw, said, turned if turned != said else None, is_guess)
    if turned:  # 04/25/1990: no month 25, so the Americans' order
        return Day(raw, turned, None, is_guess=True)
    return Day(raw, None, reason="no_such_day")


def _packed(raw: str, text: str) -> Day:
    """19900503 or 03051990, whichever is a day."""
    year_first = _day(text[:4], text[4:6], text[6:])
    day_first = _day(text[4:], text[2:4], text[:2])
    on = year_first or day_first
    other = day_first if year_first else None
    return Day(raw, on, other, is_guess=True) if on else Day(raw, None, reason="no_such_day")


def _local(raw: str, text: str) -> Day | None:
    """The day in Vietnam of a moment with its zone: 17:30Z is past midnight there."""
    try:
        moment = datetime.fromisoformat(text)
        return Day(raw, moment.astimezone(_VIETNAM).date()) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _day(year: str | int, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None


def _full_year(two: str, today: date, *, is_past: bool) -> int:
    latest = today.year - today.year % 100 + int(two)
    limit = today.year if is_past else today.year + 49
    return latest - 100 if latest > limit else latest
