"""What people may be asked to agree to, and the exact words they are asked in."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from khachquen.base import ConflictError, InputError, NotFoundError, Text
from khachquen.govern.audit import record_audit
from khachquen.govern.consent.models import PolicyText, Purpose

Basis = Literal["consent", "may_refuse", "always"]
BASES: Mapping[Basis, Text] = {
    "consent": Text(
        vi="Chỉ khi khách đã đồng ý",
        en="Only when the customer has agreed",
    ),
    "may_refuse": Text(
        vi="Được làm, trừ khi khách từ chối",
        en="Allowed unless the customer refuses",
    ),
    "always": Text(
        vi="Cần cho giao dịch khách đã yêu cầu",
        en="Needed for what the customer ordered",
    ),
}
LETTERS = "letters"
"""The purpose of seeing what becomes of a letter: who did not agree to it is not tracked."""
_WRITTEN_FOR = ("ads", "care", "service")
_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
_MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class PurposeView:
    """One purpose. Advertising carries the law's labels, hours and counts, whatever its basis."""

    key: str
    name: Text
    basis: Basis
    is_advertising: bool = False
    is_built_in: bool = False
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class TextView:
    """One version of a purpose's words; ``digest`` (SHA-256) is what entries are sealed with."""

    id: int
    version: int
    words: Text
    digest: str
    at: datetime
    by: str


def _built_in(key: str, vi: str, en: str, basis: Basis, *, ads: bool = False) -> PurposeView:
    return PurposeView(key, Text(vi=vi, en=en), basis, ads, is_built_in=True)


BUILT_IN: Mapping[str, PurposeView] = {
    one.key: one
    for one in (
        _built_in("ads", "Quảng cáo, khuyến mãi", "Advertising and offers", "consent", ads=True),
        _built_in("care", "Chăm sóc sau mua", "After-sale care", "may_refuse"),
        _built_in("service", "Thông báo về đơn hàng", "Messages about an order", "always"),
        _built_in(
            "tracking",
            "Theo dõi hành vi trên website, ứng dụng",
            "Tracking behaviour on the website and app",
            "consent",
        ),
        _built_in(
            LETTERS,
            "Ghi nhận việc mở thư và bấm liên kết trong thư",
            "Seeing which letters are opened and which links are followed",
            "consent",
        ),
        _built_in(
            "profiling",
            "Phân tích để gợi ý riêng cho từng người",
            "Analysis for personal suggestions",
            "consent",
        ),
        _built_in("sharing", "Chia sẻ cho bên khác", "Sharing with others", "consent"),
    )
}
"""Tracking stands apart from everything else: behaviour is sensitive data (Decree 356, Art. 4).
Reading one's mail is not visiting a shop's website, so the two are asked for apart."""


def list_purposes(*, with_archived: bool = False) -> list[PurposeView]:
    """All purposes: those that come with KhachQuen, then the shop's own by age."""
    own = [_view(row) for row in Purpose.objects.order_by("pk") if row.key not in BUILT_IN]
    return [one for one in (*BUILT_IN.values(), *own) if with_archived or not one.is_archived]


def list_message_purposes() -> list[PurposeView]:
    """What people are written to for: not the purposes of watching, analysing or sharing."""
    return [one for one in list_purposes() if one.key in _WRITTEN_FOR or not one.is_built_in]


def get_purpose(key: str) -> PurposeView:
    """The purpose of that name, archived or not.

    Raises:
        NotFoundError: there is none (``consent.unknown_purpose``); the hint names those there are.
    """
    if key in BUILT_IN:
        return BUILT_IN[key]
    row = Purpose.objects.filter(key=key).first()
    if row is None:
        known = ", ".join(one.key for one in list_purposes())
        raise NotFoundError(
            "consent.unknown_purpose",
            Text(vi=f"Không có mục đích {key[:60]!r}.", en=f"There is no purpose {key[:60]!r}."),
            path="purpose",
            hint=Text(vi=f"Đang có: {known}.", en=f"There are: {known}."),
        )
    return _view(row)


def add_purpose(
    *, key: str, name: Text, basis: Basis, is_advertising: bool, by: str, at: datetime
) -> PurposeView:
    """A purpose of the shop's own. What is advertising always needs consent (Decree 91, Art. 13).

    Raises:
        InputError: the key or name is unusable, or advertising without consent.
        ConflictError: there is one of that key.
    """
    _check(key, name, basis, is_advertising)
    with transaction.atomic():
        if key in BUILT_IN or Purpose.objects.filter(key=key).exists():
            words = Text(vi=f"Đã có mục đích {key!r}.", en=f"There is a purpose {key!r} already.")
            raise ConflictError("consent.purpose_taken", words, path="key")
        view = PurposeView(key, name, basis, is_advertising)
        _save(view, at)
        record_audit(actor=by, action="purpose.add", subject=f"purpose:{key}", at=at)
    return view


def publish_text(purpose: str, words: Text, *, by: str, at: datetime) -> TextView:
    """A new version of what people are told when they are asked; the newest if nothing changed.

    Raises:
        NotFoundError: no such purpose.
        InputError: no Vietnamese words, or more than 20,000 letters.
    """
    view = get_purpose(purpose)
    vi, en = words.vi.strip(), words.en.strip()
    if not vi or max(len(vi), len(en)) > _MAX_TEXT:
        raise InputError(
            "consent.bad_text",
            Text(
                vi="Nội dung xin đồng ý phải có, và không quá 20.000 chữ.",
                en="The words people agree to are missing, or longer than 20,000 letters.",
            ),
            path="text",
        )
    digest = hashlib.sha256(f"{vi}\0{en}".encode()).hexdigest()
    with transaction.atomic():
        row = Purpose.objects.filter(key=purpose).first() or _save(view, at)
        newest = row.texts.order_by("-version").first()
        if newest is not None and newest.digest == digest:
            return _text(newest)
        version = newest.version + 1 if newest else 1
        text = row.texts.create(
            version=version, text_vi=vi, text_en=en, digest=digest, at=at, by=by[:200]
        )
        detail = {"version": version, "digest": digest}
        record_audit(
            actor=by, action="purpose.text", subject=f"purpose:{purpose}", detail=detail, at=at
        )
    return _text(text)


def list_texts(purpose: str) -> list[TextView]:
    """Every version of a purpose's words, the newest first."""
    rows = PolicyText.objects.filter(purpose__key=purpose).order_by("-version")
    return [_text(row) for row in rows]


def archive_purpose(key: str, *, archived: bool, by: str, at: datetime) -> None:
    """Ask for it no longer, or again. What was agreed to stays in the ledger.

    Raises:
        NotFoundError: no such purpose.
        ConflictError: it comes with KhachQuen.
    """
    if get_purpose(key).is_built_in:
        raise ConflictError(
            "consent.built_in",
            Text(vi="Mục đích có sẵn không cất đi được.", en="A built-in purpose stays."),
            path="key",
        )
    with transaction.atomic():
        Purpose.objects.filter(key=key).update(archived_at=at if archived else None)
        action = "purpose.archive" if archived else "purpose.restore"
        record_audit(actor=by, action=action, subject=f"purpose:{key}", at=at)


def _check(key: str, name: Text, basis: str, is_advertising: bool) -> None:
    if not _KEY.fullmatch(key):
        raise InputError(
            "consent.bad_key",
            Text(vi=f"Tên ngắn {key[:40]!r} không dùng được.", en=f"{key[:40]!r} is no key."),
            path="key",
            hint=Text(
                vi="Chữ thường không dấu, số và gạch dưới, ví dụ ban_tin.",
                en="Small letters, digits and underscores, as newsletter.",
            ),
        )
    if not name.vi.strip():
        words = Text(vi="Mục đích cần một cái tên.", en="The purpose needs a name.")
        raise InputError("consent.no_name", words, path="name")
    if basis not in ("consent", "may_refuse") or (is_advertising and basis != "consent"):
        raise InputError(
            "consent.bad_basis",
            Text(
                vi="Quảng cáo chỉ được gửi khi khách đã đồng ý.",
                en="Advertising goes only to people who have agreed.",
            ),
            path="basis",
            hint=Text(vi='Dùng "consent".', en='Use "consent".'),
        )


def _save(view: PurposeView, at: datetime) -> Purpose:
    return Purpose.objects.create(
        key=view.key,
        name_vi=view.name.vi.strip()[:200],
        name_en=(view.name.en or view.name.vi).strip()[:200],
        basis=view.basis,
        is_advertising=view.is_advertising,
        created_at=at,
    )


def _view(row: Purpose) -> PurposeView:
    basis = next(known for known in BASES if known == row.basis)
    name = Text(vi=row.name_vi, en=row.name_en)
    return PurposeView(row.key, name, basis, row.is_advertising, False, row.archived_at is not None)


def _text(row: PolicyText) -> TextView:
    words = Text(vi=row.text_vi, en=row.text_en or row.text_vi)
    return TextView(row.pk, row.version, words, row.digest, row.at, row.by)
