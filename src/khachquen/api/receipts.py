"""What became of a message."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from khachquen.api.language import language_of
from khachquen.api.shapes import FateShape, Receipt
from khachquen.base import NotFoundError, Text
from khachquen.collect import list_sources
from khachquen.collect.event import REASONS, Reason
from khachquen.store import ask
from khachquen.understand.query import event_by_id, receipts
from khachquen.unify.profiles import people_of_nodes

router = Router(tags=["receipts"])
_CODES = frozenset(Reason)


@router.get(
    "/receipts/{path:message_id}",
    response=Receipt,
    operation_id="read_receipt",
    summary="What became of a message",
)
def read(request: HttpRequest, message_id: str) -> Receipt:
    """Every end a message met: stored, a duplicate, or refused with the reason and the place.

    A message that was acknowledged a moment ago may take some seconds to appear.
    """
    rows = ask(receipts(message_id)).dicts()
    if not rows:
        raise _not_found()
    names = {source.id: source.name for source in list_sources()}
    stored = {row["event_id"]: _event(row["event_id"]) for row in rows if row["event_id"]}
    people = people_of_nodes(event.get("node_id") for event in stored.values())
    language = language_of(request)
    fates = []
    for row in rows:
        event = stored.get(row["event_id"], {})
        person = people.get(event.get("node_id", -1))
        fates.append(
            FateShape(
                outcome=row["outcome"],
                reason=row["reason"],
                reason_text=_reason(row["reason"], language),
                path=row["path"],
                source_id=row["source_id"],
                source_name=names.get(row["source_id"], ""),
                received_at=_utc(row["received_at"]),
                at=_utc(event["at"]) if event else None,
                event_id=row["event_id"],
                profile_id=person.id if person else None,
            )
        )
    return Receipt(message_id=message_id, fates=fates)


def _event(event_id: int) -> dict[str, Any]:
    found = ask(event_by_id(event_id)).dicts()
    return found[0] if found else {}


def _reason(code: str, language: str) -> str:
    return REASONS[Reason(code)].in_language(language) if code in _CODES else ""


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


def _not_found() -> NotFoundError:
    return NotFoundError(
        "receipts.not_found",
        Text(
            vi="Không có thông điệp nào với messageId này.",
            en="No message with this messageId is known.",
        ),
        path="path.message_id",
        hint=Text(
            vi="Thông điệp vừa nhận có thể cần vài giây để xuất hiện.",
            en="A message that was just accepted may take some seconds to appear.",
        ),
    )
