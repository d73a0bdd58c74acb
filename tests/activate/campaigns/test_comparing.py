"""How sure one may be: every formula against figures somebody else published."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.activate.campaigns.comparing import (
    Group,
    Moments,
    compare_means,
    compare_shares,
    judge,
    sample_size,
    smallest_visible,
    split_chance,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_a_share_has_wilsons_interval(hits: int, of: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3."""
    found = wilson(hits, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((2, 7), (6, 7), 0.0582, 0.8062),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
        ((0, 10), (10, 10), 0.6075, 1.0),
    ],
)
def test_two_shares_have_newcombes_interval(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10."""
    found = compare_shares(Group("A", first[1], first[0]), Group("B", second[1], second[0]))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_a_real_campaign_against_nothing_sent() -> None:
    """Hillstrom's e-mail challenge: visits of who got the men's letter and of who got none."""
    none, mens = Group("none", 21_306, 2_262), Group("mens", 21_307, 3_894)
    found = compare_shares(none, mens)
    assert round(found.value, 5) == 0.07659
    assert found.p == pytest.approx(2 * 2.84e-112, rel=0.01)  # z 22.486
    assert round(split_chance([21_307, 21_387, 21_306], [1, 1, 1]), 4) == 0.9037


def test_two_means_by_welch() -> None:
    """GrowthBook's vectors, and the sleep of ten students twice (Student, 1908; R's t.test)."""
    ours = compare_means(Moments(3_407, 1_396.87, 52_377.9767), Moments(3_461, 2_422.7, 134_698.29))
    assert ours is not None
    assert ours.p is not None
    assert [round(n, 5) for n in (ours.value, ours.low, ours.high, ours.p)] == [
        0.29, 0.04538, 0.53462, 0.02016,
    ]  # fmt: skip
    slept = [
        (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0),
        (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4),
    ]
    one, two = (Moments(10, sum(g), sum(x * x for x in g)) for g in slept)
    sleep = compare_means(one, two)
    assert sleep is not None
    assert sleep.p is not None
    assert [round(n, 5) for n in (sleep.low, sleep.high, sleep.p)] == [-0.20548, 3.36548, 0.07939]


def test_where_nothing_can_be_said_nothing_is() -> None:
    assert compare_means(Moments(1, 5, 25), Moments(9, 9, 9)) is None
    assert compare_means(Moments(9, 0, 0), Moments(9, 0, 0)) is None
    assert compare_shares(Group("A", 50, 4), Group("B", 50, 5)).p is None
    assert compare_shares(Group("A", 0, 0), Group("B", 50, 5)).p is None
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)
    assert split_chance([0, 0], [50, 50]) == 1


@pytest.mark.parametrize(
    ("degrees", "critical"), [(1, 3.841459), (2, 5.991465), (3, 7.814728), (4, 9.487729)]
)
def test_an_uneven_split_is_judged_by_the_table_of_chi_square(
    degrees: int, critical: float
) -> None:
    """Two groups off by x each way of n apiece have chi-square 2 x² / n; the rest are even."""
    n = 1_000_000
    off = round((critical * n / 2) ** 0.5)
    counts = [n + off, n - off, *[n] * (degrees - 1)]
    assert split_chance(counts, [1] * (degrees + 1)) == pytest.approx(0.05, abs=1e-4)


def test_how_many_people_it_takes() -> None:
    """R's power.prop.test: p1 = .50, p2 = .75, power = .90 needs 76.7; n = 50 sees .8026."""
    assert sample_size(0.50, 0.75, power=0.9) == 77
    assert round(0.5 + smallest_visible(0.5, 50, power=0.9), 4) == 0.8026
    assert sample_size(0.03, 0.04) == 5_301
    assert sample_size(0.03, 0.04, groups=3) > sample_size(0.03, 0.04)
    assert smallest_visible(0.9, 5) == 1.0
    with pytest.raises(ValueError, match="nothing"):
        sample_size(0.03, 0.03)


EVEN = (50.0, 50.0)


def test_a_winner_is_better_than_every_other() -> None:
    found = judge([Group("A", 1_000, 30), Group("B", 1_000, 70)], EVEN)
    assert (found.chosen, found.why, found.is_winner) == ("B", "better", True)
    assert found.pairs[0].difference.value == pytest.approx(0.04)
    three = [Group("A", 1_000, 30), Group("B", 1_000, 70), Group("C", 1_000, 75)]
    both = judge(three, (1, 1, 1))
    assert (both.chosen, both.why) == ("B", "no_difference")  # A lost; B and C are alike


def test_without_a_difference_the_shops_own_choice_goes_and_has_not_won() -> None:
    found = judge([Group("A", 1_000, 30), Group("B", 1_000, 38)], EVEN)
    assert (found.chosen, found.why, found.is_winner) == ("A", "no_difference", False)
    few = judge([Group("A", 40, 1), Group("B", 40, 4)], EVEN)
    assert (few.chosen, few.why) == ("A", "too_few")


def test_what_two_alone_would_show_five_together_may_not() -> None:
    two = [Group("A", 1_000, 30), Group("B", 1_000, 49)]
    assert judge(two, EVEN).why == "better"
    others = [Group(key, 1_000, 40) for key in "CDE"]
    assert judge([*two, *others], (1,) * 5).why == "no_difference"


def test_a_split_that_is_off_names_nobody() -> None:
    """B's template failed for many: those who were left are other people than A's."""
    found = judge([Group("A", 1_000, 30), Group("B", 700, 70)], EVEN)
    assert (found.chosen, found.why) == ("A", "uneven")


def test_among_three_that_are_alike_a_winner_is_rare() -> None:
    """Eight hundred experiments where nothing differs: at most about one in twenty finds one."""
    dice = random.Random(11)

    def clicks(people: int) -> int:
        return sum(dice.random() < 0.1 for _ in range(people))

    named = 0
    for _ in range(800):
        groups = [Group(key, 200, clicks(200)) for key in "ABC"]
        named += judge(groups, (1, 1, 1)).is_winner
    assert named <= 40


@given(st.integers(1, 5_000), st.integers(1, 5_000), st.data())
def test_an_interval_holds_its_value_and_turns_round_with_its_groups(
    first: int, second: int, data: st.DataObject
) -> None:
    one = Group("A", first, data.draw(st.integers(0, first)))
    two = Group("B", second, data.draw(st.integers(0, second)))
    there, back = compare_shares(one, two), compare_shares(two, one)
    assert -1 - 1e-9 <= there.low <= there.value <= there.high <= 1 + 1e-9
    assert there.low == pytest.approx(-back.high)
    assert there.p == (back.p if back.p is None else pytest.approx(back.p))
