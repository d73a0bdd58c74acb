"""What Splink learns from the rows themselves: no labels, only which likenesses come together."""

import logging
import math
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from khachquen.base import InputError, Text
from khachquen.unify.matching.comparisons import Comparison
from khachquen.unify.matching.statements import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Learned = dict[tuple[str, str], tuple[float, float]]

# Pairs that agree on one of these are a mix of one person and two; what else agrees among them
# says which. No comparison is learned from pairs that were chosen by its own columns.
_LESSONS: tuple[tuple[str, ...], ...] = (
    ("phone",),
    ("email",),
    ("id_number",),
    ("birth", "given"),
    ("street", "given"),
    ("given", "family"),
    ("postcode", "given"),
    ("birth", "family"),
)
RARELY = 0.02
"""A field that a smaller share of the rows fills teaches nothing; what we start from holds."""

_MOST_PAIRS = 2_000_000
_RANDOM_PAIRS = 1_000_000


def learn(
    connection: "DuckDBPyConnection",
    comparisons: Sequence[Comparison],
    *,
    filled: Collection[str],
    seed: int,
) -> Learned:
    """The m and u of every level met in the table ``lesson``; levels not met are left out.

    One thread: sums of fractions depend on their order, and a rerun must give the same weights.

    Raises:
        InputError: Splink is not installed (code ``matching.no_splink``).
    """
    linker = _linker(connection, comparisons)
    linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=seed)
    connection.execute("SET threads = 1").fetchall()  # sums of fractions depend on their order
    for columns in _LESSONS:
        if set(columns) <= set(filled) and _is_worth(connection, columns):
            _take_lesson(linker, " and ".join(f"l.{column} = r.{column}" for column in columns))
    return _read(linker)


def _take_lesson(linker: Any, rule: str) -> None:
    """Learn from the pairs of one rule, if they teach anything.

    Splink gives up where a level never occurs among matches: its share shrinks with every round
    until no number is small enough. The other lessons, or what we start from, then have to do.
    """
    with suppress(ValueError):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)


def _linker(connection: "DuckDBPyConnection", comparisons: Sequence[Comparison]) -> Any:
    try:
        from splink import Linker
        from splink.backends.duckdb import DuckDBAPI
    except ImportError as error:
        raise InputError(
            "matching.no_splink",
            Text(
                vi="Chưa cài Splink, phần tìm người trùng cần nó.",
                en="Splink is not installed; matching needs it.",
            ),
            hint=Text(
                vi="pip install 'khachquen[matching]'", en="pip install 'khachquen[matching]'"
            ),
        ) from error
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection)
    return Linker(api.register("lesson"), splink_settings(comparisons), log_level=logging.ERROR)


def splink_settings(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Our comparisons in Splink's words."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "id",
        "comparisons": [
            {"output_column_name": one.name, "comparison_levels": _levels(one)}
            for one in comparisons
        ],
        "blocking_rules_to_generate_predictions": [],
        "em_convergence": 0.001,
    }


def _levels(one: Comparison) -> list[dict[str, Any]]:
    unknown = {"sql_condition": one.unknown, "label_for_charts": "unknown", "is_null_level": True}
    levels: list[dict[str, Any]] = [unknown]
    for level in one.levels:
        said = {
            "sql_condition": level.when or "ELSE",
            "label_for_charts": level.name,
            "m_probability": level.m,
            "u_probability": level.u,
        }
        if level.frequency_of:
            said["tf_adjustment_column"] = level.frequency_of
        levels.append(said)
    return levels


def _is_worth(connection: "DuckDBPyConnection", columns: Sequence[str]) -> bool:
    """Whether there are pairs to learn from, and not so many that it takes all night."""
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    sql = statement("lesson_pairs", known=known, columns=", ".join(columns))
    pairs = int(connection.execute(sql).fetchall()[0][0])
    return 50 <= pairs <= _MOST_PAIRS


def _read(linker: Any) -> Learned:
    learned: Learned = {}
    for one in linker.misc.save_model_to_json()["comparisons"]:
        for level in one["comparison_levels"]:
            m, u = level.get("m_probability"), level.get("u_probability")
            if m is not None and u is not None and math.isfinite(m) and math.isfinite(u):
                learned[one["output_column_name"], level["label_for_charts"]] = (m, u)
    return learned
