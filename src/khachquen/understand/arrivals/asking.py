"""Questions over what came in last, each with its SQL in ``sql/<name>.sql``."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from khachquen.base import InputError, Text, nearest
from khachquen.store.engine import Question
from khachquen.understand.statements import read_statement

OUTCOMES = ("stored", "duplicate", "quarantined", "dropped")

_MAX_LIMIT = 1000
_MAX_PEOPLE = 1000
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Newest:
    """How far the stream of arrivals was seen: the last event, and when the last refusal came."""

    event_id: int = 0
    refused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which arrivals: all, or those that pass every filter given.

    ``holds`` is looked for in the ids of the message, ``profile_ids`` are people it may be of as
    well; ``after`` leaves out what was seen already.

    Raises:
        InputError: ``outcome`` is none of ``OUTCOMES``.
    """

    source_id: int | None = None
    outcome: str = ""
    name: str = ""
    holds: str = ""
    profile_ids: tuple[int, ...] = ()
    since: datetime | None = None
    after: Newest | None = None

    def __post_init__(self) -> None:
        if self.outcome not in ("", *OUTCOMES):
            raise _unknown_outcome(self.outcome)


def newest(wanted: Wanted | None = None, *, limit: int = 100) -> Question:
    """What came in last, kept and refused alike, each with its fate and reason; newest first."""
    wanted = wanted or Wanted()
    since = _naive(wanted.since) if wanted.since else None
    params = _params(wanted) | {"since": since, "limit": max(1, min(limit, _MAX_LIMIT))}
    return _question("newest", params)


def count_newer(wanted: Wanted) -> Question:
    """How many came in after ``wanted.after``, and how far that reaches without the filter."""
    after = wanted.after or Newest()
    params = _params(wanted) | {
        "after_event": after.event_id,
        "after_refusal": _naive(after.refused_at or _LONG_AGO),
    }
    return _question("count_newer", params)


def rates(now: datetime) -> Question:
    """By source, how many messages came in within the last minute and the last hour."""
    minute, hour = now - timedelta(minutes=1), now - timedelta(hours=1)
    return _question("rates", {"minute": _naive(minute), "hour": _naive(hour)})


def _params(wanted: Wanted) -> dict[str, object]:
    after = wanted.after
    refused_at = after.refused_at if after else None
    return {
        "source_id": wanted.source_id,
        "outcome": wanted.outcome,
        "name": wanted.name,
        "holds": wanted.holds.lower(),
        "profile_ids": list(wanted.profile_ids)[:_MAX_PEOPLE],
        "after_event": after.event_id if after else None,
        "after_refusal": _naive(refused_at) if refused_at else None,
    }


def _question(name: str, params: dict[str, object]) -> Question:
    return Question(f"arrivals.{name}", read_statement("arrivals", name), params)


def _naive(at: datetime) -> datetime:
    """As the lake keeps times: UTC, without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None)


def _unknown_outcome(given: str) -> InputError:
    return InputError(
        "query.unknown_outcome",
        Text(vi=f"Không hiểu {given[:40]!r}.", en=f"{given[:40]!r} is not known here."),
        path="outcome",
        hint=nearest(given, OUTCOMES),
    )
