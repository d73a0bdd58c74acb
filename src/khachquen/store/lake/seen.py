"""Which messages were already stored, which event each became, and whether it said the same.

Sorted runs of four words a message, listed in the manifest: 128 bits for (source, messageId), 64 of
what it said, the number of its event. A batch writes one small run; runs are merged as they grow in
number, so that a look-up is a handful of binary searches whatever the traffic was. 32 bytes a
message: 20 million messages take 640 MB of disk and are read through the page cache. A run is
dropped when the newest message in it is older than the deduplication window.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from khachquen.base import from_micros
from khachquen.store.lake.prepared import Prepared
from khachquen.store.lake.writing import NewSegment

Rows = NDArray[np.uint64]
"""n rows of four words, sorted by the first, then the second; 0 is "not known" in the others."""

DATASET = "seen"
_WORDS = 4


class Earlier(NamedTuple):
    """What is remembered of a message that came before; 0 where that is not known."""

    payload: int
    event_id: int


class SeenMessages:
    """The runs, opened once each and kept mapped."""

    def __init__(self, lake: Path):
        self._lake = lake
        self._open: dict[str, Rows] = {}

    def find(self, digests: Sequence[bytes], run_paths: Sequence[str]) -> dict[int, Earlier]:
        """Which of the digests (by position) stand in a run, and what is known of each."""
        if not digests:
            return {}
        words = _as_words(digests)
        # In order, one search after another meets the pages the last one has just read.
        order = np.argsort(words[:, 0])
        wanted = words[order]
        found: dict[int, Earlier] = {}
        for path in run_paths:
            found.update(_find_in(self._run(path), wanted, order))
        for path in set(self._open) - set(run_paths):
            del self._open[path]
        return found

    def _run(self, path: str) -> Rows:
        if path not in self._open:
            self._open[path] = np.load(self._lake / path, mmap_mode="r")
        return self._open[path]


def write_run(
    lake: Path,
    messages: Sequence[Prepared],
    first_event_id: int,
    *,
    label: str,
    first_at: int,
    last_at: int,
) -> NewSegment:
    """One sorted run on the disk; the messages became events numbered from ``first_event_id`` on.

    Times are the arrival of its messages in microseconds.
    """
    rows = np.empty((len(messages), _WORDS), dtype=np.uint64)
    rows[:, :2] = _as_words([one.digest for one in messages])
    rows[:, 2] = [one.payload for one in messages]
    rows[:, 3] = np.arange(first_event_id, first_event_id + len(messages), dtype=np.uint64)
    return _write(lake, rows, label, 0, from_micros(first_at), from_micros(last_at))


def merge_runs(
    lake: Path, runs: Sequence[tuple[str, datetime, datetime]], *, label: str, level: int
) -> NewSegment:
    """Several runs (path, first, last) as one; those of an older version grow to four words."""
    rows = np.concatenate([_with_all_words(np.load(lake / path)) for path, _, _ in runs])
    first = min(first for _, first, _ in runs)
    last = max(last for _, _, last in runs)
    return _write(lake, rows, label, level, first, last)


def is_expired(last_at: datetime, *, now: datetime, days: int) -> bool:
    """Whether every message of a run is older than the window.

    >>> from datetime import UTC
    >>> october, november = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    >>> is_expired(october, now=november, days=30)
    True
    """
    return last_at < now - timedelta(days=days)


def _as_words(digests: Sequence[bytes]) -> Rows:
    return np.frombuffer(b"".join(digests), dtype=np.uint64).reshape(-1, 2)


def _with_all_words(run: Rows) -> Rows:
    """A run of the first version knew only that a message was there."""
    missing = _WORDS - run.shape[1]
    return np.pad(run, ((0, 0), (0, missing))) if missing else run


def _find_in(run: Rows, wanted: Rows, order: NDArray[np.intp]) -> dict[int, Earlier]:
    if not len(run):
        return {}
    first = run[:, 0]
    at = np.searchsorted(first, wanted[:, 0])
    asked = np.flatnonzero(first[np.minimum(at, len(first) - 1)] == wanted[:, 0])
    rows = at[asked]
    is_same = run[rows, 1] == wanted[asked, 1]
    for n in np.flatnonzero(~is_same):  # two hashes that begin alike
        rows[n] = _row_of(run, int(rows[n]), wanted[asked[n]])
    asked, rows = asked[rows >= 0], rows[rows >= 0]
    known = _with_all_words(run[rows])
    told = zip(known[:, 2].tolist(), known[:, 3].tolist(), strict=True)
    return dict(zip(order[asked].tolist(), map(Earlier._make, told), strict=True))


def _row_of(run: Rows, start: int, row: Rows) -> int:
    while start < len(run) and run[start, 0] == row[0]:
        if run[start, 1] == row[1]:
            return start
        start += 1
    return -1


def _write(
    lake: Path, rows: Rows, label: str, level: int, first_at: datetime, last_at: datetime
) -> NewSegment:
    ordered = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    path = lake / DATASET / f"{label}.npy"
    path.parent.mkdir(parents=True, exist_ok=True)
    # By columns: the first words stand together, so a binary search touches few pages.
    np.save(path, np.asfortranarray(ordered))
    month = last_at.year * 100 + last_at.month
    relative = f"{DATASET}/{label}.npy"
    return NewSegment(
        DATASET, relative, month, level, len(ordered), path.stat().st_size, first_at, last_at
    )
