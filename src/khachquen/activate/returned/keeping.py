"""Things that came back, kept before anything else happens to them, and shown to the shop."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from khachquen.activate.returned.knowing import Believed
from khachquen.activate.returned.models import Returned
from khachquen.base import NotFoundError, Text

__all__ = [
    "Arrived",
    "Returned",
    "count_kinds",
    "find_known_places",
    "forget_old",
    "get_returned",
    "keep",
    "list_last",
    "list_to_clear",
    "list_to_review",
    "list_untold",
    "mark_cleared",
    "mark_seen",
    "mark_told",
]

_RAW_BYTES = 512_000
_KEPT = timedelta(days=30)
_CHUNK = 500
_ACTING = ("hard", "soft", "policy", "complaint", "delivered")
FOR_REVIEW = Q(kind="unreadable") | Q(kind__in=("hard", "soft", "complaint"), known_by="")


@dataclass(frozen=True, slots=True)
class Arrived:
    """One thing as it came. ``place`` is its name in the mailbox, if it has one."""

    raw: bytes
    place: str = ""


def keep(account_id: int, via: str, arrived: Iterable[Arrived], *, at: datetime) -> int:
    """Write them down; returns how many are new. What is here already stays as it is."""
    rows = [
        Returned(
            account_id=account_id,
            via=via,
            digest=hashlib.sha256(one.raw).hexdigest(),
            place=one.place[:120],
            raw=one.raw[:_RAW_BYTES],
            got_at=at,
        )
        for one in arrived
    ]
    before = Returned.objects.filter(account_id=account_id).count() if rows else 0
    Returned.objects.bulk_create(rows, batch_size=100, ignore_conflicts=True)
    return Returned.objects.filter(account_id=account_id).count() - before if rows else 0


def list_untold(most: int) -> list[Returned]:
    """What was kept and nobody read yet, the oldest first."""
    return list(Returned.objects.filter(told_at__isnull=True).order_by("pk")[:most])


def mark_told(told: Sequence[tuple[Returned, str, Believed, str]], *, at: datetime) -> None:
    """What was made of each: its shape, what it says, its subject. Call it once their events are in
    the log: killed in between, they are told again under the same ids."""
    rows = []
    for row, shape, believed, subject in told:
        report = believed.report
        row.told_at, row.shape, row.kind = at, shape, report.kind
        row.address, row.status, row.words = report.address, report.status[:12], report.words[:500]
        row.subject, row.known_by = subject[:300], believed.known_by
        row.recipient_id = believed.recipient.pk if believed.recipient else None
        rows.append(row)
    fields = ["told_at", "shape", "kind", "address", "status", "words", "subject", "known_by"]
    Returned.objects.bulk_update(rows, [*fields, "recipient_id"], batch_size=100)


def find_known_places(account_id: int, places: Sequence[str]) -> set[str]:
    """Which of these messages of a mailbox are here already."""
    known: set[str] = set()
    for start in range(0, len(places), _CHUNK):
        rows = Returned.objects.filter(
            account_id=account_id, place__in=places[start : start + _CHUNK]
        )
        known.update(rows.values_list("place", flat=True))
    return known


def list_to_clear(account_id: int, via: str, most: int) -> list[tuple[int, str, bool]]:
    """What was read and still stands in the mailbox as new: number, place, and whether it was
    understood, without which nothing is deleted."""
    rows = Returned.objects.filter(
        account_id=account_id, via=via, told_at__isnull=False, cleared_at__isnull=True
    ).exclude(place="")
    odd = set(rows.filter(FOR_REVIEW).values_list("pk", flat=True))
    told = rows.order_by("pk").values_list("pk", "place")[:most]
    return [(number, place, number not in odd) for number, place in told]


def mark_cleared(numbers: Sequence[int], *, at: datetime) -> None:
    """These stand in the mailbox as read, or no longer."""
    Returned.objects.filter(pk__in=numbers).update(cleared_at=at)


def count_kinds(account_id: int, *, since: datetime) -> dict[str, int]:
    """How many of each kind came back since then; of bounces and complaints those about letters of
    ours."""
    rows = Returned.objects.filter(account_id=account_id, got_at__gte=since, told_at__isnull=False)
    counted = rows.exclude(kind__in=_ACTING, known_by="").values_list("kind")
    return dict(counted.annotate(many=Count("id")).order_by("kind"))


def list_last(account_id: int, *, most: int = 20) -> list[Returned]:
    """The newest that were understood."""
    rows = Returned.objects.filter(account_id=account_id, told_at__isnull=False)
    return list(rows.exclude(FOR_REVIEW).defer("raw").order_by("-pk")[:most])


def list_to_review(account_id: int, *, most: int = 50) -> list[Returned]:
    """What nobody understood, or what claims to be about a letter that is not known to be ours, and
    that nobody looked at."""
    rows = Returned.objects.filter(account_id=account_id, told_at__isnull=False)
    return list(rows.filter(FOR_REVIEW, seen_at__isnull=True).defer("raw").order_by("-pk")[:most])


def get_returned(account_id: int, number: int) -> Returned:
    """One of them with its bytes.

    Raises:
        NotFoundError: there is none of that number at this account (``returned.unknown``).
    """
    row = Returned.objects.filter(account_id=account_id, pk=number).first()
    if row is None:
        words = Text(
            vi=f"Không có thư trả về số {number}.", en=f"Nothing numbered {number} is here."
        )
        raise NotFoundError("returned.unknown", words)
    return row


def mark_seen(account_id: int, number: int, *, by: str, at: datetime) -> None:
    """Somebody looked at it; it is shown among those to review no more, and kept."""
    get_returned(account_id, number)
    Returned.objects.filter(pk=number, seen_at__isnull=True).update(seen_at=at, seen_by=by[:200])


def forget_old(now: datetime) -> int:
    """The bytes of what was understood a month ago are not needed any more; the rest stays."""
    rows = Returned.objects.filter(told_at__lt=now - _KEPT, got_at__lt=now - _KEPT)
    return rows.exclude(FOR_REVIEW).exclude(raw=b"").update(raw=b"")
