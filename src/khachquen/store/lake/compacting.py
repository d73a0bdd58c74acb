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
from khachquen.store.lake.merging import merge_files
from khachquen.store.lake.people import DATASET as PEOPLE
from khachquen.store.lake.people import LEAST_ROWS, MOST_FILES, File, is_base
from khachquen.store.lake.seen import DATASET as SEEN
from khachquen.store.lake.seen import is_expired
from khachquen.store.lake.writing import NewSegment
from khachquen.store.models import Segment

MAX_ROWS = 4_000_000
_PART_OF_BASE = 4


def find_work(dataset: str, *, files: int) -> list[Segment]:
    """The first group of at least ``files`` files of one month and tier that may become one."""
    if dataset == PEOPLE:
        return _find_work_of_people(files=files)
    groups: dict[tuple[int, int], list[Segment]] = defaultdict(list)
    for segment in list_segments(dataset):
        if segment.rows < MAX_ROWS:
            month = 0 if dataset == SEEN else segment.month
            groups[month, segment.level].append(segment)
    ready = (group for _, group in sorted(groups.items()) if len(group) >= files)
    return next(ready, [])


def _find_work_of_people(*, files: int) -> list[Segment]:
    """The files of people that should become one: all of them, or some newer ones of a tier."""
    live = list_segments(PEOPLE)
    newer = [segment for segment in live if not is_base(segment.path)]
    base = sum(segment.rows for segment in live) - sum(segment.rows for segment in newer)
    grown = sum(segment.rows for segment in newer)
    is_large = grown > max(LEAST_ROWS, base // _PART_OF_BASE)
    if newer and (is_large or len(newer) > MOST_FILES):
        return live
    tiers: dict[int, list[Segment]] = {}
    for segment in newer:
        tiers.setdefault(segment.level, []).append(segment)
    return next((group for _, group in sorted(tiers.items()) if len(group) >= files), [])


def compact(lake: Path, dataset: str, group: Sequence[Segment], *, label: str, at: datetime) -> int:
    """Replace a group of files by one with the same rows; returns the rows rewritten."""
    merged = merge_files(lake, dataset, to_files(group), label=label)
    replace_group(group, merged, at=at)
    return merged.rows


def to_files(group: Sequence[Segment]) -> list[File]:
    """What merging needs to know of them; it may happen in another process."""
    return [File(s.path, s.month, s.level, s.rows, s.first_at, s.last_at) for s in group]


def replace_group(group: Sequence[Segment], merged: NewSegment, *, at: datetime) -> None:
    """List the new file, whole on the disk, in place of the group: in one transaction.

    A crash leaves either the old files or the new one. Files that were let go of meanwhile stay
    retired; the few rows of theirs that come back are of messages too old to be asked for.
    """
    with transaction.atomic():
        add_segments([merged], at=at)
        retire_segments([segment.id for segment in group], at=at)


def expire_seen(*, at: datetime, days: int) -> int:
    """Let go of runs wholly older than the deduplication window; returns how many."""
    expired = [s.id for s in list_segments(SEEN) if is_expired(s.last_at, now=at, days=days)]
    retire_segments(expired, at=at)
    return len(expired)
