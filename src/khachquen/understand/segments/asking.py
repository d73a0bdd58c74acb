"""Questions about who belongs: of one person, and of two segments held against each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from khachquen.base import Text
from khachquen.store import Question, ask
from khachquen.understand.segments.models import Segment
from khachquen.understand.segments.reading import SegmentView, to_view

__all__ = ["CAUSES", "Belonging", "Overlap", "belongings_of", "overlap_of"]

CAUSES: Mapping[str, Text] = {
    "event": Text(vi="có điều mới về khách", en="something new was heard"),
    "time": Text(vi="thời gian trôi qua", en="time went by"),
    "merge": Text(vi="gộp hay tách hồ sơ", en="records were merged or split"),
    "rule": Text(vi="điều kiện được lưu", en="the rule was saved"),
    "trait": Text(vi="thuộc tính của cửa hàng đổi", en="the shop's traits changed"),
    "manual": Text(vi="thêm bằng tay", en="put in by hand"),
}
"""Why somebody entered or left."""

_OF_ONE = """
SELECT segment_id, "at", cause FROM (
  SELECT segment_id, arg_max("at", seq) AS "at", arg_max(cause, seq) AS cause,
    arg_max(is_in, seq) AS is_in
  FROM membership_changes WHERE profile_id = $profile GROUP BY segment_id
) WHERE is_in
"""
_OVERLAP = """
SELECT sides, count(*) AS people FROM (
  SELECT profile_id, sum(CASE segment_id WHEN $one THEN 1 ELSE 2 END) AS sides
  FROM memberships WHERE segment_id IN ($one, $other) GROUP BY profile_id
) GROUP BY sides
"""


@dataclass(frozen=True, slots=True)
class Belonging:
    """A segment somebody belongs to, since when and by what."""

    segment: SegmentView
    since: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many belong to one segment only, to both, to the other only."""

    one: int
    both: int
    other: int

    @property
    def other_at(self) -> int:
        """Where the other's own part begins, drawn in a row."""
        return self.one + self.both

    @property
    def all(self) -> int:
        """How many people there are in either."""
        return self.one + self.both + self.other


def belongings_of(profile_id: int) -> list[Belonging]:
    """The segments a person is in as of the last refresh, by name."""
    rows = ask(Question("segments.of_one", _OF_ONE, {"profile": profile_id})).dicts()
    found = {row["segment_id"]: row for row in rows}
    segments = Segment.objects.filter(pk__in=list(found), archived_at=None).order_by("name", "pk")
    return [
        Belonging(to_view(one), found[one.pk]["at"].replace(tzinfo=UTC), found[one.pk]["cause"])
        for one in segments
    ]


def overlap_of(one: int, other: int) -> Overlap:
    """Two segments held against each other."""
    rows = ask(Question("segments.overlap", _OVERLAP, {"one": one, "other": other})).dicts()
    people = {int(row["sides"]): row["people"] for row in rows}
    return Overlap(people.get(1, 0), people.get(3, 0), people.get(2, 0))
