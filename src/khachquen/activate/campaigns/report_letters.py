"""Every letter of a campaign in columns, with what it counts as: for splits the database has no
column of, as segments. A million are read in 5 s and take 25 MB.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from khachquen.activate.campaigns.models import Recipient, Run
from khachquen.activate.campaigns.personal import personal_variants
from khachquen.activate.campaigns.report_counts import (
    SAID,
    Scope,
    heard_of,
    runs_in,
    said,
    stands,
)
from khachquen.activate.campaigns.report_figures import Counts, sum_all
from khachquen.base import to_micros

__all__ = ["Letters", "read_letters"]


@dataclass(frozen=True, slots=True)
class Letters:
    """Many letters in columns: ``counts[code]`` is what a letter counts as, ``ats`` are
    microseconds. A million take 25 MB."""

    codes: "array[int]" = field(default_factory=lambda: array("q"))
    people: "array[int]" = field(default_factory=lambda: array("q"))
    ats: "array[int]" = field(default_factory=lambda: array("q"))
    counts: list[Counts] = field(default_factory=list)


def read_letters(scope: Scope) -> Letters:
    """Every letter with what it counts as: what any other split of them is made of.

    Visits, deeds and orders are in the lake and stay 0 here. About 5 s a million.
    """
    found, codes = Letters(), dict[tuple[str, bool, bool, frozenset[str]], int]()

    def code_of(state: str, is_tracked: bool, is_own: bool, heard: frozenset[str]) -> int:
        key = state, is_tracked, is_own, heard
        if key not in codes:
            codes[key] = len(found.counts)
            stood = stands(state, is_tracked, 1, is_personal=is_own)
            found.counts.append(sum_all((stood, said(heard, is_tracked, 1))))
        return codes[key]

    alike: dict[tuple[bool, ...], frozenset[str]] = {}
    heard: dict[int, frozenset[str]] = {}
    for letter, *told in heard_of(scope).values_list("pk", *SAID).iterator():
        names = (name for name, is_so in zip(SAID, told, strict=True) if is_so)
        heard[letter] = alike.get(key := tuple(told)) or alike.setdefault(key, frozenset(names))
    nothing: frozenset[str] = frozenset()
    runs = runs_in(scope)
    own = personal_variants(runs)
    for run in runs:
        for letter, person, at, state, is_tracked, variant in _moments(run):
            is_own, told_of = variant in own[run.pk], heard.get(letter, nothing)
            found.codes.append(code_of(state, is_tracked, is_own, told_of))
            found.people.append(person)
            found.ats.append(at)
    return found


def _moments(run: Run) -> Iterator[tuple[int, int, int, str, bool, str]]:
    """Number, person, moment in microseconds, state, whether tracked and variant of a sending's
    letters. A moment that is the same for all is not read a million times."""
    rows = Recipient.objects.filter(run_id=run.pk)
    told = ("pk", "person_id", "state", "is_tracked", "variant")
    if not run.is_triggered and run.began_at:
        began = to_micros(run.began_at)
        for letter, person, *more in rows.values_list(*told).iterator():
            yield letter, person, began, *more
        return
    for letter, person, *more, ended_at, due_at in rows.values_list(
        *told, "ended_at", "due_at"
    ).iterator():
        yield letter, person, to_micros(ended_at or due_at), *more
