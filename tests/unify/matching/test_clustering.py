"""From pairs to people, without giant blobs."""

from itertools import combinations

from khachquen.unify.matching.clustering import (
    Clusters,
    Pair,
    cluster,
    find_components,
    link_one_to_one,
)


def group(
    weights: dict[Pair, float],
    *,
    held: frozenset[Pair] = frozenset(),
    largest: int = 100,
    sizes: dict[int, int] | None = None,
) -> Clusters:
    components = find_components(pair for pair, bits in weights.items() if bits >= 10)
    return cluster(components, weights, held=held, sizes=sizes or {}, join_at=10.0, largest=largest)


def clique(*nodes: int, bits: float) -> dict[Pair, float]:
    return dict.fromkeys(combinations(nodes, 2), bits)


def test_components_do_not_depend_on_the_order_of_pairs() -> None:
    pairs = [(3, 4), (1, 2), (2, 3), (8, 9)]

    assert find_components(pairs) == find_components(reversed(pairs)) == [[1, 2, 3, 4], [8, 9]]


def test_a_bridge_between_two_people_stays_open_and_is_told() -> None:
    apart = dict.fromkeys([(1, 4), (1, 5), (1, 6), (2, 4), (2, 5), (2, 6), (3, 5), (3, 6)], -8.0)
    found = group(clique(1, 2, 3, bits=20) | clique(4, 5, 6, bits=20) | apart | {(3, 4): 11.0})

    assert found.of == {1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 4}
    assert found.apart == ((3, 4),)


def test_a_chain_that_nothing_speaks_against_is_one_person() -> None:
    assert group({(1, 2): 15.0, (2, 3): 15.0}).of == {1: 1, 2: 1, 3: 1}


def test_a_conflict_in_the_middle_goes_to_the_stronger_side() -> None:
    found = group({(1, 2): 18.0, (2, 3): 12.0, (1, 3): -12.0})

    assert found.of == {1: 1, 2: 1, 3: 3}
    assert found.apart == ((2, 3),)


def test_a_held_pair_never_joins_by_itself_but_over_a_third() -> None:
    held = frozenset({(1, 2)})

    assert group({(1, 2): 30.0}, held=held).of == {1: 1, 2: 2}
    assert group({(1, 2): 30.0, (1, 3): 15.0, (2, 3): 15.0}, held=held).of == {1: 1, 2: 1, 3: 1}


def test_no_cluster_is_larger_than_told_and_rows_are_what_counts() -> None:
    weights = clique(*range(10), bits=20.0)

    by_records = group(weights, largest=4)
    by_rows = group(weights, largest=4, sizes=dict.fromkeys(range(10), 2))

    assert max(list(by_records.of.values()).count(first) for first in by_records.of) == 4
    assert max(list(by_rows.of.values()).count(first) for first in by_rows.of) == 2


def test_two_lists_each_row_takes_its_best() -> None:
    weights = {(1, 11): 20.0, (1, 12): 25.0, (2, 11): 15.0, (2, 12): 24.0, (3, 13): 5.0}
    found = link_one_to_one(weights, held=(), join_at=10.0)

    assert found.of == {1: 1, 12: 1, 2: 2, 11: 2}
    assert found.apart == ((1, 11), (2, 12))
