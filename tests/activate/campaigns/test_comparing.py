"""Intervals against published ones, and what must hold of every pair of groups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khachquen.activate.campaigns.comparing import (
    Interval,
    Sums,
    compare_means,
    compare_shares,
    wilson,
)


def _about(found: Interval | None, low: float, high: float, digits: int = 4) -> None:
    assert found is not None
    assert (round(found.low, digits), round(found.high, digits)) == (low, high)


@pytest.mark.parametrize(
    ("hits", "base", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_a_share_has_the_interval_newcombe_printed_for_wilsons_method(
    hits: int, base: int, low: float, high: float
) -> None:
    _about(wilson(hits, base), low, high)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090),
     ((10, 10), (0, 10), 0.6075, 1.0), ((5, 56), (0, 29), -0.0381, 0.1926)],
)  # fmt: skip
def test_two_shares_differ_by_the_interval_newcombe_printed_for_his_tenth_method(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    _about(compare_shares(*one, *other), low, high)


def test_two_means_differ_by_the_interval_growthbook_finds() -> None:
    one, other = Sums(3461, 2422.7, 134698.29), Sums(3407, 1396.87, 52377.9767)
    _about(compare_means(one, other), 0.04538, 0.53462, 5)


def test_hillstroms_womens_letter_brought_visits_for_certain() -> None:
    """Visits of 64,000 customers: 21,387 who got the letter, 21,306 who were held out."""
    found = compare_shares(3238, 21387, 2262, 21306)
    assert found is not None
    assert found.is_certain
    assert round(found.value, 4) == 0.0452


def test_nothing_is_said_of_nobody() -> None:
    assert wilson(0, 0) is None
    assert compare_shares(1, 2, 0, 0) is None
    assert compare_means(Sums(1, 5, 25), Sums(9, 5, 25)) is None
    assert compare_means(Sums(5, 0, 0), Sums(9, 0, 0)) is None


GROUP = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(GROUP, GROUP)
def test_a_difference_lies_in_its_interval_and_turns_with_the_groups(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    for hits, base in (one, other):
        share = wilson(hits, base)
        assert share is not None
        assert 0 <= share.low <= share.value <= share.high <= 1
    there, back = compare_shares(*one, *other), compare_shares(*other, *one)
    assert there is not None
    assert back is not None
    assert -1 - 1e-9 <= there.low <= there.value <= there.high <= 1 + 1e-9
    assert there.low == pytest.approx(-back.high)
