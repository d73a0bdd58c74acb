"""How sure one may be that two groups of people differ, and how many it takes to see it. Pure.

Nothing here looks at people: numbers go in, intervals and probabilities come out. Shares use
Wilson's interval and Newcombe's of two (1998, method 10), which hold where few answered and never
pass 0 or 1; means use Welch's t, which does not ask the groups to vary alike.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist

__all__ = [
    "Group",
    "Interval",
    "Moments",
    "Pair",
    "Verdict",
    "compare_means",
    "compare_shares",
    "judge",
    "sample_size",
    "smallest_visible",
    "split_chance",
    "wilson",
]

_NORMAL = NormalDist()
_LEVEL = 0.95
_MISMATCH = 0.001  # a split this unlikely was not made by chance: something ate one side
_FEWEST = 5  # expected on each side of a two-by-two table, below which the z test is no test


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and between which two it is with 95 % confidence; ``p`` where a test was made."""

    value: float
    low: float
    high: float
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Of so many people, so many did it: each counted once, however often they did."""

    key: str
    of: int
    hits: int

    @property
    def share(self) -> float:
        """0 where there is nobody."""
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Moments:
    """A column of amounts, summed up: how many people (also those with 0), the sum, and the sum of
    squares."""

    count: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.count

    @property
    def variance(self) -> float:
        """Of the sample, by n - 1."""
        return max(0.0, self.squares - self.total**2 / self.count) / (self.count - 1)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two groups side by side: ``second`` less ``first``; ``p`` is adjusted for all the pairs."""

    first: str
    second: str
    difference: Interval
    p: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which of the groups goes on. ``why``: better (the only winner there is), no_difference,
    too_few (not even testable), uneven (the split itself is off: nothing may be read from it)."""

    chosen: str
    why: str
    pairs: tuple[Pair, ...]

    @property
    def is_winner(self) -> bool:
        return self.why == "better"


def wilson(hits: int, of: int, *, level: float = _LEVEL) -> Interval:
    """A share with Wilson's score interval (1927), without correction for continuity.

    >>> found = wilson(15, 148)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0624, 0.1605)
    """
    if not of:
        return Interval(0.0, 0.0, 1.0)
    z, share = _z(1 - (1 - level) / 2), hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == of else min(1.0, middle + half)
    return Interval(share, low, high)


def compare_shares(first: Group, second: Group, *, level: float = _LEVEL) -> Interval:
    """How much larger the share of ``second`` is: Newcombe's interval, and the p of a two-sided z
    test with the common share, None where fewer than five are to be expected in a cell."""
    one, two = (wilson(each.hits, each.of, level=level) for each in (first, second))
    gap = two.value - one.value
    low = gap - math.hypot(two.value - two.low, one.high - one.value)
    high = gap + math.hypot(two.high - two.value, one.value - one.low)
    return Interval(gap, low, high, _p_of_shares(first, second))


def _p_of_shares(first: Group, second: Group) -> float | None:
    of, hits = first.of + second.of, first.hits + second.hits
    if not of or min(first.of, second.of) * min(hits, of - hits) / of < _FEWEST:
        return None
    common = hits / of
    error = math.sqrt(common * (1 - common) * (1 / first.of + 1 / second.of))
    return _both_tails((second.share - first.share) / error)


def compare_means(first: Moments, second: Moments, *, level: float = _LEVEL) -> Interval | None:
    """How much larger the mean of ``second`` is, by Welch's t (1947), with Satterthwaite's degrees
    of freedom. None with fewer than two people on a side, or where nobody differs from anybody."""
    if min(first.count, second.count) < 2:
        return None
    parts = [each.variance / each.count for each in (first, second)]
    if not sum(parts):
        return None
    degrees = sum(parts) ** 2 / sum(
        part**2 / (each.count - 1) for part, each in zip(parts, (first, second), strict=True)
    )
    gap, error = second.mean - first.mean, math.sqrt(sum(parts))
    half = _t_quantile(1 - level, degrees) * error
    return Interval(gap, gap - half, gap + half, _t_tails(gap / error, degrees))


def judge(groups: Sequence[Group], shares: Sequence[float]) -> Verdict:
    """Which of the groups goes on, the shop's own choice first in the list.

    Every pair is tested, and the p values are raised by Holm's rule (1979), so that the chance of
    naming any false winner stays at 5 % however many are compared. A winner is better than every
    other. Without one the first goes on that none was better than; it has not won.
    """
    found = [(one, two, compare_shares(one, two)) for one, two in combinations(groups, 2)]
    raised = holm([1.0 if gap.p is None else gap.p for _, _, gap in found])
    pairs = tuple(
        Pair(one.key, two.key, gap, p) for (one, two, gap), p in zip(found, raised, strict=True)
    )
    if split_chance([one.of for one in groups], shares) < _MISMATCH:
        return Verdict(groups[0].key, "uneven", pairs)
    sure = [pair for pair in pairs if pair.p < 1 - _LEVEL]
    better = [(p.second, p.first) if p.difference.value > 0 else (p.first, p.second) for p in sure]
    beaten = {loser for _, loser in better}
    for one in groups:
        if sum(winner == one.key for winner, _ in better) == len(groups) - 1:
            return Verdict(one.key, "better", pairs)
    chosen = next(one.key for one in groups if one.key not in beaten)
    is_testable = any(gap.p is not None for _, _, gap in found)
    return Verdict(chosen, "no_difference" if is_testable else "too_few", pairs)


def holm(chances: Sequence[float]) -> list[float]:
    """p values of several tests, raised so that all hold together; in the order given.

    >>> [round(p, 2) for p in holm([0.04, 0.01, 0.03])]
    [0.06, 0.03, 0.06]
    """
    raised, highest = [0.0] * len(chances), 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=lambda at: chances[at])):
        highest = max(highest, min(1.0, chances[place] * (len(chances) - rank)))
        raised[place] = highest
    return raised


def sample_size(usual: float, other: float, *, groups: int = 2, power: float = 0.8) -> int:
    """People each group needs for a change from ``usual`` to ``other`` to be seen four times in
    five: the two-proportion formula of Fleiss, Levin and Paik (2003, 4.14) without correction for
    continuity. With more than two groups the 5 % are shared among the pairs, so it is on the safe
    side of Holm's rule.

    >>> sample_size(0.5, 0.75, power=0.9)
    77
    """
    if usual == other:
        raise ValueError("No number of people shows a difference of nothing.")
    alpha = (1 - _LEVEL) / math.comb(groups, 2)
    middle = (usual + other) / 2
    by_chance = _z(1 - alpha / 2) * math.sqrt(2 * middle * (1 - middle))
    to_see = _z(power) * math.sqrt(usual * (1 - usual) + other * (1 - other))
    return math.ceil(((by_chance + to_see) / (other - usual)) ** 2)


def smallest_visible(usual: float, people: int, *, groups: int = 2, power: float = 0.8) -> float:
    """The smallest rise above ``usual`` that so many people a group show four times in five; 1 when
    not even all of them clicking would."""
    low, high = usual, 1.0
    if people < 1 or sample_size(usual, high, groups=groups, power=power) > people:
        return 1.0
    for _ in range(40):
        middle = (low + high) / 2
        enough = middle > low and people >= sample_size(usual, middle, groups=groups, power=power)
        low, high = (low, middle) if enough else (middle, high)
    return high - usual


def split_chance(counts: Sequence[int], shares: Sequence[float]) -> float:
    """How often chance alone splits people at least this far from the shares that were meant: the
    chi-square test of a sample-ratio mismatch. 1 where there is nobody."""
    total, whole = sum(counts), sum(shares)
    if not total or len(counts) < 2:
        return 1.0
    meant = [total * share / whole for share in shares]
    off = sum((count - each) ** 2 / each for count, each in zip(counts, meant, strict=True))
    return _chi_tail(off, len(counts) - 1)


def _z(chance: float) -> float:
    return _NORMAL.inv_cdf(chance)


def _both_tails(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


def _chi_tail(value: float, degrees: int) -> float:
    """By the recurrence from one or two degrees of freedom upwards (DLMF 8.8.6)."""
    half = value / 2
    tail = math.erfc(math.sqrt(half)) if degrees % 2 else math.exp(-half)
    for below in range(2 - degrees % 2, degrees, 2):
        tail += half ** (below / 2) * math.exp(-half) / math.gamma(below / 2 + 1)
    return tail


def _t_tails(t: float, degrees: float) -> float:
    """Two-sided, by the incomplete beta function."""
    return _beta(degrees / 2, 0.5, degrees / (degrees + t * t))


def _t_quantile(tails: float, degrees: float) -> float:
    """The t both tails beyond which hold so much; by halving, for it falls with t."""
    low, high = 0.0, 1.0
    while _t_tails(high, degrees) > tails:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _t_tails(middle, degrees) > tails else (low, middle)
    return high


def _beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22), which
    converges fast on one side of the mean; the other is its mirror."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(b, a, 1 - x)
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(logs + a * math.log(x) + b * math.log1p(-x)) / a
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 400):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for part in (even, odd):
            c, d = 1 + part / c, 1 / (1 + part * d)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * value
