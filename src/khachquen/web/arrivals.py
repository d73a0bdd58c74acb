"""What came in from each source lately, and what became of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from khachquen.collect.event import Outcome
from khachquen.store import counts_by_outcome

DAYS = 7


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Messages of one source in the last ``DAYS`` days, by their end."""

    stored: int = 0
    duplicate: int = 0
    refused: int = 0


def arrivals_by_source(now: datetime) -> Mapping[int, Arrivals]:
    """Source id → what came in; a source that sent nothing has zeros."""
    totals: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    counts = counts_by_outcome(now - timedelta(days=DAYS), now + timedelta(hours=1))
    for (source_id, outcome, _), number in counts.items():
        totals[source_id][outcome] += number
    found = {source_id: _arrivals(ends) for source_id, ends in totals.items()}
    return defaultdict(Arrivals, found)


def _arrivals(ends: Mapping[str, int]) -> Arrivals:
    return Arrivals(
        stored=ends[Outcome.STORED],
        duplicate=ends[Outcome.DUPLICATE],
        refused=ends[Outcome.QUARANTINED] + ends[Outcome.DROPPED],
    )
