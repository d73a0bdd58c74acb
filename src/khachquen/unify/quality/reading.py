"""What was measured last, how it was before, and the rows behind a figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from khachquen.unify.models import Order
from khachquen.unify.quality.models import Finding, Measurement, Tally
from khachquen.unify.quality.scoring import Counted, Score, scores
from khachquen.unify.quality.steps import EVERYTHING


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One whole measurement: what each check counted, by source; source 0 is everything."""

    id: int
    at: datetime  # what it says is as of this moment
    finished_at: datetime
    counted: Mapping[int, Mapping[str, Counted]]

    def of(self, source_id: int = EVERYTHING) -> Mapping[str, Counted]:
        """Rule → counts of a source; empty when it gave nothing to measure."""
        return self.counted.get(source_id, {})

    def scores(self, source_id: int = EVERYTHING) -> tuple[Score, ...]:
        """The five axes of a source."""
        return scores(self.of(source_id))


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order a check found wrong."""

    source_id: int
    number: str
    placed_at: datetime | None
    currency: str
    total_minor: int
    refunded_minor: int


def latest() -> Snapshot | None:
    """The newest whole measurement, if there ever was one."""
    found = list_history(limit=1)
    return found[0] if found else None


def list_history(*, limit: int = 30) -> list[Snapshot]:
    """Whole measurements, the newest first."""
    rows = list(Measurement.objects.filter(state="done").order_by("-id")[:limit])
    counted: dict[int, dict[int, dict[str, Counted]]] = {row.pk: {} for row in rows}
    for tally in Tally.objects.filter(measurement_id__in=list(counted)):
        mine = counted[tally.measurement_id].setdefault(tally.source_id, {})
        mine[tally.rule] = Counted(tally.checked, tally.failed)
    return [
        Snapshot(row.pk, row.started_at, row.finished_at, counted[row.pk])
        for row in rows
        if row.started_at and row.finished_at
    ]


def list_found(
    snapshot: Snapshot, rule: str, source_id: int, *, after: int = 0, limit: int = 50
) -> list[int]:
    """The numbers of the people or orders a check found, in order, from behind a number on."""
    found = Finding.objects.filter(
        measurement_id=snapshot.id, rule=rule, source_id=source_id, subject_id__gt=after
    )
    return list(found.order_by("subject_id").values_list("subject_id", flat=True)[:limit])


def orders_by_id(order_ids: list[int]) -> list[FoundOrder]:
    """These orders, in this order."""
    found = Order.objects.in_bulk(order_ids)
    return [
        FoundOrder(
            one.source_id,
            one.number,
            one.placed_at,
            one.currency,
            one.total_minor,
            one.refunded_minor,
        )
        for one in (found[key] for key in order_ids if key in found)
    ]
