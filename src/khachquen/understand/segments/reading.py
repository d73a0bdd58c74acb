"""Segments as screens and programs see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from khachquen.base import NotFoundError, Text
from khachquen.understand.segments.models import Segment, Size, Version
from khachquen.understand.segments.rules import segments_of

KINDS: Mapping[str, Text] = {
    "live": Text(vi="Tự cập nhật", en="Live"),
    "static": Text(vi="Danh sách cố định", en="Static list"),
}


@dataclass(frozen=True, slots=True)
class SegmentView:
    """One segment; ``size`` is of ``as_of``, None before the first refresh."""

    id: int
    name: str
    note: str
    kind: str
    rule: Mapping[str, Any] | None
    version: int
    state: str
    problem: str
    size: int
    as_of: datetime | None
    created_at: datetime
    created_by: str
    changed_at: datetime
    is_archived: bool


@dataclass(frozen=True, slots=True)
class VersionView:
    """What a segment was from ``at`` on."""

    number: int
    name: str
    rule: Mapping[str, Any] | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SizeView:
    """How many belonged at the end of a day, how many came and went on it."""

    on: date
    size: int
    entered: int
    left: int


def list_segments(*, archived: bool = False) -> list[SegmentView]:
    """Segments by name; archived ones apart."""
    rows = Segment.objects.filter(archived_at__isnull=not archived).order_by("name", "pk")
    return [to_view(row) for row in rows]


def get_segment(segment_id: int) -> SegmentView:
    """One segment, an archived one too.

    Raises:
        NotFoundError: there is none (``segments.unknown``).
    """
    return to_view(row_of(segment_id))


def list_versions(segment_id: int) -> list[VersionView]:
    """What it was called and asked for, the newest first."""
    rows = Version.objects.filter(segment_id=segment_id).order_by("-number")
    return [VersionView(row.number, row.name, row.rule, row.at, row.by) for row in rows]


def size_history(segment_id: int, *, days: int = 90) -> list[SizeView]:
    """The last so many days it was looked at, the oldest first."""
    rows = Size.objects.filter(segment_id=segment_id).order_by("-on")[:days]
    return [SizeView(row.on, row.size, row.entered, row.left) for row in reversed(rows)]


def size_histories(segment_ids: Collection[int], *, days: int = 30) -> dict[int, list[int]]:
    """Sizes of several segments on the last so many days they were looked at, the oldest first."""
    rows = Size.objects.filter(segment_id__in=segment_ids).order_by("-on")
    found: dict[int, list[int]] = {}
    for segment_id, size in rows.values_list("segment_id", "size"):
        sizes = found.setdefault(segment_id, [])
        if len(sizes) < days:
            sizes.insert(0, size)
    return found


def used_by(segment_id: int) -> list[SegmentView]:
    """The segments whose rule asks for this one; it cannot be archived before them."""
    rows = Segment.objects.filter(archived_at=None, kind="live").order_by("name", "pk")
    return [to_view(row) for row in rows if segment_id in segments_of(row.rule)]


def row_of(segment_id: int) -> Segment:
    """The stored segment."""
    found = Segment.objects.filter(pk=segment_id).first() if 0 < segment_id < 2**63 else None
    if found is None:
        raise NotFoundError(
            "segments.unknown",
            Text(
                vi=f"Không có phân khúc số {segment_id}.", en=f"There is no segment {segment_id}."
            ),
        )
    return found


def to_view(row: Segment) -> SegmentView:
    """As others see it."""
    return SegmentView(
        id=row.pk,
        name=row.name,
        note=row.note,
        kind=row.kind,
        rule=row.rule,
        version=row.version,
        state=row.state,
        problem=row.problem,
        size=row.size,
        as_of=row.as_of,
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=row.changed_at,
        is_archived=row.archived_at is not None,
    )
