"""Keeping the files of the lake few without holding up what comes in.

A small group of files is joined at once. Joining millions of rows takes seconds: a second process
writes the new file, and a later round lists it in place of the old ones.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from khachquen.store.beside import Beside
from khachquen.store.lake.compacting import compact, find_work, replace_group, to_files
from khachquen.store.lake.merging import merge_files
from khachquen.store.lake.people import DATASET as PEOPLE
from khachquen.store.models import Segment

DATASETS = ("events", "refusals", "moves", "redrives", "memberships", "people", "seen")
_AT_ONCE_ROWS = 20_000
_NICE = 5


class Joining:
    """At most one group being joined beside the rounds."""

    def __init__(self, lake: Path):
        self._lake = lake
        self._beside = Beside(f"{merge_files.__module__}:{merge_files.__name__}", nice=_NICE)
        self._group: Sequence[Segment] = ()

    def tend(self, *, files: int, label: str, at: datetime) -> None:
        """List what was joined meanwhile; find the next groups of at least ``files`` files."""
        if self._beside.is_busy and self._beside.is_done():
            self._take(at)
        for dataset in DATASETS:
            if dataset == PEOPLE and self._is_joining(PEOPLE):
                continue  # everything of it may be in the group
            if not (group := find_work(dataset, files=files)):
                continue
            if sum(segment.rows for segment in group) <= _AT_ONCE_ROWS:
                compact(self._lake, dataset, group, label=f"{label}-{dataset}", at=at)
            elif not self._beside.is_busy:
                self._begin(dataset, group, label)
        if not self._beside.is_busy:
            self._beside.close()

    @property
    def is_busy(self) -> bool:
        """Whether a group is being joined."""
        return self._beside.is_busy

    def give_up(self) -> None:
        """End what is being joined; its file stays unlisted, for orphans to be removed."""
        self._beside.close()

    def _is_joining(self, dataset: str) -> bool:
        return self._beside.is_busy and self._group[0].dataset == dataset

    def _begin(self, dataset: str, group: Sequence[Segment], label: str) -> None:
        self._group = group
        self._beside.ask(self._lake, dataset, to_files(group), label=label)

    def _take(self, at: datetime) -> None:
        replace_group(self._group, self._beside.answer(), at=at)
