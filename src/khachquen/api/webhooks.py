"""Webhooks: who is told, how they have been, what they were sent. Changed by administrators."""

import secrets
from datetime import datetime
from typing import TypedDict

from django.http import HttpRequest
from ninja import Query, Router

from khachquen.activate.webhooks import (
    EndpointView,
    Wish,
    add_endpoint,
    change_endpoint,
    get_endpoint,
    list_endpoints,
    pause,
    remove_endpoint,
    resume,
    rotate_secret,
)
from khachquen.activate.webhooks.owed import (
    DeliveryView,
    list_deliveries,
    send_again,
    send_test,
)
from khachquen.api.paging import read_page
from khachquen.api.webhook_shapes import (
    CountAnswer,
    DeliveriesAsked,
    DeliveryList,
    DeliveryShape,
    NewWebhookAnswer,
    OwedAnswer,
    RedriveDeliveriesAsked,
    ResumeAsked,
    RotateAsked,
    SecretAnswer,
    WebhookAsked,
    WebhookList,
    WebhookShape,
)
from khachquen.base import ForbiddenError, Text, system_clock
from khachquen.govern import User

router = Router(tags=["webhooks"])
_PATH = "/webhooks/{webhook_id}"


@router.get(
    "/webhooks", response=WebhookList, operation_id="list_webhooks", summary="Every webhook"
)
def read_all(request: HttpRequest) -> WebhookList:
    """By name, each with how it has been."""
    return WebhookList(items=[_shape(one) for one in list_endpoints()], next_cursor="")


@router.post(
    "/webhooks",
    response=NewWebhookAnswer,
    operation_id="create_webhook",
    summary="Have another system told",
)
def create(request: HttpRequest, asked: WebhookAsked) -> NewWebhookAnswer:
    """Of every change from now on. The secret to check signatures with is in this answer only."""
    made, secret = add_endpoint(_wish(asked), **_by(request))
    return NewWebhookAnswer(webhook=_shape(made), secret=secret)


@router.get(_PATH, response=WebhookShape, operation_id="read_webhook", summary="One webhook")
def read(request: HttpRequest, webhook_id: int) -> WebhookShape:
    """What it is told, and how it has been."""
    return _shape(get_endpoint(webhook_id))


@router.put(_PATH, response=WebhookShape, operation_id="update_webhook", summary="Change a webhook")
def update(request: HttpRequest, webhook_id: int, asked: WebhookAsked) -> WebhookShape:
    """The new wish holds for every change that is not lined up to be sent yet."""
    change_endpoint(webhook_id, _wish(asked), **_by(request))
    return _shape(get_endpoint(webhook_id))


@router.post(
    _PATH + "/remove",
    response=WebhookList,
    operation_id="remove_webhook",
    summary="Forget a webhook",
)
def remove(request: HttpRequest, webhook_id: int) -> WebhookList:
    """With its secret and its messages; the answer is those that are left."""
    remove_endpoint(webhook_id, **_by(request))
    return read_all(request)


@router.post(
    _PATH + "/test", response=OwedAnswer, operation_id="test_webhook", summary="Send a test"
)
def test(request: HttpRequest, webhook_id: int) -> OwedAnswer:
    """One message that says it is a test; what came of it stands among the deliveries."""
    key = f"msg_test_{secrets.token_hex(8)}"
    return OwedAnswer(delivery=send_test(webhook_id, key=key, **_by(request)))


@router.post(
    _PATH + "/rotate",
    response=SecretAnswer,
    operation_id="rotate_webhook_secret",
    summary="Another secret",
)
def rotate(request: HttpRequest, webhook_id: int, asked: RotateAsked) -> SecretAnswer:
    """Messages are signed by the old one too for so many hours."""
    told = _by(request)
    return SecretAnswer(secret=rotate_secret(webhook_id, valid_hours=asked.valid_hours, **told))


@router.post(
    _PATH + "/pause", response=WebhookShape, operation_id="pause_webhook", summary="Stop for now"
)
def stop(request: HttpRequest, webhook_id: int) -> WebhookShape:
    """What happens meanwhile stays owed."""
    pause(webhook_id, **_by(request))
    return _shape(get_endpoint(webhook_id))


@router.post(
    _PATH + "/resume", response=WebhookShape, operation_id="resume_webhook", summary="Go on"
)
def go_on(request: HttpRequest, webhook_id: int, asked: ResumeAsked) -> WebhookShape:
    """With everything that was missed, or from now on."""
    resume(webhook_id, skips_missed=asked.skips_missed, **_by(request))
    return _shape(get_endpoint(webhook_id))


@router.get(
    _PATH + "/deliveries",
    response=DeliveryList,
    operation_id="list_deliveries",
    summary="What it was sent",
)
def read_deliveries(
    request: HttpRequest, webhook_id: int, asked: Query[DeliveriesAsked]
) -> DeliveryList:
    """Messages waiting, sent and given up, the latest owed first."""
    shown, following = read_page(
        asked,
        lambda before, limit: list_deliveries(
            webhook_id, state=asked.state, before=before, limit=limit
        ),
        number_of=lambda one: one.id,
    )
    return DeliveryList(items=[_delivery(one) for one in shown], next_cursor=following)


@router.post(
    _PATH + "/redrive",
    response=CountAnswer,
    operation_id="redrive_deliveries",
    summary="Send given-up messages again",
)
def redrive(request: HttpRequest, webhook_id: int, asked: RedriveDeliveriesAsked) -> CountAnswer:
    """Some of them or all, under their old ids."""
    return CountAnswer(messages=send_again(webhook_id, asked.deliveries, **_by(request)))


def _wish(asked: WebhookAsked) -> Wish:
    told = asked.dict()
    return Wish(**told | {"kinds": tuple(asked.kinds), "segments": tuple(asked.segments)})


def _shape(one: EndpointView) -> WebhookShape:
    return WebhookShape(
        id=one.id,
        name=one.name,
        url=one.url,
        kinds=list(one.kinds),
        segments=list(one.segments),
        gives_identifiers=one.gives_identifiers,
        purpose=one.purpose,
        per_second=one.per_second,
        state="on" if one.state == "on" else "paused" if one.state == "paused" else "off",
        why=one.why,
        failures=one.failures,
        failing_since=one.failing_since,
        last_good_at=one.last_good_at,
        old_secret_until=one.old_until,
        waiting=one.waiting,
        dead=one.counts.get("dead", 0),
        created_at=one.created_at,
        created_by=one.created_by,
    )


def _delivery(one: DeliveryView) -> DeliveryShape:
    return DeliveryShape(
        id=one.id,
        webhook_id=one.key,
        type=one.kind,
        data=dict(one.data),
        at=one.at,
        state=one.state,
        tries=one.tries,
        due_at=one.due_at,
        called_at=one.called_at,
        took_ms=one.took_ms,
        status=one.status,
        problem=one.problem,
        answer=one.answer,
    )


class _By(TypedDict):
    actor: str
    at: datetime


def _by(request: HttpRequest) -> _By:
    """Who changes it, and when.

    Raises:
        ForbiddenError: no administrator (``webhooks.admins_only``).
    """
    user = request.auth  # type: ignore[attr-defined]  # set by the token's check
    assert isinstance(user, User)
    if not user.is_admin:
        raise ForbiddenError(
            "webhooks.admins_only",
            Text(
                vi="Chỉ quản trị viên được đổi webhook.",
                en="Only an administrator may change webhooks.",
            ),
        )
    return {"actor": user.email, "at": system_clock()}
