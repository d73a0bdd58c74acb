"""Circles hold what they say: areas are sizes, and so is what two of them share."""

import pytest

from khachquen.web.circles import shared_area, two_circles


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [(100, 100, 50), (1_000, 10, 3), (5, 200_000, 4), (40, 40, 1), (7, 9, 6)],
)
def test_what_two_circles_share_is_to_scale(one: int, other: int, both: int) -> None:
    circles = two_circles(one, other, both)

    assert circles is not None
    left, right = circles
    per_person = left.r**2 / one
    assert right.r**2 / other == pytest.approx(per_person, rel=0.02)
    shared = shared_area(left.r, right.r, right.x - left.x)
    assert shared / (3.14159 * left.r**2) == pytest.approx(both / one, abs=0.02)
    assert min(left.x - left.r, right.x - right.r) >= 0
    assert max(left.x + left.r, right.x + right.r) <= 360


def test_one_inside_the_other_and_nobody_at_all() -> None:
    whole = two_circles(100, 10, 10)
    assert whole is not None
    left, right = whole
    assert right.x + right.r <= left.x + left.r + 0.5
    assert two_circles(0, 0, 0) is None
    alone = two_circles(0, 5, 0)
    assert alone is not None
    assert alone[0].r == 0
