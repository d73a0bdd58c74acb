"""What sets the best apart, and what only seems to."""

import pytest

from khachquen.understand.classes.lifting import judge, weigh


def test_shares_are_of_everybody_and_lift_is_one_by_the_other() -> None:
    found = weigh("city", "Huế", (30, 100), (90, 900))

    assert (found.share, found.share_of_rest, found.lift) == (0.3, 0.1, pytest.approx(3))
    assert weigh("city", "Huế", (30, 100), (0, 900)).lift is None


def test_the_chance_is_that_of_the_two_sided_z_test() -> None:
    # By hand: p = .12, z = .2 / sqrt(.12 * .88 * (1/100 + 1/900)) = 5.8387.
    assert weigh("city", "Huế", (30, 100), (90, 900)).chance == pytest.approx(5.26e-9, rel=0.01)
    assert weigh("city", "Huế", (10, 100), (90, 900)).chance == 1


@pytest.mark.parametrize(
    ("best", "rest"),
    [((10, 29), (90, 900)), ((10, 100), (5, 29)), ((4, 40), (0, 900)), ((0, 0), (9, 90))],
)
def test_of_too_few_nothing_is_said(best: tuple[int, int], rest: tuple[int, int]) -> None:
    assert weigh("city", "Huế", best, rest).chance is None


def test_of_twenty_differences_of_one_in_a_hundred_none_is_sure() -> None:
    weak = [weigh("city", str(n), (17, 100), (88, 900)) for n in range(20)]
    strong = weigh("gender", "female", (80, 100), (300, 900))

    judged = judge([*weak, strong])

    assert 0.02 < (weak[0].chance or 0) < 0.03
    assert [one.value for one in judged if one.is_sure] == ["female"]
    assert judge(weak[:1])[0].is_sure, "alone it would be"
