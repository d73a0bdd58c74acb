"""Segments kept true: who changed is looked at again, and whoever is due by time alone.

A round takes who changed (``flows.mirroring``), loads all that is known of them once, and asks
each segment that listens for what changed about these people only; who entered or left is written
in the transaction that lists their rows. Everybody is looked at when a segment is new, its rule or
the traits changed, at midnight where it goes by the calendar, once a day, and at the start: what is
remembered here between rounds can always be made again. Killed anywhere: the same people once more.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import numpy as np
from django.db import transaction

from khachquen.base import KhachQuenError, to_micros
from khachquen.flows import mirroring
from khachquen.flows.mirroring import MirrorKeeper, Round
from khachquen.flows.steps import AfterStep, nothing, run_steps
from khachquen.store.engine import LakeDesk, Question, Touched
from khachquen.store.lake import NewSegment, write_changes
from khachquen.understand.segments.asked import AskedRule
from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone
from khachquen.understand.segments.keeping import (
    Counted,
    Kept,
    entries_of,
    load_kept,
    note_failed,
    note_sizes,
)
from khachquen.understand.segments.members import Dues, Numbers, PeopleSet, differences
from khachquen.understand.segments.rules import events_of, in_order, segments_of
from khachquen.unify.mirror import nodes_of, order_keys_of, owners_of

HORIZON = timedelta(hours=24)
_WHOLE_S = 1.0
_NEW = {"live": "rule", "static": "manual"}
_CURRENT = "SELECT profile_id FROM memberships WHERE segment_id = $segment"


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


@dataclass
class Refresher:
    """What stays between rounds. ``forget`` whenever one failed."""

    keeper: MirrorKeeper
    desk: LakeDesk
    live: dict[int, Live] = field(default_factory=dict)
    mark: str = ""
    is_fresh: bool = True

    def forget(self) -> None:
        """Give up what was remembered: it is made again from what is stored."""
        self.live.clear()
        self.mark = ""
        self.is_fresh = True

    def next_due(self, now: datetime) -> bool:
        """Whether anything is due by time alone."""
        return any(one.whole_at and one.whole_at <= now for one in self.live.values())


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

    @property
    def now(self) -> datetime:
        return self.people.now

    @property
    def files(self) -> list[NewSegment]:
        return self.people.segments


def refresh(
    refresher: Refresher,
    *,
    now: datetime,
    label: str,
    is_idle: bool = False,
    after_step: AfterStep = nothing,
) -> bool:
    """One round; returns whether there was anything to do.

    Raises:
        OSError, DatabaseError: the disk or the database cannot take it now; nothing is lost.
    """
    one = Refresh(refresher, Round(refresher.keeper, now, label, is_idle))
    try:
        run_steps(STEPS, one, after_step)
        if one.people.is_empty and not (one.changes or one.counted or one.failed):
            return False
        with transaction.atomic():
            run_steps(COMMIT, one, after_step)
    except BaseException:
        refresher.forget()
        raise
    after_step("commit")
    return True


def find_changed(one: Refresh) -> None:
    """Who changed since, and is everybody to be written?"""
    mirroring.find_changed(one.people)


def write_people(one: Refresh) -> None:
    """Their rows, as a file nobody sees yet."""
    if not one.people.is_empty:
        mirroring.read_rows(one.people)
        mirroring.write_people(one.people)


def find_segments(one: Refresh) -> None:
    """Which segments are there, and which must look at everybody?"""
    refresher, kept = one.refresher, load_kept()
    refresher.desk.see_newest()
    for gone in refresher.live.keys() - kept.keys():
        del refresher.live[gone]
    mark = one.people.mirror.mark if one.people.mirror else ""
    is_other, refresher.mark = refresher.mark not in ("", mark), mark
    for segment_id, told in kept.items():
        known = refresher.live.get(segment_id)
        if known is None or known.kept.version != told.version:
            is_new = known is not None or told.state == "waiting"
            why = _NEW[told.kind] if is_new else "time"
            people = known.people if known else _stored(refresher.desk, segment_id)
            refresher.live[segment_id] = _begin(one, told, people, why)
        elif known.whole_at and known.whole_at <= one.now:
            known.why = known.why or "time"
        if is_other:
            refresher.live[segment_id].why = "trait"


def find_due(one: Refresh) -> None:
    """Whose answers turn by now, with nothing having happened?"""
    moment = to_micros(one.now)
    for segment_id, live in one.refresher.live.items():
        if not live.why and (found := live.dues.take(moment)):
            one.due[segment_id] = set(found)


def look_at_everybody(one: Refresh) -> None:
    """Segments that must, one after the other, for about a second a round.

    Not while people are being written for the first time: half of them would belong to nothing.
    """
    if one.people.is_building:
        return
    began = perf_counter()
    for segment_id in _ordered(one.refresher.live):
        live = one.refresher.live[segment_id]
        if live.why and not _waits_for_others(one.refresher, live):
            _judge(one, live, _whole, cause=live.why, everybody=True)
            live.takes_strangers = _takes_strangers(one, live)
            if perf_counter() - began > _WHOLE_S:
                break


def look_at_changed(one: Refresh) -> None:
    """Segments that listen for what changed, about those who changed or are due."""
    touch = one.people.touch
    others = set().union(*one.due.values()) - touch.people
    everyone = touch.people | others
    if not everyone or not one.refresher.live:
        return
    asked = [live for live in one.refresher.live.values() if not live.why]
    if not asked:
        return
    one.looked_at = frozenset(everyone)
    _load(one, others)
    changed: set[int] = set()
    for segment_id in _ordered(one.refresher.live):
        live = one.refresher.live[segment_id]
        if live.why or not _listens(one, live, changed):
            continue
        before = len(one.changes)
        _judge(one, live, _of_touched, cause="event", everybody=False)
        if len(one.changes) > before:
            changed.add(segment_id)


def write_memberships(one: Refresh) -> None:
    """Who entered and who left, as a file nobody sees yet."""
    if not one.changes:
        return
    seq = one.people.seq or mirroring.next_commit()
    told = {name: np.concatenate([part[name] for part in one.changes]) for name in one.changes[0]}
    told["at"] = np.full(len(told["profile_id"]), to_micros(one.now), dtype=np.int64)
    told["seq"] = np.full(len(told["profile_id"]), seq, dtype=np.int64)
    label = f"{one.people.label}-members"
    one.files.extend(write_changes(one.refresher.keeper.lake, told, label=label))


def list_files(one: Refresh) -> None:
    """Rows and memberships stand from now on."""
    mirroring.list_files(one.people)


def note_segments(one: Refresh) -> None:
    """How many belong now, and since when that is known."""
    note_sizes(one.counted, at=one.now)
    for segment_id, problem in one.failed.items():
        note_failed(segment_id, problem)


def take_away(one: Refresh) -> None:
    """Who changed is done with."""
    mirroring.take_away(one.people)


STEPS = (
    find_changed,  # who is another since?
    write_people,  # as they are now
    find_segments,
    find_due,  # and whose time has come?
    look_at_everybody,
    look_at_changed,
    write_memberships,
)
COMMIT = (list_files, note_segments, take_away)  # one transaction


def _begin(one: Refresh, kept: Kept, people: PeopleSet, why: str) -> Live:
    if kept.kind == "static" or kept.is_archived:
        return Live(kept, None, people, why)
    try:
        return Live(kept, _ask(kept), people, why)
    except KhachQuenError as error:
        one.failed[kept.id] = error.in_language("vi")
        return Live(kept, None, people, "")


def _ask(kept: Kept) -> AskedRule:
    """The rule under what the shop declares now; events nobody has sent yet may be asked for."""
    return AskedRule(kept.rule or {}, shop_catalogue(events=events_of(kept.rule)), shop_timezone())


def _stored(desk: LakeDesk, segment_id: int) -> PeopleSet:
    found = desk.ask_arrays(Question("segments.current", _CURRENT, {"segment": segment_id}))
    return PeopleSet(np.asarray(found["profile_id"], dtype=np.int64))


def _ordered(live: Mapping[int, Live]) -> list[int]:
    return in_order({number: segments_of(one.kept.rule) for number, one in live.items()})


def _waits_for_others(refresher: Refresher, live: Live) -> bool:
    needed = segments_of(live.kept.rule)
    return any(other in refresher.live and refresher.live[other].why for other in needed)


def _listens(one: Refresh, live: Live, changed: Collection[int]) -> bool:
    if live.kept.id in one.due or not segments_of(live.kept.rule).isdisjoint(changed):
        return True
    if live.kept.is_archived:
        return False
    if live.kept.kind == "static":
        return bool(one.people.touch.moved)
    if one.people.touch.has_new and live.takes_strangers:
        return True
    registry = one.refresher.keeper.registry.get()
    return live.asked is not None and live.asked.concerns(one.people.touch, registry)


_Found = tuple[Numbers, list[tuple[int, int]]]
"""Who belongs, and who of those looked at is due when."""


def _judge(
    one: Refresh,
    live: Live,
    look: Callable[[Refresh, Live], _Found],
    *,
    cause: str,
    everybody: bool,
) -> None:
    try:
        members, due = look(one, live)
    except KhachQuenError as error:
        live.why = ""
        one.failed[live.kept.id] = error.in_language("vi")
        return
    if everybody:
        entered, left = differences(live.people, members)
        live.why, live.dues = "", Dues()
        live.whole_at = _whole_at(live, one.now)
        live.dues.tell((), due)
    else:
        looked_at = np.fromiter(one.looked_at, dtype=np.int64)
        was = looked_at[live.people.has(looked_at)]
        entered, left = np.setdiff1d(members, was), np.setdiff1d(was, members)
        live.dues.tell(one.looked_at, due)
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
        is_whole=known.is_whole or everybody,
    )


def _changes(
    one: Refresh, segment_id: int, people: Numbers, *, is_in: bool, cause: str
) -> dict[str, Any]:
    n = len(people)
    return {
        "segment_id": np.full(n, segment_id, dtype=np.int64),
        "profile_id": people,
        "is_in": np.full(n, is_in, dtype=bool),
        "cause": np.array([_cause(one, int(person), cause) for person in people], dtype=object),
    }


def _cause(one: Refresh, person: int, cause: str) -> str:
    if cause != "event":
        return cause
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
    one.refresher.desk.load_stranger()
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


def _load(one: Refresh, others: Collection[int]) -> None:
    """All that is known of those looked at, once for every segment."""
    nodes = nodes_of(one.looked_at)
    keys = order_keys_of(nodes)
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
            {
                "source_id": np.array([source for source, _ in keys], dtype=np.int64),
                "number": np.array([number for _, number in keys], dtype=object),
            },
        )
    )
