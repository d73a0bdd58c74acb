"""Knows how keys are kept in order: replaced without a gap, seen to be used, held to a rate.

Hides where that is kept. Issuing and revoking stand with the sources, in ``khachquen.collect``.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from khachquen.base import ConflictError, InputError, NotFoundError, Text
from khachquen.collect.models import Source, WriteKey
from khachquen.collect.sources import IssuedKey, issue_key

__all__ = ["MAX_RATE", "IssuedKey", "note_key_uses", "replace_key", "set_rate"]

MAX_RATE = 1_000_000


def replace_key(key_id: int, *, closes_at: datetime, at: datetime) -> IssuedKey:
    """A new key of the same source and kind; the old one opens until ``closes_at``, then nothing.

    Replacing a key that was replaced before moves its end, and issues one more.

    Raises:
        NotFoundError: there is no such key (``sources.unknown_key``).
        ConflictError: the key is closed already (``sources.key_closed``).
    """
    with transaction.atomic():
        old = WriteKey.objects.filter(pk=key_id).first()
        if old is None:
            raise NotFoundError(
                "sources.unknown_key",
                Text(vi=f"Không có khóa số {key_id}.", en=f"There is no key {key_id}."),
            )
        if old.revoked_at or (old.expires_at and old.expires_at <= at):
            raise ConflictError(
                "sources.key_closed",
                Text(vi="Khóa này đã đóng.", en="This key is closed already."),
                hint=Text(vi="Hãy tạo khóa mới.", en="Make a new key instead."),
            )
        issued = issue_key(old.source_id, trusted=old.trusted, at=at)
        old.expires_at = closes_at
        old.revoked_at = at if closes_at <= at else None
        old.save(update_fields=["expires_at", "revoked_at"])
        return issued


def note_key_uses(key_ids: Collection[int], *, at: datetime) -> None:
    """Keys that somebody sent with; revoked ones too, for a request may overtake the revoking."""
    WriteKey.objects.filter(pk__in=key_ids).update(last_used_at=at)


def set_rate(source_id: int, events_per_second: int | None) -> None:
    """How many events a second each key of the source may send; None for the configured number.

    Raises:
        InputError: no whole number from 1 to ``MAX_RATE`` (``sources.bad_rate``).
        NotFoundError: there is no such source (``sources.unknown``).
    """
    if events_per_second is not None and not 1 <= events_per_second <= MAX_RATE:
        raise InputError(
            "sources.bad_rate",
            Text(
                vi=f"Giới hạn tốc độ phải từ 1 đến {MAX_RATE:,}.",
                en=f"The limit must be from 1 to {MAX_RATE:,}.",
            ),
            path="events_per_second",
            hint=Text(vi="Để trống để dùng mức chung.", en="Leave it empty for the usual one."),
        )
    if not Source.objects.filter(pk=source_id).update(events_per_second=events_per_second):
        raise NotFoundError(
            "sources.unknown",
            Text(vi=f"Không có nguồn số {source_id}.", en=f"There is no source {source_id}."),
        )
