"""Questions over refused messages, each with its SQL in ``sql/<name>.sql``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from khachquen.store.engine import Question
from khachquen.understand.statements import read_statement

MOST = 5_001


@dataclass(frozen=True, slots=True)
class At:
    """A place in the list of refused messages: when one came, and where it stood in the log."""

    received_at: datetime
    place: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which refused messages: of one reason, of one source, received since; all when empty."""

    reason: str = ""
    source_id: int | None = None
    since: datetime | None = None

    def params(self) -> dict[str, Any]:
        """As the statements name them."""
        return {
            "reason": self.reason,
            "source_id": self.source_id,
            "since": _naive(self.since),
        }


def quarantined(which: Filter, *, before: At | None = None, limit: int = 50) -> Question:
    """The messages in quarantine, the last received first, from before a place on."""
    params = {
        **which.params(),
        "before_at": _naive(before.received_at if before else None),
        "before_place": before.place if before else "",
        "limit": max(1, min(limit, MOST)),
    }
    return _question("quarantined", params)


def reasons(which: Filter) -> Question:
    """How many are in quarantine, by reason and source, the most frequent first."""
    return _question("reasons", which.params())


def refused_at(places: Sequence[str]) -> Question:
    """The messages in quarantine that stood at these places of the log."""
    return _question("refused_at", {"places": list(places)[:MOST]})


def taken_in(stream: str, *, limit: int = 20) -> Question:
    """What the messages of one request became, the first of them."""
    return _question("taken_in", {"stream": stream, "limit": limit})


def refused_under(message_id: str) -> Question:
    """Every refusal a message id met, oldest first; with what became of those taken in again."""
    return _question("refused_under", {"message_id": message_id})


def kept_under(message_id: str, event_ids: Sequence[int], *, before: datetime | None) -> Question:
    """The events of a message id: those known by number, and older ones by looking for them.

    ``before`` is when the memory of numbers begins; None when all must be looked at.
    """
    params = {
        "message_id": message_id,
        "event_ids": list(event_ids),
        "before": _naive(before or datetime.max.replace(tzinfo=UTC)),
    }
    return _question("kept_under", params)


def _question(name: str, params: dict[str, Any]) -> Question:
    return Question(f"quarantine.{name}", read_statement("quarantine", name), params)


def _naive(at: datetime | None) -> datetime | None:
    """As the lake keeps times: UTC, without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None) if at else None
