"""The queue: pairs that wait for somebody's word, one after the other, and what became of them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from khachquen.unify.decisions import MODEL
from khachquen.unify.matching.agreement import Agreement, read_agreement
from khachquen.unify.models import Node
from khachquen.unify.suggestions.keeping import owners_of
from khachquen.unify.suggestions.lessons import Band
from khachquen.unify.suggestions.models import Suggestion
from khachquen.unify.suggestions.runs import latest_whole_run

_ORDER = ("-band", "-value_minor", "id")


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A pair to decide: two people by their numbers of today, the older first.

    Of an older record that became part of another, the number is the other's.
    """

    id: int
    people: tuple[int, int]
    score: float
    agreements: tuple[Agreement, ...]
    is_held: bool
    found_by: str
    made_at: datetime
    state: str
    is_skipped: bool
    decided_by: str
    decided_at: datetime | None
    act: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, how many were put off, and how many were answered since the newest run."""

    waiting: int
    skipped: int
    answered: int

    @property
    def total(self) -> int:
        """All there was to look at since then."""
        return self.waiting + self.skipped + self.answered

    @property
    def place(self) -> int:
        """The number of the pair on the screen."""
        return min(self.answered + self.skipped + 1, max(self.total, 1))


def count_queue(at: datetime) -> Queue:
    """How far the queue is."""
    rows = Suggestion.objects.filter(state="open")
    put_off = rows.filter(skipped_until__gt=at).count()
    run = latest_whole_run()
    answered = Suggestion.objects.filter(state__in=("joined", "apart")).exclude(decided_by="")
    answered = answered.exclude(decided_by=MODEL)
    if run and run.finished_at:
        answered = answered.filter(decided_at__gte=run.finished_at)
    return Queue(rows.count() - put_off, put_off, answered.count())


def next_suggestion(at: datetime) -> SuggestionView | None:
    """The pair to ask about now: tenths of the score, then what both spent, then the oldest."""
    for row in _waiting(at).order_by(*_ORDER)[:50]:
        if view := _view(row, at):
            return view
    return None


def find_suggestion(suggestion_id: int, at: datetime) -> SuggestionView | None:
    """One pair, whatever became of it; None of one that is no more."""
    row = Suggestion.objects.filter(id=suggestion_id).first()
    return _view(row, at, even_one=True) if row else None


def suggestions_of(profile_id: int, at: datetime, *, limit: int = 3) -> list[SuggestionView]:
    """Whom somebody may be the same as, the likeliest first; those put off included."""
    mine = Node.objects.filter(profile_id=profile_id).values("id")
    rows = Suggestion.objects.filter(Q(left_id__in=mine) | Q(right_id__in=mine), state="open")
    found = (_view(row, at) for row in rows.order_by("-score", "id")[: 3 * limit])
    return [view for view in found if view][:limit]


def list_bands() -> list[Band]:
    """Of the pairs people answered, by tenths of the score, how many were one person."""
    answered = Suggestion.objects.exclude(decided_by__in=("", MODEL))
    rows = answered.values("band").annotate(
        accepted=Count("id", filter=Q(state="joined")), refused=Count("id", filter=Q(state="apart"))
    )
    found = [
        Band(row["band"] / 10, row["band"] / 10 + 0.1, row["accepted"], row["refused"])
        for row in rows.order_by("band")
    ]
    return [band for band in found if band.looked_at]


def count_sure(join_at: float) -> Band:
    """The same for the pairs automatic joining is about; those it joined count as one person until
    somebody takes them back."""
    rows = Suggestion.objects.filter(is_sure=True, is_held=False, score__gte=join_at)
    rows = rows.exclude(decided_by="")
    joined, apart = rows.filter(state="joined").count(), rows.filter(state="apart").count()
    return Band(join_at, 1.0, joined, apart)


def _waiting(at: datetime) -> "QuerySet[Suggestion]":
    not_yet = Q(skipped_until=None) | Q(skipped_until__lte=at)
    return Suggestion.objects.filter(not_yet, state="open")


def _view(row: Suggestion, at: datetime, *, even_one: bool = False) -> SuggestionView | None:
    """A row as it is shown; None when its people are one, or no more."""
    owner = owners_of((row.left_id, row.right_id))
    people = sorted(owner.values())
    if len(people) < 2 or (people[0] == people[1] and not even_one):
        return None
    told = (read_agreement(name, level, speaks_for=s) for name, level, s in row.agreements)
    return SuggestionView(
        id=row.pk,
        people=(people[0], people[1]),
        score=row.score,
        agreements=tuple(one for one in told if one),
        is_held=row.is_held,
        found_by=row.found_by,
        made_at=row.made_at,
        state=row.state,
        is_skipped=bool(row.skipped_until and row.skipped_until > at),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        act=row.act,
    )
