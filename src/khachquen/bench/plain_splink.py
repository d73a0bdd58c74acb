"""Splink as its own tutorial uses it: library comparisons, a few blocking rules, one threshold."""

import logging
from typing import Any

from khachquen.unify.matching import Matches

_BLOCKS = (("phone",), ("email",), ("birth", "given"), ("street", "given"))
_BAR = 0.9


def cluster_plainly(matches: Matches) -> list[int]:
    """For each row of a run its cluster, as plain Splink draws it over the same normal forms.

    Weights are learned from all rows, pairs blocked and scored, and whatever reaches 0.9 is joined,
    in any number of steps.
    """
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="row_number",
        comparisons=_comparisons(),
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in _BLOCKS],
        probability_two_random_records_match=1 / matches.rows,
    )
    api = DuckDBAPI(matches.bench.connection)
    linker = Linker(api.register("row_of"), settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for columns in (("phone",), ("birth", "given"), ("street", "given")):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    pairs = linker.inference.predict(threshold_match_probability=_BAR)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, _BAR)
    clusters = matches.bench.run(f"FROM {found.physical_name} SELECT row_number, cluster_id")
    return [cluster for _, cluster in sorted(clusters)]


def _comparisons() -> list[Any]:
    import splink.comparison_library as library

    def exact(column: str) -> Any:
        return library.ExactMatch(column).configure(term_frequency_adjustments=True)

    def near(column: str) -> Any:
        comparison = library.JaroWinklerAtThresholds(column, [0.9, 0.8])
        return comparison.configure(term_frequency_adjustments=True)

    return [
        near("given"),
        near("middle"),
        near("family"),
        exact("phone"),
        library.LevenshteinAtThresholds("email", [2]),
        library.LevenshteinAtThresholds("birth", [1, 2]),
        near("street"),
        exact("place"),
    ]
