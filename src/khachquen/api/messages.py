"""Messages programs ask for: an order is on its way, a code, a reminder; to one person each."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Query, Router
from ninja.responses import Status

from khachquen.activate.campaigns.counting import reason_words
from khachquen.activate.campaigns.triggering import (
    Asked,
    MessageView,
    ask_message,
    get_message,
    list_messages,
)
from khachquen.api.campaign_shapes import (
    MessageAsked,
    MessageList,
    MessagesAsked,
    MessageShape,
    Whom,
)
from khachquen.api.campaigns import sender_of
from khachquen.api.language import language_of
from khachquen.api.paging import read_page
from khachquen.base import InputError, NotFoundError, Text
from khachquen.unify.profiles import find_profile, get_profile

router = Router(tags=["messages"])


@router.post(
    "/messages",
    response={202: MessageShape},
    operation_id="send_message",
    summary="Send one person a message",
)
def send(
    request: HttpRequest,
    asked: MessageAsked,
    idempotency_key: Annotated[
        str, Header(alias="Idempotency-Key", description="Your own name of this message; required.")
    ] = "",
) -> Status[MessageShape]:
    """Of a triggered campaign that was started. Needs `campaigns:send`. It is written down when
    this answers; ask again with the same key as often as you like, it is one message."""
    by = sender_of(request)
    whom, person = _person(asked.to)
    wish = Asked(asked.campaign_id, person, whom, idempotency_key, asked.data)
    made, _ = ask_message(wish, by=by.by, at=by.at)
    return Status(202, _shape(request, made))


@router.get(
    "/messages", response=MessageList, operation_id="list_messages", summary="Messages asked for"
)
def read_all(request: HttpRequest, asked: Query[MessagesAsked]) -> MessageList:
    """The newest first, of one campaign or person or all."""
    campaign, person = asked.campaign_id, asked.profile_id
    shown, following = read_page(
        asked,
        lambda before, limit: list_messages(
            campaign_id=campaign, person_id=person, before=before, limit=limit
        ),
        number_of=lambda one: one.id,
    )
    return MessageList(items=[_shape(request, one) for one in shown], next_cursor=following)


@router.get(
    "/messages/{message_id}",
    response=MessageShape,
    operation_id="read_message",
    summary="What became of a message",
)
def read(request: HttpRequest, message_id: int) -> MessageShape:
    """`unknown` may have arrived: the sender died or the line broke. It is never sent again."""
    return _shape(request, get_message(message_id))


def _person(to: Whom) -> tuple[str, int]:
    """As the program named them, and their number."""
    if (to.profile_id is None) == (not to.identifier):
        raise InputError(
            "messages.whom",
            Text(vi="Không rõ gửi cho ai.", en="It is not clear who gets it."),
            path="body.to",
            hint=Text(
                vi="Ghi đúng một trong hai: profile_id hoặc identifier.",
                en="Give exactly one of profile_id and identifier.",
            ),
        )
    if to.profile_id is not None:
        return f"profile:{to.profile_id}", get_profile(to.profile_id).row.id
    person = find_profile(to.identifier)
    if person is None:
        raise NotFoundError(
            "messages.nobody",
            Text(vi="Chưa biết khách nào như vậy.", en="Nobody is known by this."),
            path="body.to.identifier",
            hint=Text(
                vi="Gửi identify trước, đợi một giây rồi gọi lại với cùng khóa.",
                en="Send identify first, wait a second, then ask again with the same key.",
            ),
        )
    return to.identifier, person.row.id


def _shape(request: HttpRequest, one: MessageView) -> MessageShape:
    said, language = reason_words(one.reason, one.channel), language_of(request)
    return MessageShape.from_orm(
        {
            "id": one.id,
            "campaign_id": one.campaign_id,
            "profile_id": one.person_id,
            "key": one.key,
            "state": one.state,
            "reason": one.reason,
            "reason_text": said.in_language(language),
            "asked_at": one.asked_at,
            "ended_at": one.ended_at,
        }
    )
