"""Segments: their rules, who belongs, who came and went."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from khachquen.api.asked import (
    MembersAsked,
    PeopleAsked,
    PreviewAsked,
    SegmentAsked,
    SegmentsAsked,
)
from khachquen.api.language import language_of
from khachquen.api.money import money
from khachquen.api.paging import read_page
from khachquen.api.shapes import (
    ChangedAnswer,
    ChangeList,
    ChangeShape,
    ExplainAnswer,
    HistoryAnswer,
    MemberList,
    MemberShape,
    OverlapAnswer,
    PartShape,
    PreviewAnswer,
    SegmentList,
    SegmentShape,
    SizeShape,
    VersionShape,
)
from khachquen.base import InputError, Text, system_clock
from khachquen.govern import User, get_shop
from khachquen.store import ask
from khachquen.understand.query import check_rule, compile_count, compile_sample, parse_rule
from khachquen.understand.query.explaining import Explanation
from khachquen.understand.segments import (
    SegmentView,
    add_segment,
    change_segment,
    get_segment,
    list_segments,
    list_versions,
    put_in,
    set_archived,
    size_history,
    take_out,
)
from khachquen.understand.segments.asking import PARTS, changes, members, overlap
from khachquen.understand.segments.asking import compare as compare_parts
from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone
from khachquen.understand.segments.explaining import explain_member
from khachquen.unify.profiles import get_profile

router = Router(tags=["segments"])
_PATH = "/segments/{segment_id}"


@router.get(
    "/segments", response=SegmentList, operation_id="list_segments", summary="Every segment"
)
def read_all(request: HttpRequest, asked: Query[SegmentsAsked]) -> SegmentList:
    """Live segments and lists made by hand, by name, each with its size."""
    found = list_segments(archived=asked.archived)
    return SegmentList(items=[_shape(one) for one in found], next_cursor="")


@router.post(
    "/segments", response=SegmentShape, operation_id="create_segment", summary="Make a segment"
)
def create(request: HttpRequest, asked: SegmentAsked) -> SegmentShape:
    """Live when it has a rule, a list made by hand otherwise. Members are there within seconds."""
    actor, at = _actor(request), system_clock()
    return _shape(add_segment(asked.name, asked.rule, actor=actor, at=at, note=asked.note))


@router.post(
    "/segments/preview",
    response=PreviewAnswer,
    operation_id="preview_segment",
    summary="Try a rule",
)
def preview(request: HttpRequest, asked: PreviewAsked) -> PreviewAnswer:
    """How many a rule finds now, and some of them. Nothing is kept."""
    rule, catalogue = parse_rule(asked.rule), shop_catalogue()
    check_rule(rule, catalogue)
    now, timezone = system_clock(), shop_timezone()
    found: dict[str, Any] = {"members": None}
    if asked.is_counted:
        [found] = ask(compile_count(rule, catalogue, now=now, timezone=timezone)).dicts()
    shown: list[dict[str, Any]] = []
    if asked.sample:
        wanted = compile_sample(rule, catalogue, now=now, timezone=timezone, limit=asked.sample)
        shown = [_person(row) for row in ask(wanted).dicts()]
    return PreviewAnswer(members=found["members"], is_counted=asked.is_counted, sample=shown)


@router.get(_PATH, response=SegmentShape, operation_id="read_segment", summary="One segment")
def read(request: HttpRequest, segment_id: int) -> SegmentShape:
    """Its rule, version, size and state."""
    return _shape(get_segment(segment_id))


@router.put(_PATH, response=SegmentShape, operation_id="update_segment", summary="Change a segment")
def update(request: HttpRequest, segment_id: int, asked: SegmentAsked) -> SegmentShape:
    """Name, note and rule as told; another rule is looked at for everybody anew."""
    changed = change_segment(
        segment_id,
        name=asked.name,
        rule=asked.rule,
        note=asked.note,
        actor=_actor(request),
        at=system_clock(),
    )
    return _shape(changed)


@router.post(
    _PATH + "/archive",
    response=SegmentShape,
    operation_id="archive_segment",
    summary="Put a segment away",
)
def archive(request: HttpRequest, segment_id: int) -> SegmentShape:
    """It is emptied and keeps its history; refused while other segments ask for it."""
    set_archived(segment_id, True, actor=_actor(request), at=system_clock())
    return _shape(get_segment(segment_id))


@router.post(
    _PATH + "/restore",
    response=SegmentShape,
    operation_id="restore_segment",
    summary="Take a segment up again",
)
def restore(request: HttpRequest, segment_id: int) -> SegmentShape:
    """Its members are worked out anew."""
    set_archived(segment_id, False, actor=_actor(request), at=system_clock())
    return _shape(get_segment(segment_id))


@router.get(
    _PATH + "/members", response=MemberList, operation_id="list_members", summary="Who belongs"
)
def read_members(request: HttpRequest, segment_id: int, asked: Query[MembersAsked]) -> MemberList:
    """By number, each with since when and by what."""
    size = get_segment(segment_id).size
    shown, following = read_page(
        asked,
        lambda after, limit: ask(members(segment_id, after=after or 0, limit=limit)).dicts(),
        number_of=lambda row: int(row["profile_id"]),
    )
    return MemberList(
        items=[
            MemberShape(
                profile_id=row["profile_id"],
                name=row["name"] or "",
                phone=row["phone"] or "",
                email=row["email"] or "",
                since=_utc(row["at"]),
                cause=row["cause"],
            )
            for row in shown
        ],
        next_cursor=following,
        total=size,
    )


@router.post(
    _PATH + "/members/add",
    response=ChangedAnswer,
    operation_id="add_members",
    summary="Put people into a list",
)
def add_members(request: HttpRequest, segment_id: int, asked: PeopleAsked) -> ChangedAnswer:
    """Only of lists made by hand; who is in it already counts for nothing."""
    actor, at = _actor(request), system_clock()
    return ChangedAnswer(people=put_in(segment_id, asked.profile_ids, actor=actor, at=at))


@router.post(
    _PATH + "/members/remove",
    response=ChangedAnswer,
    operation_id="remove_members",
    summary="Take people out of a list",
)
def remove_members(request: HttpRequest, segment_id: int, asked: PeopleAsked) -> ChangedAnswer:
    """Only of lists made by hand; who is not in it counts for nothing."""
    actor, at = _actor(request), system_clock()
    return ChangedAnswer(people=take_out(segment_id, asked.profile_ids, actor=actor, at=at))


@router.get(
    _PATH + "/changes",
    response=ChangeList,
    operation_id="list_membership_changes",
    summary="Who entered and left",
)
def read_changes(request: HttpRequest, segment_id: int, asked: Query[MembersAsked]) -> ChangeList:
    """The latest first, each with its time and cause."""
    get_segment(segment_id)
    place = _numbers(asked.cursor, 2)
    before = (place[0], place[1]) if place else None
    rows = ask(changes(segment_id, before=before, limit=asked.limit + 1)).dicts()
    shown = rows[: asked.limit]
    last = shown[-1] if len(rows) > asked.limit else None
    return ChangeList(
        items=[
            ChangeShape(
                profile_id=row["profile_id"],
                is_in=row["is_in"],
                at=_utc(row["at"]),
                cause=row["cause"],
            )
            for row in shown
        ],
        next_cursor=f"{last['seq']}~{last['profile_id']}" if last else "",
    )


@router.get(
    _PATH + "/history",
    response=HistoryAnswer,
    operation_id="read_segment_history",
    summary="Sizes and versions",
)
def read_history(request: HttpRequest, segment_id: int) -> HistoryAnswer:
    """Its size by day over the last 90 days it was looked at, and every version of its rule."""
    get_segment(segment_id)
    return HistoryAnswer(
        sizes=[
            SizeShape(on=one.on, size=one.size, entered=one.entered, left=one.left)
            for one in size_history(segment_id)
        ],
        versions=[
            VersionShape(
                number=one.number,
                name=one.name,
                rule=dict(one.rule) if one.rule is not None else None,
                at=one.at,
                by=one.by,
            )
            for one in list_versions(segment_id)
        ],
    )


@router.get(
    _PATH + "/overlap/{other_id}",
    response=OverlapAnswer,
    operation_id="compare_segments",
    summary="How two segments lie over one another",
)
def compare(request: HttpRequest, segment_id: int, other_id: int) -> OverlapAnswer:
    """How many belong to both and to one of them only, and what the people of each part come to.

    ``quiet_days`` and ``order_days`` are the middle of the days since they were last seen and
    since their last order.
    """
    one, other = get_segment(segment_id), get_segment(other_id)
    shop = get_shop()
    currency = shop.currency if shop else settings.CONFIG.shop.currency
    rows = ask(compare_parts(one.id, other.id, now=system_clock())).dicts()
    found = {row["part"]: row for row in rows}
    return OverlapAnswer(
        **ask(overlap(one.id, other.id)).dicts()[0],
        parts=[_part(found[name], currency) for name in PARTS if name in found],
    )


@router.get(
    _PATH + "/explain/{profile_id}",
    response=ExplainAnswer,
    operation_id="explain_membership",
    summary="Why somebody is in or not",
)
def explain(request: HttpRequest, segment_id: int, profile_id: int) -> ExplainAnswer:
    """Each condition's answer for one person now, and what it rests on; live segments only.

    A record that was merged away is answered for by the one that took it in.
    """
    one, person = get_segment(segment_id), get_profile(profile_id).row.id
    language = language_of(request)
    return _explained(explain_member(one, person, now=system_clock()), language)


def _part(row: dict[str, Any], currency: str) -> PartShape:
    spent = row.pop("spent_minor")
    return PartShape(**row, spent=money(spent, currency))


def _explained(one: Explanation, language: str) -> ExplainAnswer:
    return ExplainAnswer(
        path=one.path,
        sentence=getattr(one.sentence, language),
        holds=one.holds,
        due_at=_utc(one.due_at) if one.due_at else None,
        evidence=_person(one.evidence),
        parts=[_explained(part, language) for part in one.parts],
    )


def _shape(one: SegmentView) -> SegmentShape:
    return SegmentShape(
        id=one.id,
        name=one.name,
        note=one.note,
        kind="static" if one.kind == "static" else "live",
        rule=dict(one.rule) if one.rule is not None else None,
        version=one.version,
        state="failed" if one.state == "failed" else "live" if one.state == "live" else "waiting",
        problem=one.problem,
        size=one.size,
        as_of=one.as_of,
        created_at=one.created_at,
        created_by=one.created_by,
        changed_at=one.changed_at,
        is_archived=one.is_archived,
    )


def _person(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _utc(value) if isinstance(value, datetime) else value
        for name, value in row.items()
        if name != "sort_key"
    }


def _actor(request: HttpRequest) -> str:
    user = request.auth  # type: ignore[attr-defined]  # set by the token's check
    assert isinstance(user, User)
    return user.email


def _utc(at: datetime) -> datetime:
    """The lake keeps times in UTC without saying so."""
    return at.replace(tzinfo=UTC)


def _numbers(cursor: str, n: int) -> list[int]:
    """The numbers a cursor is made of; none of an empty one."""
    parts = cursor.split("~") if cursor else []
    if parts and (len(parts) != n or not all(_is_number(part) for part in parts)):
        raise InputError(
            "api.bad_cursor",
            Text(vi="Vị trí trang không đọc được.", en="The cursor cannot be read."),
            path="query.cursor",
        )
    return [int(part) for part in parts]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
