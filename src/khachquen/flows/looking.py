"""Who belongs to a segment: of everybody, or of the few who changed or are due.

What is remembered of each segment between rounds, and how an answer becomes who entered and left.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from khachquen.base import KhachQuenError, to_micros
from khachquen.flows import mirroring
from khachquen.flows.mirroring import MirrorKeeper, Round
from khachquen.store.engine import LakeDesk, Question, Touched
from khachquen.store.lake import CAUSES, NewSegment
from khachquen.understand.segments.asked import AskedRule
from khachquen.understand.segments.keeping import Counted, Kept, entries_of
from khachquen.understand.segments.members import Dues, Numbers, PeopleSet, differences
from khachquen.understand.segments.rules import segments_of
from khachquen.unify.mirror import nodes_of, order_keys_of, owners_of

HORIZON = timedelta(hours=24)


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
    """What stays between rounds. ``forget`` whenever one failed."""

    keeper: MirrorKeeper
    desk: LakeDesk
    live: dict[int, Live] = field(default_factory=dict)
    mark: str = ""
    classes: str = ""

    def forget(self) -> None:
        """Give up what was remembered: it is made again from what is stored."""
        self.live.clear()
        self.mark = self.classes = ""


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
    is_about_stranger: bool = False  # what the touched tables hold

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
    live.takes_strangers = _takes_strangers(one, live)


def look_at_some(one: Refresh, live: Live) -> bool:
    """The answers of those looked at in this round; returns whether any changed."""
    if (found := _try(one, live, _of_touched)) is None:
        return False
    members, due = found
    looked_at = np.fromiter(one.looked_at, dtype=np.int64)
    was = looked_at[live.people.has(looked_at)]
    entered, left = np.setdiff1d(members, was), np.setdiff1d(was, members)
    live.dues.tell(one.looked_at, due)
    _take(one, live, entered, left, cause="", is_whole=False)
    return len(entered) + len(left) > 0


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
    return "event" if person in touch.people else "time"


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


def _of_touched(one: Refresh, live: Live) -> _Found:
    if live.asked is None:
        looked_at = np.fromiter(one.looked_at, dtype=np.int64)
        listed = _listed(live)
        return listed[np.isin(listed, looked_at)], []
    if needed := segments_of(live.kept.rule):
        told = _memberships(one.refresher, needed, one.looked_at)
        one.refresher.desk.put("touched_memberships", told)
    return _answer(one, live.asked.members(one.now, only=True))


def _takes_strangers(one: Refresh, live: Live) -> bool:
    """Whether somebody may belong of whom nothing is known: the answer to a made-up person."""
    if live.asked is None or live.kept.id in one.failed:
        return False
    if live.asked.is_by_number:
        return True
    if not one.is_about_stranger:
        one.refresher.desk.load_stranger()
        one.is_about_stranger = True
    members, _ = _answer(one, live.asked.members(one.now, only=True))
    return len(members) > 0


def _listed(live: Live) -> Numbers:
    """Whose the identifiers of a list are; nobody's, of what was archived."""
    if live.kept.kind != "static" or live.kept.is_archived:
        return np.zeros(0, dtype=np.int64)
    nodes = [node for _, node in entries_of(live.kept.id)]
    return np.unique(np.fromiter(owners_of(nodes).values(), dtype=np.int64))


def _answer(one: Refresh, question: Question) -> _Found:
    found = one.refresher.desk.ask_arrays(question)
    people = np.asarray(found["profile_id"], dtype=np.int64)
    is_in = np.ma.filled(found["is_member"], fill_value=False).astype(bool)
    due = np.ma.asarray(found["due_at"])
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
            frozenset().union(*(live.asked.reads for live in lives if live.asked)),
        )
    )
