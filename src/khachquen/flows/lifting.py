"""Was it the letter? Who could have got one beside who was held out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from khachquen.activate.campaigns import report_counts
from khachquen.activate.campaigns.comparing import (
    Group,
    Interval,
    Moments,
    compare_means,
    compare_shares,
)
from khachquen.activate.campaigns.report_counts import Scope
from khachquen.store import ask
from khachquen.understand.attribution import bought
from khachquen.unify.profiles.reaching import numbers_before


@dataclass(frozen=True, slots=True)
class Lift:
    """Who could have got a letter beside who was held out: did more of them buy, and more?

    ``share`` is how much larger the share of buyers is, ``worth`` how much more a person spent, in
    minor units of ``currency``. ``is_over`` says that everybody's days have passed.
    """

    meant: Group
    held: Group
    share: Interval
    worth: Interval | None
    currency: str
    is_over: bool


def lift_of(scope: Scope, days: timedelta, currency: str, now: datetime) -> Lift | None:
    """As they were meant: whoever could have been written to, whether the letter arrived or not."""
    meant, held = report_counts.count_exposed(scope)
    runs = [
        run for run in report_counts.runs_of(scope.campaign_id) if scope.run_id in (None, run.pk)
    ]
    if not meant or not held or not runs:
        return None
    until = min(now, max(run.ended_at or now for run in runs) + days)
    since = min(run.began_at or now for run in runs)
    spent: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for row in ask(bought(since, until)).dicts():
        worth = row["net_minor"] if row["currency"] == currency else 0
        spent[row["person"]].append((row["placed_at"], worth))
    found = {is_held: _Sum() for is_held in (False, True)}
    now_of = numbers_before(set(spent))
    for person, is_held, at in report_counts.iter_exposed(scope, now_of):
        begin = at.replace(tzinfo=None)
        worth = [net for placed, net in spent[now_of[person]] if begin <= placed < begin + days]
        found[is_held].add(worth)
    groups = Group("meant", meant, found[False].hits), Group("held", held, found[True].hits)
    return Lift(
        *groups,
        share=compare_shares(groups[1], groups[0]),
        worth=compare_means(found[True].of(held), found[False].of(meant)),
        currency=currency,
        is_over=all(run.ended_at and run.ended_at + days <= now for run in runs),
    )


@dataclass(slots=True)
class _Sum:
    """What some people spent, each one amount; who spent nothing need not be told."""

    hits: int = 0
    total: int = 0
    squares: int = 0

    def add(self, worth: Sequence[int]) -> None:
        amount = sum(worth)
        self.hits += bool(worth)
        self.total += amount
        self.squares += amount * amount

    def of(self, people: int) -> Moments:
        return Moments(people, self.total, self.squares)
