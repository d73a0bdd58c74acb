"""Why somebody belongs to a segment or does not, condition by condition."""

from datetime import datetime

from khachquen.base import ConflictError, NotFoundError, Text
from khachquen.store import ask
from khachquen.understand.query import parse_rule
from khachquen.understand.query.explaining import Explanation, compile_explain, read_explanation
from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone
from khachquen.understand.segments.reading import SegmentView
from khachquen.understand.segments.rules import events_of

__all__ = ["explain_member"]


def explain_member(segment: SegmentView, profile_id: int, *, now: datetime) -> Explanation:
    """Each condition's answer now and what it rests on, as a tree like the rule.

    Raises:
        ConflictError: a list made by hand has no conditions (``segments.kind``).
        NotFoundError: nobody of that number stands in the lake yet (``segments.nobody``).
    """
    if segment.rule is None:
        raise ConflictError(
            "segments.kind",
            Text(
                vi="Danh sách cố định không có điều kiện nào để giải thích.",
                en="A list made by hand has no conditions to explain.",
            ),
        )
    rule, catalogue = parse_rule(segment.rule), shop_catalogue(events=events_of(segment.rule))
    told = compile_explain(rule, catalogue, profile_id, now=now, timezone=shop_timezone())
    found = read_explanation(rule, catalogue, ask(told))
    if found is None:
        raise NotFoundError(
            "segments.nobody",
            Text(
                vi=f"Chưa có khách hàng số {profile_id} để giải thích.",
                en=f"Nobody has the number {profile_id} here yet.",
            ),
            hint=Text(vi="Thử lại sau vài giây.", en="Try again in a few seconds."),
        )
    return found
