"""Who belongs to a segment and to which somebody belongs, as pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from khachquen import store
from khachquen.base import Text
from khachquen.understand.segments import SegmentView, list_segments
from khachquen.understand.segments.asking import (
    changes,
    changes_of_person,
    members,
    segments_of_person,
)
from khachquen.web.measuring import as_utc

PAGE = 50
CAUSES: Mapping[str, Text] = {
    "event": Text(vi="có điều mới về khách", en="something new was heard"),
    "time": Text(vi="thời gian trôi qua", en="time went by"),
    "merge": Text(vi="gộp hay tách hồ sơ", en="records were merged or split"),
    "rule": Text(vi="điều kiện được lưu", en="the rule was saved"),
    "trait": Text(
        vi="thuộc tính hay cách phân loại của cửa hàng đổi",
        en="the shop's traits or classes changed",
    ),
    "manual": Text(vi="thêm bằng tay", en="put in by hand"),
}
"""Why somebody entered or left."""


@dataclass(frozen=True, slots=True)
class Members:
    """A page of people by number, and the number the next page begins after; 0: there is none."""

    rows: Sequence[Mapping[str, Any]]
    next_after: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of who entered and left, the latest first, and where the next page begins."""

    rows: Sequence[Mapping[str, Any]]
    next_before: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody entered a segment or left it."""

    segment: SegmentView
    is_in: bool
    at: datetime | None
    cause: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """A segment somebody belongs to, since when and by what."""

    segment: SegmentView
    since: datetime | None
    cause: str


def list_members(segment_id: int, *, limit: int, after: int = 0) -> Members:
    """Who belongs as of the last refresh."""
    rows = store.ask(members(segment_id, after=after, limit=limit + 1)).dicts()
    people = [{**row, "since": as_utc(row["at"])} for row in rows[:limit]]
    return Members(people, people[-1]["profile_id"] if len(rows) > limit else 0)


def belongings_of(profile_id: int) -> list[Belonging]:
    """The segments a person is in as of the last refresh, by name."""
    rows = store.ask(segments_of_person(profile_id)).dicts()
    found = {row["segment_id"]: row for row in rows}
    return [
        Belonging(one, as_utc(found[one.id]["at"]), found[one.id]["cause"])
        for one in list_segments()
        if one.id in found
    ]


def list_changes(segment_id: int, *, limit: int, before: str = "") -> Changes:
    """Who entered and left lately; a place nobody gave out is the beginning."""
    told = [int(part) for part in before.split("~") if part.isascii() and part.isdecimal()]
    place = (told[0], told[1]) if len(told) == 2 and max(told) < 2**63 else None
    rows = store.ask(changes(segment_id, before=place, limit=limit + 1)).dicts()
    shown = [{**row, "at": as_utc(row["at"])} for row in rows[:limit]]
    last = shown[-1] if len(rows) > limit else None
    return Changes(shown, f"{last['seq']}~{last['profile_id']}" if last else "")


def moves_of(profile_id: int, *, limit: int = 20) -> list[Move]:
    """What a person entered and left lately, the latest first; segments put away too."""
    named = {one.id: one for kept in (False, True) for one in list_segments(archived=kept)}
    rows = store.ask(changes_of_person(profile_id, limit=limit)).dicts()
    return [
        Move(named[row["segment_id"]], row["is_in"], as_utc(row["at"]), row["cause"])
        for row in rows
        if row["segment_id"] in named
    ]
