"""Things that came back, kept before anything else happens to them, and shown to the shop."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from khachquen.activate.returned.knowing import Believed
from khachquen.activate.returned.models import Returned
from khachquen.base import NotFoundError, Text, to_micros
from khachquen.store import db_time, update_rows

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
_WAITS = timedelta(days=365)
_PART_BYTES = 16 << 20
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
    digests = {row.digest for row in rows}
    here = Returned.objects.filter(account_id=account_id, digest__in=digests).count()
    Returned.objects.bulk_create(rows, batch_size=100, ignore_conflicts=True)
    return len(digests) - here


def list_untold(most: int) -> list[Returned]:
    """What was kept and nobody read yet, the oldest first; so many, and no more than memory should
    hold."""
    found, size = [], 0
    untold = Returned.objects.filter(told_at__isnull=True).order_by("pk")
    for row in untold[:most].iterator(chunk_size=50):
        found.append(row)
        size += len(row.raw)
        if size > _PART_BYTES:
            break
    return found


def mark_told(told: Sequence[tuple[Returned, str, Believed, str]], *, at: datetime) -> None:
    """What was made of each: its shape, what it says, its subject. Call it once their events are in
    the log: killed in between, they are told again under the same ids."""
    rows = []
    for row, shape, believed, subject in told:
        report = believed.report
        texts = (report.address, report.status[:12], report.words[:500], subject[:300])
        letter = believed.recipient.pk if believed.recipient else None
        told_at = db_time(to_micros(at))
        rows.append((told_at, shape, report.kind, *texts, believed.known_by, letter, row.pk))
    columns = (
        "told_at", "shape", "kind", "address", "status", "words", "subject", "known_by",
        "recipient_id",
    )  # fmt: skip
    with transaction.atomic():
        update_rows(Returned, ", ".join(f"{name} = %s" for name in columns), rows)


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


def forget_old(now: datetime, *, days: int, most: int) -> int:
    """The bytes of some that came so long ago are dropped, and what was made of them stays; how
    many were. Nothing is dropped before it was told, and what waits for somebody waits a year."""
    kept = timedelta(days=days)
    rows = Returned.objects.filter(has_raw=True, told_at__isnull=False, got_at__lt=now - kept)
    waits = FOR_REVIEW & Q(seen_at__isnull=True) & Q(got_at__gte=now - max(kept, _WAITS))
    old = rows.exclude(waits).order_by("got_at").values_list("pk", flat=True)[:most]
    return Returned.objects.filter(pk__in=list(old)).update(raw=b"", has_raw=False)
