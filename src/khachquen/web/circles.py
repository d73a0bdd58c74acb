"""Two circles drawn to scale: their areas are what they hold, and so is what they share."""

from dataclasses import dataclass
from math import acos, pi, sqrt

_WIDTH, _HEIGHT, _EDGE = 360.0, 200.0, 8.0
_STEPS = 40


@dataclass(frozen=True, slots=True)
class Circle:
    """Where it stands, and how large."""

    x: float
    y: float
    r: float


def two_circles(one: int, other: int, both: int) -> tuple[Circle, Circle] | None:
    """The circles of two sets of these sizes that share ``both``; None where both are empty.

    They fit a picture of 360 by 200. A set of nobody is a point.

    >>> left, right = two_circles(100, 100, 0)
    >>> round(left.r - right.r, 6), right.x - left.x >= left.r + right.r
    (0.0, True)
    """
    if one + other == 0:
        return None
    r1, r2 = sqrt(one / pi), sqrt(other / pi)
    apart = _distance(r1, r2, both)
    left, right = min(-r1, apart - r2), max(r1, apart + r2)
    scale = min((_WIDTH - 2 * _EDGE) / (right - left), (_HEIGHT - 2 * _EDGE) / (2 * max(r1, r2)))
    start = (_WIDTH - (right - left) * scale) / 2 - left * scale
    middle = _HEIGHT / 2
    return (
        Circle(round(start, 2), middle, round(r1 * scale, 2)),
        Circle(round(start + apart * scale, 2), middle, round(r2 * scale, 2)),
    )


def shared_area(r1: float, r2: float, apart: float) -> float:
    """The area two circles have in common."""
    if apart >= r1 + r2:
        return 0.0
    if apart <= abs(r1 - r2):
        return pi * min(r1, r2) ** 2
    a1 = acos((apart**2 + r1**2 - r2**2) / (2 * apart * r1))
    a2 = acos((apart**2 + r2**2 - r1**2) / (2 * apart * r2))
    corners = (r1 + r2 - apart) * (apart + r1 - r2) * (apart - r1 + r2) * (apart + r1 + r2)
    return r1**2 * a1 + r2**2 * a2 - sqrt(max(corners, 0.0)) / 2


def _distance(r1: float, r2: float, both: int) -> float:
    """How far apart their middles are so that they share just so much."""
    near, far = abs(r1 - r2), r1 + r2
    if both == 0:
        return far * 1.05  # apart for the eye as well
    for _ in range(_STEPS):
        middle = (near + far) / 2
        near, far = (middle, far) if shared_area(r1, r2, middle) > both else (near, middle)
    return (near + far) / 2
