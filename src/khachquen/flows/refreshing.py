"""Segments kept true: who changed is looked at again, and whoever is due by time alone.

A round takes who changed (``flows.mirroring``), loads all that is known of them once, and asks
each segment that listens for what changed about these people only; who entered or left is written
in the transaction that lists their rows. Everybody is looked at when a segment is new, its rule or
the traits changed, at midnight where it goes by the calendar, once a day, and at the start: what is
remembered here between rounds can always be made again. Killed anywhere: the same people once more.
"""

from collections.abc import Collection
from datetime import datetime
from itertools import chain
from time import perf_counter
from typing import Any

import numpy as np
from django.db import transaction

from khachquen.base import KhachQuenError, to_micros
from khachquen.flows import mirroring
from khachquen.flows.looking import (
    Live,
    Refresh,
    Refresher,
    asked_for,
    load,
    look_at_all,
    look_at_some,
    look_at_stranger,
)
from khachquen.flows.mirroring import Round
from khachquen.flows.steps import AfterStep, nothing, run_steps
from khachquen.store.engine import LakeDesk, Question
from khachquen.store.lake import next_commit, write_changes
from khachquen.understand.classes import classes_mark
from khachquen.understand.segments.asked import AskedRule
from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone
from khachquen.understand.segments.keeping import Kept, load_kept, note_failed, note_sizes
from khachquen.understand.segments.members import PeopleSet
from khachquen.understand.segments.rules import asks_classes, events_of, in_order, segments_of

_WHOLE_S = 1.0
_NEW = {"live": "rule", "static": "manual"}
_CURRENT = "SELECT profile_id FROM memberships WHERE segment_id = $segment"


def refresh(
    refresher: Refresher,
    *,
    now: datetime,
    label: str,
    is_idle: bool = False,
    is_busy: bool = False,
    after_step: AfterStep = nothing,
) -> bool:
    """One round; returns whether there was anything to do.

    Raises:
        OSError, DatabaseError: the disk or the database cannot take it now; nothing is lost.
    """
    one = Refresh(refresher, Round(refresher.keeper, now, label, is_idle, is_busy))
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
    refresher = one.refresher
    kept = one.kept = load_kept()
    refresher.desk.see_newest()
    for gone in refresher.live.keys() - kept.keys():
        del refresher.live[gone]
    is_other, is_reclassified = _has_other_mark(one), _is_reclassified(refresher)
    for segment_id, told in kept.items():
        known = refresher.live.get(segment_id)
        if known and (is_other or (is_reclassified and asks_classes(told.rule))):
            refresher.live[segment_id] = _begin(one, told, known.people, "trait")
        elif known is None or known.kept.version != told.version:
            is_new = known is not None or told.state == "waiting"
            why = _NEW[told.kind] if is_new else "time"
            people = known.people if known else _stored(refresher.desk, segment_id)
            refresher.live[segment_id] = _begin(one, told, people, why)
        elif known.whole_at and known.whole_at <= one.now:
            known.why = known.why or "time"


def find_due(one: Refresh) -> None:
    """Whose answers turn by now, with nothing having happened?

    Loading a few people costs nearly what loading many does, so they wait a little for others.
    """
    refresher = one.refresher
    waited = refresher.dues_at is None or one.now - refresher.dues_at >= refresher.patience
    if not (waited or one.people.touch.rows):
        return
    refresher.dues_at, moment = one.now, to_micros(one.now)
    for segment_id, live in refresher.live.items():
        if not live.why and (found := live.dues.take(moment)):
            one.due[segment_id] = set(found)


def look_at_everybody(one: Refresh) -> None:
    """Segments that must, one after the other, for about a second a round; one while much waits.

    Not while people are being written for the first time: half of them would belong to nothing.
    """
    if one.people.is_building:
        return
    began, done = perf_counter(), []
    at_most_s = 0.0 if one.people.is_busy else _WHOLE_S
    for segment_id in chain.from_iterable(in_order(asked_for(one.refresher))):
        live = one.refresher.live[segment_id]
        if live.why and live.can_be_asked and not _waits_for_others(one.refresher, live):
            look_at_all(one, live)
            done.append(live)
            if perf_counter() - began > at_most_s:
                break
    look_at_stranger(one, done)


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
    load(one, others)
    changed: set[int] = set()
    for level in in_order(asked_for(one.refresher)):
        able = [live for live in map(one.refresher.live.get, level) if live and _is_able(live)]
        changed |= look_at_some(one, [live for live in able if _listens(one, live, changed)])


def write_memberships(one: Refresh) -> None:
    """Who entered and who left, as a file nobody sees yet."""
    if not one.changes:
        return
    seq = one.people.seq or next_commit()
    told = _net({name: np.concatenate([part[name] for part in one.changes])
                 for name in one.changes[0]})  # fmt: skip
    if not len(told["profile_id"]):
        return
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


def _net(told: dict[str, Any]) -> dict[str, Any]:
    """What a round changed in the end: somebody who entered and left in it did neither.

    Everybody is looked at as listed before the round; who changed in it is looked at once more.
    """
    segments, people = told["segment_id"], told["profile_id"]
    order = np.lexsort((np.arange(len(people)), people, segments))
    is_last = np.ones(len(people), dtype=bool)
    is_last[:-1] = (np.diff(segments[order]) != 0) | (np.diff(people[order]) != 0)
    ends = np.flatnonzero(is_last)
    words = np.diff(ends, prepend=-1)  # each word turns the one before it
    kept = np.sort(order[ends[words % 2 == 1]])
    return {name: values[kept] for name, values in told.items()}


def _has_other_mark(one: Refresh) -> bool:
    """Whether everybody was written by other rules since, or the shop goes by another clock."""
    if one.people.is_building or one.people.mirror is None:
        return False
    refresher = one.refresher
    mark = f"{one.people.mirror.mark} {shop_timezone()}"
    is_other, refresher.mark = refresher.mark not in ("", mark), mark
    return is_other


def _is_reclassified(refresher: Refresher) -> bool:
    """Whether the shop's classes are defined otherwise since, or its people scored anew."""
    mark, was = classes_mark(), refresher.classes
    refresher.classes = mark
    return was not in ("", mark)


def _begin(one: Refresh, kept: Kept, people: PeopleSet, why: str) -> Live:
    if kept.kind == "static" or kept.is_archived:
        return Live(kept, None, people, why)
    try:
        return Live(kept, _ask(one, kept), people, why)
    except KhachQuenError as error:
        one.failed[kept.id] = error.in_language("vi")
        return Live(kept, None, people, "")


def _ask(one: Refresh, kept: Kept) -> AskedRule:
    """The rule under what the shop declares now; events nobody has sent yet may be asked for."""
    if one.terms is None:
        events = frozenset().union(*(events_of(told.rule) for told in one.kept.values()))
        one.terms = shop_catalogue(events=events), shop_timezone()
    return AskedRule(kept.rule or {}, *one.terms)


def _stored(desk: LakeDesk, segment_id: int) -> PeopleSet:
    found = desk.ask_arrays(Question("segments.current", _CURRENT, {"segment": segment_id}))
    return PeopleSet(np.asarray(found["profile_id"], dtype=np.int64))


def _waits_for_others(refresher: Refresher, live: Live) -> bool:
    needed = segments_of(live.kept.rule)
    return any(other in refresher.live and refresher.live[other].why for other in needed)


def _is_able(live: Live) -> bool:
    return not live.why and live.can_be_asked


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
