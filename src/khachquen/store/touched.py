"""Whose answers may be others since: every commit that changes people leaves their numbers here.

Written in the transaction of the change, one small row a commit, and taken away in the transaction
that has made everything of it: a kill in between loses nobody. Hides how they are packed.
"""

from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from khachquen.store.models import Later, Touched

__all__ = [
    "Touch",
    "forget_touched",
    "load_later",
    "load_touched",
    "note_later",
    "touch",
    "waiting_since",
]

_MOST_NAMES = 300
_MOST_ROWS = 200
_MOST_PEOPLE = 10_000


class _Names(msgspec.Struct, omit_defaults=True):
    """What changed of them; ``events`` is empty with ``is_any`` where it was too much to list."""

    events: list[str] = []
    traits: list[str] = []
    is_any: bool = False
    is_new: bool = False


@dataclass(slots=True)
class Touch:
    """Several rows as one: who, who of them got or lost identifiers, and what changed.

    ``events`` are names and types of what they did, None for any; ``has_new`` when some were nobody
    before; ``upto`` is the last row of it, ``at`` when the first was left, ``rows`` how many.
    """

    upto: int
    at: datetime | None
    rows: int
    people: set[int]
    moved: set[int]
    events: set[str] | None
    traits: set[str]
    has_new: bool = False


def touch(
    people: Iterable[int],
    *,
    at: datetime,
    moved: Collection[int] = (),
    events: Collection[str] = (),
    traits: Collection[str] = (),
    has_new: bool = False,
) -> None:
    """Leave the numbers of people who changed; call inside the transaction that changes them.

    ``moved`` are those who got or lost identifiers, merged-away ones too. Without events and traits
    anything may have changed. Costs one insert, and 8 bytes a person.
    """
    told = array("q", people)
    if not told:
        return
    is_any = len(events) > _MOST_NAMES or not (events or traits)
    names = _Names([] if is_any else sorted(events), sorted(traits), is_any, has_new)
    Touched.objects.create(
        at=at,
        people=told.tobytes(),
        moved=array("q", moved).tobytes(),
        names=msgspec.json.encode(names).decode(),
    )


def load_touched(most_people: int = _MOST_PEOPLE) -> Touch:
    """The oldest rows that are still there, until they hold so many people."""
    found = Touch(0, None, 0, set(), set(), set(), set())
    rows = Touched.objects.order_by("id").values_list("id", "at", "people", "moved", "names")
    for number, at, people, moved, told in rows[:_MOST_ROWS]:
        found.upto, found.at = number, found.at or at
        found.rows += 1
        found.people.update(_unpack(people))
        found.moved.update(_unpack(moved))
        names = msgspec.json.decode(told, type=_Names)
        found.traits.update(names.traits)
        found.has_new |= names.is_new
        if found.events is not None:
            found.events.update(names.events)
        if names.is_any:
            found.events = None
        if len(found.people) >= most_people:
            break
    return found


def forget_touched(upto: int) -> None:
    """All of it is made; call inside the transaction that made it."""
    Touched.objects.filter(id__lte=upto).delete()


def waiting_since() -> datetime | None:
    """When the oldest change was left that nobody made anything of yet."""
    return Touched.objects.order_by("id").values_list("at", flat=True).first()


def load_later(now: datetime, most_people: int = _MOST_PEOPLE) -> set[int]:
    """Whose time has come; they stay until ``note_later`` is told of them."""
    due = Later.objects.filter(at__lte=now).order_by("at")
    return set(due.values_list("profile_id", flat=True)[:most_people])


def note_later(people: Collection[int], due: Mapping[int, datetime]) -> None:
    """Of these people, those are due then, the others never; call where their rows are listed."""
    told = list(people)
    for start in range(0, len(told), 900):
        Later.objects.filter(profile_id__in=told[start : start + 900]).delete()
    Later.objects.bulk_create(
        [Later(profile_id=person, at=at) for person, at in due.items()], batch_size=400
    )


def _unpack(packed: bytes | memoryview) -> "array[int]":
    numbers: array[int] = array("q")
    numbers.frombytes(bytes(packed))
    return numbers
