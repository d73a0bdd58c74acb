"""Notes read and written. Each change leaves what was there before, and a row in the audit."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from khachquen.base import ConflictError, ForbiddenError, InputError, NotFoundError, Text
from khachquen.govern import User, record_audit
from khachquen.relate.notes.models import Note, Wording
from khachquen.unify.normalise import fold
from khachquen.unify.profiles import ProfileView, people_of_nodes

LONGEST = 5000
_MANY = 200
_MOST_NODES = 10_000
_STRENGTH = {"user": 0, "email": 1, "phone": 2}


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note as it reads now. ``earlier`` keeps what it said before, newest first, with who changed
    it and when."""

    id: int
    profile_id: int
    text: str
    by: str
    at: datetime
    changed_at: datetime | None = None
    is_removed: bool = False
    earlier: tuple[tuple[str, str, datetime], ...] = ()


def list_notes(
    person: ProfileView,
    *,
    after: datetime | None = None,
    until: datetime | None = None,
    containing: str = "",
) -> list[NoteView]:
    """The notes about a person, newest first: later than ``after``, up to ``until``.

    ``containing`` finds without diacritics and case.
    """
    notes = Note.objects.filter(node_id__in=person.node_ids[:_MOST_NODES], removed_at__isnull=True)
    if after:
        notes = notes.filter(at__gt=after)
    if until:
        notes = notes.filter(at__lte=until)
    rows = notes.order_by("-at", "-pk").prefetch_related("wordings")[:_MANY]
    wanted = fold(containing)
    return [_view(row, person.row.id) for row in rows if wanted in fold(row.text)]


def get_note(note_id: int) -> NoteView:
    """One note, removed or not.

    Raises:
        NotFoundError: there is none (``notes.not_found``).
    """
    row = _find(note_id)
    owner = people_of_nodes([row.node_id]).get(row.node_id)
    return _view(row, owner.id if owner else 0)


def add_note(person: ProfileView, text: str, *, user: User, at: datetime) -> NoteView:
    """Write a note about a person.

    Raises:
        InputError: it is empty or too long (``notes.bad_text``).
        ConflictError: the person has no identifier to hang it on (``notes.nobody``).
    """
    text = _checked(text)
    ranked = [(_STRENGTH.get(one.kind, 3), one.node_id) for one in person.identifiers]
    if not ranked:
        raise _nobody()
    with transaction.atomic():
        row = Note.objects.create(node_id=min(ranked)[1], text=text, by=user.email, at=at)
        _audit("note.add", row, user, at)
    return _view(row, person.row.id)


def change_note(note_id: int, text: str, *, user: User, at: datetime) -> None:
    """Say a note anew; what it said before stays readable.

    Raises:
        InputError: as ``add_note``.
        ForbiddenError: it is somebody else's, and the user no administrator (``notes.not_yours``).
        NotFoundError: there is none.
    """
    text = _checked(text)
    with transaction.atomic():
        row = _own(note_id, user)
        if row.text == text:
            return
        Wording.objects.create(note=row, text=row.text, until=at, changed_by=user.email)
        row.text, row.changed_at = text, at
        row.save(update_fields=["text", "changed_at"])
        _audit("note.change", row, user, at)


def remove_note(note_id: int, *, user: User, at: datetime) -> None:
    """Take a note off the page; ``restore_note`` brings it back as it was.

    Raises:
        ForbiddenError: as ``change_note``.
        NotFoundError: there is none.
    """
    with transaction.atomic():
        row = _own(note_id, user)
        row.removed_at = at
        row.save(update_fields=["removed_at"])
        _audit("note.remove", row, user, at)


def restore_note(note_id: int, *, user: User, at: datetime) -> None:
    """Bring a removed note back.

    Raises:
        ForbiddenError: as ``change_note``.
        NotFoundError: there is none.
    """
    with transaction.atomic():
        row = _own(note_id, user)
        row.removed_at = None
        row.save(update_fields=["removed_at"])
        _audit("note.restore", row, user, at)


def _view(row: Note, profile_id: int) -> NoteView:
    before = sorted(row.wordings.all(), key=lambda one: one.until, reverse=True)
    return NoteView(
        id=row.pk,
        profile_id=profile_id,
        text=row.text,
        by=row.by,
        at=row.at,
        changed_at=row.changed_at,
        is_removed=row.removed_at is not None,
        earlier=tuple((one.text, one.changed_by, one.until) for one in before),
    )


def _find(note_id: int) -> Note:
    row = Note.objects.filter(pk=note_id).first()
    if row is None:
        raise NotFoundError(
            "notes.not_found",
            Text(vi=f"Không có ghi chú số {note_id}.", en=f"There is no note {note_id}."),
        )
    return row


def _own(note_id: int, user: User) -> Note:
    row = _find(note_id)
    if row.by != user.email and not user.is_admin:
        raise ForbiddenError(
            "notes.not_yours",
            Text(
                vi=f"Ghi chú này do {row.by} viết.",
                en=f"This note was written by {row.by}.",
            ),
            hint=Text(
                vi="Hãy viết ghi chú của bạn, hoặc nhờ quản trị viên.",
                en="Write a note of your own, or ask an administrator.",
            ),
        )
    return row


def _audit(action: str, row: Note, user: User, at: datetime) -> None:
    record_audit(actor=user.email, action=action, subject=f"note:{row.pk}", detail={}, at=at)


def _checked(text: str) -> str:
    text = text.strip()
    if 0 < len(text) <= LONGEST:
        return text
    raise InputError(
        "notes.bad_text",
        Text(
            vi=f"Ghi chú cần từ 1 đến {LONGEST} ký tự.",
            en=f"A note has 1 to {LONGEST} characters.",
        ),
        path="text",
    )


def _nobody() -> ConflictError:
    return ConflictError(
        "notes.nobody",
        Text(
            vi="Hồ sơ này chưa có mã định danh nào để ghi vào.",
            en="This profile has no identifier yet to write it to.",
        ),
        path="text",
    )
