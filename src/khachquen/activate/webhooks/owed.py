"""Messages owed to endpoints: written down, claimed, settled, given up, sent again.

At least once: a message is owed from the transaction that looked at its change on, and stays so
until an endpoint took it, it was tried five times over a day, or staff skipped it. Who claims one
has a minute; a claim nobody settled (the process was killed) is owed again, under the same id.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from khachquen.activate.egress import Answer
from khachquen.activate.webhooks.lanes import FAILING, Lanes
from khachquen.activate.webhooks.models import Delivery, Endpoint
from khachquen.activate.webhooks.reading import KINDS, TEST, row_of
from khachquen.activate.webhooks.signing import sign
from khachquen.base import NotFoundError, Text
from khachquen.govern import record_audit
from khachquen.unify.traits.vault import drop_secret, installed_keys, open_boxes

__all__ = [
    "KINDS",
    "PROBLEMS",
    "STATES",
    "TEST",
    "TRIES",
    "Claimed",
    "Cursor",
    "DeliveryView",
    "Lanes",
    "Looked",
    "Message",
    "claim",
    "forget_old",
    "get_delivery",
    "has_due",
    "list_cursors",
    "list_deliveries",
    "owe",
    "send_again",
    "send_test",
    "settle",
    "sign_claimed",
]

WAITS = (timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=3), timedelta(hours=20))
"""How long after each try but the last the next one is: all of them within a day."""
TRIES = len(WAITS) + 1
AHEAD = 500
"""The most messages of one endpoint that wait as rows; the rest waits in the lake."""
LEASE = timedelta(seconds=60)
_PAUSED_AFTER = timedelta(hours=24)
_REST, _LONGEST_REST = timedelta(seconds=30), timedelta(minutes=15)
_KEPT, _DEAD_KEPT = timedelta(days=30), timedelta(days=90)
STATES: Mapping[str, Text] = {
    "owed": Text(vi="Chờ gửi", en="Waiting"),
    "claimed": Text(vi="Đang gửi", en="Being sent"),
    "done": Text(vi="Đã gửi", en="Sent"),
    "dead": Text(vi="Không gửi được", en="Given up"),
    "skipped": Text(vi="Đã bỏ qua", en="Skipped"),
}
PROBLEMS: Mapping[str, Text] = {
    "status": Text(vi="máy nhận từ chối", en="the receiver refused it"),
    "redirect": Text(
        vi="máy nhận chuyển hướng; không đi theo", en="the receiver redirects; not followed"
    ),
    "timeout": Text(vi="quá thời gian chờ", en="it took too long"),
    "refused": Text(
        vi="địa chỉ này nay ở trong mạng nội bộ", en="the address now is inside the house"
    ),
    "nowhere": Text(vi="không tìm thấy máy chủ", en="the server was not found"),
    "tls": Text(vi="chứng chỉ không hợp lệ", en="its certificate is not valid"),
    "unreachable": Text(vi="không kết nối được", en="it could not be connected to"),
    "garbled": Text(vi="trả lời không phải HTTP", en="its answer is no HTTP"),
}
_PLACE = ("after_seq", "after_segment", "after_person")
Jitter = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell: ``key`` is its id for ever, the same for whoever asks twice."""

    key: str
    kind: str
    data: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far one endpoint's changes were looked at, what it asks for, how many it has room for."""

    endpoint_id: int
    place: tuple[int, int, int]
    kinds: frozenset[str]
    segments: tuple[int, ...]
    room: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What one endpoint is owed of everything up to a place."""

    cursor: Cursor
    messages: Sequence[Message]
    upto: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is being sent by whoever holds this."""

    id: int
    endpoint_id: int
    url: str
    key: str
    kind: str
    data: Mapping[str, Any]
    at: datetime
    purpose: str  # under which identifiers are given; empty: they are not
    secrets: Sequence[str]  # tokens


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One message and what came of its last try."""

    id: int
    endpoint_id: int
    key: str
    kind: str
    data: Mapping[str, Any]
    at: datetime
    state: str
    tries: int
    due_at: datetime
    called_at: datetime | None
    took_ms: int | None
    status: int | None
    problem: str
    answer: str
    finished_at: datetime | None

    @property
    def is_good(self) -> bool:
        """Whether it was taken, the last time it was tried."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_test(self) -> bool:
        """Whether somebody only tried the address."""
        return self.kind == TEST


def list_cursors() -> list[Cursor]:
    """The endpoints that are called, with room for more messages."""
    found = []
    for row in Endpoint.objects.filter(state="on", removed_at=None):
        waiting = Delivery.objects.filter(endpoint=row, state__in=("owed", "claimed"))
        if (room := AHEAD - waiting.count()) > 0:
            place = (row.after_seq, row.after_segment, row.after_person)
            kinds, segments = frozenset(row.kinds), tuple(row.segments)
            found.append(Cursor(row.pk, place, kinds, segments, room))
    return found


def owe(
    looked: Iterable[Looked], *, at: datetime, written: Callable[[], None] = lambda: None
) -> int:
    """Write down what is owed and move the cursors, all or nothing; how many messages.

    An endpoint whose cursor somebody else moved, or that is not called any more, is left as it is.
    ``written`` hears the moment before it stands.
    """
    owed = 0
    with transaction.atomic():
        for one in looked:
            before = dict(zip(_PLACE, one.cursor.place, strict=True))
            rows = Endpoint.objects.filter(pk=one.cursor.endpoint_id, state="on", **before)
            if rows.update(**dict(zip(_PLACE, one.upto, strict=True))):
                made = [_row(one.cursor.endpoint_id, message, at) for message in one.messages]
                Delivery.objects.bulk_create(made, batch_size=200, ignore_conflicts=True)
                owed += len(made)
        written()
    return owed


def has_due(*, now: datetime) -> bool:
    """Whether anything may have to be sent; one short look, without a transaction."""
    waiting = Q(state="owed", due_at__lte=now) | Q(state="claimed", lease_until__lte=now)
    return Delivery.objects.filter(waiting).exists()


def claim(
    lanes: Lanes,
    *,
    now: datetime,
    only: int | None = None,
    written: Callable[[], None] = lambda: None,
) -> list[Claimed]:
    """Take what is due, of each endpoint as many as its lane has room for; or ``only`` one message.

    Nothing of one that rests or is stopped, but for a test.
    """
    found: list[Claimed] = []
    with transaction.atomic():
        for row in Endpoint.objects.filter(removed_at=None):
            told: dict[str, int] = {"per_second": row.per_second, "failures": row.failures}
            due = _due(row, now, lanes.room(row.pk, now=now, **told), only)
            ids = [one.pk for one in due]
            if ids:
                Delivery.objects.filter(pk__in=ids).update(
                    state="claimed", lease_until=now + LEASE, tries=F("tries") + 1, called_at=now
                )
                found += [_claimed(one, row, now) for one in due]
        written()
    return found


def sign_claimed(one: Claimed, body: bytes, *, at: datetime) -> dict[str, str]:
    """The headers of a claimed message, signed by every secret that is valid."""
    opened = open_boxes(one.secrets, installed_keys())
    return sign(one.key, body, [opened[token] for token in one.secrets], at=at)


def settle(
    answers: Mapping[int, Answer],
    *,
    now: datetime,
    jitter: Jitter,
    written: Callable[[], None] = lambda: None,
) -> None:
    """Note what came of claimed messages, and how their endpoints are; all in one transaction."""
    with transaction.atomic():
        rows = Delivery.objects.select_related("endpoint").filter(pk__in=answers, state="claimed")
        touched: dict[int, Endpoint] = {}
        for row in rows.order_by("pk"):
            endpoint = touched.setdefault(row.endpoint_id, row.endpoint)
            answer = answers[row.pk]
            _note_row(row, answer, now, jitter)
            if row.kind != TEST or answer.is_good:
                _note_endpoint(endpoint, answer, now)
            else:
                endpoint.last_called_at = now
        for endpoint in touched.values():
            endpoint.save(
                update_fields=[
                    *("state", "why", "state_at", "failures", "failing_since", "rests_until"),
                    *("last_good_at", "last_called_at"),
                ]
            )
        written()


def send_test(endpoint_id: int, *, key: str, actor: str, at: datetime) -> int:
    """Owe an endpoint one message that says it is a test; the number of it."""
    with transaction.atomic():
        row = row_of(endpoint_id)
        data = {"profile_id": None, "segment": None, "note": "KhachQuen"}
        made = _row(row.pk, Message(key, TEST, data, at), at)
        made.save()
        record_audit(actor=actor, action="webhook.test", subject=f"webhook:{row.pk}", at=at)
    return int(made.pk)


def send_again(
    endpoint_id: int, delivery_ids: Sequence[int] = (), *, actor: str, at: datetime
) -> int:
    """Owe given-up messages anew, these or all of the endpoint; under their old ids."""
    with transaction.atomic():
        row = row_of(endpoint_id)
        dead = Delivery.objects.filter(endpoint=row, state="dead")
        if delivery_ids:
            dead = dead.filter(pk__in=list(delivery_ids)[:900])
        again = dead.update(state="owed", tries=0, due_at=at, finished_at=None, lease_until=None)
        detail = {"messages": again}
        subject = f"webhook:{row.pk}"
        record_audit(actor=actor, action="webhook.redrive", subject=subject, detail=detail, at=at)
    return again


def list_deliveries(
    endpoint_id: int, *, state: str = "", before: int | None = None, limit: int = 50
) -> list[DeliveryView]:
    """Messages of one endpoint, the latest owed first, from before a number on."""
    rows = Delivery.objects.filter(endpoint=row_of(endpoint_id))
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(pk__lt=before) if before is not None else rows
    names = DeliveryView.__slots__
    return [
        DeliveryView(**{name: getattr(row, name) for name in names})
        for row in rows.order_by("-pk")[: max(1, min(limit, 500))]
    ]


def get_delivery(delivery_id: int) -> DeliveryView:
    """One message.

    Raises:
        NotFoundError: there is none (``webhooks.no_delivery``).
    """
    row = Delivery.objects.filter(pk=delivery_id).first()
    if row is None:
        raise NotFoundError(
            "webhooks.no_delivery",
            Text(vi=f"Không có tin số {delivery_id}.", en=f"There is no message {delivery_id}."),
        )
    return DeliveryView(**{name: getattr(row, name) for name in DeliveryView.__slots__})


def forget_old(*, now: datetime) -> None:
    """Let go of settled messages after a month, given-up ones after three, and of old secrets."""
    finished = Delivery.objects.exclude(state__in=("owed", "claimed"))
    finished.exclude(state="dead").filter(finished_at__lt=now - _KEPT).delete()
    finished.filter(finished_at__lt=now - _DEAD_KEPT).delete()
    for row in Endpoint.objects.filter(old_until__lte=now).exclude(old_secret=""):
        with transaction.atomic():
            drop_secret(row.old_secret)
            Endpoint.objects.filter(pk=row.pk).update(old_secret="", old_until=None)


def _row(endpoint_id: int, message: Message, at: datetime) -> Delivery:
    return Delivery(
        endpoint_id=endpoint_id,
        key=message.key,
        kind=message.kind,
        data=dict(message.data),
        at=message.at,
        owed_at=at,
        due_at=at,
    )


def _due(endpoint: Endpoint, now: datetime, free: int, only: int | None) -> list[Delivery]:
    if free <= 0:
        return []
    rows = Delivery.objects.filter(endpoint=endpoint, **({"pk": only} if only else {})).filter(
        Q(state="owed", due_at__lte=now) | Q(state="claimed", lease_until__lte=now)
    )
    is_resting = endpoint.rests_until is not None and endpoint.rests_until > now
    if endpoint.state != "on" or is_resting:
        rows = rows.filter(kind=TEST)
    return list(rows.order_by("due_at", "pk")[:free])


def _claimed(row: Delivery, endpoint: Endpoint, now: datetime) -> Claimed:
    is_exchanging = endpoint.old_until is not None and endpoint.old_until > now
    return Claimed(
        id=row.pk,
        endpoint_id=endpoint.pk,
        url=endpoint.url,
        key=row.key,
        kind=row.kind,
        data=row.data,
        at=row.at,
        purpose=endpoint.purpose if endpoint.gives_identifiers else "",
        secrets=[endpoint.secret, *([endpoint.old_secret] if is_exchanging else [])],
    )


def _note_row(row: Delivery, answer: Answer, now: datetime, jitter: Jitter) -> None:
    row.status, row.answer, row.took_ms = answer.status, answer.text, answer.took_ms
    row.problem, row.lease_until = _problem(answer), None
    if answer.is_good or row.kind == TEST:
        row.state, row.finished_at = "done", now
    elif row.tries >= TRIES or answer.status == 410:
        row.state, row.finished_at = "dead", now
    else:
        wait = WAITS[row.tries - 1] * (1 - 0.2 * jitter())  # sooner, so that a day stays a day
        row.state, row.due_at = "owed", now + max(wait, timedelta(seconds=answer.wait_s))
    row.save()


def _note_endpoint(row: Endpoint, answer: Answer, now: datetime) -> None:
    row.last_called_at = now
    if answer.is_good:
        row.failures, row.failing_since, row.rests_until, row.last_good_at = 0, None, None, now
        return
    row.failures += 1
    row.failing_since = row.failing_since or now
    if answer.status == 410:
        row.state, row.why, row.state_at = "off", "gone", now
    elif row.state == "on" and now - row.failing_since >= _PAUSED_AFTER:
        row.state, row.why, row.state_at = "paused", "failing", now
    beyond = row.failures - FAILING
    rest = min(_REST * 2 ** min(beyond, 10), _LONGEST_REST) if beyond >= 0 else timedelta(0)
    rest = max(rest, timedelta(seconds=min(answer.wait_s, 3600)))
    row.rests_until = now + rest if rest else None


def _problem(answer: Answer) -> str:
    if answer.status is None or answer.is_good:
        return answer.problem
    return "redirect" if 300 <= answer.status < 400 else "status"
