"""Segments made and changed, each with its audit entry."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.base import ConflictError, InputError, Text
from khachquen.govern import record_audit
from khachquen.understand.segments.catalogue import check
from khachquen.understand.segments.models import Entry, Segment, Version
from khachquen.understand.segments.reading import SegmentView, row_of, to_view, used_by
from khachquen.understand.segments.rules import find_circle, from_json, segments_of
from khachquen.unify.mirror import faces_of, nodes_of

_LONGEST = 200
_MOST = 2_000
_MOST_AT_ONCE = 100_000
_CHUNK = 500


def add_segment(
    name: str,
    rule: Mapping[str, Any] | None,
    *,
    actor: str,
    at: datetime,
    note: str = "",
) -> SegmentView:
    """A segment by a rule of the question language, or a list made by hand when there is none.

    The engine looks at everybody within seconds.

    Raises:
        InputError: no name, or a rule that cannot be asked (``query.*``).
        ConflictError: another one is called so (``segments.taken``), or there are too many.
    """
    told = _checked(None, name, rule)
    with transaction.atomic():
        if Segment.objects.filter(archived_at=None).count() >= _MOST:
            raise _too_many()
        row = Segment.objects.create(
            **told,
            note=note.strip()[:500],
            kind="static" if rule is None else "live",
            created_at=at,
            created_by=actor[:200],
            changed_at=at,
        )
        _keep_version(row, actor, at)
        _note(actor, "segment.add", row, at, {"name": row.name})
    return to_view(row)


def change_segment(
    segment_id: int,
    *,
    name: str,
    rule: Mapping[str, Any] | None,
    actor: str,
    at: datetime,
    note: str | None = None,
) -> SegmentView:
    """Call it otherwise, or ask for something else: a new version, and everybody is looked at anew.

    Raises:
        NotFoundError, InputError, ConflictError: as ``add_segment``; a live one stays live
            (``segments.kind``), and a rule may not lead back to itself (``segments.circle``).
    """
    with transaction.atomic():
        row = row_of(segment_id)
        if (rule is None) != (row.kind == "static"):
            raise _other_kind()
        told = _checked(row, name, rule)
        is_other = told["rule"] != row.rule
        row.name, row.rule, row.changed_at = told["name"], told["rule"], at
        row.note = row.note if note is None else note.strip()[:500]
        row.version += 1
        if is_other:
            row.state, row.problem = "waiting", ""
        row.save()
        _keep_version(row, actor, at)
        _note(actor, "segment.change", row, at, {"version": row.version})
    return to_view(row)


def copy_segment(segment_id: int, *, name: str, actor: str, at: datetime) -> SegmentView:
    """The same under another name; a list made by hand takes everybody along."""
    row = row_of(segment_id)
    with transaction.atomic():
        made = add_segment(name, row.rule, actor=actor, at=at, note=row.note)
        held = Entry.objects.filter(segment=row).values_list("node_id", flat=True)
        _hold(made.id, list(held), actor, at)
    return made


def set_archived(segment_id: int, archived: bool, *, actor: str, at: datetime) -> None:
    """Put a segment away, which empties it, or take it up again.

    Raises:
        ConflictError: others ask for it (``segments.in_use``), or its name was taken meanwhile.
    """
    with transaction.atomic():
        row = row_of(segment_id)
        if archived and (users := used_by(segment_id)):
            raise _in_use(users)
        if not archived:
            _checked(row, row.name, row.rule)
        row.archived_at, row.changed_at = (at if archived else None), at
        row.version += 1
        row.state = "waiting"
        row.save()
        _keep_version(row, actor, at)
        _note(actor, "segment.archive" if archived else "segment.restore", row, at, {})


def put_in(segment_id: int, profile_ids: Collection[int], *, actor: str, at: datetime) -> int:
    """Put people into a list made by hand; how many were not in it. Merged records count as those
    that took them in.

    Raises:
        ConflictError: it is a live segment (``segments.kind``).
        InputError: too many at once.
    """
    with transaction.atomic():
        row = _list(segment_id, profile_ids)
        owners = nodes_of(profile_ids)
        held = {owners[node] for node in _held(row, owners)}
        wanted = [node for owner, node in faces_of(profile_ids).items() if owner not in held]
        _hold(segment_id, wanted, actor, at)
        _changed(row, at)
        _note(actor, "segment.put_in", row, at, {"people": len(wanted)})
    return len(wanted)


def take_out(segment_id: int, profile_ids: Collection[int], *, actor: str, at: datetime) -> int:
    """Take people out of a list made by hand; how many were in it."""
    with transaction.atomic():
        row = _list(segment_id, profile_ids)
        owners = nodes_of(profile_ids)
        held = _held(row, owners)
        for start in range(0, len(held), _CHUNK):
            Entry.objects.filter(segment=row, node_id__in=held[start : start + _CHUNK]).delete()
        _changed(row, at)
        out = {owners[node] for node in held}
        _note(actor, "segment.take_out", row, at, {"people": len(out)})
    return len(out)


def _checked(row: Segment | None, name: str, rule: Mapping[str, Any] | None) -> dict[str, Any]:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST:
        raise _no_name()
    others = Segment.objects.filter(archived_at=None)
    others = others.exclude(pk=row.pk) if row else others
    if any(other.casefold() == name.casefold() for other in others.values_list("name", flat=True)):
        raise _taken(name)
    told = None if rule is None else from_json(rule)
    if told is not None:
        check(told)
        if row is not None:
            _refuse_circle(row, told)
    return {"name": name, "rule": told}


def _refuse_circle(row: Segment, rule: object) -> None:
    rows = Segment.objects.filter(archived_at=None).values_list("pk", "name", "rule")
    needs = {number: segments_of(other) for number, _, other in rows}
    needs[row.pk] = segments_of(rule)
    if way := find_circle(row.pk, needs):
        names = {number: name for number, name, _ in rows} | {row.pk: row.name}
        raise _circle(" → ".join(names[one] for one in way))


def _held(row: Segment, nodes: Collection[int]) -> list[int]:
    """Which of these identifiers the list holds."""
    asked = list(nodes)
    parts = (asked[start : start + _CHUNK] for start in range(0, len(asked), _CHUNK))
    entries = Entry.objects.filter(segment=row)
    return [
        node
        for part in parts
        for node in entries.filter(node_id__in=part).values_list("node_id", flat=True)
    ]


def _hold(segment_id: int, nodes: Collection[int], actor: str, at: datetime) -> None:
    Entry.objects.bulk_create(
        (Entry(segment_id=segment_id, node_id=node, at=at, by=actor[:200]) for node in nodes),
        ignore_conflicts=True,
        batch_size=500,
    )


def _changed(row: Segment, at: datetime) -> None:
    row.version += 1
    row.changed_at = at
    row.save(update_fields=["version", "changed_at"])


def _list(segment_id: int, profile_ids: Collection[int]) -> Segment:
    row = row_of(segment_id)
    if row.kind != "static":
        raise _other_kind()
    if len(profile_ids) > _MOST_AT_ONCE:
        raise _too_many_at_once(len(profile_ids))
    return row


def _keep_version(row: Segment, actor: str, at: datetime) -> None:
    told = {"name": row.name, "rule": row.rule, "at": at, "by": actor[:200]}
    Version.objects.create(segment=row, number=row.version, **told)


def _note(actor: str, action: str, row: Segment, at: datetime, detail: dict[str, Any]) -> None:
    record_audit(actor=actor, action=action, subject=f"segment:{row.pk}", detail=detail, at=at)


def _no_name() -> InputError:
    return InputError(
        "segments.no_name",
        Text(
            vi=f"Phân khúc cần một cái tên, tối đa {_LONGEST} ký tự.",
            en=f"A segment needs a name of at most {_LONGEST} characters.",
        ),
        path="name",
        hint=Text(vi="Ví dụ: Khách sắp rời đi.", en="For example: Customers at risk."),
    )


def _taken(name: str) -> ConflictError:
    return ConflictError(
        "segments.taken",
        Text(
            vi=f"Đã có phân khúc tên {name[:60]!r}.",
            en=f"There is a segment called {name[:60]!r} already.",
        ),
        path="name",
        hint=Text(vi="Đặt tên khác, hoặc sửa phân khúc đó.", en="Choose another, or change that."),
    )


def _other_kind() -> ConflictError:
    return ConflictError(
        "segments.kind",
        Text(
            vi="Phân khúc tự cập nhật theo điều kiện; chỉ danh sách cố định mới thêm bớt tay.",
            en="A live segment follows its rule; only a static list is filled by hand.",
        ),
        path="kind",
        hint=Text(vi="Tạo phân khúc mới thuộc loại kia.", en="Make a new one of the other kind."),
    )


def _circle(way: str) -> ConflictError:
    return ConflictError(
        "segments.circle",
        Text(
            vi=f"Điều kiện này vòng lại chính nó: {way}.",
            en=f"This rule leads back to itself: {way}.",
        ),
        path="rule",
    )


def _in_use(users: Collection[SegmentView]) -> ConflictError:
    names = ", ".join(one.name for one in users)
    return ConflictError(
        "segments.in_use",
        Text(vi=f"Các phân khúc khác đang dùng: {names}.", en=f"Other segments use it: {names}."),
        hint=Text(vi="Sửa hoặc cất các phân khúc đó trước.", en="Change or archive those first."),
    )


def _too_many() -> ConflictError:
    return ConflictError(
        "segments.too_many",
        Text(vi=f"Đã có {_MOST} phân khúc.", en=f"There are {_MOST} segments already."),
    )


def _too_many_at_once(n: int) -> InputError:
    return InputError(
        "segments.too_many_at_once",
        Text(vi=f"{n} người một lần là quá nhiều.", en=f"{n} people are too many at once."),
        hint=Text(vi=f"Tối đa {_MOST_AT_ONCE}.", en=f"At most {_MOST_AT_ONCE}."),
    )
