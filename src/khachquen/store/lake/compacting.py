"""Keeping live files few: eight files of a tier become one of the next, crash-safely.

Each row is rewritten once a tier, so a month of any size costs a handful of passes; files past
``MAX_ROWS`` are left alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from khachquen.store.lake.manifest import add_segments, list_segments, retire_segments
from khachquen.store.lake.schema import SORTED_BY
from khachquen.store.lake.seen import DATASET as SEEN
from khachquen.store.lake.seen import is_expired, merge_runs
from khachquen.store.lake.writing import NewSegment, copy_to_parquet, open_writer
from khachquen.store.models import Segment

MAX_ROWS = 4_000_000


def find_work(dataset: str, *, files: int) -> list[Segment]:
    """The first group of at least ``files`` files of one month and tier that may become one."""
    groups: dict[tuple[int, int], list[Segment]] = defaultdict(list)
    for segment in list_segments(dataset):
        if segment.rows < MAX_ROWS:
            month = 0 if dataset == SEEN else segment.month
            groups[month, segment.level].append(segment)
    ready = (group for _, group in sorted(groups.items()) if len(group) >= files)
    return next(ready, [])


def compact(lake: Path, dataset: str, group: Sequence[Segment], *, label: str, at: datetime) -> int:
    """Replace a group of files by one with the same rows; returns the rows rewritten.

    The new file is whole on the disk before one transaction swaps the lists, so a crash leaves
    either the old files or the new one.
    """
    level = group[0].level + 1
    if dataset == SEEN:
        runs = [(s.path, s.first_at, s.last_at) for s in group]
        merged = merge_runs(lake, runs, label=label, level=level)
    else:
        merged = _merge_parquet(lake, dataset, group, label, level)
    with transaction.atomic():
        add_segments([merged], at=at)
        retire_segments([segment.id for segment in group], at=at)
    return merged.rows


def expire_seen(*, at: datetime, days: int) -> int:
    """Let go of runs wholly older than the deduplication window; returns how many."""
    expired = [s.id for s in list_segments(SEEN) if is_expired(s.last_at, now=at, days=days)]
    retire_segments(expired, at=at)
    return len(expired)


def _merge_parquet(
    lake: Path, dataset: str, group: Sequence[Segment], label: str, level: int
) -> NewSegment:
    path = f"{dataset}/month={group[0].month}/{label}.parquet"
    files = ", ".join("'" + str(lake / s.path).replace("'", "''") + "'" for s in group)
    with open_writer(lake) as connection:
        rows = f"SELECT * FROM read_parquet([{files}], union_by_name = true)"  # noqa: S608
        selection = f"{rows} ORDER BY {SORTED_BY[dataset]}"
        size = copy_to_parquet(connection, selection, lake / path)
    return NewSegment(
        dataset,
        path,
        group[0].month,
        level,
        sum(s.rows for s in group),
        size,
        min(s.first_at for s in group),
        max(s.last_at for s in group),
    )
