"""What became of a run's letters, in numbers of people; what only machines did stands apart."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet, Sum

from khachquen.activate.campaigns.models import Outcome, Recipient
from khachquen.activate.campaigns.outcomes import KINDS

__all__ = [
    "Happened",
    "LinkCount",
    "Span",
    "count_links",
    "count_outcomes",
    "count_tracked",
    "list_happened",
]


@dataclass(frozen=True, slots=True)
class Happened:
    """A kind of a run in numbers: people, those of whom only machines were seen, and how often
    people did it."""

    people: int = 0
    only_machines: int = 0
    times: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when somebody did something, and how often."""

    first_at: datetime
    last_at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class LinkCount:
    """How many people clicked a link, and how often."""

    number: str
    people: int
    times: int


def count_outcomes(run_id: int) -> dict[str, Happened]:
    """Every kind of a run in numbers of people; a person counts once, whatever they did."""
    rows = _of_letters_that_left(run_id)
    grouped = rows.values_list("kind", "is_machine")
    people: dict[tuple[str, bool], int] = {}
    times: Counter[str] = Counter()
    for kind, is_machine, many, often in grouped.annotate(
        Count("recipient_id", distinct=True), Sum("times")
    ).order_by("kind", "is_machine"):
        people[kind, is_machine] = many
        if not is_machine:
            times[kind] += often
    found = {}
    for kind in KINDS:
        both = people.get((kind, True), 0)
        if both:
            human = rows.filter(kind=kind, is_machine=False).values("recipient_id")
            machine = rows.filter(kind=kind, is_machine=True).exclude(recipient_id__in=human)
            both = machine.values("recipient_id").distinct().count()
        found[kind] = Happened(people.get((kind, False), 0), both, times[kind])
    return found


def _of_letters_that_left(run_id: int) -> QuerySet[Outcome]:
    """What was refused at the door is among the failed, and did not come back."""
    return Outcome.objects.filter(recipient__run_id=run_id).exclude(recipient__state="failed")


def count_links(run_id: int) -> list[LinkCount]:
    """Each link people clicked, the most clicked first."""
    rows = Outcome.objects.filter(recipient__run_id=run_id, kind="clicked", is_machine=False)
    grouped = rows.values_list("detail").annotate(
        people=Count("recipient_id", distinct=True), often=Sum("times")
    )
    return [LinkCount(*row) for row in grouped.order_by("-people", "detail")]


def list_happened(
    run_id: int,
    kind: str,
    *,
    only_machines: bool = False,
    detail: str | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[tuple[Recipient, Span]]:
    """The people behind a number of ``count_outcomes`` or, by ``detail``, of ``count_links``, and
    from when to when they did it."""
    rows = _of_letters_that_left(run_id).filter(kind=kind, recipient_id__gt=after)
    human = rows.filter(is_machine=False)
    if only_machines:
        rows = rows.filter(is_machine=True).exclude(recipient_id__in=human.values("recipient_id"))
    else:
        rows = human
    if detail is not None:
        rows = rows.filter(detail=detail)
    spans = rows.values_list("recipient_id").annotate(Min("first_at"), Max("last_at"), Sum("times"))
    found = {letter: Span(*span) for letter, *span in spans.order_by("recipient_id")[:limit]}
    return [(row, found[row.pk]) for row in Recipient.objects.filter(pk__in=found).order_by("pk")]


def count_tracked(run_id: int) -> int:
    """Of how many letters that left what becomes of them can be seen: what a share of openers or
    clickers is a share of."""
    left = Recipient.objects.filter(run_id=run_id, state__in=("sent", "unknown"), is_tracked=True)
    return left.count()
