"""Blocks and snippets: parts that several mails share, each with its versions."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import F, Max, QuerySet

from khachquen.activate.content.finding import Finding, WordingError
from khachquen.activate.content.finding import at as at_part
from khachquen.activate.content.language.vocabulary import check_names, read, uses_of
from khachquen.activate.content.making.assembling import check_pieces, put_snippets
from khachquen.activate.content.making.compiling import compile_mjml
from khachquen.activate.content.making.structure import check_structure
from khachquen.activate.content.making.wording import Shelf
from khachquen.activate.content.models import Piece, PieceVersion, Template
from khachquen.activate.content.permission import must_write
from khachquen.base import ConflictError, InputError, NotFoundError, Text
from khachquen.govern import User, record_audit

__all__ = [
    "KINDS",
    "PieceView",
    "add_piece",
    "change_piece",
    "get_piece",
    "history_of",
    "list_pieces",
    "numbers_of",
    "sources_of",
]

Kind = Literal["block", "snippet"]
KINDS: dict[str, Text] = {
    "block": Text(vi="Khối", en="Block"),
    "snippet": Text(vi="Đoạn chữ", en="Snippet"),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,58}")


@dataclass(frozen=True, slots=True)
class PieceView:
    """A piece as it stands, and the names of the mails whose newest version holds it."""

    id: int
    name: str
    kind: str
    number: int
    source: str
    by: str
    at: datetime
    used_by: tuple[tuple[int, str], ...] = ()

    @property
    def written(self) -> str:
        """How a wording asks for it."""
        if self.kind == "block":
            return f'<kq-block name="{self.name}" />'
        return f"{{{{ snippet.{self.name} }}}}"


def sources_of(kind: Kind) -> dict[str, str]:
    """Name → what it says now, of every block or every snippet."""
    return dict(_newest().filter(piece__kind=kind).values_list("piece__name", "source"))


def numbers_of() -> dict[str, int]:
    """Name → the number of its newest version, of every block."""
    return dict(_newest().filter(piece__kind="block").values_list("piece__name", "number"))


def list_pieces() -> list[PieceView]:
    """Every block and snippet, with who uses it."""
    users = _users()
    return [_view(row, users) for row in _newest().select_related("piece").order_by("piece__name")]


def get_piece(piece_id: int) -> PieceView:
    """One block or snippet.

    Raises:
        NotFoundError: there is none (``content.no_piece``).
    """
    row = _newest().select_related("piece").filter(piece_id=piece_id).first()
    if row is None:
        raise NotFoundError(
            "content.no_piece",
            Text(vi=f"Không có khối số {piece_id}.", en=f"There is no block {piece_id}."),
        )
    return _view(row, _users())


def history_of(piece_id: int) -> list[tuple[int, str, str, datetime]]:
    """Number, source, author and time of every version, the newest first."""
    rows = PieceVersion.objects.filter(piece_id=piece_id).order_by("-number")
    return list(rows.values_list("number", "source", "by", "at"))


def add_piece(name: str, kind: Kind, source: str, *, user: User, at: datetime) -> PieceView:
    """A new block or snippet.

    Raises:
        InputError: a name that is not letters, digits and hyphens (``content.bad_name``).
        ConflictError: another one is called so (``content.name_taken``).
        WordingError: what is wrong with its source, by line.
    """
    actor, name = must_write(user), name.strip().lower()
    if not _NAME.fullmatch(name):
        raise _bad_name(name)
    _check(kind, source)
    with transaction.atomic():
        if Piece.objects.filter(name=name).exists():
            raise _taken(name)
        piece = Piece.objects.create(name=name, kind=kind)
        _keep(piece, 1, source, actor, at)
    return get_piece(piece.pk)


def change_piece(piece_id: int, source: str, *, user: User, at: datetime) -> PieceView:
    """A new version of a piece. Mails that hold it keep what they were saved with, and say so.

    Raises:
        NotFoundError, WordingError: as above.
    """
    actor, known = must_write(user), get_piece(piece_id)
    _check(known.kind, source)
    with transaction.atomic():
        if source != known.source:
            _keep(Piece.objects.get(pk=piece_id), known.number + 1, source, actor, at)
    return get_piece(piece_id)


def _keep(piece: Piece, number: int, source: str, actor: str, at: datetime) -> None:
    PieceVersion.objects.create(piece=piece, number=number, source=source, by=actor[:200], at=at)
    record_audit(
        actor=actor,
        action="content.piece",
        subject=f"piece:{piece.pk}",
        detail={"name": piece.name, "version": number},
        at=at,
    )


def _check(kind: str, source: str) -> None:
    from khachquen.activate.content.shelving import shelf_for, shop_vocabulary

    is_block = kind == "block"
    shelf = shelf_for([source]) if is_block else Shelf(snippets=sources_of("snippet"))
    findings = check_pieces(source, shelf, is_block=True) if is_block else []
    if not is_block and (not source.strip() or "snippet." in source):
        findings.append(_empty())
    bare = put_snippets(source, shelf, is_html=is_block)
    template, unread = read(bare, is_html=is_block)
    findings += unread
    if template:
        findings += check_names(uses_of(template, bare), shop_vocabulary())
    if is_block:
        findings += check_structure(source, is_block=True)
    if findings:
        raise WordingError(at_part(findings, "block"))
    if is_block:
        compile_mjml(f"<mjml><mj-body>{source}</mj-body></mjml>")


def _newest() -> QuerySet[PieceVersion]:
    return PieceVersion.objects.annotate(last=Max("piece__versions__number")).filter(
        number=F("last"), piece__archived_at=None
    )


def _users() -> dict[str, list[tuple[int, str]]]:
    users: dict[str, list[tuple[int, str]]] = {}
    for template in Template.objects.filter(archived_at=None).order_by("name"):
        newest = template.versions.order_by("-number").first()
        for name in newest.blocks if newest else ():
            users.setdefault(name, []).append((template.pk, template.name))
    return users


def _view(row: PieceVersion, users: dict[str, list[tuple[int, str]]]) -> PieceView:
    return PieceView(
        id=row.piece.pk,
        name=row.piece.name,
        kind=row.piece.kind,
        number=row.number,
        source=row.source,
        by=row.by,
        at=row.at,
        used_by=tuple(users.get(row.piece.name, ())),
    )


def _empty() -> Finding:
    return Finding(
        "error",
        "content.bad_snippet",
        Text(
            vi="Đoạn chữ không được trống và không chứa đoạn chữ khác.",
            en="A snippet is not empty and holds no other snippet.",
        ),
    )


def _bad_name(name: str) -> InputError:
    return InputError(
        "content.bad_name",
        Text(
            vi=f"{name[:60]!r} chưa dùng làm tên được.", en=f"{name[:60]!r} cannot be a name here."
        ),
        path="name",
        hint=Text(
            vi="Dùng chữ thường không dấu, số và gạch nối, ví dụ: chan-trang.",
            en="Use small letters without marks, digits and hyphens, such as chan-trang.",
        ),
    )


def _taken(name: str) -> ConflictError:
    return ConflictError(
        "content.name_taken",
        Text(vi=f"Đã có mục tên {name!r}.", en=f"{name!r} is already taken."),
        path="name",
    )
