"""A person's events as a page shows them: by day, by visit, a sentence each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from khachquen import store
from khachquen.understand.timelines import KINDS, Place, timeline
from khachquen.unify.profiles import ProfileView
from khachquen.web.sentences import Sentence, call_by_name, make_sentence

PAGE_EVENTS = 40
_VISIT_ENDS_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event; ``ends_visit``: half an hour or more lies before the event below it."""

    event_id: int
    at: datetime
    source_id: int
    sentence: Sentence
    ends_visit: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day. ``is_new`` is false where the page before showed its head."""

    on: date
    entries: tuple[Entry, ...]
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of days, newest first; ``more`` is the place the next page goes on from."""

    days: tuple[Day, ...]
    kind: str
    more: str


def read_timeline(request: HttpRequest, profile: ProfileView) -> Timeline:
    """The page of the timeline the address asks for."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    before = read_place(request.GET.get("before", ""))
    question = timeline(profile.node_ids, before=before, limit=PAGE_EVENTS + 1, kind=kind)
    rows = [{**row, "at": row["at"].replace(tzinfo=UTC)} for row in store.ask(question).dicts()]
    who = call_by_name(profile)
    entries = [_entry(row, after, who) for row, after in zip(rows, [*rows[1:], None], strict=True)]
    shown = entries[:PAGE_EVENTS]
    continues = before is not None and bool(request.headers.get("HX-Request"))
    last_day = timezone.localdate(before.at) if before and continues else None
    more = write_place(shown[-1]) if len(entries) > PAGE_EVENTS else ""
    return Timeline(_by_day(shown, last_day), kind, more)


def write_place(entry: Entry) -> str:
    """A place in a timeline as text for an address."""
    return f"{entry.at:%Y%m%dT%H%M%S%f}-{entry.event_id}"


def read_place(text: str) -> Place | None:
    """The place an address names; None, which is the top, when it names none."""
    at, _, event_id = text.partition("-")
    try:
        moment = datetime.strptime(at, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
        number = int(event_id)
    except ValueError:
        return None
    return Place(moment, number) if 0 <= number < 2**63 else None


def _entry(row: dict[str, Any], after: dict[str, Any] | None, who: str) -> Entry:
    ends = after is None or row["at"] - after["at"] >= _VISIT_ENDS_AFTER
    return Entry(row["event_id"], row["at"], row["source_id"], make_sentence(row, who), ends)


def _by_day(entries: Sequence[Entry], last_day: date | None) -> tuple[Day, ...]:
    days: dict[date, list[Entry]] = {}
    for entry in entries:
        days.setdefault(timezone.localdate(entry.at), []).append(entry)
    return tuple(Day(on, tuple(found), on != last_day) for on, found in days.items())
