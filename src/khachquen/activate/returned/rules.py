"""When letters that come back silence an address. Pure.

One hard bounce does, as nobody lives there. Soft ones do when they go on: ``many`` letters within
``days``, each a day after the one before. A mailbox that was full on the day three letters went
out is one trouble and not three; one that took nothing for a month is as good as gone. Others take
two soft bounces, or never act; providers ask to stop after some that repeat.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_APART = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SoftRule:
    """So many letters that came back softly within so many days silence an address."""

    many: int = 3
    days: int = 30


def are_too_many(times: Iterable[datetime], rule: SoftRule) -> bool:
    """Whether some span of so many days holds that many soft bounces a day apart.

    It is a question about the whole set, so neither order nor repetition matters.

    >>> from datetime import UTC
    >>> days = [datetime(2026, 11, n, 8, tzinfo=UTC) for n in (2, 9, 16)]
    >>> are_too_many(days, SoftRule()), are_too_many(days[:2] * 5, SoftRule())
    (True, False)
    """
    ordered = sorted(set(times))
    return any(_reach(ordered[n:], rule.days) >= rule.many for n in range(len(ordered)))


def _reach(ordered: Sequence[datetime], days: int) -> int:
    counted, last = 0, None
    for at in ordered:
        if at - ordered[0] > timedelta(days=days):
            break
        if last is None or at - last >= _APART:
            counted, last = counted + 1, at
    return counted
