"""What came of a campaign, from everybody it was meant for to what they bought.

Letters are counted by the database, visits and orders by the lake (``following``), what people were
when it was sent by the lake too (``dividing``). Who wants to show a report asks ``recounting``,
which keeps those of large campaigns.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from khachquen.activate.campaigns import report_counts
from khachquen.activate.campaigns.comparing import Interval, wilson
from khachquen.activate.campaigns.planning import find_plan, planned_cost
from khachquen.activate.campaigns.report_counts import Cell, Click, Letter, Recipient, Scope
from khachquen.activate.campaigns.report_figures import (
    FIGURES,
    Counts,
    Figure,
    rate_of,
    sum_all,
)
from khachquen.activate.campaigns.report_letters import read_letters
from khachquen.base import Config, InputError, Text
from khachquen.flows.aiming import Goal, goal_of
from khachquen.flows.dividing import LAKE_SPLITS, SPLITS, divide, divide_few
from khachquen.flows.following import OF_LAKE, Earned, Followed, Wish, earned_of, follow
from khachquen.flows.lifting import Lift, lift_of
from khachquen.govern import get_shop
from khachquen.understand.attribution import ACTIONS, MODELS, WINDOWS

__all__ = [
    "REST",
    "Cost",
    "Earned",
    "Part",
    "Reading",
    "Report",
    "Wish",
    "count_report",
    "credits_behind",
    "iter_behind",
    "list_behind",
    "read_wish",
    "readings",
]
_MOST_PARTS = 10
_LOOK_AT, _MOST_AT_ONCE = 2_000, 100_000
REST = "*"
"""The part that holds every domain but the largest."""


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
class Part:
    """Some of the letters: what they count as, and the orders credited to them."""

    counts: Counts
    earned: Sequence[Earned]


@dataclass(frozen=True, slots=True)
class Report:
    """Every number of one campaign, each counted once and shown everywhere the same.

    ``parts``: split → part → its letters; those of ``segment`` overlap. ``links``: variant → link →
    letters it was clicked in.
    """

    wish: Wish
    at: datetime
    counts: Counts
    heard_of_unknown: int
    reasons: Sequence[tuple[str, str, int]]
    parts: Mapping[str, Mapping[str, Part]]
    earned: Sequence[Earned]
    cost: Cost | None
    goal: Goal | None
    hours: Sequence[tuple[int, int]]
    links: Mapping[str, Mapping[str, int]]
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


def count_report(config: Config, wish: Wish, *, now: datetime) -> Report:
    """The whole report, counted from the rows as they are now.

    A million letters took 35 s of processor and 575 MB where this was measured."""
    scope = wish.scope
    shop = get_shop()
    zone = ZoneInfo(shop.timezone if shop else config.shop.timezone)
    currency = shop.currency if shop else config.shop.currency
    followed = follow(wish)
    cells = report_counts.count_cells(scope, zone)
    counts = _with_lake(sum_all(one.counts for one in cells), followed)
    earned = earned_of(followed.credits, currency)
    return Report(
        wish=wish,
        at=now,
        counts=counts,
        heard_of_unknown=report_counts.count_heard_of_unknown(scope),
        reasons=report_counts.count_reasons(scope),
        parts=_parts(scope, cells, followed, currency),
        earned=earned,
        cost=_cost(scope, counts, earned[0]),
        goal=goal_of(wish, followed, currency, zone),
        hours=_hours(cells, followed.clicks, zone),
        links=_links(followed.clicks),
        lift=lift_of(scope, timedelta(days=wish.days), currency, now),
    )


def list_behind(
    wish: Wish, key: str, *, part: tuple[str, str] = ("", ""), limit: int = 50, **more: Any
) -> list[Recipient]:
    """The people behind a count of the report, in the order they were written down.

    ``part`` is a split of the report and which part of it; ``more`` is ``reason``, ``link`` and
    ``after`` as ``report_counts.list_letters`` takes them.
    """
    found: list[int] = []
    for letters in iter_behind(wish, key, part=part, **more):
        found += [one.number for one in letters]
        if len(found) >= limit:
            break
    return report_counts.rows_of(found[:limit])


def iter_behind(
    wish: Wish, key: str, *, part: tuple[str, str] = ("", ""), after: int = 0, **more: Any
) -> Iterator[list[Letter]]:
    """All letters behind a count, a part at a time."""
    more["among"] = getattr(follow(wish), key) if key in OF_LAKE else None
    is_apart = part[0] in LAKE_SPLITS or bool(part[0] and more["among"] is not None)
    more["part"] = ("", "") if is_apart else part
    limit = _LOOK_AT
    while letters := report_counts.list_letters(wish.scope, key, after=after, limit=limit, **more):
        after, limit = letters[-1].number, min(4 * limit, _MOST_AT_ONCE)
        if is_apart:
            told = divide_few(letters, part[:1])[part[0]]
            letters = [one for one in letters if part[1] in told.get(one.number, ())]
        yield letters


def credits_behind(wish: Wish, part: tuple[str, str] = ("", "")) -> list[Mapping[str, Any]]:
    """The orders credited to a campaign, or to a part of its letters, the oldest first."""
    followed = follow(wish)
    if not part[0]:
        return list(followed.credits)
    told = divide_few(_letters_of(followed), part[:1])[part[0]]
    return [row for row in followed.credits if part[1] in told.get(row["owner"], ())]


def _letters_of(followed: Followed) -> list[Letter]:
    """The letters anything followed."""
    return report_counts.find_letters(followed.visited | followed.ordered)


def _with_lake(found: Counts, followed: Followed) -> Counts:
    return replace(found, **{key: len(getattr(followed, key)) for key in OF_LAKE})


def _parts(
    scope: Scope, cells: Sequence[Cell], followed: Followed, currency: str
) -> dict[str, dict[str, Part]]:
    """Every split with all its parts, of domains the largest."""
    heard = {split: report_counts.sum_by(cells, split) for split in ("variant", "domain")}
    heard |= divide(read_letters(scope))
    owned = divide_few(_letters_of(followed), SPLITS)
    found = {}
    for split in SPLITS:
        parts, of_letter = heard[split], owned[split]
        lake: dict[str, Counter[str]] = defaultdict(Counter)
        for key in OF_LAKE:
            for letter in getattr(followed, key):
                for part in of_letter.get(letter, ()):
                    lake[part][key] += 1
        orders: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in followed.credits:
            for part in of_letter.get(row["owner"], ()):
                orders[part].append(row)
        found[split] = {
            part: Part(replace(counts, **lake[part]), earned_of(orders[part], currency))
            for part, counts in parts.items()
        }
    return {**found, "domain": _largest(found["domain"])}


def _largest(parts: Mapping[str, Part]) -> dict[str, Part]:
    """The parts most letters are in, and all others as one; of a domain, no address is one too."""

    def size(part: str) -> tuple[int, int, str]:
        counts = parts[part].counts
        return -counts.sent, -counts.targeted, part

    ordered = sorted(parts, key=size)
    kept = {part: parts[part] for part in ordered[:_MOST_PARTS]}
    if rest := [parts[part] for part in ordered[_MOST_PARTS:]]:
        kept[REST] = Part(sum_all(one.counts for one in rest), _sum_earned(rest))
    return kept


def _sum_earned(parts: Sequence[Part]) -> list[Earned]:
    found: dict[str, Earned] = {}
    for part in parts:
        for one in part.earned:
            was = asdict(found.get(one.currency, Earned(one.currency)))
            more = {name: was[name] + value for name, value in asdict(one).items() if name in _SUMS}
            found[one.currency] = Earned(one.currency, **more)
    return list(found.values())


_SUMS = ("orders", "gross_minor", "refunded_minor")


def _cost(scope: Scope, counts: Counts, earned: Earned) -> Cost | None:
    plan = find_plan(scope.campaign_id)
    spent = planned_cost(plan, counts.sent)
    if spent is None:
        return None
    return Cost(earned.currency, spent, plan.budget, earned.net_minor)


def _hours(cells: Sequence[Cell], clicks: Sequence[Click], zone: tzinfo) -> list[tuple[int, int]]:
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


def _links(clicks: Sequence[Click]) -> dict[str, dict[str, int]]:
    """Variant → letters in which each link was clicked, the most clicked first."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in clicks:
        found[one.variant][one.link] += 1
    return {variant: dict(many.most_common()) for variant, many in sorted(found.items())}
