"""Whether a value is more frequent among the best than among the rest, or only seems so. Pure.

Of ``n1`` best people ``a`` have a value, of ``n2`` others ``b``. The shares are ``a / n1`` and
``b / n2``: people of whom the value is not known count below the line. Lift is the first share by
the second. The test is the two-sided z-test of two proportions with a pooled variance:
``p = (a + b) / (n1 + n2)``, ``z = (a / n1 - b / n2) / sqrt(p (1 - p) (1 / n1 + 1 / n2))``, and the
probability of so large a difference by chance is ``erfc(|z| / sqrt(2))``. It is made only where
each group has 30 people and each of the four expected counts (``n1 p``, ``n1 (1 - p)``, ``n2 p``,
``n2 (1 - p)``) is at least 5. Of many values some differ by chance: Holm's correction keeps the
chance of a single false one at 5 %. The smallest of ``m`` probabilities has to be below ``0.05 /
m``, the next below ``0.05 / (m - 1)``, and so on until the first that is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt

__all__ = ["LEAST_PEOPLE", "Lift", "judge", "weigh"]

LEAST_PEOPLE = 30
_LEAST_EXPECTED = 5
_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Lift:
    """One value of one trait held between two groups. Without ``chance`` there were too few people
    to say; ``is_sure`` after the correction for all that was tested."""

    key: str
    value: str
    best: int
    rest: int
    share: float
    share_of_rest: float
    chance: float | None
    is_sure: bool = False

    @property
    def lift(self) -> float | None:
        """How many times as frequent; nothing where nobody of the rest has it."""
        return self.share / self.share_of_rest if self.share_of_rest else None


def weigh(key: str, value: str, best: tuple[int, int], rest: tuple[int, int]) -> Lift:
    """Hold one value up: (who has it, how many there are) of the best and of the rest.

    >>> found = weigh("city", "Huế", (60, 100), (300, 900))
    >>> round(found.share, 2), round(found.share_of_rest, 3), round(found.lift or 0, 2)
    (0.6, 0.333, 1.8)
    >>> f"{found.chance:.1e}"
    '1.4e-07'
    """
    (a, n1), (b, n2) = best, rest
    shares = a / n1 if n1 else 0.0, b / n2 if n2 else 0.0
    return Lift(key, value, a, b, *shares, _chance(a, n1, b, n2))


def judge(lifts: Sequence[Lift]) -> list[Lift]:
    """Which differences are sure, all that were tested taken together (Holm)."""
    tested = sorted(
        (one for one in lifts if one.chance is not None), key=lambda one: one.chance or 0
    )
    sure: set[tuple[str, str]] = set()
    for place, one in enumerate(tested):
        if (one.chance or 0) > _LEVEL / (len(tested) - place):
            break
        sure.add((one.key, one.value))
    return [replace(one, is_sure=(one.key, one.value) in sure) for one in lifts]


def _chance(a: int, n1: int, b: int, n2: int) -> float | None:
    if min(n1, n2) < LEAST_PEOPLE:
        return None
    p = (a + b) / (n1 + n2)
    if min(n1, n2) * min(p, 1 - p) < _LEAST_EXPECTED:
        return None
    z = (a / n1 - b / n2) / sqrt(p * (1 - p) * (1 / n1 + 1 / n2))
    return erfc(abs(z) / sqrt(2))
