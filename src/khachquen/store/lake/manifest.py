"""The list of files the lake consists of. What is not listed does not exist."""

import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from khachquen.store.lake.writing import NewSegment
from khachquen.store.models import Segment
from khachquen.store.watermarks import count_fences, pass_fence

_OURS = ("*/month=*/*.parquet", "*/month=*/*.tmp", "seen/*.npy", "seen/*.tmp", "tmp/*.ndjson")


def list_segments(dataset: str) -> list[Segment]:
    """The files that hold now, in the order they were written."""
    return list(Segment.objects.filter(dataset=dataset, retired_at=None).order_by("id"))


def live_paths(dataset: str) -> list[str]:
    """Their paths below the lake folder."""
    return list(
        Segment.objects.filter(dataset=dataset, retired_at=None)
        .order_by("id")
        .values_list("path", flat=True)
    )


def version_of_lists() -> tuple[int, str | None]:
    """Another one after every change of what is listed: how often, and the file listed last."""
    newest = Segment.objects.filter(retired_at=None).order_by("-id").values_list("path", flat=True)
    return count_fences(), newest.first()


def add_segments(segments: Iterable[NewSegment], *, at: datetime) -> None:
    """List new files; call inside the transaction that moves the watermark."""
    pass_fence()
    Segment.objects.bulk_create(
        Segment(
            dataset=new.dataset,
            path=new.path,
            month=new.month,
            level=new.level,
            rows=new.rows,
            size_bytes=new.size_bytes,
            first_at=new.first_at,
            last_at=new.last_at,
            created_at=at,
        )
        for new in segments
    )


def next_commit() -> int:
    """The number of the commit that will list files next; it grows with every one."""
    return count_fences() + 1


def retire_segments(ids: Sequence[int], *, at: datetime) -> None:
    """Take files off the list; readers that hold them may finish for a while."""
    pass_fence()
    Segment.objects.filter(id__in=ids).update(retired_at=at)


def sweep(lake: Path, *, at: datetime, after_s: int) -> int:
    """Delete files retired longer than ``after_s`` seconds ago; returns how many."""
    old = Segment.objects.filter(retired_at__lt=at - timedelta(seconds=after_s))
    gone = list(old.values_list("id", "path"))
    for _, path in gone:
        (lake / path).unlink(missing_ok=True)
    Segment.objects.filter(id__in=[segment_id for segment_id, _ in gone]).delete()
    return len(gone)


def remove_orphans(lake: Path) -> int:
    """Delete files a crash left unlisted. Only while no other process writes the lake.

    A commit that was cut in the middle could list them later: it is decided first.
    """
    with transaction.atomic():
        pass_fence()
    listed = set(Segment.objects.values_list("path", flat=True))
    orphans = [
        path
        for pattern in _OURS
        for path in lake.glob(pattern)
        if str(path.relative_to(lake)) not in listed
    ]
    for path in orphans:
        path.unlink()
    for spills in lake.glob("tmp/writer-*"):
        shutil.rmtree(spills, ignore_errors=True)
    return len(orphans)
