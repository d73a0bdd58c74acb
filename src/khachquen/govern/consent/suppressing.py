"""Who must be left alone whatever they agreed to, kept so that no list of them can be read out."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from khachquen.base import InputError, Text
from khachquen.govern.audit import record_audit
from khachquen.govern.consent.models import Suppression
from khachquen.govern.consent.standing import CHANNELS, demand_known

_CHUNK = 500
_SALT = "khachquen.suppression"


class Reason(NamedTuple):
    """Why, in words; ``is_of_person`` reaches every address of the person, else this one only."""

    name: Text
    is_of_person: bool


REASONS: Mapping[str, Reason] = {
    "bounced": Reason(
        Text(vi="Địa chỉ không nhận được thư", en="The address does not take mail"), False
    ),
    "on_register": Reason(
        Text(
            vi="Có trong danh sách không quảng cáo (5656)",
            en="On the national do-not-call register (5656)",
        ),
        False,
    ),
    "complained": Reason(
        Text(vi="Đã báo thư của cửa hàng là thư rác", en="Reported our mail as spam"), True
    ),
    "do_not_contact": Reason(
        Text(vi="Cửa hàng đã ghi: không liên hệ", en="Marked by the shop: do not contact"), True
    ),
    "erased": Reason(
        Text(vi="Đã yêu cầu xóa dữ liệu", en="Asked for their data to be erased"), True
    ),
}
"""``on_register`` is of Decree 91/2020, Article 7. It stops advertising; the others stop all."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """One reason to leave one identifier alone on a channel."""

    key: str
    channel: str
    reason: str
    at: datetime


def mark_of(key: str) -> str:
    """The keyed digest (HMAC-SHA-256 with the installation's secret) an identifier is known by."""
    return hmac.digest(_mark_key(settings.SECRET_KEY), key.encode(), "sha256").hex()


@lru_cache(maxsize=2)
def _mark_key(secret: str) -> bytes:
    """As ``django.utils.crypto.salted_hmac`` makes it, once."""
    return hashlib.sha256(f"{_SALT}{secret}".encode()).digest()


def suppress(
    keys: Iterable[str],
    *,
    channel: str,
    reason: str,
    at: datetime,
    by: str = "",
    detail: str = "",
) -> int:
    """Leave these alone on a channel; how many were not left alone for that reason before.

    Raises:
        InputError: a channel or reason nobody knows.
    """
    demand_known("channel", channel, CHANNELS)
    demand_known("reason", reason, REASONS)
    marks = [mark_of(key) for key in dict.fromkeys(keys)]
    added = 0
    with transaction.atomic():
        for start in range(0, len(marks), _CHUNK):
            part = marks[start : start + _CHUNK]
            held = Suppression.objects.filter(
                mark__in=part, channel=channel, reason=reason, lifted_at__isnull=True
            )
            known = set(held.values_list("mark", flat=True))
            rows = [
                Suppression(
                    mark=mark,
                    channel=channel,
                    reason=reason,
                    at=at,
                    by=by[:200],
                    detail=detail[:300],
                )
                for mark in part
                if mark not in known
            ]
            added += len(Suppression.objects.bulk_create(rows))
    return added


def lift(keys: Iterable[str], *, channel: str, reason: str, why: str, by: str, at: datetime) -> int:
    """Write to these again; how many that were. Somebody has to say why, and it is audited.

    Raises:
        InputError: no reason is given (``consent.no_why``), or channel or reason is unknown.
    """
    demand_known("channel", channel, CHANNELS)
    demand_known("reason", reason, REASONS)
    if not why.strip():
        words = Text(vi="Hãy ghi lý do gỡ bỏ.", en="Say why it is lifted.")
        raise InputError("consent.no_why", words, path="why")
    marks = [mark_of(key) for key in dict.fromkeys(keys)]
    lifted = 0
    with transaction.atomic():
        for start in range(0, len(marks), _CHUNK):
            held = Suppression.objects.filter(
                mark__in=marks[start : start + _CHUNK],
                channel=channel,
                reason=reason,
                lifted_at__isnull=True,
            )
            lifted += held.update(lifted_at=at, lifted_by=by[:200], lifted_why=why.strip()[:300])
        detail = {"channel": channel, "reason": reason, "why": why.strip()[:300], "lifted": lifted}
        subject = f"suppression:{hashlib.sha256(''.join(marks).encode()).hexdigest()[:16]}"
        record_audit(actor=by, action="suppression.lift", subject=subject, detail=detail, at=at)
    return lifted


def lift_import(import_id: str, *, by: str, at: datetime) -> int:
    """Take back what one imported list added; how many. What others added stays. Audited."""
    with transaction.atomic():
        held = Suppression.objects.filter(by=f"import:{import_id}"[:200], lifted_at__isnull=True)
        why = "import undone"
        lifted = held.update(lifted_at=at, lifted_by=by[:200], lifted_why=why)
        if lifted:
            detail = {"lifted": lifted}
            subject = f"import:{import_id}"[:200]
            record_audit(actor=by, action="suppression.undo", subject=subject, detail=detail, at=at)
    return lifted


def list_suppressed(keys: Sequence[str]) -> list[Suppressed]:
    """What holds of these identifiers now."""
    of_mark = {mark_of(key): key for key in keys}
    marks, found = list(of_mark), []
    for start in range(0, len(marks), _CHUNK):
        rows = Suppression.objects.filter(
            mark__among=marks[start : start + _CHUNK], lifted_at__isnull=True
        )
        found += [
            Suppressed(of_mark[mark], channel, reason, at)
            for mark, channel, reason, at in rows.values_list("mark", "channel", "reason", "at")
        ]
    return sorted(found, key=lambda one: (one.at, one.key, one.channel, one.reason))
