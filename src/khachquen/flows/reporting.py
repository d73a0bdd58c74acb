"""What came of a campaign, from everybody it was meant for to what they bought.

Letters are counted by the database, visits and orders by the lake. Between the two pass those who
clicked, and nobody else: they are few of many.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from khachquen.activate.campaigns import report_counts
from khachquen.activate.campaigns.comparing import (
    Group,
    Interval,
    Moments,
    compare_means,
    compare_shares,
    wilson,
)
from khachquen.activate.campaigns.planning import find_plan, planned_cost
from khachquen.activate.campaigns.report_counts import Cell, Click, Recipient, Scope
from khachquen.activate.campaigns.report_figures import (
    FIGURES,
    Counts,
    Figure,
    rate_of,
    sum_all,
)
from khachquen.activate.campaigns.running import Run
from khachquen.base import Config, InputError, Text
from khachquen.govern import get_shop
from khachquen.store import ask
from khachquen.understand.attribution import (
    ACTIONS,
    MODELS,
    WINDOWS,
    Touch,
    bought,
    credited,
    visits,
)
from khachquen.unify.profiles.reaching import numbers_before, numbers_now

_MOST_PARTS = 10
_PARTS = ("variant", "domain")
_OF_LAKE = ("visited", "acted", "ordered")
REST = "*"
"""The part that holds every domain but the largest."""


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
class Cost:
    """What the letters that left cost, by what one was said to cost in the campaign's plan, and
    what they brought: money in minor units of the shop's ``currency``."""

    currency: str
    spent_minor: int
    budget_minor: int | None
    net_minor: int

    @property
    def per_unit(self) -> float | None:
        """Net revenue for each unit of money spent, less that unit (return on investment); None
        where nothing was spent."""
        return (self.net_minor - self.spent_minor) / self.spent_minor if self.spent_minor else None


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


@dataclass(frozen=True, slots=True)
class Report:
    """Every number of one campaign, each counted once and shown everywhere the same."""

    wish: Wish
    counts: Counts
    heard_of_unknown: int
    reasons: Sequence[tuple[str, str, int]]
    parts: Mapping[str, Mapping[str, Counts]]
    earned: Sequence[Earned]
    cost: Cost | None
    hours: Sequence[tuple[int, int]]
    links: Mapping[str, int]
    lift: Lift | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure as it stands: a count, or a rate as what divides by what, with its interval."""

    figure: Figure
    value: int
    of: int | None = None
    share: Interval | None = None


def readings(counts: Counts) -> list[Reading]:
    """Every figure of these letters, in the dictionary's order; what pages, files and REST show."""
    found = []
    for figure in FIGURES.values():
        if figure.over is None:
            found.append(Reading(figure, getattr(counts, figure.key)))
        else:
            top, bottom = rate_of(figure, counts)
            share = wilson(top, bottom) if bottom else None
            found.append(Reading(figure, top, bottom, share))
    return found


@dataclass(frozen=True, slots=True)
class Followed:
    """What followed the clicks: letters by what their people did, and the orders credited."""

    clicks: Sequence[Click]
    visited: frozenset[int]
    acted: frozenset[int]
    credits: Sequence[Mapping[str, Any]]

    @property
    def ordered(self) -> frozenset[int]:
        return frozenset(row["owner"] for row in self.credits)


def read_wish(campaign_id: int, asked: Mapping[str, Any]) -> Wish:
    """A wish as somebody typed it: ``run``, ``model``, ``days``, ``action``; all may be left out.

    Raises:
        InputError: something it names is not there (``campaigns.bad_report``).
    """
    began = {str(run.pk): run.pk for run in report_counts.runs_of(campaign_id)}
    choices: Mapping[str, Collection[str]] = {
        "run": began,
        "model": MODELS,
        "days": [str(days) for days in WINDOWS],
        "action": ACTIONS,
    }
    for name, known in choices.items():
        told = str(asked.get(name) or "")
        if told and told not in known:
            raise InputError(
                "campaigns.bad_report",
                Text(
                    vi=f"{name} không thể là {told[:40]!r}.", en=f"{name} cannot be {told[:40]!r}."
                ),
                path=f"query.{name}",
                hint=Text(vi=f"Có: {', '.join(known)}.", en=f"There are: {', '.join(known)}."),
            )
    return Wish(
        Scope(campaign_id, began.get(str(asked.get("run") or ""))),
        model=str(asked.get("model") or "last"),
        days=int(asked.get("days") or 7),
        action=str(asked.get("action") or "order"),
    )


def report_campaign(config: Config, wish: Wish, *, now: datetime) -> Report:
    """The whole report, counted from the rows as they are now."""
    scope = wish.scope
    followed = follow(wish)
    shop = get_shop()
    zone = ZoneInfo(shop.timezone if shop else config.shop.timezone)
    currency = shop.currency if shop else config.shop.currency
    cells = report_counts.count_cells(scope, zone)
    counts = _with_lake(sum_all(one.counts for one in cells), followed)
    earned = _earned(followed.credits, currency)
    return Report(
        wish=wish,
        counts=counts,
        heard_of_unknown=report_counts.count_heard_of_unknown(scope),
        reasons=report_counts.count_reasons(scope),
        parts={what: _largest(_parts(scope, what, cells, followed)) for what in _PARTS},
        earned=earned,
        cost=_cost(scope, counts, earned[0]),
        hours=_hours(cells, followed.clicks, zone),
        links=_links(followed.clicks),
        lift=_lift(wish, currency, now),
    )


def follow(wish: Wish) -> Followed:
    """Ask the lake what those who clicked did afterwards."""
    clicks = list(report_counts.iter_clicks(wish.scope))
    if not clicks:
        return Followed((), frozenset(), frozenset(), ())
    now_of = numbers_now({one.person_id for one in clicks})
    own = _touches(clicks, now_of)
    came = ask(visits(own, days=wish.days, action=wish.action)).rows
    return Followed(
        clicks,
        visited=frozenset(owner for owner, _, _ in came),
        acted=frozenset(owner for owner, _, acted_at in came if acted_at),
        credits=_credits(wish, clicks, now_of),
    )


def list_behind(wish: Wish, key: str, **more: Any) -> list[Recipient]:
    """The people behind a count of the report; ``more`` as ``report_counts.list_people`` takes."""
    among = getattr(follow(wish), key) if key in _OF_LAKE else None
    return report_counts.list_people(wish.scope, key, among=among, **more)


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


def _with_lake(found: Counts, followed: Followed) -> Counts:
    return replace(found, **{key: len(getattr(followed, key)) for key in _OF_LAKE})


def _parts(scope: Scope, what: str, cells: Sequence[Cell], followed: Followed) -> dict[str, Counts]:
    found = report_counts.sum_by(cells, what)
    for key in _OF_LAKE:
        letters = getattr(followed, key)
        for part, many in report_counts.count_these(scope, what, letters).items():
            found[part] = replace(found[part], **{key: many})
    return found


def _largest(parts: Mapping[str, Counts]) -> dict[str, Counts]:
    """The parts most letters are in, and all others as one; of a domain, no address is one too."""
    ordered = sorted(parts, key=lambda part: (-parts[part].sent, -parts[part].targeted, part))
    kept = {part: parts[part] for part in ordered[:_MOST_PARTS]}
    if rest := ordered[_MOST_PARTS:]:
        kept[REST] = sum_all(parts[part] for part in rest)
    return kept


def _earned(rows: Sequence[Mapping[str, Any]], currency: str) -> list[Earned]:
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


def _cost(scope: Scope, counts: Counts, earned: Earned) -> Cost | None:
    plan = find_plan(scope.campaign_id)
    spent = planned_cost(plan, counts.sent)
    if spent is None:
        return None
    return Cost(earned.currency, spent, plan.budget, earned.net_minor)


def _hours(cells: Sequence[Cell], clicks: Sequence[Click], zone: ZoneInfo) -> list[tuple[int, int]]:
    """Letters first opened and first clicked in each of the 24 hours of the shop's clock."""
    opened: Counter[int] = Counter()
    for cell in cells:
        if cell.hour is not None:
            opened[cell.hour] += cell.counts.opened
    first: dict[int, datetime] = {}
    for one in clicks:
        first[one.recipient_id] = min(first.get(one.recipient_id, one.first_at), one.first_at)
    clicked = Counter(at.astimezone(zone).hour for at in first.values())
    return [(opened[hour], clicked[hour]) for hour in range(24)]


def _links(clicks: Sequence[Click]) -> dict[str, int]:
    """Letters in which each link was clicked, the most clicked first."""
    return dict(Counter(one.link for one in clicks).most_common())


def _lift(wish: Wish, currency: str, now: datetime) -> Lift | None:
    """As they were meant: whoever could have been written to, whether the letter arrived or not."""
    meant, held = report_counts.count_exposed(wish.scope)
    runs = [one for one in report_counts.runs_of(wish.scope.campaign_id) if _is_of(one, wish.scope)]
    if not meant or not held or not runs:
        return None
    days = timedelta(days=wish.days)
    until = min(now, max(run.ended_at or now for run in runs) + days)
    since = min(run.began_at or now for run in runs)
    spent: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for row in ask(bought(since, until)).dicts():
        worth = row["net_minor"] if row["currency"] == currency else 0
        spent[row["person"]].append((row["placed_at"], worth))
    found = {is_held: _Sum() for is_held in (False, True)}
    now_of = numbers_before(set(spent))
    for person, is_held, at in report_counts.iter_exposed(wish.scope, now_of):
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


def _is_of(run: Run, scope: Scope) -> bool:
    return scope.run_id in (None, run.pk)


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
