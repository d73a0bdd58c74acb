"""Times as clients write them."""

import re
from datetime import UTC, datetime

from khachquen.base import to_micros
from khachquen.collect.event.reasons import Reason
from khachquen.collect.protocols.message import NotUnderstoodError

EARLIEST, LATEST = 31_536_000_000_000, 7_258_118_400_000_000  # 1971, 2200
_LOOSE_TIME = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(.*)$")


def parse_time(told: str | int | float, path: str) -> int:
    """Microseconds UTC of an ISO 8601 time or a count of seconds or milliseconds since 1970.

    A single-digit month or day passes, as in Segment's own documentation samples; a time without
    a zone is UTC.

    >>> parse_time("2015-2-02T00:30:12.984Z", "$") == parse_time("2015-02-02T00:30:12.984Z", "$")
    True
    >>> parse_time(1_700_000_000, "$"), parse_time(1_700_000_000_000, "$")
    (1700000000000000, 1700000000000000)

    Raises:
        NotUnderstoodError: it is no time, or lies outside the years 1971 to 2200.
    """
    try:
        if isinstance(told, str):
            at = to_micros(_parse_text(told))
        else:
            at = int(told * 1000) if abs(told) > 1e11 else int(told * 1_000_000)
    except (ValueError, OverflowError):
        raise NotUnderstoodError(Reason.BAD_TIME, path) from None
    if not EARLIEST <= at < LATEST:
        raise NotUnderstoodError(Reason.BAD_TIME, path)
    return at


def _parse_text(told: str) -> datetime:
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        loose = _LOOSE_TIME.match(told.strip())
        if not loose:
            raise
        year, month, day, rest = loose.groups()
        at = datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}{rest}")
    return at if at.tzinfo else at.replace(tzinfo=UTC)
