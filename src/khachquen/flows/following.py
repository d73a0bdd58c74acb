"""What those who clicked did afterwards, as the lake knows it: came, acted, ordered.

Letters are counted by the database, visits and orders by the lake. Between the two pass those who
clicked, and nobody else: they are few of many.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from khachquen.activate.campaigns import report_counts
from khachquen.activate.campaigns.report_counts import Click, Scope
from khachquen.store import ask
from khachquen.understand.attribution import Touch, credited, visits
from khachquen.unify.profiles.reaching import numbers_before, numbers_now

OF_LAKE = ("visited", "acted", "ordered")
"""The counts only the lake knows."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which report: the letters, who gets an order, within how many days, and what was wanted."""

    scope: Scope
    model: str = "last"
    days: int = 7
    action: str = "order"


@dataclass(frozen=True, slots=True)
class Earned:
    """Orders of one currency credited; of a shared order a part."""

    currency: str
    orders: float = 0.0
    gross_minor: int = 0
    refunded_minor: int = 0

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class Followed:
    """What followed the clicks: of each letter when its reader came and when they acted (in UTC
    without a zone; None: not), and the orders credited."""

    clicks: Sequence[Click]
    came: Mapping[int, tuple[datetime, datetime | None]]
    credits: Sequence[Mapping[str, Any]]

    @property
    def visited(self) -> frozenset[int]:
        return frozenset(self.came)

    @property
    def acted(self) -> frozenset[int]:
        return frozenset(letter for letter, (_, acted_at) in self.came.items() if acted_at)

    @property
    def ordered(self) -> frozenset[int]:
        return frozenset(row["owner"] for row in self.credits)


def follow(wish: Wish) -> Followed:
    """Ask the lake what those who clicked did afterwards."""
    clicks = list(report_counts.iter_clicks(wish.scope))
    if not clicks:
        return Followed((), {}, ())
    now_of = numbers_now({one.person_id for one in clicks})
    own = _touches(clicks, now_of)
    came = ask(visits(own, days=wish.days, action=wish.action)).rows
    moments = {owner: (visited_at, acted_at) for owner, visited_at, acted_at in came}
    return Followed(clicks, moments, _credits(wish, clicks, now_of))


def earned_of(rows: Collection[Mapping[str, Any]], currency: str) -> list[Earned]:
    """By currency, the shop's own first; nothing is converted."""
    found: dict[str, Earned] = {currency: Earned(currency)}
    for row in rows:
        told = row["currency"] or currency
        one = found.get(told, Earned(told))
        found[told] = Earned(
            told,
            one.orders + 1 / row["parts"],
            one.gross_minor + row["gross_minor"],
            one.refunded_minor + row["refunded_minor"],
        )
    return list(found.values())


def _credits(
    wish: Wish, clicks: Sequence[Click], now_of: Mapping[int, int]
) -> Sequence[Mapping[str, Any]]:
    """Orders credited to these letters, seen beside every other letter their people clicked in."""
    before = numbers_before(set(now_of.values()))
    since = min(one.first_at for one in clicks) - timedelta(days=wish.days)
    every = list(report_counts.iter_clicks_of(before, since))
    asked = credited(
        _touches(every, before), days=wish.days, model=wish.model, group=wish.scope.campaign_id
    )
    own = {one.recipient_id for one in clicks}
    return [row for row in ask(asked).dicts() if row["owner"] in own]


def _touches(clicks: Sequence[Click], now_of: Mapping[int, int]) -> list[Touch]:
    """A click somebody made again is a touch at its first and at its last time."""
    touches = {
        Touch(one.recipient_id, one.campaign_id, now_of[one.person_id], at): None
        for one in clicks
        for at in (one.first_at, one.last_at)
    }
    return list(touches)
