"""What staff's answers say of the scores, and which bar they would move. Pure; moves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

_ENOUGH = 30
_SURE, _RARE, _OFTEN = 0.95, 0.10, 0.50
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs of one tenth of the score that people answered: how many were one person."""

    low: float
    high: float
    accepted: int
    refused: int

    @property
    def looked_at(self) -> int:
        """How many were answered."""
        return self.accepted + self.refused

    @property
    def share(self) -> float:
        """How many of them were one person."""
        return self.accepted / max(self.looked_at, 1)

    @property
    def least(self) -> float:
        """The share that is one person, at least: the lower end of Wilson's interval (95 %)."""
        return _wilson(self.accepted, self.looked_at)[0]

    @property
    def most(self) -> float:
        """The same at most."""
        return _wilson(self.accepted, self.looked_at)[1]


@dataclass(frozen=True, slots=True)
class Advice:
    """A bar the answers would move, and to where. ``kind``: join_by_itself, stop_joining,
    raise_ask, lower_ask."""

    kind: str
    band: Band
    to: float


def advise(
    bands: Sequence[Band], sure: Band, *, joins: bool, join_at: float, ask_at: float
) -> Advice | None:
    """What to change in the settings, or None while the answers do not say.

    ``sure`` are the pairs automatic joining is about, or was, staff's word on what it joined
    included. It needs thirty answers and the whole interval of the share on one side.
    """
    if joins and sure.looked_at >= _ENOUGH and sure.most < _SURE:
        return Advice("stop_joining", sure, min(join_at + (1 - join_at) / 2, 0.999))
    if not joins and sure.looked_at >= _ENOUGH and sure.least >= _SURE:
        return Advice("join_by_itself", sure, join_at)
    at_bar = (band for band in bands if band.low <= ask_at + 1e-9 < band.high)
    lowest = next(at_bar, None)
    if lowest is None or lowest.looked_at < _ENOUGH:
        return None
    if lowest.most < _RARE:
        return Advice("raise_ask", lowest, lowest.high)
    if lowest.least > _OFTEN and lowest.low >= 0.2:
        return Advice("lower_ask", lowest, round(lowest.low - 0.1, 1))
    return None


def _wilson(hits: int, n: int) -> tuple[float, float]:
    """Where a share lies with 95 % confidence.

    >>> [round(end, 2) for end in _wilson(37, 40)], _wilson(0, 0)
    ([0.8, 0.97], (0.0, 1.0))
    """
    if not n:
        return 0.0, 1.0
    share, z2 = hits / n, _Z * _Z
    middle, spread = share + z2 / (2 * n), _Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return (middle - spread) / (1 + z2 / n), (middle + spread) / (1 + z2 / n)
