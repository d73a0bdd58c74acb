"""Belonging to another segment."""

import msgspec

from khachquen.base import Text
from khachquen.understand.query import problems
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.comparing import Turning
from khachquen.understand.query.expressions import Column, Compare, Value
from khachquen.understand.query.needs import Needed
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.wording import Speech


class SegmentOf(
    msgspec.Struct, frozen=True, tag="segment", tag_field="kind", forbid_unknown_fields=True
):
    """``{"kind": "segment", "segment": 12}``: the membership as it stands in ``memberships``."""

    segment: int

    def check(self, catalogue: Catalogue, path: str) -> None:
        known = catalogue.segments
        if known is not None and self.segment not in known:
            what = Text(vi="phân khúc nào mang số", en="segment with the number")
            problems.unknown(f"{path}.segment", what, self.segment, map(str, known))

    def need(self, needed: Needed) -> None:
        needed.segments.add(self.segment)

    def say(self, speech: Speech) -> Text:
        name = (speech.catalogue.segments or {}).get(self.segment, f"#{self.segment}")
        return Text(vi=f"thuộc phân khúc «{name}»", en=f"who belong to the segment “{name}”")

    def answer(self, plan: Plan, path: str) -> Turning:
        wanted = (
            Compare(Column("segment_id"), "=", Value(self.segment)),
            Column("is_in"),
        )
        return plan.among("memberships", wanted)
