"""Cleaning: what can safely be put right is, with the old value beside it; the rest is proposed.

Nothing is ever removed. What is applied is only how a record is shown (its line: name, phone,
e-mail, search), made again by today's rules from everything that was said; the words of
sources stay as they are. Whatever changes what somebody said is a proposal.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.base import ConflictError, NotFoundError, Text
from khachquen.govern import record_audit
from khachquen.store.touched import touch
from khachquen.unify.models import Profile
from khachquen.unify.normalise import display_name, fold, normalise_email, normalise_phone
from khachquen.unify.quality.loading import people_by_id
from khachquen.unify.quality.models import Cleaning, Repair
from khachquen.unify.quality.reading import latest, list_found
from khachquen.unify.quality.rules import BY_KEY, RULES
from khachquen.unify.quality.steps import EVERYTHING
from khachquen.unify.records.updating import load_summaries

__all__ = [
    "REPAIRS",
    "CleaningView",
    "RepairView",
    "cancel_cleaning",
    "count_repairs",
    "decide_repair",
    "latest_cleaning",
    "list_cleanings",
    "list_repairs",
    "request_cleaning",
]

_OPEN = ("asked", "running")
_PEOPLE_AT_ONCE = 200
_LINE = ("name", "phone", "email", "search")
_LINES = "lines"
_FORMS: Mapping[str, Callable[[str], str | None]] = {
    "name": lambda name: fold(display_name(name)),
    "phone": normalise_phone,
    "email": normalise_email,
}
"""The form in which two values of a field are the same, however they are written."""


@dataclass(frozen=True, slots=True)
class RepairKind:
    """What is repaired and why; ``is_applied`` says that it is done, not only proposed."""

    name: Text
    why: Text
    is_applied: bool = False


REPAIRS: Mapping[str, RepairKind] = {
    _LINES: RepairKind(
        Text("Hiển thị lại cho đúng", "Shown properly again"),
        Text(
            "Tên, số điện thoại, email hay từ khóa tìm kiếm của hồ sơ chưa theo quy tắc hiện nay"
            " (viết hoa, vị trí dấu thanh, dạng chuẩn). Lời của các nguồn giữ nguyên.",
            "Name, phone, e-mail or search words of the record were not by today's rules (capitals,"
            " place of the tone, normal form). The words of sources stay as they are.",
        ),
        is_applied=True,
    ),
    **{rule.key: RepairKind(rule.name, rule.why) for rule in RULES if rule.propose},
}
STEPS = tuple(REPAIRS)


@dataclass(frozen=True, slots=True)
class CleaningView:
    """One round: when, how far, how it ended."""

    id: int
    asked_by: str
    state: str
    started_at: datetime | None
    finished_at: datetime | None
    looked_at: int
    total: int
    repaired: int
    proposed: int

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN


@dataclass(frozen=True, slots=True)
class RepairView:
    """One line of the report: of whom, what was, what is or would be, why, when, how it stands."""

    id: int
    kind: str
    profile_id: int
    person: str
    changes: tuple[tuple[str, str, str], ...]  # field, old, new
    state: str
    at: datetime
    decided_at: datetime | None
    decided_by: str


def request_cleaning(*, actor: str, at: datetime) -> int:
    """Ask for a round of cleaning; one that is not over yet is the one asked for."""
    with transaction.atomic():
        if found := Cleaning.objects.filter(state__in=_OPEN).first():
            return int(found.pk)
        asked = Cleaning.objects.create(asked_at=at, asked_by=actor[:200], state="asked")
        if actor:
            record_audit(actor=actor, action="quality.clean", subject=str(asked.pk), at=at)
    return int(asked.pk)


def cancel_cleaning(*, actor: str, at: datetime) -> bool:
    """Stop the round that runs; what it repaired stays, each to be taken back by itself."""
    with transaction.atomic():
        ended = _end("cancelled", at)
        if ended:
            record_audit(actor=actor, action="quality.cancel", subject="cleaning", at=at)
    return ended


def fail_cleaning(at: datetime) -> None:
    """End the round after a mistake of ours."""
    _end("failed", at)


def _end(state: str, at: datetime) -> bool:
    return bool(Cleaning.objects.filter(state__in=_OPEN).update(state=state, finished_at=at))


def advance(now: datetime) -> bool:
    """The next part of the open round; False when there is none."""
    if not Cleaning.objects.filter(state__in=_OPEN).exists():
        return False
    with transaction.atomic():
        found = Cleaning.objects.select_for_update().filter(state__in=_OPEN).first()
        if found is None:
            return False
        if found.state == "asked":
            known = Profile.objects.filter(merged_into__isnull=True, is_known=True)
            found.state, found.started_at, found.step = "running", now, STEPS[0]
            found.total = known.count()
        cursor = _mend_lines(found, now) if found.step == _LINES else _propose(found, now)
        if cursor is not None:
            found.cursor = cursor
        else:
            place = STEPS.index(found.step) + 1
            found.cursor = 0
            found.step = STEPS[place] if place < len(STEPS) else ""
            if not found.step:
                found.state, found.finished_at = "done", now
        found.save()
    return True


def _mend_lines(found: Cleaning, now: datetime) -> int | None:
    """Records whose line is not what today's rules make of everything said."""
    known = Profile.objects.themselves().filter(is_known=True, id__gt=found.cursor)
    rows = {row.id: row for row in known.order_by("id")[:_PEOPLE_AT_ONCE]}
    lines = {key: asdict(line) for key, line in load_summaries(list(rows)).items()}
    unwanted = _undone(list(rows))
    made = []
    for key, row in rows.items():
        changed = {f: lines[key][f] for f in _LINE if lines[key][f] != getattr(row, f)}
        if not changed or not _is_safe(row, lines[key]) or (key, _as_text(changed)) in unwanted:
            continue
        before = {f: getattr(row, f) for f in changed}
        made.append(_repair(found, _LINES, key, before=before, after=changed, at=now))
        Profile.objects.filter(id=key).update(**changed)
    Repair.objects.bulk_create(made)
    touch([one.profile_id for one in made], at=now)
    found.looked_at += len(rows)
    return max(rows, default=None)


def _is_safe(row: Profile, line: Mapping[str, Any]) -> bool:
    """Whether only the form changes: nothing is emptied, no name, number or address is another."""
    return all(
        not (old := getattr(row, field)) or form(old) == form(line[field])
        for field, form in _FORMS.items()
    )


def _undone(profile_ids: list[int]) -> set[tuple[int, str]]:
    """Repairs somebody took back: they are not made a second time."""
    rows = Repair.objects.filter(profile_id__in=profile_ids, kind=_LINES, state="undone")
    return {(key, _as_text(after)) for key, after in rows.values_list("profile_id", "after")}


def _as_text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)


def _propose(found: Cleaning, now: datetime) -> int | None:
    """What was probably meant, for those the newest measurement found; each once."""
    rule, snapshot = BY_KEY[found.step], latest()
    ids = (
        list_found(snapshot, rule.key, EVERYTHING, after=found.cursor, limit=_PEOPLE_AT_ONCE)
        if snapshot
        else []
    )
    known = Repair.objects.filter(profile_id__in=ids, kind=rule.key)
    told = {(key, _as_text(before)) for key, before in known.values_list("profile_id", "before")}
    made = []
    for person in people_by_id(ids):
        for text in dict.fromkeys(word.text for word in person.said(rule.field)):
            meant = rule.propose(text) if rule.propose else ""
            before = {rule.field: text}
            if meant and (person.id, _as_text(before)) not in told:
                after = {rule.field: meant}
                made.append(_repair(found, rule.key, person.id, before=before, after=after, at=now))
    Repair.objects.bulk_create(made)
    return max(ids, default=None)


def _repair(
    found: Cleaning,
    kind: str,
    profile_id: int,
    *,
    before: Mapping[str, str],
    after: Mapping[str, str],
    at: datetime,
) -> Repair:
    return Repair(
        cleaning_id=found.pk,
        kind=kind,
        profile_id=profile_id,
        before=before,
        after=after,
        state="applied" if REPAIRS[kind].is_applied else "proposed",
        at=at,
    )


_TURNS = {
    ("applied", "undo"): "undone",
    ("proposed", "dismiss"): "dismissed",
    ("dismissed", "undo"): "proposed",
}


def decide_repair(repair_id: int, act: str, *, actor: str, at: datetime) -> None:
    """Take a repair back ("undo"), or put a proposal away ("dismiss") and back again ("undo").

    Raises:
        NotFoundError: there is no such repair, or it does not stand so (``quality.no_repair``).
        ConflictError: the record changed since; nothing is touched (``quality.changed_since``).
    """
    with transaction.atomic():
        found = Repair.objects.select_for_update().filter(id=repair_id).first()
        turned = _TURNS.get((found.state, act)) if found else None
        if found is None or turned is None:
            raise NotFoundError(
                "quality.no_repair",
                Text("Không có việc này để hoàn tác.", "There is nothing like it to undo."),
            )
        if turned == "undone":
            rows = Profile.objects.filter(id=found.profile_id, **found.after)
            if not rows.update(**found.before):
                raise ConflictError(
                    "quality.changed_since",
                    Text(
                        "Hồ sơ đã đổi sau lần dọn dẹp, nên không hoàn tác được nữa.",
                        "The record changed after the cleaning, so this cannot be undone.",
                    ),
                )
            touch([found.profile_id], at=at)
        found.state, found.decided_at, found.decided_by = turned, at, actor[:200]
        found.save()
        record_audit(actor=actor, action=f"quality.{act}", subject=f"repair:{repair_id}", at=at)


def list_cleanings(*, limit: int = 12) -> list[CleaningView]:
    """Rounds of cleaning, the newest first."""
    return [_view(one) for one in Cleaning.objects.order_by("-id")[:limit]]


def latest_cleaning() -> CleaningView | None:
    """The newest round, whether it is over or not."""
    return next(iter(list_cleanings(limit=1)), None)


def count_repairs() -> dict[str, int]:
    """How many repairs stand how."""
    states = ("applied", "proposed", "undone", "dismissed")
    return {state: Repair.objects.filter(state=state).count() for state in states}


def list_repairs(state: str, *, before: int = 0, limit: int = 50) -> list[RepairView]:
    """Repairs that stand so, the newest first, from before a number on."""
    rows = Repair.objects.filter(state=state)
    rows = rows.filter(id__lt=before) if before else rows
    found = list(rows.order_by("-id")[:limit])
    names = dict(
        Profile.objects.filter(id__in=[one.profile_id for one in found]).values_list("id", "name")
    )
    return [
        RepairView(
            id=one.pk,
            kind=one.kind,
            profile_id=one.profile_id,
            person=names.get(one.profile_id, ""),
            changes=tuple(_changes(one)),
            state=one.state,
            at=one.at,
            decided_at=one.decided_at,
            decided_by=one.decided_by,
        )
        for one in found
    ]


def _changes(one: Repair) -> Iterator[tuple[str, str, str]]:
    """What is worth showing: search words only where nothing else changed."""
    for field in one.after:
        if field != "search" or len(one.after) == 1:
            yield field, one.before.get(field, ""), one.after[field]


def _view(one: Cleaning) -> CleaningView:
    mine = Repair.objects.filter(cleaning_id=one.pk)
    return CleaningView(
        id=one.pk,
        asked_by=one.asked_by,
        state=one.state,
        started_at=one.started_at,
        finished_at=one.finished_at,
        looked_at=one.looked_at,
        total=one.total,
        repaired=mine.filter(kind=_LINES).count(),
        proposed=mine.exclude(kind=_LINES).count(),
    )
