"""Endpoints as screens and programs see them: never with a secret."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Count

from khachquen.activate.webhooks.models import Delivery, Endpoint
from khachquen.base import NotFoundError, Text

KINDS: Mapping[str, Text] = {
    "segment.entered": Text(vi="Khách vào phân khúc", en="Somebody enters a segment"),
    "segment.left": Text(vi="Khách rời phân khúc", en="Somebody leaves a segment"),
}
"""What an endpoint can ask to hear of."""
TEST = "webhook.test"
WHY: Mapping[str, Text] = {
    "": Text(vi="", en=""),
    "staff": Text(vi="nhân viên tạm dừng", en="paused by staff"),
    "failing": Text(vi="không nhận được tin nào suốt 24 giờ", en="took nothing for 24 hours"),
    "gone": Text(vi="máy nhận báo đã đóng địa chỉ (410)", en="the receiver says it is gone (410)"),
}


@dataclass(frozen=True, slots=True)
class EndpointView:
    """One address and how it has been; ``counts`` are its messages by state, tests left out.

    ``is_exchanging`` while two secrets are valid, until ``old_until``.
    """

    id: int
    name: str
    url: str
    kinds: Sequence[str]
    segments: Sequence[int]
    gives_identifiers: bool
    purpose: str
    per_second: int
    state: str
    why: str
    state_at: datetime
    failures: int
    failing_since: datetime | None
    rests_until: datetime | None
    last_good_at: datetime | None
    last_called_at: datetime | None
    old_until: datetime | None
    created_at: datetime
    created_by: str
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Where the data goes."""
        return urlsplit(self.url).netloc

    @property
    def waiting(self) -> int:
        """How many messages are still to be taken."""
        return self.counts.get("owed", 0) + self.counts.get("claimed", 0)

    @property
    def reason(self) -> Text:
        """Why it is not called."""
        return WHY.get(self.why, WHY[""])


def list_endpoints() -> list[EndpointView]:
    """Every endpoint by name."""
    rows = list(Endpoint.objects.filter(removed_at=None).order_by("name", "pk"))
    counts = _counts([row.pk for row in rows])
    return [to_view(row, counts.get(row.pk, {})) for row in rows]


def get_endpoint(endpoint_id: int) -> EndpointView:
    """One endpoint.

    Raises:
        NotFoundError: there is none (``webhooks.unknown``).
    """
    row = row_of(endpoint_id)
    return to_view(row, _counts([row.pk]).get(row.pk, {}))


def row_of(endpoint_id: int) -> Endpoint:
    """The stored endpoint."""
    rows = Endpoint.objects.filter(removed_at=None)
    found = rows.filter(pk=endpoint_id).first() if 0 < endpoint_id < 2**63 else None
    if found is None:
        raise NotFoundError(
            "webhooks.unknown",
            Text(
                vi=f"Không có webhook số {endpoint_id}.", en=f"There is no webhook {endpoint_id}."
            ),
        )
    return found


def to_view(row: Endpoint, counts: Mapping[str, int]) -> EndpointView:
    """As others see it."""
    told = {name: getattr(row, name) for name in EndpointView.__slots__ if hasattr(row, name)}
    return EndpointView(**told, counts=dict(counts))


def _counts(endpoint_ids: Collection[int]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {}
    owed = Delivery.objects.filter(endpoint_id__in=endpoint_ids).exclude(kind=TEST)
    for row in owed.values("endpoint_id", "state").annotate(n=Count("id")).order_by():
        found.setdefault(row["endpoint_id"], Counter())[row["state"]] = row["n"]
    return found
