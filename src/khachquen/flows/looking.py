"""Who belongs to a segment: of everybody, or of the few who changed or are due.

What is remembered of each segment between rounds, and how an answer becomes who entered and left.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from khachquen.base import KhachQuenError, to_micros
from khachquen.flows import mirroring
from khachquen.flows.mirroring import MirrorKeeper, Round
from khachquen.store.engine import LakeDesk, Question, Touched
from khachquen.store.lake import CAUSES, NewSegment
from khachquen.understand.query import Catalogue
from khachquen.understand.segments.asked import AskedRule, ask_together
from khachquen.understand.segments.keeping import Counted, Kept, entries_of
from khachquen.understand.segments.members import Dues, Numbers, PeopleSet, differences
from khachquen.understand.segments.rules import segments_of
from khachquen.unify.mirror import nodes_of, order_keys_of, owners_of

HORIZON = timedelta(hours=24)
_TOGETHER = 250
"""Rules of one statement: a bound on its length, not a good size; more are as good."""


@dataclass(slots=True)
class Live:
    """What is remembered of one segment. ``why`` everybody is to be looked at; empty: not.

    ``takes_strangers``: somebody nobody knows anything of may belong, so whoever is new may.
    """

    kept: Kept
    asked: AskedRule | None
    people: PeopleSet
    why: str
    dues: Dues = field(default_factory=Dues)
    whole_at: datetime | None = None
    takes_strangers: bool = True

    @property
    def can_be_asked(self) -> bool:
        """Not when its rule is no rule any more: then its members stay as they were."""
        return self.asked is not None or self.kept.kind == "static" or self.kept.is_archived


@dataclass
class Refresher:
    """What stays between rounds. ``forget`` whenever one failed.

    ``patience``: how long who is due by time alone may wait for a round that others cause.
    """

    keeper: MirrorKeeper
    desk: LakeDesk
    live: dict[int, Live] = field(default_factory=dict)
    mark: str = ""
    classes: str = ""
    patience: timedelta = timedelta(0)
    dues_at: datetime | None = None

    def forget(self) -> None:
        """Give up what was remembered: it is made again from what is stored."""
        self.live.clear()
        self.mark = self.classes = ""
        self.dues_at = None


@dataclass(slots=True)
class Refresh:
    """One round over people and segments, filled in step by step."""

    refresher: Refresher
    people: Round
    due: dict[int, set[int]] = field(default_factory=dict)  # segment → who is due in it
    changes: list[dict[str, Any]] = field(default_factory=list)
    counted: dict[int, Counted] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    looked_at: frozenset[int] = frozenset()
    kept: Mapping[int, Kept] = field(default_factory=dict)
    terms: tuple[Catalogue, str] | None = None  # what rules can ask for, and by which clock

    @property
    def now(self) -> datetime:
        return self.people.now

    @property
    def files(self) -> list[NewSegment]:
        return self.people.segments


_Found = tuple[Numbers, list[tuple[int, int]]]
"""Who belongs, and who of those looked at is due when."""


def asked_for(refresher: Refresher) -> dict[int, frozenset[int]]:
    """Segment → the segments its rule asks for."""
    return {number: segments_of(one.kept.rule) for number, one in refresher.live.items()}


def look_at_all(one: Refresh, live: Live) -> None:
    """Everybody's answer; what is due within a day is remembered."""
    if (found := _try(one, live, _whole)) is None:
        return
    members, due = found
    entered, left = differences(live.people, members)
    _take(one, live, entered, left, cause=live.why, is_whole=True)
    live.why, live.dues = "", Dues()
    live.dues.tell((), due)
    live.whole_at = _whole_at(live, one.now)
    live.takes_strangers = live.asked is not None


def look_at_some(one: Refresh, lives: Sequence[Live]) -> set[int]:
    """The answers of those looked at in this round, of segments that do not ask for one another;
    returns which of them changed."""
    looked_at = np.fromiter(one.looked_at, dtype=np.int64)
    changed = set()
    for live, (members, due) in _of_touched(one, lives):
        was = looked_at[live.people.has(looked_at)]
        entered, left = np.setdiff1d(members, was), np.setdiff1d(was, members)
        live.dues.tell(one.looked_at, due)
        _take(one, live, entered, left, cause="", is_whole=False)
        if len(entered) + len(left):
            changed.add(live.kept.id)
    return changed


def look_at_stranger(one: Refresh, lives: Sequence[Live]) -> None:
    """Which of these segments somebody may belong to of whom nothing is known.

    The answers to a made-up person; what takes a share of people may always.
    """
    asking = [live for live in lives if live.asked and not live.asked.is_by_number]
    if not asking:
        return
    one.refresher.desk.load_stranger()
    for live, (members, _) in _answers(one, asking):
        live.takes_strangers = len(members) > 0


def _try(one: Refresh, live: Live, look: Callable[[Refresh, Live], _Found]) -> _Found | None:
    try:
        return look(one, live)
    except KhachQuenError as error:
        live.why, live.asked = "", None
        one.failed[live.kept.id] = error.in_language("vi")
        return None


def _take(
    one: Refresh, live: Live, entered: Numbers, left: Numbers, *, cause: str, is_whole: bool
) -> None:
    live.people.add(entered)
    live.people.remove(left)
    for people, is_in in ((entered, True), (left, False)):
        if len(people):
            one.changes.append(_changes(one, live.kept.id, people, is_in=is_in, cause=cause))
    known = one.counted.get(live.kept.id, Counted(0, 0, 0, is_whole=False))
    one.counted[live.kept.id] = Counted(
        live.people.size,
        known.entered + len(entered),
        known.left + len(left),
        is_whole=known.is_whole or is_whole,
    )


def _changes(
    one: Refresh, segment_id: int, people: Numbers, *, is_in: bool, cause: str
) -> dict[str, Any]:
    n = len(people)
    codes = np.full(n, CAUSES.index(cause or "event"), dtype=np.int8)
    if cause in ("", "time"):  # at the start too: who did something came by that
        codes[:] = [CAUSES.index(_cause(one, person)) for person in people.tolist()]
    return {
        "segment_id": np.full(n, segment_id, dtype=np.int64),
        "profile_id": people,
        "is_in": np.full(n, is_in, dtype=bool),
        "cause": codes,
    }


def _cause(one: Refresh, person: int) -> str:
    touch = one.people.touch
    if person in touch.moved:
        return "merge"
    is_told = person in touch.people and person not in one.people.expired
    return "event" if is_told else "time"


def _whole_at(live: Live, now: datetime) -> datetime | None:
    """Once a day at a time of its own, or at the next edge of its calendar."""
    if live.asked is None:
        return None
    edge = live.asked.next_edge(now)
    spread = timedelta(seconds=live.kept.id * 997 % 3600)
    return min(filter(None, (edge, now + HORIZON - spread)))


def _whole(one: Refresh, live: Live) -> _Found:
    if live.asked is None:
        return _listed(live), []
    if needed := segments_of(live.kept.rule):
        one.refresher.desk.put("memberships", _memberships(one.refresher, needed, None))
    return _answer(one, live.asked.members(one.now, only=False))


def _of_touched(one: Refresh, lives: Sequence[Live]) -> Iterator[tuple[Live, _Found]]:
    asking = [live for live in lives if live.asked]
    if needed := frozenset().union(*(segments_of(live.kept.rule) for live in asking)):
        told = _memberships(one.refresher, needed, one.looked_at)
        one.refresher.desk.put("touched_memberships", told)
    yield from _answers(one, asking)
    looked_at = np.fromiter(one.looked_at, dtype=np.int64)
    for live in lives:
        if live.asked is None and live.can_be_asked:
            listed = _listed(live)
            yield live, (listed[np.isin(listed, looked_at)], [])


def _answers(one: Refresh, lives: Sequence[Live]) -> Iterator[tuple[Live, _Found]]:
    """What the rules say of the touched people, many in one statement.

    When the engine refuses it, each is asked by itself: the one it cannot answer fails alone.
    """
    for start in range(0, len(lives), _TOGETHER):
        part = lives[start : start + _TOGETHER]
        try:
            rules = [live.asked for live in part if live.asked]
            found = one.refresher.desk.ask_arrays(ask_together(rules, one.now))
        except KhachQuenError:
            for live in part:
                if answer := _try(one, live, _by_itself):
                    yield live, answer
            continue
        for number, live in enumerate(part):
            yield live, _read(one, found, str(number))


def _by_itself(one: Refresh, live: Live) -> _Found:
    assert live.asked is not None
    return _answer(one, live.asked.members(one.now, only=True))


def _listed(live: Live) -> Numbers:
    """Whose the identifiers of a list are; nobody's, of what was archived."""
    if live.kept.kind != "static" or live.kept.is_archived:
        return np.zeros(0, dtype=np.int64)
    nodes = [node for _, node in entries_of(live.kept.id)]
    return np.unique(np.fromiter(owners_of(nodes).values(), dtype=np.int64))


def _answer(one: Refresh, question: Question) -> _Found:
    return _read(one, one.refresher.desk.ask_arrays(question))


def _read(one: Refresh, found: Mapping[str, Any], number: str = "") -> _Found:
    people = np.asarray(found["profile_id"], dtype=np.int64)
    is_in = np.ma.filled(found[f"is_member{number}"], fill_value=False).astype(bool)
    if f"due_at{number}" not in found:
        return people[is_in], []
    due = np.ma.asarray(found[f"due_at{number}"])
    moments = due.astype("datetime64[us]").astype(np.int64)
    horizon = to_micros(one.now + HORIZON)
    near = ~np.ma.getmaskarray(due) & (np.ma.getdata(moments) < horizon)
    when = np.ma.getdata(moments)[near]
    dues = list(zip(people[near].tolist(), when.tolist(), strict=True))
    return people[is_in], dues


def _memberships(
    refresher: Refresher, needed: Iterable[int], only: Collection[int] | None
) -> dict[str, Any]:
    found: list[tuple[int, Numbers]] = []
    for segment_id in sorted(needed):
        live = refresher.live.get(segment_id)
        if live is None:
            continue
        if only is None:
            found.append((segment_id, live.people.all()))
        else:
            looked_at = np.fromiter(only, dtype=np.int64)
            found.append((segment_id, looked_at[live.people.has(looked_at)]))
    numbers = [np.full(len(people), segment_id) for segment_id, people in found]
    people = np.concatenate([np.zeros(0, np.int64), *(people for _, people in found)])
    return {
        "segment_id": np.concatenate([np.zeros(0, np.int64), *numbers]).astype(np.int64),
        "profile_id": people.astype(np.int64),
        "is_in": np.ones(len(people), dtype=bool),
    }


def load(one: Refresh, others: Collection[int]) -> None:
    """All that is known of those looked at, once for every segment."""
    nodes = nodes_of(one.looked_at)
    keys = order_keys_of(nodes)
    lives = one.refresher.live.values()
    oldest = [live.asked.oldest_event(one.now) for live in lives if live.asked]
    lake = one.refresher.keeper.lake
    fresh = next((f.path for f in one.files if f.dataset == mirroring.PEOPLE), None)
    one.refresher.desk.load(
        Touched(
            lake / fresh if fresh else None,
            np.array(sorted(others), dtype=np.int64),
            {
                "node_id": np.fromiter(nodes.keys(), dtype=np.int64),
                "profile_id": np.fromiter(nodes.values(), dtype=np.int64),
            },
            keys,
            _reads([live.asked.reads for live in lives if live.asked]),
            None if None in oldest else min(filter(None, oldest), default=None),
        )
    )


def _reads(told: Iterable[Mapping[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for reads in told:
        for table, columns in reads.items():
            found[table] = found.get(table, frozenset()) | columns
    return found
