"""Chance, from a seed: the same seed draws the same shop on every machine."""

import random
from collections.abc import Mapping, Sequence
from math import log
from typing import TypeVar

T = TypeVar("T")


class Dice(random.Random):
    """One stream of chance.

    ``pick`` and ``chance`` cost one draw each, which is why tables are spread out beforehand
    (``spread``) and not searched by weight.
    """

    def pick(self, table: Sequence[T]) -> T:
        """One entry, each equally likely."""
        return table[int(self.random() * len(table))]

    def chance(self, probability: float) -> bool:
        """True as often as told."""
        return self.random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def wait(self, mean: float) -> float:
        """A waiting time without memory, of the given mean."""
        return -mean * log(1.0 - self.random())

    def count(self, mean: float) -> int:
        """How many happen, when ``mean`` happen on average and independently (Poisson)."""
        number, left = 0, self.wait(1.0)
        while left < mean:
            number, left = number + 1, left + self.wait(1.0)
        return number


def dice_for(*parts: int | str) -> Dice:
    """The stream of chance that belongs to these names, as ``dice_for(7, "customer", 12)``."""
    return Dice(":".join(str(part) for part in parts))


def spread(weights: Mapping[T, float], size: int = 1000) -> tuple[T, ...]:
    """A table in which each value stands as often as its weight says, at least once.

    >>> spread({"a": 3, "b": 1}, size=4)
    ('a', 'a', 'a', 'b')
    """
    total = sum(weights.values())
    return tuple(
        value
        for value, weight in weights.items()
        for _ in range(max(1, round(size * weight / total)))
    )


def spread_text(text: str, size: int = 1000) -> tuple[str, ...]:
    """``spread`` of lines or comma-separated parts that read ``value weight``.

    >>> spread_text("Thu Hoa 2, Lan 1", size=3)
    ('Thu Hoa', 'Thu Hoa', 'Lan')
    """
    parts = [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
    pairs = (part.rpartition(" ") for part in parts)
    return spread({value: float(weight) for value, _, weight in pairs}, size)
