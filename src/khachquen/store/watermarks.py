"""How far the log has reached the lake."""

from collections.abc import Mapping

from khachquen.store.eventlog import Position
from khachquen.store.models import Watermark


def load_watermarks() -> dict[str, Position]:
    """Stream → everything before this place is in the lake."""
    return {
        mark.stream: Position(mark.file_number, mark.offset) for mark in Watermark.objects.all()
    }


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
