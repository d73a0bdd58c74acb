"""What people agreed to: asked for and written down by programs."""

from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Router, Schema

from khachquen.api.language import language_of
from khachquen.base import system_clock
from khachquen.flows.agreeing import answers_for, keys_of, note_consent
from khachquen.govern import User
from khachquen.govern.consent import Told, list_words
from khachquen.govern.consent.purposes import list_purposes, list_texts
from khachquen.unify.profiles import ProfileView, get_profile

router = Router(tags=["consents"])
ChannelName = Literal["email", "sms", "zalo", "call", "push", "web", "any"]
_CHANNELS: tuple[str, ...] = ("email", "sms", "zalo", "call", "push")


class PurposeShape(Schema):
    """What people may be asked to agree to, and the version of the words they read now."""

    key: str = Field(examples=["ads"])
    name: str
    basis: Literal["consent", "may_refuse", "always"]
    is_advertising: bool
    text_version: int | None


class PurposeList(Schema):
    """Every purpose that is in use."""

    items: list[PurposeShape]


class AnswerShape(Schema):
    """Whether a message of the purpose may go to the person on the channel now, and why."""

    purpose: str
    channel: str
    may_send: bool
    reason: str = Field(examples=["granted", "unknown", "withdrawn", "complained"])
    reason_text: str


class WordShape(Schema):
    """One word of one identifier, as the ledger has it."""

    identifier: str = Field(examples=["email:hoa@example.vn"])
    purpose: str
    channel: str
    says: Literal["granted", "asked", "refused", "withdrawn"]
    method: str
    at: datetime
    recorded_at: datetime
    expires_at: datetime | None
    text_version: int | None
    digest: str


class ConsentsShape(Schema):
    """What may be sent to a person, and every word it rests on, newest first."""

    answers: list[AnswerShape]
    words: list[WordShape]


class ConsentTold(Schema):
    """What somebody said. ``at`` is when they said it; left out, it is now."""

    purpose: str = "ads"
    says: Literal["granted", "asked", "refused", "withdrawn"]
    channels: list[ChannelName] = Field(default=["any"], min_length=1)
    method: str = "api"
    at: datetime | None = None
    expires_at: datetime | None = None
    text_version: int | None = Field(default=None, ge=1)
    evidence: dict[str, str | int | float | bool] = Field(default={}, max_length=50)


@router.get(
    "/purposes", response=PurposeList, operation_id="list_purposes", summary="Purposes of consent"
)
def purposes(request: HttpRequest) -> PurposeList:
    """What people may be asked for; the words of each are on the page "Consent"."""
    language = language_of(request)
    items = [
        PurposeShape(
            key=one.key,
            name=one.name.in_language(language),
            basis=one.basis,
            is_advertising=one.is_advertising,
            text_version=next((text.version for text in list_texts(one.key)), None),
        )
        for one in list_purposes()
    ]
    return PurposeList(items=items)


@router.get(
    "/profiles/{profile_id}/consents",
    response=ConsentsShape,
    operation_id="read_consents",
    summary="What a person agreed to",
)
def read(request: HttpRequest, profile_id: int) -> ConsentsShape:
    """The answer of this moment. Ask again when you send: consent can be withdrawn at any time."""
    return _whole(request, get_profile(profile_id))


@router.post(
    "/profiles/{profile_id}/consents",
    response=ConsentsShape,
    operation_id="note_consent",
    summary="Write down what a person said",
)
def note(request: HttpRequest, profile_id: int, told: ConsentTold) -> ConsentsShape:
    """It holds when this answers, under all identifiers of the person; appended, never changed."""
    person = get_profile(profile_id)
    user = request.auth  # type: ignore[attr-defined]  # set by the token's check
    assert isinstance(user, User)
    said: dict[str, Any] = told.model_dump()
    note_consent(
        settings.CONFIG,
        person,
        Told(subjects=(), **said),
        actor=user.email,
        clock=system_clock,
    )
    return _whole(request, person)


def _whole(request: HttpRequest, person: ProfileView) -> ConsentsShape:
    language = language_of(request)
    answers = answers_for(person, list_purposes(), _CHANNELS, clock=system_clock)
    return ConsentsShape(
        answers=[
            AnswerShape(
                purpose=purpose,
                channel=channel,
                may_send=answer.may,
                reason=answer.reason,
                reason_text=answer.words.in_language(language),
            )
            for (purpose, channel), answer in answers.items()
        ],
        words=[
            WordShape(
                identifier=entry.subject.key,
                text_version=entry.text.version if entry.text else None,
                **{
                    name: getattr(entry, name)
                    for name in WordShape.model_fields
                    if name not in ("identifier", "text_version")
                },
            )
            for entry in list_words(keys_of(person))
        ],
    )
