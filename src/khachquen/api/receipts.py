"""What became of a message."""

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from khachquen.api.language import language_of
from khachquen.api.shapes import FateShape, Receipt, RedrivenShape
from khachquen.base import NotFoundError, Text, system_clock
from khachquen.collect import list_sources
from khachquen.collect.event import REASONS, Reason
from khachquen.flows.trace import Fate, trace

router = Router(tags=["receipts"])
_CODES = frozenset(Reason)


@router.get(
    "/receipts/{path:message_id}",
    response=Receipt,
    operation_id="read_receipt",
    summary="What became of a message",
)
def read(request: HttpRequest, message_id: str) -> Receipt:
    """Every copy of a message that was accepted, and the end each met: stored, a duplicate,
    quarantined or dropped, with the reason and the place. One that was acknowledged a moment ago is
    `waiting`; one that left the quarantine is `redriven`. All others add up to what was received.
    """
    fates = trace(message_id, settings.CONFIG, now=system_clock())
    if not fates:
        raise _not_found()
    names = {source.id: source.name for source in list_sources()}
    language = language_of(request)
    return Receipt(
        message_id=message_id,
        fates=[_shape(fate, names.get(fate.source_id, ""), language) for fate in fates],
    )


def reason_text(code: str, language: str) -> str:
    """A reason in a sentence; empty where there is none."""
    return REASONS[Reason(code)].in_language(language) if code in _CODES else ""


def _shape(fate: Fate, source_name: str, language: str) -> FateShape:
    is_event = fate.state == "stored"
    return FateShape(
        outcome=fate.state,
        reason=fate.reason,
        reason_text=reason_text(fate.reason, language),
        path=fate.path,
        source_id=fate.source_id,
        source_name=source_name,
        received_at=fate.received_at,
        at=fate.at,
        place=fate.place,
        event_id=fate.event_id if is_event else None,
        profile_id=fate.person.id if fate.person else None,
        segment_file=fate.file,
        duplicate_of=None if is_event else fate.event_id,
        redriven=_redriven(fate, language),
    )


def _redriven(fate: Fate, language: str) -> RedrivenShape | None:
    if not (told := fate.redriven):
        return None
    return RedrivenShape(
        outcome=told.outcome,
        reason=told.reason,
        reason_text=reason_text(told.reason, language),
        event_id=told.event_id,
        message_id=told.message_id,
        at=told.at,
    )


def _not_found() -> NotFoundError:
    return NotFoundError(
        "receipts.not_found",
        Text(
            vi="Không có thông điệp nào với messageId này.",
            en="No message with this messageId is known.",
        ),
        path="path.message_id",
        hint=Text(
            vi="Kiểm tra lại mã; gói bị từ chối cả gói không có biên nhận.",
            en="Check the id; a request that was refused whole has no receipts.",
        ),
    )
