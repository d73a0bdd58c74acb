"""What each likeness is worth: the weights learned from the data, or the ones we start from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

from khachquen.unify.matching.comparisons import COMPARISONS, Comparison

_LEAST, _MOST = 1e-7, 0.9999
_WORST = -8.0  # no one field rules a person out: people move, and change their numbers


@dataclass(frozen=True, slots=True)
class Weight:
    """How often a level is met among records of one person (``m``) and of two (``u``)."""

    m: float
    u: float
    highest: float | None = None  # no more than so many bits, whatever m and u say

    @property
    def bits(self) -> float:
        """What the level says for (or against) one person, in bits."""
        said = max(log2(self.m / self.u), _WORST)
        return round(said if self.highest is None else min(said, self.highest), 6)

    @property
    def bits_when_rare(self) -> float:
        """The same where the value's own frequency stands in for ``u``: minus its log2."""
        return round(log2(self.m), 6)


@dataclass(frozen=True, slots=True)
class Model:
    """The comparisons made and their weights.

    ``learned_from`` is how many rows taught it; 0 for the weights we start from. ``smoothing``
    is how many imagined rows temper the frequencies of values in a small set.
    """

    comparisons: tuple[Comparison, ...]
    weights: Mapping[str, tuple[Weight, ...]]
    learned_from: int = 0
    smoothing: int = 0

    def as_dict(self) -> dict[str, object]:
        """As JSON keeps it: comparison → level → m, u."""
        return {
            "learned_from": self.learned_from,
            "smoothing": self.smoothing,
            "comparisons": {
                one.name: {
                    level.name: [weight.m, weight.u]
                    for level, weight in zip(one.levels, self.weights[one.name], strict=True)
                }
                for one in self.comparisons
            },
        }


def make_model(
    comparisons: Sequence[Comparison],
    learned: Mapping[tuple[str, str], tuple[float, float]],
    *,
    learned_from: int = 0,
    smoothing: int = 0,
) -> Model:
    """A model of what was learned, filled up with what we start from.

    Probabilities are rounded to nine digits and kept away from 0 and 1: one training set never
    proves that something cannot happen.
    """
    weights = {}
    for one in comparisons:
        known = []
        for number, level in enumerate(one.levels):
            m, u = learned.get((one.name, level.name), (level.m, level.u))
            is_last = number == len(one.levels) - 1
            highest = one.conflict_below if is_last else None
            known.append(Weight(_bounded(m), _bounded(u), highest))
        weights[one.name] = tuple(known)
    return Model(tuple(comparisons), weights, learned_from, smoothing)


def read_model(said: Mapping[str, object]) -> Model:
    """What ``Model.as_dict`` wrote; comparisons and levels we no longer make are left out."""
    kept: dict[tuple[str, str], tuple[float, float]] = {}
    comparisons = said["comparisons"]
    assert isinstance(comparisons, dict)
    for name, levels in comparisons.items():
        kept |= {(name, level): (m, u) for level, (m, u) in levels.items()}
    return make_model(
        [one for one in COMPARISONS if one.name in comparisons],
        kept,
        learned_from=int(str(said["learned_from"])),
        smoothing=int(str(said["smoothing"])),
    )


def _bounded(share: float) -> float:
    return float(f"{min(max(share, _LEAST), _MOST):.9g}")
