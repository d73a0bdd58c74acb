"""What was not understood, and taking it in after all."""

from datetime import UTC

import msgspec
from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from khachquen.api.asked import QuarantineAsked, RedriveAsked
from khachquen.api.language import language_of
from khachquen.api.receipts import reason_text
from khachquen.api.shapes import (
    QuarantineList,
    ReasonShape,
    RedriveShape,
    RefusedShape,
)
from khachquen.base import InputError, NotFoundError, Text, from_micros, system_clock
from khachquen.flows.redrive import (
    Refused,
    find_redrive,
    find_refused,
    list_refused,
    redrive,
    to_refused,
)
from khachquen.govern import User
from khachquen.store import ask
from khachquen.understand.quarantine import At, Filter, quarantined, reasons

router = Router(tags=["quarantine"])


@router.get(
    "/quarantine",
    response=QuarantineList,
    operation_id="list_quarantine",
    summary="Messages that were not understood",
)
def read(request: HttpRequest, asked: Query[QuarantineAsked]) -> QuarantineList:
    """The last received first, each whole, with its reason and the place in it; and how many there
    are of each reason and source.
    """
    which = _filter(asked)
    question = quarantined(which, before=_read_cursor(asked.cursor), limit=asked.limit + 1)
    found = [to_refused(row) for row in ask(question).dicts()]
    shown, language = found[: asked.limit], language_of(request)
    return QuarantineList(
        items=[_shape(one, language) for one in shown],
        next_cursor=_cursor(shown[-1]) if len(found) > asked.limit else "",
        counts=[
            ReasonShape(reason=row["reason"], source_id=row["source_id"], count=row["n"])
            for row in ask(reasons(which)).dicts()
        ],
    )


@router.post(
    "/quarantine/redrive",
    response=RedriveShape,
    operation_id="redrive",
    summary="Take refused messages in again",
)
def hand_over(request: HttpRequest, asked: RedriveAsked) -> RedriveShape:
    """Corrected ones, some as they are, or all of a filter. Safe to repeat: a message leaves the
    quarantine once, and one that is refused again stays in it.
    """
    if asked.items:
        wanted = find_refused([item.place for item in asked.items])
    else:
        which = _filter(asked)
        if which == Filter() and not asked.everything:
            raise _nothing_said()
        wanted = list_refused(which)
    corrected = {
        item.place: msgspec.json.encode(item.message)
        for item in asked.items
        if item.message is not None
    }
    user = request.auth  # type: ignore[attr-defined]  # set by the token's check
    assert isinstance(user, User)
    handed = redrive(
        settings.CONFIG, wanted, corrected=corrected, actor=user.email, clock=system_clock
    )
    return _progress(handed.stream)


@router.get(
    "/quarantine/redrives/{redrive_id}",
    response=RedriveShape,
    operation_id="read_redrive",
    summary="What became of messages taken in again",
)
def read_progress(request: HttpRequest, redrive_id: str) -> RedriveShape:
    """How many of a request have met which end so far."""
    return _progress(redrive_id)


def _progress(redrive_id: str) -> RedriveShape:
    found = find_redrive(redrive_id, settings.CONFIG)
    if found is None:
        raise NotFoundError(
            "redrive.unknown",
            Text(vi="Không có lần xử lý lại này.", en="There is no such request."),
            path="path.redrive_id",
        )
    return RedriveShape(
        id=found.redrive.stream,
        asked=found.redrive.asked,
        stored=found.redrive.stored,
        duplicate=found.redrive.duplicate,
        dropped=found.redrive.dropped,
        quarantined=found.redrive.quarantined,
        repeated=found.redrive.repeated,
        is_done=found.is_done,
    )


def _shape(one: Refused, language: str) -> RefusedShape:
    return RefusedShape(
        place=one.place,
        message_id=one.message_id,
        source_id=one.request.source_id,
        is_trusted=one.request.trusted,
        reason=one.reason,
        reason_text=reason_text(one.reason, language),
        path=one.path,
        received_at=from_micros(one.request.received_at),
        payload=one.payload,
    )


def _filter(asked: QuarantineAsked | RedriveAsked) -> Filter:
    since = asked.since
    try:
        if since:
            since = since.astimezone(UTC) if since.tzinfo else since.replace(tzinfo=UTC)
    except OverflowError:
        raise InputError(
            "api.invalid_parameter",
            Text(vi="Thời điểm nằm ngoài lịch.", en="That time is beyond the calendar."),
            path="since",
        ) from None
    return Filter(asked.reason, asked.source_id, since)


def _nothing_said() -> InputError:
    return InputError(
        "redrive.nothing_said",
        Text(vi="Hãy nói rõ xử lý lại những tin nào.", en="Say which messages to take in again."),
        path="body",
        hint=Text(
            vi='Gửi items, một bộ lọc, hoặc "everything": true.',
            en='Send items, a filter, or "everything": true.',
        ),
    )


def _cursor(one: Refused) -> str:
    return f"{one.request.received_at}~{one.place}"


def _read_cursor(cursor: str) -> At | None:
    micros, _, place = cursor.partition("~")
    if not cursor:
        return None
    if not (micros.isascii() and micros.isdecimal() and len(micros) < 17):
        raise InputError(
            "api.bad_cursor",
            Text(vi="Vị trí trang không đọc được.", en="The cursor cannot be read."),
            path="query.cursor",
        )
    return At(from_micros(int(micros)), place)
