"""Templates made and changed. Every change is a new version, and a row in the audit."""

import hashlib
from datetime import datetime

from django.db import transaction

from khachquen.activate.content.making.compiling import make
from khachquen.activate.content.making.wording import Made, Wording
from khachquen.activate.content.models import Template, Version
from khachquen.activate.content.permission import WRITE, must_write
from khachquen.activate.content.pieces import numbers_of
from khachquen.activate.content.reading import row_of, template_row, wording_of
from khachquen.activate.content.shelving import shelf_of, shop_vocabulary
from khachquen.base import ConflictError, InputError, Text
from khachquen.govern import User, record_audit

__all__ = [
    "WRITE",
    "add_template",
    "change_template",
    "put_back",
    "set_archived",
]

_LONGEST = 200


def add_template(name: str, wording: Wording, *, user: User, at: datetime) -> int:
    """A new mail; its number.

    Raises:
        ForbiddenError: they may not (``content.may_not_write``).
        InputError: no name (``content.no_name``).
        WordingError: what is wrong with it, by line.
    """
    actor, name, made = must_write(user), _named(name), _made(wording)
    with transaction.atomic():
        row = Template.objects.create(
            name=name, purpose_kind=wording.purpose_kind, created_at=at, changed_at=at
        )
        _keep(row, 1, wording, made, actor, at)
        _audit("content.add", row, actor, at, {"name": name})
    return row.pk


def change_template(
    template_id: int,
    name: str,
    wording: Wording,
    *,
    base: int | None = None,
    user: User,
    at: datetime,
) -> int:
    """Save a wording as the next version; its number. What was saved before stays.

    ``base`` is the version the writer began from.

    Raises:
        ForbiddenError, InputError, WordingError: as ``add_template``.
        ConflictError: somebody saved another one meanwhile (``content.moved_on``).
        NotFoundError: there is no such template (``content.no_template``).
    """
    actor, name, made = must_write(user), _named(name), _made(wording)
    with transaction.atomic():
        row = template_row(template_id)
        last = row.versions.latest("number")
        if base is not None and base != last.number:
            raise _moved_on(last)
        row.name, row.purpose_kind, row.changed_at = name, wording.purpose_kind, at
        row.save(update_fields=["name", "purpose_kind", "changed_at"])
        if _is_same(last, wording, made):
            return last.number
        _keep(row, last.number + 1, wording, made, actor, at)
        _audit("content.change", row, actor, at, {"version": last.number + 1})
    return last.number + 1


def put_back(template_id: int, number: int, *, user: User, at: datetime) -> int:
    """Say again what an earlier version said, with the blocks and prices of today; a new version.

    Raises:
        WordingError: it names something that is no more.
        NotFoundError: there is no such version.
    """
    old = row_of(template_id, number)
    return change_template(template_id, old.template.name, wording_of(old), user=user, at=at)


def set_archived(template_id: int, archived: bool, *, user: User, at: datetime) -> None:
    """Put a template away, or take it up again; campaigns that hold a version of it keep it."""
    actor = must_write(user)
    with transaction.atomic():
        row = template_row(template_id)
        row.archived_at = at if archived else None
        row.save(update_fields=["archived_at"])
        _audit("content.archive" if archived else "content.restore", row, actor, at, {})


def _made(wording: Wording) -> Made:
    return make(wording, shelf_of(wording), shop_vocabulary())


def digest_of(made: Made) -> str:
    """What names a compiled wording: equal digests render equally."""
    parts = (made.subject, made.preheader, made.html, made.text)
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _keep(
    row: Template, number: int, wording: Wording, made: Made, actor: str, at: datetime
) -> None:
    numbers = numbers_of()
    Version.objects.create(
        template=row,
        number=number,
        purpose_kind=wording.purpose_kind,
        subject=wording.subject,
        preheader=wording.preheader,
        mjml=wording.mjml,
        own_text=wording.text,
        made_subject=made.subject,
        made_preheader=made.preheader,
        html=made.html,
        text=made.text,
        fields=list(made.fields),
        needs_order=made.needs_order,
        blocks={name: numbers[name] for name in made.blocks},
        prices=dict(made.prices),
        digest=digest_of(made),
        by=actor[:200],
        at=at,
    )


def _is_same(last: Version, wording: Wording, made: Made) -> bool:
    return wording_of(last) == wording and last.digest == digest_of(made)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if 0 < len(name) <= _LONGEST:
        return name
    raise InputError(
        "content.no_name",
        Text(
            vi=f"Mẫu thư cần một cái tên, nhiều nhất {_LONGEST} ký tự.",
            en=f"A template needs a name of at most {_LONGEST} characters.",
        ),
        path="name",
    )


def _moved_on(last: Version) -> ConflictError:
    return ConflictError(
        "content.moved_on",
        Text(
            vi=f"{last.by} đã lưu bản {last.number} trong lúc bạn sửa.",
            en=f"{last.by} saved version {last.number} while you were writing.",
        ),
        hint=Text(
            vi="Chép phần của bạn, mở bản mới rồi ghép vào.",
            en="Copy your part, open the newer version and put it in there.",
        ),
    )


def _audit(action: str, row: Template, actor: str, at: datetime, detail: dict[str, object]) -> None:
    record_audit(actor=actor, action=action, subject=f"template:{row.pk}", detail=detail, at=at)
