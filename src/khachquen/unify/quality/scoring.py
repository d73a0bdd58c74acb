"""From counts to scores. Pure.

A score is per mille, rounded down, so that 1000 says that nothing was found. An axis is the mean
of its checks' shares of rows that are right, each with its weight; a check that had nothing to look
at stays out, and an axis of such checks has no score.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from khachquen.unify.quality.rule import AXES, Axis
from khachquen.unify.quality.rules import RULES


@dataclass(frozen=True, slots=True)
class Counted:
    """What one check counted."""

    checked: int = 0
    failed: int = 0

    @property
    def per_mille(self) -> int | None:
        """The share that is right; None when there was nothing to check."""
        return (self.checked - self.failed) * 1000 // self.checked if self.checked else None

    @property
    def share(self) -> float | None:
        """The same as a share of one."""
        return None if self.per_mille is None else self.per_mille / 1000

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.checked + other.checked, self.failed + other.failed)


@dataclass(frozen=True, slots=True)
class Score:
    """One axis of one source: its score, and how many rows were found wrong."""

    axis: Axis
    per_mille: int | None
    failed: int


def score(axis: Axis, counted: Mapping[str, Counted]) -> Score:
    """The score of an axis from what its checks counted (rule → counts)."""
    mine = [(r.weight, counted[r.key]) for r in RULES if r.axis == axis and r.key in counted]
    heard = [(weight, one) for weight, one in mine if one.checked]
    failed = sum(one.failed for _, one in heard)
    if not heard:
        return Score(axis, None, 0)
    right = sum(Fraction(w * (one.checked - one.failed), one.checked) for w, one in heard)
    return Score(axis, int(1000 * right / sum(w for w, _ in heard)), failed)


def scores(counted: Mapping[str, Counted]) -> tuple[Score, ...]:
    """All five axes, in their order."""
    return tuple(score(axis, counted) for axis in AXES)


def add_up(parts: Iterable[tuple[str, int, Counted]]) -> dict[tuple[str, int], Counted]:
    """Counts by rule and source, added."""
    total: dict[tuple[str, int], Counted] = {}
    for rule, source_id, one in parts:
        total[rule, source_id] = total.get((rule, source_id), Counted()) + one
    return total
