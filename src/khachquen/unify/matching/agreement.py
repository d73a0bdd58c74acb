"""What a pair of records is shown as: for each field how they agree, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from khachquen.base import Text
from khachquen.unify.matching.comparisons import COMPARISONS
from khachquen.unify.matching.model import Model


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two records agree in one field: ``field`` and ``words`` to read, ``name`` and ``level``
    for programs, ``speaks_for`` whether it speaks for one person."""

    name: str
    level: str
    field: Text
    words: Text
    speaks_for: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two rows that may be one person, ready for somebody to decide.

    ``score`` is the probability, ``bits`` the weight behind it (the prior included). ``left`` and
    ``right`` are row numbers. ``is_sure``: the score reaches the bar for joining. ``is_held``: its
    own weight shall not join it, for only the names agree, or a birth date or number contradicts.
    """

    left: int
    right: int
    score: float
    bits: float
    agreements: tuple[Agreement, ...]
    is_sure: bool = False
    is_held: bool = False


def agreements_of(model: Model, levels: Sequence[int]) -> tuple[Agreement, ...]:
    """The numbers of the levels, one a comparison, in words; fields nobody filled are left out."""
    told = []
    for one, number in zip(model.comparisons, levels, strict=True):
        if number >= 0:
            level, weight = one.levels[number], model.weights[one.name][number]
            told.append(Agreement(one.name, level.name, one.words, level.words, weight.bits > 0))
    return tuple(told)


def read_agreement(name: str, level: str, *, speaks_for: bool) -> Agreement | None:
    """An agreement that was kept by its names; None of one that is no longer made.

    >>> found = read_agreement("phone", "same", speaks_for=True)
    >>> found.field.en, found.words.en
    ('Phone', 'same')
    """
    for one in COMPARISONS:
        for made in one.levels:
            if (one.name, made.name) == (name, level):
                return Agreement(name, level, one.words, made.words, speaks_for)
    return None


def probability_of(bits: float) -> float:
    """Bits of odds as a probability.

    >>> probability_of(0.0), round(probability_of(3.17), 2)
    (0.5, 0.9)
    """
    return 1 / (1 + 2.0**-bits) if bits > -1000 else 0.0
