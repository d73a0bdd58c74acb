"""What became of a campaign's letters, counted by the database: no row of a person is read.

Outcomes count for letters that were sent. Of an unknown letter nobody knows whether it arrived, so
it is in no rate, whatever was heard of it; ``count_heard_of_unknown`` says of how many.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import ExtractHour, Lower, StrIndex, Substr

from khachquen.activate.campaigns.models import Outcome, Recipient, Run
from khachquen.activate.campaigns.personal import personal_variants
from khachquen.activate.campaigns.report_figures import Counts, sum_all

__all__ = [
    "PEOPLE",
    "Cell",
    "Click",
    "Letter",
    "Recipient",
    "Scope",
    "count_cells",
    "count_exposed",
    "count_heard_of_unknown",
    "count_reasons",
    "find_letters",
    "find_parts",
    "iter_clicks",
    "iter_clicks_of",
    "iter_exposed",
    "list_letters",
    "list_people",
    "rows_of",
    "runs_in",
    "runs_of",
    "sum_by",
]

_HUMAN = Q(is_machine=False)
_OPEN = ("waiting", "claimed", "wire")
_KEYS = ("domain", "variant")
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Which letters are meant: of a campaign, or of one of its sendings."""

    campaign_id: int
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """Letters that are the same in all that is told apart; ``hour`` is that of their first open, on
    the shop's clock."""

    domain: str
    variant: str
    hour: int | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Click:
    """A person clicked a link of a letter: the first and the last time."""

    recipient_id: int
    campaign_id: int
    person_id: int
    variant: str
    link: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter with whom it was for and when its audience was written down; of a sending programs
    begin, when that one letter came to its end."""

    number: int
    person_id: int
    at: datetime


def runs_of(campaign_id: int) -> list[Run]:
    """The sendings of a campaign that began, the newest first."""
    return list(Run.objects.filter(campaign_id=campaign_id, began_at__isnull=False).order_by("-pk"))


def count_cells(scope: Scope, zone: tzinfo) -> list[Cell]:
    """What became of the letters, cell by cell; a letter is in one cell, so any sums of them agree.

    Two statements, whatever the figures: one over the letters, one over what was heard of them.
    Visits, deeds and orders are in the lake and stay 0 here.
    """
    cells, own = [], personal_variants(runs_in(scope))
    rows = _letters(scope).values_list(*_KEYS, "run_id", "state", "is_tracked")
    for domain, variant, run_id, state, is_tracked, many in rows.annotate(Count("pk")).order_by():
        is_own = variant in own.get(run_id, ())
        counts = stands(state, is_tracked, many, is_personal=is_own)
        cells.append(_cell((domain, variant), None, counts))
    for *keys, is_tracked, hour, heard, many in _heard(scope, zone):
        cells.append(_cell(keys, hour, said(heard, is_tracked, many)))
    return cells


def sum_by(cells: Iterable[Cell], key: str) -> dict[str, Counts]:
    """The counts of each ``domain`` or ``variant``; they add up to the whole."""
    found: dict[str, list[Counts]] = defaultdict(list)
    for one in cells:
        found[getattr(one, key)].append(one.counts)
    return {part: sum_all(counts) for part, counts in found.items()}


def count_reasons(scope: Scope) -> list[tuple[str, str, int]]:
    """State, reason and number of those who got no letter, the most first."""
    rows = _letters(scope).filter(state__in=("skipped", "failed"))
    found = rows.values_list("state", "reason").annotate(many=Count("pk"))
    return list(found.order_by("-many", "state", "reason"))


def count_heard_of_unknown(scope: Scope) -> int:
    """Unknown letters a person opened or clicked: they did arrive."""
    return _letters(scope).filter(_was(_HUMAN), state="unknown").count()


def find_parts(what: str, letters: Collection[int]) -> dict[int, str]:
    """Letter → the part it is in, of a ``domain`` or a ``variant``."""
    found: dict[int, str] = {}
    for some in _few(letters):
        rows = Recipient.objects.annotate(domain=_domain_of("address")).filter(pk__in=some)
        found.update(rows.values_list("pk", what))
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
    rows = _letters(scope).filter(_MEANT | _HELD)
    held = rows.filter(_HELD).count()
    return rows.count() - held, held


def iter_exposed(scope: Scope, people: Collection[int]) -> Iterator[tuple[int, bool, datetime]]:
    """Of these people: number, whether held out, and when it was decided."""
    for some in _few(people):
        rows = _letters(scope).filter(_MEANT | _HELD, person_id__in=some)
        for person, reason, ended_at in rows.values_list("person_id", "reason", "ended_at"):
            yield person, reason == "holdout", ended_at


def list_letters(
    scope: Scope,
    key: str,
    *,
    part: tuple[str, str] = ("", ""),
    reason: str = "",
    link: str | None = None,
    among: Collection[int] | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[Letter]:
    """The letters behind a count, in the order they were written down.

    ``part`` is of which variant or domain they are, ``reason`` why nothing was sent to them,
    ``link`` which one they clicked; ``among`` are the letters the lake named, of a count only it
    knows.
    """
    rows = _letters(scope).filter(pk__gt=after)
    if among is None:
        rows = rows.filter(_those(scope, key))
    else:
        rows = rows.filter(pk__in=sorted(one for one in among if one > after)[:_CHUNK])
    if part[0]:
        rows = rows.filter(**{part[0]: part[1]})
    if reason:
        rows = rows.filter(reason=reason)
    if link is not None:
        rows = rows.filter(_was(_CLICKED & Q(detail=link)))
    return _as_letters(rows.order_by("pk"), limit)


def find_letters(numbers: Collection[int]) -> list[Letter]:
    """These letters, in their order."""
    found: list[Letter] = []
    for some in _few(numbers):
        found += _as_letters(Recipient.objects.filter(pk__in=some).order_by("pk"), _CHUNK)
    return found


def list_people(scope: Scope, key: str, **more: Any) -> list[Recipient]:
    """The people behind a count, as ``list_letters`` takes what is asked for."""
    return rows_of([one.number for one in list_letters(scope, key, **more)])


def rows_of(letters: Collection[int]) -> list[Recipient]:
    """These letters, in their order."""
    found = Recipient.objects.in_bulk(list(letters))
    return [found[number] for number in sorted(found)]


def runs_in(scope: Scope) -> list[Run]:
    """The sendings that are meant, the newest first."""
    return [one for one in runs_of(scope.campaign_id) if scope.run_id in (None, one.pk)]


def _those(scope: Scope, key: str) -> Q:
    """The letters a count is of."""
    return PEOPLE[key] & _personal(scope) if key == "personal" else PEOPLE[key]


def _personal(scope: Scope) -> Q:
    """Of which wording a letter must be to say anything of who reads it."""
    found = Q(pk__in=())
    for run_id, variants in personal_variants(runs_in(scope)).items():
        if variants:
            found |= Q(run_id=run_id, variant__in=sorted(variants))
    return found


def _letters(scope: Scope) -> QuerySet[Any]:
    rows = Recipient.objects.filter(run__campaign_id=scope.campaign_id)
    if scope.run_id is not None:
        rows = rows.filter(run_id=scope.run_id)
    return rows.annotate(domain=_domain_of("address"))


def _as_letters(rows: QuerySet[Any], limit: int) -> list[Letter]:
    told = ("pk", "person_id", "run__is_triggered", "run__began_at", "ended_at", "due_at")
    return [
        Letter(number, person, (ended_at or due_at) if is_triggered or not began else began)
        for number, person, is_triggered, began, ended_at, due_at in rows.values_list(*told)[:limit]
    ]


def _of_sent(scope: Scope) -> QuerySet[Any]:
    rows = Outcome.objects.filter(
        recipient__run__campaign_id=scope.campaign_id, recipient__state="sent"
    )
    return rows.filter(recipient__run_id=scope.run_id) if scope.run_id is not None else rows


def _cell(keys: Sequence[Any], hour: int | None, counts: Counts) -> Cell:
    told: dict[str, Any] = dict(zip(_KEYS, keys, strict=True))
    return Cell(**told, hour=hour, counts=counts)


def stands(state: str, is_tracked: bool, many: int, *, is_personal: bool) -> Counts:
    """What letters count as by where they stand alone."""
    found = {"targeted": many, "open" if state in _OPEN else state: many}
    if state == "sent":
        found |= {"delivered": many, "tracked": many * is_tracked, "personal": many * is_personal}
    return Counts(**found)


def _domain_of(address: str) -> Lower:
    return Lower(Substr(address, StrIndex(address, Value("@")) + 1))


def _heard(scope: Scope, zone: tzinfo) -> Iterator[tuple[Any, ...]]:
    """Of how many letters the same was heard: keys, whether tracked, the hour of the first open,
    and what. Each question of a letter is one look into the index of its outcomes."""
    opened = Outcome.objects.filter(_OPENED, recipient_id=OuterRef("pk")).values("first_at")[:1]
    letters = heard_of(scope).annotate(hour=ExtractHour(Subquery(opened), tzinfo=zone))
    rows = letters.values_list(*_KEYS, "is_tracked", "hour", *SAID).annotate(Count("pk"))
    at = len(_KEYS) + 2
    for *told, many in rows.order_by():
        heard = {name for name, is_so in zip(SAID, told[at:], strict=True) if is_so}
        yield *told[:at], heard, many


def heard_of(scope: Scope) -> QuerySet[Any]:
    """Letters that left and something was heard of, each with what."""
    letters = _letters(scope).filter(_was(Q()), state="sent")
    flags: dict[str, Any] = {name: _was(outcome) for name, outcome in SAID.items()}
    told: QuerySet[Any] = letters.annotate(**flags)
    return told


def said(heard: Set[str], is_tracked: bool, many: int) -> Counts:
    """What letters count as of which all of this was heard; ``delivered`` takes back what the
    letters themselves were counted as."""
    opened, clicked = "opened" in heard, "clicked" in heard
    is_back = "bounced" in heard and not opened and not clicked
    return Counts(
        delivered=-many * is_back,
        bounced=many * is_back,
        opened=many * opened,
        opened_by_machine=many * ("by_machine" in heard and not opened and not clicked),
        clicked=many * clicked,
        clicked_opened=many * (clicked and opened),
        opened_tracked=many * (opened and is_tracked),
        clicked_tracked=many * (clicked and is_tracked),
        complained=many * ("complained" in heard),
        unsubscribed=many * ("unsubscribed" in heard),
    )


def _was(outcome: Q, letter: str = "pk") -> Exists:
    return Exists(Outcome.objects.filter(outcome, recipient_id=OuterRef(letter)))


_OPENED, _CLICKED = _HUMAN & Q(kind="opened"), _HUMAN & Q(kind="clicked")
_READ = _HUMAN & Q(kind__in=("opened", "clicked"))
_BOUNCED = Q(kind="bounced", is_machine=False)
_BY_MACHINE = Q(kind="opened", is_machine=True)
SAID: Mapping[str, Q] = {
    "opened": _OPENED,
    "clicked": _CLICKED,
    "bounced": _BOUNCED,
    "by_machine": _BY_MACHINE,
    "complained": _HUMAN & Q(kind="complained"),
    "unsubscribed": _HUMAN & Q(kind="unsubscribed"),
}
_SENT = Q(state="sent")
PEOPLE: Mapping[str, Q] = {
    "targeted": Q(),
    "sent": _SENT,
    "skipped": Q(state="skipped"),
    "failed": Q(state="failed"),
    "unknown": Q(state="unknown"),
    "open": Q(state__in=_OPEN),
    "tracked": _SENT & Q(is_tracked=True),
    "personal": _SENT,  # and of the wordings ``_personal`` finds
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
    "recipient__variant",
    "detail",
    "first_at",
    "last_at",
)


def _few(numbers: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
