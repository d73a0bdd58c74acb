"""How many messages met which end: received = stored + duplicate + quarantined + dropped."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F, Sum

from khachquen.store.models import Count

Ending = tuple[int, str, str]
"""Source id, outcome, reason."""


def add_counts(hour: datetime, counts: Mapping[Ending, int]) -> None:
    """Add to the counters of an hour; call inside the transaction that moves the watermark."""
    for (source_id, outcome, reason), n in counts.items():
        key = {"hour": hour, "source_id": source_id, "outcome": outcome, "reason": reason}
        if not Count.objects.filter(**key).update(n=F("n") + n):
            Count.objects.create(**key, n=n)


def counts_by_outcome(since: datetime, until: datetime) -> dict[Ending, int]:
    """Messages by source, outcome and reason in the hours from ``since`` up to ``until``."""
    rows = (
        Count.objects.filter(hour__gte=since, hour__lt=until)
        .values_list("source_id", "outcome", "reason")
        .annotate(total=Sum("n"))
    )
    return {(source, outcome, reason): total for source, outcome, reason, total in rows}


def counts_by_hour(since: datetime, until: datetime) -> dict[tuple[int, datetime], int]:
    """Messages that came in, by source and hour, whatever became of them."""
    rows = (
        Count.objects.filter(hour__gte=since, hour__lt=until)
        .values_list("source_id", "hour")
        .annotate(total=Sum("n"))
    )
    return {(source, hour): total for source, hour, total in rows}
