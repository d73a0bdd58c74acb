"""What the engine reads of segments and notes about them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from khachquen.base import to_micros
from khachquen.store import db_time, update_rows, upsert_rows
from khachquen.understand.segments.models import Entry, Segment, Size

__all__ = ["Counted", "Kept", "entries_of", "load_kept", "note_failed", "note_sizes"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment as the engine needs it."""

    id: int
    version: int
    kind: str
    rule: Mapping[str, Any] | None
    is_archived: bool
    state: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What a refresh found of one segment."""

    size: int
    entered: int
    left: int
    is_whole: bool  # everybody was looked at


def load_kept() -> dict[int, Kept]:
    """Every segment that has or may have members; one short query."""
    rows = Segment.objects.exclude(archived_at__isnull=False, size=0)
    return {
        row.pk: Kept(
            row.pk, row.version, row.kind, row.rule, row.archived_at is not None, row.state
        )
        for row in rows
    }


def entries_of(segment_id: int | None = None, nodes: Collection[int] = ()) -> list[tuple[int, int]]:
    """(segment, identifier) of lists made by hand: of one list, or of some identifiers."""
    rows = Entry.objects.values_list("segment_id", "node_id")
    if segment_id is not None:
        return list(rows.filter(segment_id=segment_id))
    held = list(nodes)
    return [
        pair
        for start in range(0, len(held), 900)
        for pair in rows.filter(node_id__in=held[start : start + 900])
    ]


def note_sizes(counted: Mapping[int, Counted], *, at: datetime) -> None:
    """Sizes as of now, and today's line of the history; call inside the refresh's transaction.

    Two hundred segments are five statements.
    """
    now, on = db_time(to_micros(at)), at.date()
    rows = [(one.size, now, number) for number, one in counted.items()]
    update_rows(Segment, "size = %s, as_of = %s", rows)
    whole = [number for number, one in counted.items() if one.is_whole]
    Segment.objects.filter(pk__in=whole).update(state="live", problem="")
    moved = {n: one for n, one in counted.items() if one.entered or one.left or one.is_whole}
    lines = Size.objects.filter(on=on, segment_id__in=moved.keys())
    known = {row[0]: row[1:] for row in lines.values_list("segment_id", "entered", "left")}
    nothing = (0, 0)
    told = [
        (number, on, one.size, came + one.entered, went + one.left)
        for number, one in moved.items()
        for came, went in (known.get(number, nothing),)
    ]
    columns = ("segment_id", "on", "size", "entered", "left")
    upsert_rows(Size, columns, told, key=columns[:2], update=columns[2:])


def note_failed(segment_id: int, problem: str) -> None:
    """Its rule cannot be asked any more; its members stay as they were."""
    Segment.objects.filter(pk=segment_id).update(state="failed", problem=problem[:500])
