"""Reports of large campaigns as they were counted last, and whose turn it is to be counted anew."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from khachquen.activate.campaigns.models import KeptReport, Recipient, Run
from khachquen.activate.campaigns.report_counts import Scope

__all__ = ["LARGE", "Kept", "find_kept", "is_large", "keep", "list_due"]

LARGE = 50_000
"""From so many letters on a report is kept: fewer are counted in about a second."""
_AGES = (
    (timedelta(days=2), timedelta(minutes=15)),
    (timedelta(days=14), timedelta(hours=1)),
    (timedelta(days=45), timedelta(days=1)),
)
"""Until a sending is so old its report is counted anew so often; after the last, when asked."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as it was written down at a moment."""

    at: datetime
    told: str


def is_large(scope: Scope) -> bool:
    """Whether there are too many letters to count them while somebody waits."""
    rows = Recipient.objects.filter(run__campaign_id=scope.campaign_id)
    if scope.run_id is not None:
        rows = rows.filter(run_id=scope.run_id)
    return rows.values("pk")[:LARGE].count() >= LARGE


def find_kept(campaign_id: int, wish: str) -> Kept | None:
    """The report last counted for a wish."""
    row = KeptReport.objects.filter(campaign_id=campaign_id, wish=wish).first()
    return Kept(row.at, row.told) if row else None


def keep(campaign_id: int, wish: str, told: str, *, at: datetime) -> None:
    """Write a report down in place of the one before."""
    KeptReport.objects.update_or_create(
        campaign_id=campaign_id, wish=wish, defaults={"told": told, "at": at}
    )


def list_due(wish: str, now: datetime) -> list[int]:
    """Campaigns with a sending young enough for something to come of it, and how they stand: large,
    and not counted for as long as their age allows."""
    found = []
    since = now - _AGES[-1][0]
    begun = Run.objects.filter(began_at__gte=since).order_by("campaign_id", "-began_at")
    newest: dict[int, datetime] = {}
    for campaign_id, began_at in begun.values_list("campaign_id", "began_at"):
        if began_at:
            newest.setdefault(campaign_id, began_at)
    kept = KeptReport.objects.filter(campaign_id__in=newest, wish=wish)
    last = dict(kept.values_list("campaign_id", "at"))
    for campaign_id, began_at in newest.items():
        every = next(every for age, every in _AGES if now - began_at <= age)
        counted_at = last.get(campaign_id)
        if (counted_at is None or now - counted_at >= every) and is_large(Scope(campaign_id)):
            found.append(campaign_id)
    return found
