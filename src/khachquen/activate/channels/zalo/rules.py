"""What Zalo allows on a day: kept as dated data (``rules.toml``), for it changes every year."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class ZaloRules:
    """``tags``: Zalo's name of a kind of template → ``transaction``, ``care`` or ``promotion``."""

    on: date
    night_from: int
    night_until: int
    promotions_a_day: int
    tags: Mapping[str, str]

    def kind_of(self, tag: str) -> str:
        """The kind of a template; one nobody knows is taken for advertising, which asks the most.

        >>> rules_on(date(2026, 11, 22)).kind_of("IN_TRANSACTION"), rules_on(date.max).kind_of("?")
        ('transaction', 'promotion')
        """
        return self.tags.get(tag.upper(), "promotion")

    def opens(self, now: datetime) -> datetime:
        """When the night after this moment is over."""
        here = now.astimezone(VIETNAM)
        morning = datetime.combine(here.date(), time(self.night_until), VIETNAM)
        later = morning if here < morning else morning + timedelta(days=1)
        return later.astimezone(now.tzinfo)


def rules_on(day: date) -> ZaloRules:
    """Those in force on a day; before the first, the first."""
    past = [one for one in _all() if one.on <= day]
    return past[-1] if past else _all()[0]


def next_day(now: datetime) -> datetime:
    """When quotas are given anew: midnight in Vietnam."""
    tomorrow = now.astimezone(VIETNAM).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), VIETNAM).astimezone(now.tzinfo)


def next_month(now: datetime) -> datetime:
    """When promotions are counted anew: the first of the month after, in Vietnam."""
    later = now.astimezone(VIETNAM).date().replace(day=1) + timedelta(days=31)
    return datetime.combine(later.replace(day=1), time(), VIETNAM).astimezone(now.tzinfo)


@cache
def _all() -> tuple[ZaloRules, ...]:
    told = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
    return tuple(sorted((ZaloRules(**one) for one in told["since"]), key=lambda one: one.on))
