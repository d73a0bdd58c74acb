"""Who belongs to a segment and to which somebody belongs, as pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from khachquen import store
from khachquen.base import Text
from khachquen.understand.segments import SegmentView, list_segments
from khachquen.understand.segments.asking import members, overlap, segments_of_person
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
class Belonging:
    """A segment somebody belongs to, since when and by what."""

    segment: SegmentView
    since: datetime | None
    cause: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many belong to one segment only, to both, to the other only."""

    one: int
    both: int
    other: int

    @property
    def all(self) -> int:
        """How many people there are in either."""
        return self.one + self.both + self.other

    @property
    def other_at(self) -> int:
        """Where the other's own part begins, drawn in a row."""
        return self.one + self.both


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


def overlap_of(one: int, other: int) -> Overlap:
    """Two segments held against each other."""
    [row] = store.ask(overlap(one, other)).dicts()
    return Overlap(row["only_one"], row["both"], row["only_other"])
