"""How far the log has reached the lake."""

from collections.abc import Collection, Mapping

from django.db.models import F

from khachquen.store.eventlog import Position
from khachquen.store.models import Watermark

_EVENT_IDS = "#event-ids"  # no folder of the log can have this name
_FENCE = "#fence"


def load_watermarks() -> dict[str, Position]:
    """Stream → everything before this place is in the lake."""
    marks = Watermark.objects.exclude(stream__startswith="#")
    return {mark.stream: Position(mark.file_number, mark.offset) for mark in marks}


def load_next_event_id() -> int:
    """The number the next stored event gets."""
    mark = Watermark.objects.filter(stream=_EVENT_IDS).first()
    return mark.offset if mark else 1


def save_next_event_id(event_id: int) -> None:
    """Move the number on; call inside the transaction that lists the batch's files."""
    save_watermarks({_EVENT_IDS: Position(0, event_id)})


def save_watermarks(marks: Mapping[str, Position]) -> None:
    """Move the marks; call inside the transaction that lists the batch's files."""
    Watermark.objects.bulk_create(
        (
            Watermark(stream=stream, file_number=mark.file_number, offset=mark.offset)
            for stream, mark in marks.items()
        ),
        update_conflicts=True,
        unique_fields=["stream"],
        update_fields=["file_number", "offset"],
    )


def pass_fence() -> None:
    """Let no commit of somebody who is gone come after this one.

    A process killed in the middle of its commit leaves it undecided: in SQLite's log, synced, and
    seen by nobody until the log is recovered; or still on its way in PostgreSQL. Every transaction
    that lists files writes this row, and so does whoever is about to believe the list: SQLite then
    writes over the undecided commit, PostgreSQL waits for it.
    """
    if not Watermark.objects.filter(stream=_FENCE).update(offset=F("offset") + 1):
        Watermark.objects.create(stream=_FENCE, file_number=0, offset=1)


def count_fences() -> int:
    """How often the fence was passed."""
    mark = Watermark.objects.filter(stream=_FENCE).first()
    return mark.offset if mark else 0


def forget_streams(streams: Collection[str]) -> None:
    """Streams whose files are gone, under names that are never used again."""
    if streams:
        Watermark.objects.filter(stream__in=streams).delete()
