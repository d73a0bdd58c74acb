"""Changes of the rules: drafted, then applied or discarded; each whole, so each can be put back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from khachquen.base import ConflictError, InputError, NotFoundError, Text
from khachquen.govern import record_audit
from khachquen.unify.identity import Rules
from khachquen.unify.identity.rules import read_rules
from khachquen.unify.identity.ruleset import as_data, mark_of
from khachquen.unify.rulebook.models import RuleChange

SHORTEST_REASON, _LONGEST_REASON = 5, 500


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the rules it is of, and what held when it was drafted."""

    id: int
    state: str
    rules: Rules
    base: Rules
    drafted_by: str
    drafted_at: datetime
    decided_by: str
    decided_at: datetime | None
    why: str
    applied_at: datetime | None

    @property
    def subject(self) -> str:
        """What jobs and audit entries call it."""
        return f"rules:{self.id}"


def draft_rules(rules: Rules, current: Rules, *, by: str, at: datetime) -> Change:
    """Keep rules to be tried; nothing else changes.

    Raises:
        ConflictError: they are what holds already (``identity.same_rules``).
    """
    if mark_of(rules) == mark_of(current):
        raise ConflictError(
            "identity.same_rules",
            Text(
                vi="Chưa có gì khác với quy tắc đang dùng.", en="Nothing differs from what holds."
            ),
        )
    return _view(_create(rules, current, state="draft", by=by, at=at))


def get_change(change_id: int) -> Change:
    """One change.

    Raises:
        NotFoundError: there is none of this number (``identity.no_such_rules``).
    """
    return _view(_row(change_id))


def list_changes(limit: int = 50) -> list[Change]:
    """Changes, the newest first."""
    return [_view(row) for row in RuleChange.objects.order_by("-id")[:limit]]


def begin_applying(change_id: int, current: Rules, *, by: str, why: str, at: datetime) -> Change:
    """Somebody lets a draft hold, with the reason and the audit entry; a job brings it about.

    Call it inside the transaction that asks for the job.

    Raises:
        InputError: no reason was given (``identity.no_reason``).
        ConflictError: it is no draft any more (``identity.no_draft``), or other rules hold by now
            than it was tried against (``identity.rules_moved``).
    """
    row = _open_draft(change_id)
    if len(why.strip()) < SHORTEST_REASON:
        raise InputError(
            "identity.no_reason",
            Text(
                vi=f"Ghi lý do, ít nhất {SHORTEST_REASON} chữ cái: ai cũng xem lại được vì sao.",
                en=f"Give a reason of at least {SHORTEST_REASON} letters; it is kept.",
            ),
            path="why",
        )
    if row.base_mark != mark_of(current):
        raise ConflictError(
            "identity.rules_moved",
            Text(
                vi="Quy tắc đang dùng đã đổi sau lần thử này.",
                en="Other rules hold by now than this was tried against.",
            ),
            hint=Text(vi="Hãy thử lại trên quy tắc mới.", en="Try it again against those."),
        )
    return _decide(row, "applying", by=by, why=why, at=at)


def discard_change(change_id: int, *, by: str, at: datetime) -> Change:
    """Put a draft away, with the audit entry.

    Raises:
        ConflictError: it is no draft any more (``identity.no_draft``).
    """
    with transaction.atomic():
        return _decide(_open_draft(change_id), "discarded", by=by, why="", at=at)


def note_applied(change_id: int, *, at: datetime) -> None:
    """The engine has brought it about; call inside the transaction that ends the job."""
    RuleChange.objects.filter(id=change_id).update(state="applied", applied_at=at)


def note_outside(rules: Rules, *, by: str, why: str, at: datetime) -> Change | None:
    """Rules that came to hold without a draft, as a file written by hand; None if known as such."""
    held = RuleChange.objects.filter(state="applied").order_by("-applied_at", "-id").first()
    if held and held.mark == mark_of(rules):
        return None
    base = read_rules(held.rules) if held else rules
    row = _create(rules, base, state="applied", by=by, at=at)
    row.decided_by, row.decided_at, row.why, row.applied_at = by[:200], at, why, at
    row.save()
    record_audit(
        actor=by, action="rules.apply", subject=f"rules:{row.pk}", detail={"why": why}, at=at
    )
    return _view(row)


def _create(rules: Rules, base: Rules, *, state: str, by: str, at: datetime) -> RuleChange:
    return RuleChange.objects.create(
        rules=as_data(rules),
        mark=mark_of(rules),
        base=as_data(base),
        base_mark=mark_of(base),
        state=state,
        drafted_by=by[:200],
        drafted_at=at,
    )


def _decide(row: RuleChange, state: str, *, by: str, why: str, at: datetime) -> Change:
    row.state, row.decided_by, row.decided_at = state, by[:200], at
    row.why = why.strip()[:_LONGEST_REASON]
    row.save()
    action = "rules.apply" if state == "applying" else "rules.discard"
    detail = {"why": row.why} if row.why else {}
    record_audit(actor=by, action=action, subject=f"rules:{row.pk}", detail=detail, at=at)
    return _view(row)


def _row(change_id: int) -> RuleChange:
    row = RuleChange.objects.filter(id=change_id).first()
    if row is None:
        raise NotFoundError(
            "identity.no_such_rules",
            Text(
                vi=f"Không có lần đổi quy tắc số {change_id}.",
                en=f"There is no change of rules {change_id}.",
            ),
        )
    return row


def _open_draft(change_id: int) -> RuleChange:
    _row(change_id)
    row = RuleChange.objects.select_for_update().filter(id=change_id, state="draft").first()
    if row is None:
        raise ConflictError(
            "identity.no_draft",
            Text(
                vi="Bản này không còn là bản nháp: đã có người áp dụng hoặc bỏ.",
                en="It is no draft any more: somebody applied or discarded it.",
            ),
        )
    return row


def _view(row: RuleChange) -> Change:
    return Change(
        id=row.pk,
        state=row.state,
        rules=read_rules(row.rules),
        base=read_rules(row.base),
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        why=row.why,
        applied_at=row.applied_at,
    )
