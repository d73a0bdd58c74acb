"""Endpoints made, changed and stopped, each with its audit entry. Only administrators come here."""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from khachquen.activate.egress import Rules, read_url
from khachquen.activate.webhooks.models import Delivery, Endpoint
from khachquen.activate.webhooks.reading import KINDS, EndpointView, row_of, to_view
from khachquen.activate.webhooks.signing import new_secret
from khachquen.base import ConflictError, InputError, Text
from khachquen.govern import record_audit
from khachquen.govern.consent.purposes import get_purpose
from khachquen.store.lake import next_commit
from khachquen.understand.segments import get_segment
from khachquen.unify.traits.vault import drop_secret, installed_keys, keep_secret

MOST = 50
MOST_SEGMENTS = 200
FASTEST = 200
_SECRET = "webhook_secret"  # noqa: S105 - the name secrets are sealed under
_LONGEST_EXCHANGE = timedelta(days=7)
Random = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an endpoint is to be: ``segments`` empty means every one.

    ``gives_identifiers`` adds phone, e-mail and the shop's own number of whoever agreed to
    ``purpose``.
    """

    name: str
    url: str
    kinds: tuple[str, ...] = tuple(KINDS)
    segments: tuple[int, ...] = ()
    gives_identifiers: bool = False
    purpose: str = ""
    per_second: int = 20


def add_endpoint(
    wish: Wish, *, actor: str, at: datetime, random: Random = os.urandom
) -> tuple[EndpointView, str]:
    """An endpoint told of every change from now on, and its secret, which nobody sees again.

    Raises:
        InputError: an address that may not be called (``egress.*``), or another wish that cannot
            be met (``webhooks.*``).
        ConflictError: there are too many.
    """
    wish = _checked(wish)
    secret = new_secret(random)
    with transaction.atomic():
        if Endpoint.objects.filter(removed_at=None).count() >= MOST:
            raise _too_many()
        row = Endpoint.objects.create(
            **_columns(wish),
            secret=keep_secret(_SECRET, secret, installed_keys(), at=at, random=random),
            after_seq=next_commit(),
            state_at=at,
            created_at=at,
            created_by=actor[:200],
        )
        _note(actor, "webhook.add", row, at, url=row.url, gives_identifiers=row.gives_identifiers)
    return to_view(row, {}), secret


def change_endpoint(endpoint_id: int, wish: Wish, *, actor: str, at: datetime) -> EndpointView:
    """Another wish. It holds for every change not owed yet: about the last second's and later ones.

    Raises:
        NotFoundError, InputError: as ``add_endpoint``.
    """
    wish = _checked(wish)
    with transaction.atomic():
        row = row_of(endpoint_id)
        for name, value in _columns(wish).items():
            setattr(row, name, value)
        row.save(update_fields=list(_columns(wish)))
        if row.account is not None:
            row.account.per_second = row.per_second
            row.account.save(update_fields=["per_second"])
        _note(actor, "webhook.change", row, at, **asdict(wish))
    return to_view(row, {})


def rotate_secret(
    endpoint_id: int, *, valid_hours: int, actor: str, at: datetime, random: Random = os.urandom
) -> str:
    """Another secret. The old one signs beside it for so many hours, so that nothing is refused
    while the receiver is told; then it is gone."""
    secret = new_secret(random)
    with transaction.atomic():
        row = row_of(endpoint_id)
        if row.old_secret:
            drop_secret(row.old_secret)
        lasts = min(timedelta(hours=max(0, valid_hours)), _LONGEST_EXCHANGE)
        row.old_secret, row.old_until = row.secret, at + lasts
        row.secret = keep_secret(_SECRET, secret, installed_keys(), at=at, random=random)
        row.save(update_fields=["secret", "old_secret", "old_until"])
        _note(actor, "webhook.rotate", row, at)
    return secret


def pause(endpoint_id: int, *, actor: str, at: datetime) -> None:
    """Call it no more; what happens meanwhile stays owed."""
    with transaction.atomic():
        row = row_of(endpoint_id)
        if row.state == "on":
            row.state, row.why, row.state_at = "paused", "staff", at
            row.save(update_fields=["state", "why", "state_at"])
            _note(actor, "webhook.pause", row, at)


def resume(endpoint_id: int, *, skips_missed: bool, actor: str, at: datetime) -> int:
    """Call it again: with all it missed, or from now on. Returns how many messages were skipped;
    changes nobody had looked at yet are passed over without a row."""
    skipped = 0
    with transaction.atomic():
        row = row_of(endpoint_id)
        if row.state == "on":
            return 0
        if skips_missed:
            missed = Delivery.objects.filter(endpoint=row, state__in=("owed", "claimed"))
            skipped = missed.update(state="skipped", finished_at=at, lease_until=None)
            row.after_seq, row.after_segment, row.after_person = next_commit(), 0, 0
        row.state, row.why, row.state_at = "on", "", at
        row.failures, row.failing_since, row.rests_until = 0, None, None
        row.save()
        _note(actor, "webhook.resume", row, at, skipped=skipped)
    return skipped


def remove_endpoint(endpoint_id: int, *, actor: str, at: datetime) -> None:
    """Forget the address, its secrets and its messages; the audit trail keeps that it was there."""
    with transaction.atomic():
        row = row_of(endpoint_id)
        for token in filter(None, (row.secret, row.old_secret)):
            drop_secret(token)
        Delivery.objects.filter(endpoint=row).delete()
        row.state, row.why, row.removed_at = "off", "staff", at
        row.secret, row.old_secret = "", ""
        row.save()
        _note(actor, "webhook.remove", row, at, url=row.url)


def rules() -> Rules:
    """Which addresses this installation may call."""
    return Rules(tuple(settings.CONFIG.egress.inside))


def _checked(wish: Wish) -> Wish:
    name = " ".join(wish.name.split())
    if not name or len(name) > 100:
        raise _refused("name", "Hãy đặt tên, tối đa 100 ký tự.", "It needs a name of up to 100.")
    if not wish.kinds or not set(wish.kinds) <= set(KINDS):
        known = ", ".join(KINDS)
        raise _refused("kinds", f"Chọn ít nhất một trong: {known}.", f"Choose some of: {known}.")
    if len(wish.segments) > MOST_SEGMENTS:
        raise _refused("segments", "Quá nhiều phân khúc.", f"At most {MOST_SEGMENTS} segments.")
    for segment_id in wish.segments:
        get_segment(segment_id)
    if not 1 <= wish.per_second <= FASTEST:
        raise _refused("per_second", f"Từ 1 đến {FASTEST}.", f"Between 1 and {FASTEST}.")
    if wish.gives_identifiers:
        if not wish.purpose:
            raise _refused(
                "purpose",
                "Hãy chọn mục đích khách phải đồng ý thì mới gửi số điện thoại, email.",
                "Choose what people must have agreed to before phone and e-mail are given.",
            )
        get_purpose(wish.purpose)
    url = read_url(wish.url, rules())
    segments = tuple(dict.fromkeys(wish.segments))
    kinds = tuple(kind for kind in KINDS if kind in wish.kinds)
    return Wish(name, url, kinds, segments, wish.gives_identifiers, wish.purpose, wish.per_second)


def _columns(wish: Wish) -> dict[str, object]:
    return {
        **asdict(wish),
        "kinds": list(wish.kinds),
        "segments": list(wish.segments),
        "purpose": wish.purpose if wish.gives_identifiers else "",
    }


def _note(actor: str, action: str, row: Endpoint, at: datetime, **detail: object) -> None:
    record_audit(actor=actor, action=action, subject=f"webhook:{row.pk}", detail=detail, at=at)


def _refused(path: str, vi: str, en: str) -> InputError:
    return InputError("webhooks.bad_wish", Text(vi=vi, en=en), path=path)


def _too_many() -> ConflictError:
    return ConflictError(
        "webhooks.too_many",
        Text(vi=f"Đã có {MOST} webhook.", en=f"There are {MOST} webhooks already."),
        hint=Text(vi="Xóa một cái không dùng nữa.", en="Remove one that is not used."),
    )
