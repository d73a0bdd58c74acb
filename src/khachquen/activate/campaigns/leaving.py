"""Which campaigns made data leave by an account, for the list of everywhere it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from khachquen.activate.campaigns.models import Run

__all__ = ["Leaving", "leaving_by_account"]


@dataclass(frozen=True, slots=True)
class Leaving:
    """How many campaigns were sent by an account, and when the latest of them began."""

    campaigns: int
    last_at: datetime | None


def leaving_by_account() -> Mapping[int, Leaving]:
    """Of every account something was sent by."""
    rows = Run.objects.filter(began_at__isnull=False).values_list("account_id")
    counted = rows.annotate(many=Count("campaign", distinct=True), last=Max("began_at"))
    return {account: Leaving(many, last) for account, many, last in counted.order_by()}
