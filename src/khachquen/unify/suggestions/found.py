"""What a comparison found of two people, on its way to be kept."""

from dataclasses import dataclass

from khachquen.unify.matching.agreement import Suggestion as Scored

Likeness = tuple[str, str, bool]
"""Comparison, level, whether it speaks for one person."""


@dataclass(frozen=True, slots=True)
class Found:
    """A pair of people, each by an identifier. ``is_sure``: a run brought them together, with the
    guards a run has; ``is_held``: only names agree, or something contradicts."""

    left_id: int
    right_id: int
    score: float
    agreements: tuple[Likeness, ...]
    is_sure: bool = False
    is_held: bool = False


def found_of(scored: Scored, left_id: int, right_id: int, *, is_sure: bool) -> Found:
    """A scored pair of records as a pair of people."""
    told = tuple((one.name, one.level, one.speaks_for) for one in scored.agreements)
    ends = min(left_id, right_id), max(left_id, right_id)
    return Found(*ends, scored.score, told, is_sure, scored.is_held)
