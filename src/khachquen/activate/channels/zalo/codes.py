"""What each of Zalo's codes means: kept as data with its reason (``codes.toml``)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from khachquen.activate.channels.lines import Verdict
from khachquen.activate.channels.zalo.rules import VIETNAM, next_day, next_month, rules_on

__all__ = ["Meaning", "list_codes", "meaning_of"]

Until = Literal["", "soon", "morning", "midnight", "month"]
_SOON = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Meaning:
    """``of``: whose the trouble is; ``until``: when it is worth asking again."""

    of: Literal["person", "template", "account"]
    verdict: Verdict
    until: Until = ""
    why: str = ""

    def opens(self, now: datetime) -> datetime:
        """When that is.

        >>> now = datetime(2026, 11, 22, 16, 30, tzinfo=VIETNAM)
        >>> [str(meaning_of(code).opens(now))[:16] for code in (-131, -133, -147, -1441)]
        ['2026-11-22 16:40', '2026-11-23 06:00', '2026-11-23 00:00', '2026-12-01 00:00']
        """
        if self.until == "morning":
            return rules_on(now.astimezone(VIETNAM).date()).opens(now)
        if self.until == "month":
            return next_month(now)
        return next_day(now) if self.until == "midnight" else now + _SOON


_UNKNOWN = Meaning("person", "later", why="a code nobody knows: tried again, six times")


def meaning_of(code: int) -> Meaning:
    """What is done after a code. One nobody knows neither fails thousands at once nor is tried for
    ever.

    >>> [meaning_of(code).of for code in (-118, -147, -1441, -144, -987)]
    ['person', 'template', 'template', 'account', 'person']
    """
    return list_codes().get(code, _UNKNOWN)


@cache
def list_codes() -> Mapping[int, Meaning]:
    """Every code of the file."""
    told = tomllib.loads(Path(__file__).with_name("codes.toml").read_text(encoding="utf-8"))
    found: dict[int, Meaning] = {}
    for row in told["class"]:
        for code, why in row.pop("codes").items():
            assert int(code) not in found, f"{code} stands twice"
            found[int(code)] = msgspec.convert({**row, "why": why}, Meaning)
    return found
