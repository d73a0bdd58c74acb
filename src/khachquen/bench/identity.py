"""``khachquen bench identity``: rows typed by a shop's tills and forms, back to people.

Beside it plain Splink on the same normalised rows: its library's comparisons, blocked by phone,
e-mail and given name with birth date or street, joined above the same bar.
"""

import csv
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from time import process_time

from khachquen.bench.figure import HIGHER, LOWER, Figure, percentile
from khachquen.bench.plain_splink import cluster_plainly
from khachquen.demo import DIRTY_COLUMNS, DIRTY_TRUTH, dirty_customers
from khachquen.flows.evaluate_identity import peak_memory_mb, read_rows
from khachquen.unify.matching import (
    Evaluation,
    Lookup,
    Matches,
    Quality,
    compare_clusters,
    evaluate,
    guess_columns,
    match,
)

_PLAIN = "plain Splink on the same normalised rows"
_LOOKED_UP = 500


def bench_identity(*, records: int, seed: int, say: Callable[[str], None]) -> list[Figure]:
    """Figures of one run over ``records`` dirty records in a file, and of plain Splink beside it.

    The time counts from opening the file to the last cluster. Plain Splink starts from our normal
    forms, and the time these took counts for both.
    """
    with tempfile.TemporaryDirectory(prefix="khachquen-bench-") as folder:
        file = Path(folder) / "customers.csv"
        people = _write(file, records, seed)
        say(f"{records:,} records of {len(set(people)):,} people")
        started = time.perf_counter()
        columns = guess_columns(DIRTY_COLUMNS, without=[DIRTY_TRUTH])
        with match(read_rows(file), columns) as matches:
            took, memory = time.perf_counter() - started, peak_memory_mb()
            say(" · ".join(f"{step} {spent:.1f} s" for step, spent in matches.took_s.items()))
            found = evaluate(matches, people)
            started, used = time.perf_counter(), process_time()
            plain_clusters = cluster_plainly(matches)
            plain_took = time.perf_counter() - started + matches.took_s["normalise_fields"]
            plain_used = process_time() - used + matches.used_s["normalise_fields"]
            plain = compare_clusters(plain_clusters, people)
            say(f"plain Splink {plain_took:.1f} s, F1 {plain.f1:.4f}")
            online = _look_up(matches, Path(folder) / "known", seed)
    spent = (sum(matches.used_s.values()), plain_used)
    return _of_time(records, (took, plain_took), spent, memory, online) + _of_quality(
        records, found, plain
    )


def _of_time(
    records: int,
    took: tuple[float, float],
    used: tuple[float, float],
    memory: float,
    online: list[float],
) -> list[Figure]:
    work = f"{records:,} dirty records normalised, matched and clustered"
    one = f"one new record against {records:,}"
    fast, usual = percentile(online, 0.5), percentile(online, 0.95)
    return [
        Figure("identity.seconds", work, took[0], "s", took[1], _PLAIN, LOWER),
        Figure("identity.processor", work, used[0], "s", used[1], _PLAIN, LOWER),
        Figure("identity.memory", work, memory, "MB", 5_000.0, "promised", LOWER),
        Figure("identity.online_p50", one, fast, "ms", 50.0, "promised", LOWER),
        Figure("identity.online_p95", one, usual, "ms", 50.0, "promised", LOWER),
    ]


def _of_quality(records: int, found: Evaluation, plain: Quality) -> list[Figure]:
    work = f"{records:,} dirty records matched and clustered"
    ours, exact = found.clusters, found.baseline.f1
    rows: list[tuple[str, float, str, float, str, str]] = [
        ("cluster_f1", ours.f1, "share", plain.f1, _PLAIN, HIGHER),
        ("cluster_precision", ours.precision, "share", plain.precision, _PLAIN, HIGHER),
        ("cluster_recall", ours.recall, "share", plain.recall, _PLAIN, HIGHER),
        ("f1_beside_exact", ours.f1, "share", exact, "the same phone or e-mail", HIGHER),
        ("blocking_recall", found.blocking_recall, "share", 1.0, "every pair", HIGHER),
        ("largest_cluster", found.largest_cluster, "rows", 100.0, "promised", LOWER),
    ]
    return [
        Figure(f"identity.{name}", work, value, unit, beside, beside_name, better)
        for name, value, unit, beside, beside_name, better in rows
    ]


def _write(file: Path, records: int, seed: int) -> list[str]:
    """The file, and whose each row truly is."""
    people = []
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, DIRTY_COLUMNS)
        writer.writeheader()
        for row in dirty_customers(records, seed=seed):
            people.append(row[DIRTY_TRUTH])
            writer.writerow(row)
    return people


def _look_up(matches: Matches, folder: Path, seed: int) -> list[float]:
    """Milliseconds a new record took, half of them of people already known.

    As the engine looks up: from the disk, in a process that did not match.
    """
    Lookup(matches).save(folder)
    lookup = Lookup.open(folder)
    known = islice(dirty_customers(_LOOKED_UP, seed=seed), _LOOKED_UP // 2)
    strangers = islice(dirty_customers(_LOOKED_UP, seed=seed + 1), _LOOKED_UP // 2)
    took = []
    for row in (*known, *strangers):
        started = time.perf_counter()
        lookup.find(row)
        took.append((time.perf_counter() - started) * 1000)
    lookup.close()
    return took
