"""A list long enough to teach: what is learned, and that it is the same every time."""

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from khachquen.unify.matching import Lookup, Matches, Settings, evaluate
from khachquen.unify.matching.model import read_model
from khachquen.unify.matching.training import splink_settings
from tests.unify.matching.people import Rows, dirty, match_dirty

COUNT = 2_500


@pytest.fixture(scope="module")
def listed() -> tuple[Rows, list[str]]:
    return dirty(COUNT)


@pytest.fixture(scope="module")
def matches(listed: tuple[Rows, list[str]]) -> Iterator[Matches]:
    with match_dirty(listed[0]) as found:
        yield found


def test_it_finds_the_people(matches: Matches, listed: tuple[Rows, list[str]]) -> None:
    found = evaluate(matches, listed[1])

    assert found.rows == COUNT
    assert found.clusters.f1 >= 0.98
    assert found.clusters.precision >= 0.99
    assert found.clusters.f1 > found.pairwise.f1 - 0.02
    assert found.clusters.f1 > found.baseline.f1 + 0.05
    assert found.blocking_recall >= 0.99
    assert found.largest_cluster <= 10


def test_what_is_rare_weighs_more_than_nguyen(matches: Matches) -> None:
    bench = matches.bench
    ((common, rare),) = bench.run(
        "FROM record SELECT max(rarity_family), min(rarity_family)"  # log2 of the share
    )

    assert common > math.log2(0.25)
    assert rare < math.log2(0.01)


def test_different_birth_dates_speak_against(matches: Matches) -> None:
    assert matches.model.weights["birth"][-1].bits <= -4
    assert matches.model.weights["phone"][0].bits > 10


def test_the_same_list_gives_the_same_people_bit_for_bit(
    matches: Matches, listed: tuple[Rows, list[str]]
) -> None:
    with match_dirty(listed[0], Settings(threads=1, processes=1)) as again:
        assert again.model == matches.model
        assert again.prior_bits == matches.prior_bits
        assert again.clusters == matches.clusters
        assert again.suggest() == matches.suggest()


def test_our_scores_are_splinks_scores(matches: Matches) -> None:
    """The weights Splink is given back lead it to the same sum for every pair we compared."""
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    model = matches.model
    settings = splink_settings(model.comparisons)
    for one, said in zip(model.comparisons, settings["comparisons"], strict=True):
        for level, weight in zip(
            said["comparison_levels"][1:], model.weights[one.name], strict=True
        ):
            m = weight.u * 2**weight.bits  # the bounds on bits as a probability
            level |= {"m_probability": m, "u_probability": weight.u}
    settings["blocking_rules_to_generate_predictions"] = ["l.phone = r.phone"]
    settings["probability_two_random_records_match"] = 0.5
    settings["unique_id_column_name"] = "row_number"
    linker = Linker(DuckDBAPI(matches.bench.connection).register("row_of"), settings)
    predicted = linker.inference.predict().physical_name
    rows = matches.bench.run(
        f"FROM {predicted} JOIN scored ON row_number_l = l AND row_number_r = r"
        " SELECT match_weight, weight"
    )

    assert len(rows) > 100
    assert max(abs(theirs - ours) for theirs, ours in rows) < 1e-4


def test_a_new_record_gets_the_score_it_would_have_got(
    matches: Matches, listed: tuple[Rows, list[str]]
) -> None:
    weights = {(left, right): bits for left, right, bits in matches.bench.run("FROM scored")}
    members = matches.bench.read_members()
    lookup, compared = Lookup(matches), 0
    for row in random.Random(1).sample(range(COUNT), 150):
        for found in lookup.find(listed[0][row]):
            pair = min(members[row], found.left), max(members[row], found.left)
            if pair[0] != pair[1]:
                assert found.bits == pytest.approx(weights[pair] + matches.prior_bits, abs=1e-6)
                compared += 1

    assert compared > 100


def test_a_lookup_leaves_out_nobody_the_list_held(
    matches: Matches, listed: tuple[Rows, list[str]]
) -> None:
    members = matches.bench.read_members()
    bar = matches.bits_at(matches.settings.ask_at)
    partners: dict[int, set[int]] = {}
    for left, right, _ in matches.bench.read_scored(at_least=bar):
        partners.setdefault(left, set()).add(right)
        partners.setdefault(right, set()).add(left)
    lookup = Lookup(matches)
    for row in range(0, COUNT, 50):
        found = {one.left for one in lookup.find(listed[0][row], limit=100)}
        assert found - {members[row]} == partners.get(members[row], set())


def test_a_lookup_kept_on_the_disk_finds_the_same(
    matches: Matches, listed: tuple[Rows, list[str]], tmp_path: Path
) -> None:
    lookup = Lookup(matches)
    lookup.save(tmp_path / "known")
    kept = Lookup.open(tmp_path / "known")
    rows = [*listed[0][:40:2], *dirty(20, seed=5)[0]]

    assert [kept.find(row) for row in rows] == [lookup.find(row) for row in rows]
    assert any(kept.find(row) for row in rows)
    kept.close()


def test_what_came_together_is_told_by_as_many_pairs_as_hold_it(matches: Matches) -> None:
    clusters = matches.clusters
    told = matches.joined(limit=10_000)

    assert all(clusters[one.left] == clusters[one.right] for one in told)
    assert len(told) <= len(clusters) - len(set(clusters))
    assert len(told) >= 0.95 * (len(clusters) - len(set(clusters)))
    assert len({(one.left, one.right) for one in told}) == len(told)


def test_other_rows_may_teach_than_those_compared(
    matches: Matches, listed: tuple[Rows, list[str]]
) -> None:
    """Hoa and Nam are compared by what the long list taught; too short a list teaches nothing."""
    two = listed[0][:2]
    with match_dirty(two, lessons=listed[0]) as taught:
        assert taught.rows == 2
        assert taught.model.learned_from == COUNT
        assert taught.model.weights["phone"] == matches.model.weights["phone"]
    with match_dirty(two, lessons=listed[0][:100]) as untaught:
        assert untaught.model.learned_from == 0


def test_a_model_survives_json(matches: Matches) -> None:
    assert read_model(matches.model.as_dict()) == matches.model


def test_blocks_that_are_too_big_are_no_evidence(listed: tuple[Rows, list[str]]) -> None:
    """Three hundred walk-ins typed with the counter's own number stay three hundred."""
    rows = [dict(row) for row in listed[0]]
    for row in rows[:300]:
        row["Điện thoại"] = "0938 111 222"
    settings = replace(Settings(), everybody_below=0)
    with match_dirty(rows, settings) as found:
        assert found.blocking.too_big_blocks > 0
        assert evaluate(found, listed[1]).clusters.precision > 0.98


def test_pairs_asked_about_are_not_joined_and_are_one_for_two_clusters(matches: Matches) -> None:
    of = matches.linked.of
    asked = [
        frozenset((of.get(one.left, one.left), of.get(one.right, one.right)))
        for one in matches.suggest()
    ]

    assert asked
    assert len(set(asked)) == len(asked)
    assert all(len(sides) == 2 for sides in asked)
    assert all(a.bits >= b.bits for a, b in combinations(matches.suggest(), 2))
