"""What somebody did, a page at a time, looking no further back than the page needs.

Files of events are one month each, sorted by person. So: under whom their events stand, how far
back a page most likely reaches, the rows of those months; too few, and all of history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from khachquen import store
from khachquen.understand.timelines import Place, stood_under, timeline
from khachquen.unify.profiles import ProfileView

_SPARE = 1.25
_SHORTEST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Recalled:
    """Events, newest first; ``has_more`` where older ones may follow."""

    rows: list[dict[str, Any]]
    has_more: bool


def recall(
    person: ProfileView,
    *,
    limit: int,
    least: int | None = None,
    before: Place | None = None,
    kind: str = "",
    containing: str = "",
    brief: bool = False,
) -> Recalled:
    """At most ``limit`` events from before a place on.

    Fewer than ``limit`` are all there are, unless ``least`` allows a page that is shorter: one of
    at least so many may be given where more would mean opening the files of many months.

    Raises:
        InputError: ``kind`` is none of ``KINDS``.
    """
    under = _under(person)
    since = _reach(person, before, limit if least is None else least)
    while True:
        question = timeline(
            person.node_ids,
            under=under,
            before=before,
            since=since,
            limit=limit + 1,
            kind=kind,
            containing=containing,
            brief=brief,
        )
        rows = store.ask(question).dicts()
        if since is None or len(rows) > limit or (least is not None and len(rows) >= least):
            is_cut = len(rows) > limit or since is not None
            return Recalled(rows[:limit], is_cut)
        since = None


def _under(person: ProfileView) -> Sequence[int] | None:
    """Under whom their events may stand in the files; None where that is not known."""
    moved = store.ask(stood_under(person.node_ids)).rows
    if any(was is None for was, _ in moved):
        return None
    return sorted({person.row.id, *(one for pair in moved for one in pair)})


def _reach(person: ProfileView, before: Place | None, wanted: int) -> datetime | None:
    """Where so many events most likely end; None where that is all of history."""
    row = person.row
    if not row.events:
        return None
    top = min(before.at, row.last_seen) if before else row.last_seen
    span = (row.last_seen - row.first_seen) * (_SPARE * wanted / row.events)
    since = top - max(span, _SHORTEST)
    return since if since > row.first_seen else None
