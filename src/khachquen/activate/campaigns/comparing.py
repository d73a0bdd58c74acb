"""How sure a share is, and whether two groups differ: pure arithmetic on counts.

A share of few says little, so every one is shown with its interval: where the true share may lie,
95 times of a hundred. Two groups differ when the interval of their difference leaves zero out.

Sources: Wilson (1927) for one share; Newcombe (1998, "Interval estimation for the difference
between independent proportions", method 10) for two; Welch (1947) for means of unlike spread, with
Student's t by Fisher and Cornish's expansion (Abramowitz and Stegun 26.7.5).
"""

from dataclasses import dataclass
from math import sqrt

__all__ = ["FEW", "Interval", "Sums", "compare_means", "compare_shares", "wilson"]

FEW = 30
"""Below so many a share is said with a warning."""
_Z = 1.959963984540054  # 95 %, both sides


@dataclass(frozen=True, slots=True)
class Interval:
    """What was found, and between which two values the truth may lie."""

    value: float
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        """Whether zero is left out: of a difference, that there is one."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Sums:
    """Some amounts, one a person, by what is needed of them: how many, sum, sum of squares."""

    count: int
    total: float
    squares: float


def wilson(hits: int, base: int) -> Interval | None:
    """A share with its interval; nothing of nothing. Never leaves 0 to 1, however few there are.

    >>> found = wilson(81, 263)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.308, 0.2553, 0.3662)
    """
    if not base:
        return None
    share, square = hits / base, _Z * _Z
    middle = share + square / (2 * base)
    reach = _Z * sqrt(share * (1 - share) / base + square / (4 * base * base))
    below = 1 + square / base
    low = 0.0 if hits == 0 else (middle - reach) / below
    high = 1.0 if hits == base else (middle + reach) / below
    return Interval(share, low, high)


def compare_shares(hits: int, base: int, other_hits: int, other_base: int) -> Interval | None:
    """By how much the first share is larger than the other, in parts of one.

    >>> found = compare_shares(56, 70, 48, 80)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    one, other = wilson(hits, base), wilson(other_hits, other_base)
    if one is None or other is None:
        return None
    gap = one.value - other.value
    below = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    above = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Interval(gap, gap - below, gap + above)


def compare_means(one: Sums, other: Sums) -> Interval | None:
    """By how much the first mean is larger; nothing where a group has fewer than two, or where
    nobody in either differs from anybody.

    >>> found = compare_means(Sums(3461, 2422.7, 134698.29), Sums(3407, 1396.87, 52377.9767))
    >>> round(found.value, 2), round(found.low, 5), round(found.high, 5)
    (0.29, 0.04538, 0.53462)
    """
    if one.count < 2 or other.count < 2:
        return None
    gap = one.total / one.count - other.total / other.count
    parts = [_variance(group) / group.count for group in (one, other)]
    spread = sum(parts)
    if spread <= 0:
        return None
    freedom = spread**2 / sum(
        part**2 / (group.count - 1) for part, group in zip(parts, (one, other), strict=True)
    )
    reach = _student(freedom) * sqrt(spread)
    return Interval(gap, gap - reach, gap + reach)


def _variance(group: Sums) -> float:
    return max(0.0, (group.squares - group.total**2 / group.count) / (group.count - 1))


def _student(freedom: float) -> float:
    """The 97.5th percentile of Student's t; within 0.001 from five degrees of freedom on."""
    z = _Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))
