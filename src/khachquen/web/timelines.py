"""A person's history as a page shows it: by day, by visit, a sentence each.

Events come from the lake, a page at a time. What was decided of the person's identity and what
staff wrote come from the tables and stand among them, each on the page that covers its moment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from khachquen.flows.recalling import recall
from khachquen.relate.notes import NoteView, list_notes
from khachquen.understand.timelines import KINDS, Place
from khachquen.unify.decisions import HistoryEntry, list_history
from khachquen.unify.profiles import ProfileView
from khachquen.web.histories import Told, tell_changes
from khachquen.web.measuring import in_language
from khachquen.web.sentences import Sentence, call_by_name, make_sentence

PAGE_EVENTS = 40
OWN_KINDS = {"note": gettext_lazy("Ghi chú"), "merge": gettext_lazy("Gộp, tách")}
_VISIT_ENDS_AFTER = timedelta(minutes=30)
_FOLDED_FROM = 4
_LOOKING = ("Product Viewed", "Product List Viewed", "Product Clicked", "Products Searched")
_LEAST = 8
"""A page may end with so many where more lie months back: the next follows as it is scrolled to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the timeline: an event, a note of staff's, or a merge or split."""

    at: datetime
    sentence: Sentence
    event_id: int = 0
    is_looking: bool = False
    note: NoteView | None = None
    change: Told | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Entries less than half an hour apart; in pieces, of which looking around is one.

    ``is_headed`` where its length says something and is known.
    """

    entries: tuple[Entry, ...]
    is_headed: bool = False

    @property
    def minutes(self) -> int:
        return round((self.entries[0].at - self.entries[-1].at).total_seconds() / 60)

    @property
    def pieces(self) -> list[tuple[Entry, ...]]:
        found: list[tuple[Entry, ...]] = []
        for is_looking, run in groupby(self.entries, key=lambda one: one.is_looking):
            some = tuple(run)
            whole = is_looking and len(some) >= _FOLDED_FROM
            found += [some] if whole else [(one,) for one in some]
        return found


@dataclass(frozen=True, slots=True)
class Day:
    """The visits that ended on one day; ``is_new`` unless the page before showed its head."""

    on: date
    visits: tuple[Visit, ...]
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of a timeline."""

    kind: str = ""
    words: str = ""
    before: Place | None = None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.words)


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of days, newest first; ``more`` is the place the next page goes on from."""

    days: tuple[Day, ...]
    asked: Asked
    more: str = ""
    kinds: tuple[tuple[str, str], ...] = field(default_factory=lambda: tuple(_kinds()))


def read_timeline(
    request: HttpRequest, profile: ProfileView, history: Sequence[HistoryEntry] | None = None
) -> Timeline:
    """The page of the timeline the address asks for; ``history`` where the caller has read it."""
    kind = request.GET.get("kind", "")
    asked = Asked(
        kind if kind in KINDS or kind in OWN_KINDS else "",
        request.GET.get("words", "").strip()[:100],
        read_place(request.GET.get("before", "")),
    )
    entries, more = ([], "") if asked.kind in OWN_KINDS else _read_events(profile, asked)
    visits = _visits(entries, is_cut=bool(more), above=asked.before)
    after = entries[-1].at if more else None
    visits += [Visit((one,)) for one in _asides(profile, asked, after, history)]
    visits.sort(key=lambda one: one.entries[0].at, reverse=True)
    continues = asked.before is not None and bool(request.headers.get("HX-Request"))
    last_day = timezone.localdate(asked.before.at) if asked.before and continues else None
    return Timeline(_by_day(visits, last_day), asked, more)


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


def _read_events(profile: ProfileView, asked: Asked) -> tuple[list[Entry], str]:
    """A page of events, cut where a visit ends if one does, and the place the next begins at."""
    recalled = recall(
        profile,
        limit=PAGE_EVENTS + 1,
        least=_LEAST,
        before=asked.before,
        kind=asked.kind,
        containing=asked.words,
        brief=True,
    )
    who = call_by_name(profile)
    entries = [_entry({**row, "at": row["at"].replace(tzinfo=UTC)}, who) for row in recalled.rows]
    if not recalled.has_more and len(entries) <= PAGE_EVENTS:
        return entries, ""
    shown = entries[:PAGE_EVENTS]
    ends = [n for n in range(1, len(shown)) if _is_apart(shown[n - 1], shown[n])]
    follows = entries[PAGE_EVENTS:]
    is_whole = bool(follows) and _is_apart(shown[-1], follows[0])
    shown = shown[: ends[-1]] if ends and not is_whole else shown
    return shown, write_place(shown[-1])


def _asides(
    profile: ProfileView,
    asked: Asked,
    after: datetime | None,
    history: Sequence[HistoryEntry] | None,
) -> Iterator[Entry]:
    """Notes, merges and splits of the time a page covers."""
    until = asked.before.at if asked.before else None
    if asked.kind in ("", "note"):
        for note in list_notes(profile, after=after, until=until, containing=asked.words):
            yield Entry(note.at, Sentence("edit", note.text), note=note)
    if asked.kind in ("", "merge", "identity") and not asked.words:
        found = [
            one
            for one in (list_history(profile.row.id) if history is None else history)
            if (after is None or one.at > after) and (until is None or one.at <= until)
        ]
        told = tell_changes(found, beside=profile.row.id)
        for change, one in zip(found, told, strict=True):
            icon = "merge" if change.kind == "merged" else "split"
            yield Entry(change.at, Sentence(icon, one.words, is_strong=True), change=one)


def _entry(row: dict[str, Any], who: str) -> Entry:
    is_looking = row["type"] in ("page", "screen") or row["name"] in _LOOKING
    return Entry(row["at"], make_sentence(row, who), row["event_id"], is_looking)


def _is_apart(later: Entry, earlier: Entry) -> bool:
    return later.at - earlier.at >= _VISIT_ENDS_AFTER


def _visits(entries: Sequence[Entry], *, is_cut: bool, above: Place | None) -> list[Visit]:
    """Entries by visit. One the page before began, or the next goes on with, has no length yet."""
    groups: list[list[Entry]] = []
    for entry in entries:
        if groups and not _is_apart(groups[-1][-1], entry):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    visits = [Visit(tuple(group), len(group) > 1) for group in groups]
    if visits and above and above.at - visits[0].entries[0].at < _VISIT_ENDS_AFTER:
        visits[0] = replace(visits[0], is_headed=False)
    if is_cut and len(visits) == 1:
        visits[0] = replace(visits[0], is_headed=False)
    return visits


def _by_day(visits: Sequence[Visit], last_day: date | None) -> tuple[Day, ...]:
    days: dict[date, list[Visit]] = {}
    for visit in visits:
        days.setdefault(timezone.localdate(visit.entries[0].at), []).append(visit)
    return tuple(Day(on, tuple(found), on != last_day) for on, found in days.items())


def _kinds() -> Iterator[tuple[str, str]]:
    """What a timeline can be filtered by."""
    yield "", gettext("Tất cả")
    yield from ((key, in_language(words)) for key, words in KINDS.items())
    yield from ((key, str(words)) for key, words in OWN_KINDS.items())
