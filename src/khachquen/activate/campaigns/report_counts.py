"""What became of a campaign's letters, counted by the database: no row of a person is read.

Outcomes count for letters that were sent. Of an unknown letter nobody knows whether it arrived, so
it is in no rate, whatever was heard of it; ``count_heard_of_unknown`` says of how many.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import ExtractHour, Lower, StrIndex, Substr

from khachquen.activate.campaigns.models import Outcome, Recipient, Run
from khachquen.activate.campaigns.report_figures import Counts

__all__ = [
    "PEOPLE",
    "Click",
    "Recipient",
    "Scope",
    "count_by",
    "count_exposed",
    "count_heard_of_unknown",
    "count_open_hours",
    "count_reasons",
    "count_these",
    "iter_clicks",
    "iter_clicks_of",
    "iter_exposed",
    "list_people",
    "runs_of",
]

_HUMAN = Q(is_machine=False)
_OPEN = ("waiting", "claimed", "wire")
_DOMAIN = Lower(Substr("address", StrIndex("address", Value("@")) + 1))
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Which letters are meant: of a campaign, or of one of its sendings."""

    campaign_id: int
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class Click:
    """A person clicked a link of a letter: the first and the last time."""

    recipient_id: int
    campaign_id: int
    person_id: int
    link: str
    first_at: datetime
    last_at: datetime


def runs_of(campaign_id: int) -> list[Run]:
    """The sendings of a campaign that began, the newest first."""
    return list(Run.objects.filter(campaign_id=campaign_id, began_at__isnull=False).order_by("-pk"))


def count_by(scope: Scope, what: str = "") -> dict[str, Counts]:
    """Counts of everybody (key ""), or by ``variant`` or the mailbox's ``domain``.

    A letter is in one part, so the parts add up to the whole. Visits, deeds and orders are in the
    lake and stay 0 here.
    """
    parts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = _letters(scope, what).values_list("part", "state", "is_tracked")
    for part, state, is_tracked, many in rows.annotate(Count("pk")).order_by():
        parts[part]["targeted"] += many
        parts[part]["open" if state in _OPEN else state] += many
        if state == "sent" and is_tracked:
            parts[part]["tracked"] += many
    for part, found in _outcomes(scope, what):
        for key, many in found.items():
            parts[part][key] += many
    return {part: _whole(Counts(**found)) for part, found in parts.items()}


def count_reasons(scope: Scope) -> list[tuple[str, str, int]]:
    """State, reason and number of those who got no letter, the most first."""
    rows = _letters(scope, "").filter(state__in=("skipped", "failed"))
    found = rows.values_list("state", "reason").annotate(many=Count("pk"))
    return list(found.order_by("-many", "state", "reason"))


def count_heard_of_unknown(scope: Scope) -> int:
    """Unknown letters a person opened or clicked: they did arrive."""
    return _letters(scope, "").filter(_was(_HUMAN), state="unknown").count()


def count_open_hours(scope: Scope, zone: tzinfo) -> dict[int, int]:
    """Letters opened, by the hour of the first time on the shop's clock; they add up to opened."""
    rows = _of_sent(scope).filter(_HUMAN, kind="opened")
    hours = rows.annotate(hour=ExtractHour("first_at", tzinfo=zone)).values_list("hour")
    return dict(hours.annotate(Count("pk")).order_by("hour"))


def count_these(scope: Scope, what: str, letters: Collection[int]) -> dict[str, int]:
    """How many of these letters are in each part."""
    found: Counter[str] = Counter()
    for some in _few(letters):
        rows = _letters(scope, what).filter(pk__in=some).values_list("part")
        found.update(dict(rows.annotate(Count("pk")).order_by()))
    return found


def iter_clicks(scope: Scope) -> Iterator[Click]:
    """Every link a person clicked in these letters."""
    rows = _of_sent(scope).filter(_CLICKED).values_list(*_CLICK)
    yield from (Click(*row) for row in rows.iterator())


def iter_clicks_of(people: Collection[int], since: datetime) -> Iterator[Click]:
    """What these people clicked in letters of any campaign from then on."""
    for some in _few(people):
        rows = Outcome.objects.filter(_CLICKED, recipient__state="sent", last_at__gte=since)
        found = rows.filter(recipient__person_id__in=some).values_list(*_CLICK)
        yield from (Click(*row) for row in found.iterator())


def count_exposed(scope: Scope) -> tuple[int, int]:
    """How many could have been written to and were meant to be, and how many were held out.

    As they were meant, not as it went: who was left out by a cap or whose letter failed counts with
    those written to, for the same people are among those held out.
    """
    rows = _letters(scope, "").filter(_MEANT | _HELD)
    held = rows.filter(_HELD).count()
    return rows.count() - held, held


def iter_exposed(scope: Scope, people: Collection[int]) -> Iterator[tuple[int, bool, datetime]]:
    """Of these people: number, whether held out, and when it was decided."""
    for some in _few(people):
        rows = _letters(scope, "").filter(_MEANT | _HELD, person_id__in=some)
        for person, reason, ended_at in rows.values_list("person_id", "reason", "ended_at"):
            yield person, reason == "holdout", ended_at


def list_people(
    scope: Scope,
    key: str,
    *,
    part: tuple[str, str] = ("", ""),
    reason: str = "",
    link: str | None = None,
    among: Collection[int] | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[Recipient]:
    """The people behind a count, in the order they were written down.

    ``part`` is of which variant or domain they are, ``reason`` why nothing was sent to them,
    ``link`` which one they clicked; ``among`` are the letters the lake named, of a count only it
    knows.
    """
    rows = _letters(scope, part[0]).filter(pk__gt=after)
    if among is None:
        rows = rows.filter(PEOPLE[key])
    else:
        rows = rows.filter(pk__in=sorted(one for one in among if one > after)[:_CHUNK])
    if part[0]:
        rows = rows.filter(part=part[1])
    if reason:
        rows = rows.filter(reason=reason)
    if link is not None:
        rows = rows.filter(_was(_CLICKED & Q(detail=link)))
    return list(rows.order_by("pk")[:limit])


def _letters(scope: Scope, what: str) -> QuerySet[Any]:
    rows = Recipient.objects.filter(run__campaign_id=scope.campaign_id)
    if scope.run_id is not None:
        rows = rows.filter(run_id=scope.run_id)
    parts: Mapping[str, Any] = {"": Value(""), "domain": _DOMAIN, "variant": F("variant")}
    return rows.annotate(part=parts[what])


def _of_sent(scope: Scope) -> QuerySet[Outcome]:
    rows = Outcome.objects.filter(
        recipient__run__campaign_id=scope.campaign_id, recipient__state="sent"
    )
    return rows.filter(recipient__run_id=scope.run_id) if scope.run_id is not None else rows


def _outcomes(scope: Scope, what: str) -> Iterator[tuple[str, dict[str, int]]]:
    """Part by part how many letters had each outcome, each letter once."""
    address = "recipient__address"
    parts: Mapping[str, Any] = {
        "": Value(""),
        "domain": Lower(Substr(address, StrIndex(address, Value("@")) + 1)),
        "variant": F("recipient__variant"),
    }
    rows = _of_sent(scope).annotate(part=parts[what])

    def many(kind: str, human: bool = True, **more: bool) -> Count:
        wanted = Q(kind=kind, is_machine=not human, **more)
        return Count("recipient_id", distinct=True, filter=wanted)

    counted: QuerySet[Any] = rows.values("part").annotate(
        opened=many("opened"),
        opened_by_machine=many("opened", human=False),
        opened_tracked=many("opened", recipient__is_tracked=True),
        clicked=many("clicked"),
        clicked_tracked=many("clicked", recipient__is_tracked=True),
        bounced=many("bounced"),
        complained=many("complained"),
        unsubscribed=many("unsubscribed"),
    )
    for found in counted.order_by():
        yield found.pop("part"), found
    for key, one, also, sign in _BOTH:
        both = rows.filter(one, _was(also, "recipient_id")).values_list("part")
        for part, number in both.annotate(Count("recipient_id", distinct=True)).order_by():
            yield part, {key: sign * number}


def _was(outcome: Q, letter: str = "pk") -> Exists:
    return Exists(Outcome.objects.filter(outcome, recipient_id=OuterRef(letter)))


_OPENED, _CLICKED = _HUMAN & Q(kind="opened"), _HUMAN & Q(kind="clicked")
_READ = _HUMAN & Q(kind__in=("opened", "clicked"))
_BOUNCED = Q(kind="bounced", is_machine=False)
_BY_MACHINE = Q(kind="opened", is_machine=True)
_BOTH = (
    ("clicked_opened", _CLICKED, _OPENED, 1),
    ("bounced", _BOUNCED, _READ, -1),  # it came after all
    ("opened_by_machine", _BY_MACHINE, _READ, -1),  # a person was seen too
)


def _whole(found: Counts) -> Counts:
    return replace(found, delivered=found.sent - found.bounced)


_SENT = Q(state="sent")
PEOPLE: Mapping[str, Q] = {
    "targeted": Q(),
    "sent": _SENT,
    "skipped": Q(state="skipped"),
    "failed": Q(state="failed"),
    "unknown": Q(state="unknown"),
    "open": Q(state__in=_OPEN),
    "tracked": _SENT & Q(is_tracked=True),
    "bounced": _SENT & Q(_was(_BOUNCED)) & ~Q(_was(_READ)),
    "delivered": _SENT & (~Q(_was(_BOUNCED)) | Q(_was(_READ))),
    "opened": _SENT & Q(_was(_OPENED)),
    "opened_by_machine": _SENT & Q(_was(_BY_MACHINE)) & ~Q(_was(_READ)),
    "clicked": _SENT & Q(_was(_CLICKED)),
    "clicked_opened": _SENT & Q(_was(_CLICKED)) & Q(_was(_OPENED)),
    "opened_tracked": _SENT & Q(is_tracked=True) & Q(_was(_OPENED)),
    "clicked_tracked": _SENT & Q(is_tracked=True) & Q(_was(_CLICKED)),
    "complained": _SENT & Q(_was(_HUMAN & Q(kind="complained"))),
    "unsubscribed": _SENT & Q(_was(_HUMAN & Q(kind="unsubscribed"))),
}
"""Which letters each count is of; the lake knows who visited, acted and ordered."""
_HELD = Q(state="skipped", reason="holdout")
_MEANT = Q(state__in=("sent", "failed", "unknown")) | Q(
    state="skipped", reason__in=("capped", "capped_by_law", "same_address", "too_late")
)
_CLICK = (
    "recipient_id",
    "recipient__run__campaign_id",
    "recipient__person_id",
    "detail",
    "first_at",
    "last_at",
)


def _few(numbers: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
