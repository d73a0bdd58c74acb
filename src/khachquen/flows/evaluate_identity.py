"""How well people are found in a file whose truth is known: read, match, hold against the truth."""

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from khachquen.base import InputError, Progress, Text, silent
from khachquen.collect.importing import open_table
from khachquen.unify.matching import Columns, Settings, evaluate, guess_columns, match, read_mapping

_SAMPLE = 200
_MOST_UNREAD = 100


def evaluate_identity(
    path: Path,
    *,
    truth: str,
    mapping: Path | None = None,
    source: str = "",
    sheet: str = "",
    settings: Settings | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """The figures ``khachquen identity evaluate`` prints; nothing of the file is kept.

    ``truth`` names the column that says whose row it is; it is never looked at while matching.
    ``source`` names one that says which of two lists a row is of: rows of one list are then never
    joined, and each finds at most one partner.

    Raises:
        InputError: the file cannot be read as rows or has no such column, or the mapping is wrong.
    """
    started = perf_counter()
    headings, sample = _look_into(path, sheet)
    for column in filter(None, (truth, source)):
        _require(column, headings)
    columns = _columns(headings, sample, mapping, without=(truth, source))
    people: list[str] = []
    unread: list[int] = []

    def rows() -> Iterator[dict[str, str]]:
        for row in read_rows(path, unread, sheet=sheet):
            people.append(row[truth])
            if len(people) % 10_000 == 0:
                progress("identity", len(people), 0)
            yield row

    with match(rows(), columns, settings, source=source) as matches:
        seconds = perf_counter() - started
        found = evaluate(matches, people)
        return {
            "rows": found.rows,
            "unread_rows": unread[:_MOST_UNREAD],
            "records": found.records,
            "true_pairs": found.true_pairs,
            "compared_pairs": found.compared_pairs,
            "blocking_recall": round(found.blocking_recall, 4),
            "pairwise": found.pairwise.as_dict(),
            "clusters": found.clusters.as_dict(),
            "baseline": found.baseline.as_dict(),
            "largest_cluster": found.largest_cluster,
            "seconds": round(seconds, 2),
            "peak_memory_mb": round(peak_memory_mb(), 1),
            "columns": columns.as_dict(),
            "seconds_by_step": {step: round(took, 2) for step, took in matches.took_s.items()},
            "rules_left_out": list(matches.blocking.too_many),
        }


def peak_memory_mb() -> float:
    """The most memory this process ever had resident, and the largest of its children."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    return sum(resource.getrusage(kind).ru_maxrss for kind in kinds) * unit / 1e6


def _columns(
    headings: list[str],
    sample: list[dict[str, str]],
    mapping: Path | None,
    *,
    without: tuple[str, ...],
) -> Columns:
    if mapping is None:
        return guess_columns(headings, sample, without=without)
    try:
        said = json.loads(mapping.read_text(encoding="utf-8"))
    except ValueError:
        said = None
    return read_mapping(said, headings)


def _look_into(path: Path, sheet: str) -> tuple[list[str], list[dict[str, str]]]:
    """The headings and the first rows."""
    sample = []
    for row in read_rows(path, sheet=sheet):
        sample.append(row)
        if len(sample) == _SAMPLE:
            break
    if not sample:
        raise InputError(
            "identity.no_rows",
            Text(vi="Tệp không có dòng dữ liệu nào.", en="The file has no rows."),
            path=path.name,
        )
    return list(sample[0]), sample


def read_rows(
    path: Path, unread: list[int] | None = None, *, sheet: str = ""
) -> Iterator[dict[str, str]]:
    """Rows by heading, both without the spaces around them, of a file of any kind that is imported.

    ``unread`` gets the numbers of rows that cannot be read.
    """
    bad = [] if unread is None else unread
    with open_table(path, sheet) as table:
        headings = [heading.strip() for heading in table.header]
        places = range(len(headings))
        for _, cells in table.rows(places, lambda problem: bad.append(problem.row)):
            yield dict(zip(headings, map(str.strip, cells), strict=True))


def _require(column: str, headings: list[str]) -> None:
    if column not in headings:
        listed = ", ".join(headings)
        raise InputError(
            "identity.no_column",
            Text(vi=f"Tệp không có cột {column!r}.", en=f"The file has no column {column!r}."),
            hint=Text(vi=f"Các cột: {listed}", en=f"Columns: {listed}"),
        )
