"""What became of a run, in numbers that always add up."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from khachquen.activate.campaigns.models import Recipient

__all__ = ["Tally", "list_recipients", "tally"]

_OPEN = ("waiting", "claimed", "wire")


@dataclass(frozen=True, slots=True)
class Tally:
    """``targeted = sent + skipped + failed + unknown + open``; skipped and failed by reason."""

    sent: int
    skipped: Mapping[str, int]
    failed: Mapping[str, int]
    unknown: int
    open: int

    @property
    def targeted(self) -> int:
        """Everybody the audience held when it was written down."""
        gone = sum(self.skipped.values()) + sum(self.failed.values())
        return self.sent + gone + self.unknown + self.open


def tally(run_id: int) -> Tally:
    """Counted from the rows themselves: there is no second number that could differ."""
    rows = Recipient.objects.filter(run_id=run_id).values_list("state", "reason")
    sums: dict[str, dict[str, int]] = {}
    for state, reason, count in rows.annotate(count=Count("pk")).order_by("state", "reason"):
        sums.setdefault(state, {})[reason] = count
    return Tally(
        sent=sum(sums.get("sent", {}).values()),
        skipped=sums.get("skipped", {}),
        failed=sums.get("failed", {}),
        unknown=sum(sums.get("unknown", {}).values()),
        open=sum(sum(sums.get(state, {}).values()) for state in _OPEN),
    )


def list_recipients(
    run_id: int, *, state: str, reason: str = "", after: int = 0, limit: int = 50
) -> list[Recipient]:
    """The people behind a number, in the order they were written down."""
    rows = Recipient.objects.filter(run_id=run_id, pk__gt=after)
    rows = rows.filter(state__in=_OPEN) if state == "open" else rows.filter(state=state)
    if reason:
        rows = rows.filter(reason=reason)
    return list(rows.order_by("pk")[:limit])
