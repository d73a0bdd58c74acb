"""What the law allows on a day: kept as dated data (``rules.toml``)."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import msgspec


@dataclass(frozen=True, slots=True)
class SmsRules:
    """Advertising stays at home from ``night_from`` until ``night_until``, by the reader's clock.

    >>> law = rules_on(date(2026, 11, 22))
    >>> law.night_from, law.night_until, law.ads_in_24_hours, rules_on(date(1999, 1, 1)) == law
    (22, 7, 3, True)
    """

    on: date
    night_from: int
    night_until: int
    ads_in_24_hours: int
    labels: tuple[str, ...]
    stops: tuple[str, ...]
    promotions: tuple[str, ...]


def rules_on(day: date) -> SmsRules:
    """Those in force on a day; before the first, the first."""
    past = [one for one in _all() if one.on <= day]
    return past[-1] if past else _all()[0]


@cache
def _all() -> tuple[SmsRules, ...]:
    told = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
    rows = msgspec.convert(told["since"], list[SmsRules])
    return tuple(sorted(rows, key=lambda one: one.on))
