"""From the people as kept to the people as asked for: who changed is written to the lake again.

One wide row a person, the newest stands. What commits left behind (``store.touched``) says who; the
rows, and whatever else is made of them, become visible in the one transaction that also takes what
was left away. Killed before it: files nobody lists, and the same people again. Everybody is written
when there is no mirror yet or it is made by other rules: a part a round, beside whoever changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from khachquen.base import from_micros, to_micros
from khachquen.flows.steps import AfterStep, nothing, run_steps
from khachquen.store.building import Built, advance, begin_building, read_building
from khachquen.store.lake import (
    NewSegment,
    Syncing,
    add_segments,
    keep_columns,
    next_commit,
    write_lines,
)
from khachquen.store.touched import (
    Touch,
    forget_touched,
    load_later,
    load_touched,
    note_later,
)
from khachquen.unify.households import housemates_of
from khachquen.unify.mirror import (
    Mirror,
    count_people,
    hold_mirror,
    people_after,
    read_people,
)
from khachquen.unify.mirror.turning import TURNS_AT
from khachquen.unify.traits import FreshRegistry

_encode = msgspec.json.Encoder().encode
_FEW = 2_000
_PART = 2_000
_PART_AT_REST = 5_000
PEOPLE = "people"


@dataclass(slots=True)
class MirrorKeeper:
    """What stays between rounds: where the lake is, and by what rules people become rows."""

    lake: Path
    currency: Callable[[], str]
    registry: FreshRegistry = field(default_factory=FreshRegistry)

    def hold(self) -> Mirror:
        """The rules as they are now."""
        return hold_mirror(self.registry.get(), self.currency())


@dataclass(slots=True)
class Round:
    """One pass, filled in step by step. ``label`` names its files and must be new each time.

    ``is_idle`` when nothing else waits; ``is_busy`` when much does: then it takes a few people.
    """

    keeper: MirrorKeeper
    now: datetime
    label: str
    is_idle: bool = False
    is_busy: bool = False
    touch: Touch = field(default_factory=lambda: Touch(0, None, 0, set(), set(), set(), set()))
    mirror: Mirror | None = None
    building: Built | None = None
    part: list[int] = field(default_factory=list)
    expired: set[int] = field(default_factory=set)  # whose rows turn by time alone
    later: dict[int, datetime] = field(default_factory=dict)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    seq: int = 0
    segments: list[NewSegment] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nobody changed and nobody is left to be written."""
        is_quiet = not self.touch.rows and not self.expired
        return is_quiet and (self.is_busy or not self.is_building)

    @property
    def is_building(self) -> bool:
        """Whether everybody is being written."""
        return self.building is not None and not self.building.is_finished


def mirror_people(one: Round, after_step: AfterStep = nothing) -> bool:
    """One round by itself, nothing else made of it; returns whether there was anything to do."""
    run_steps(STEPS[:1], one, after_step)
    if one.is_empty:
        return False
    run_steps(STEPS[1:], one, after_step)
    with transaction.atomic():
        run_steps(COMMIT, one, after_step)
    after_step("commit")
    return True


def find_changed(one: Round) -> None:
    """Who changed since, and is everybody to be written?"""
    mirror = one.mirror = one.keeper.hold()
    one.touch = load_touched(_FEW) if one.is_busy else load_touched()
    one.expired = set() if one.is_busy else load_later(one.now) - one.touch.people
    one.touch.people |= one.expired | housemates_of(one.touch.moved)
    if one.expired:
        one.touch.events = None
    built = one.building = read_building(PEOPLE)
    if built is None or built.of != mirror.mark:
        with transaction.atomic():
            keep_columns(mirror.columns)
            one.building = begin_building(PEOPLE, mirror.mark, total=count_people(), at=one.now)
    if one.building and not one.building.is_finished and not one.is_busy:
        part = _PART_AT_REST if one.is_idle else _PART
        one.part = people_after(one.building.cursor, part)


def read_rows(one: Round) -> None:
    """What each of them is like now, by the words that count."""
    assert one.mirror is not None
    one.rows = read_people(one.touch.people | set(one.part), one.mirror, now=one.now)
    turning = {person: row.pop(TURNS_AT) for person, row in one.rows.items() if TURNS_AT in row}
    one.later = {person: from_micros(at) for person, at in turning.items()}


def write_people(one: Round) -> None:
    """Their rows as a file nobody sees yet; those who are gone leave a mark."""
    assert one.mirror is not None
    one.seq = next_commit()
    told = {"seq": one.seq, "mirrored_at": to_micros(one.now)}
    lines = [_encode({"gone": False, **told, **row}) for row in one.rows.values()]
    gone = one.touch.people - one.rows.keys()
    lines += [_encode({"profile_id": person, "gone": True, **told}) for person in sorted(gone)]
    lake, columns = one.keeper.lake, one.mirror.columns
    one.segments += write_lines(lake, PEOPLE, lines, label=one.label, more=columns)


def list_files(one: Round) -> None:
    """The rows stand from now on."""
    Syncing(one.keeper.lake, one.segments).wait()
    add_segments(one.segments, at=one.now)


def take_away(one: Round) -> None:
    """Who changed is done with, and so is the part of everybody."""
    forget_touched(one.touch.upto)
    note_later(one.touch.people | set(one.part), one.later)
    if one.is_building and not one.is_busy:
        last = one.part[-1] if one.part else None
        advance(PEOPLE, cursor=last, done=len(one.part), at=one.now)


STEPS = (find_changed, read_rows, write_people)
COMMIT = (list_files, take_away)  # one transaction
