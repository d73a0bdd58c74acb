"""Which messages were already stored: sorted runs of 128-bit hashes, listed in the manifest.

A batch writes one small run; runs are merged as they grow in number, so that a look-up is a
handful of binary searches whatever the traffic was. 16 bytes a message: 20 million messages take
320 MB of disk and are read through the page cache. A run is dropped when the newest message in it
is older than the deduplication window.
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from khachquen.base import from_micros
from khachquen.store.eventlog import sync_folder
from khachquen.store.lake.writing import NewSegment

Hashes = NDArray[np.uint64]
"""n rows of two words, sorted by the first, then the second."""

DATASET = "seen"


def hash_message(source_id: int, message_id: str) -> bytes:
    """16 bytes that stand for one message of one source."""
    return hashlib.blake2b(f"{source_id}\0{message_id}".encode(), digest_size=16).digest()


class SeenMessages:
    """The runs, opened once each and kept mapped."""

    def __init__(self, lake: Path):
        self._lake = lake
        self._open: dict[str, Hashes] = {}

    def find(self, digests: Sequence[bytes], run_paths: Sequence[str]) -> set[int]:
        """Which of the digests (by position) stand in one of the runs."""
        if not digests:
            return set()
        wanted = _as_words(digests)
        found: set[int] = set()
        for path in run_paths:
            found.update(_positions_in(self._run(path), wanted))
        for path in set(self._open) - set(run_paths):
            del self._open[path]
        return found

    def _run(self, path: str) -> Hashes:
        if path not in self._open:
            self._open[path] = np.load(self._lake / path, mmap_mode="r")
        return self._open[path]


def write_run(
    lake: Path, digests: Iterable[bytes], *, label: str, first_at: int, last_at: int
) -> NewSegment:
    """One sorted run on the disk; times are the arrival of its messages in microseconds."""
    return _write(
        lake, _as_words(list(digests)), label, 0, from_micros(first_at), from_micros(last_at)
    )


def merge_runs(
    lake: Path, runs: Sequence[tuple[str, datetime, datetime]], *, label: str, level: int
) -> NewSegment:
    """Several runs (path, first, last) as one."""
    words = np.concatenate([np.load(lake / path) for path, _, _ in runs])
    first = min(first for _, first, _ in runs)
    last = max(last for _, _, last in runs)
    return _write(lake, words, label, level, first, last)


def is_expired(last_at: datetime, *, now: datetime, days: int) -> bool:
    """Whether every message of a run is older than the window.

    >>> from datetime import UTC
    >>> october, november = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    >>> is_expired(october, now=november, days=30)
    True
    """
    return last_at < now - timedelta(days=days)


def _as_words(digests: Sequence[bytes]) -> Hashes:
    return np.frombuffer(b"".join(digests), dtype=np.uint64).reshape(-1, 2)


def _positions_in(run: Hashes, wanted: Hashes) -> list[int]:
    if not len(run):
        return []
    first = run[:, 0]
    at = np.searchsorted(first, wanted[:, 0])
    candidates = np.flatnonzero(first[np.minimum(at, len(first) - 1)] == wanted[:, 0])
    return [int(i) for i in candidates if _has_row(run, int(at[i]), wanted[i])]


def _has_row(run: Hashes, start: int, row: Hashes) -> bool:
    while start < len(run) and run[start, 0] == row[0]:
        if run[start, 1] == row[1]:
            return True
        start += 1
    return False


def _write(
    lake: Path, words: Hashes, label: str, level: int, first_at: datetime, last_at: datetime
) -> NewSegment:
    ordered = words[np.lexsort((words[:, 1], words[:, 0]))]
    path = lake / DATASET / f"{label}.npy"
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp")
    with aside.open("wb") as file:
        # By columns: the first words stand together, so a binary search touches few pages.
        np.save(file, np.asfortranarray(ordered))
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)
    sync_folder(path.parent)
    month = last_at.year * 100 + last_at.month
    relative = f"{DATASET}/{label}.npy"
    return NewSegment(
        DATASET, relative, month, level, len(ordered), path.stat().st_size, first_at, last_at
    )
