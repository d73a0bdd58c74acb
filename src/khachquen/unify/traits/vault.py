"""The boxes of sealed values: kept, opened for whoever may, moved from key to key."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from khachquen.base import (
    ForbiddenError,
    InputError,
    NotFoundError,
    Progress,
    Text,
    UnavailableError,
    silent,
)
from khachquen.govern import User, record_audit
from khachquen.unify.traits.definition import Definition
from khachquen.unify.traits.keyfile import add_key, drop_keys, key_path, make_keys, read_keys
from khachquen.unify.traits.models import SealedValue
from khachquen.unify.traits.registry import Registry
from khachquen.unify.traits.sealer import Sealer
from khachquen.unify.traits.sealing import (
    Box,
    SealKeys,
    is_token,
    mask,
    seal,
    seal_again,
    unseal,
)

__all__ = [
    "REVEAL",
    "Box",
    "KeyRing",
    "Sealer",
    "count_boxes",
    "drop_secret",
    "installed_keys",
    "is_token",
    "keep_secret",
    "key_path",
    "masked",
    "open_boxes",
    "reveal",
    "rotate",
    "save_boxes",
]
REVEAL = "reveal_sealed"
"""The permission to read a sealed value."""
_CHUNK = 500
_HELD_S = 3600
_SHORTEST_REASON, _LONGEST_REASON = 5, 500


class KeyRing:
    """The keys of an installation, read when first needed and again when the file changed."""

    def __init__(self, path: Path):
        self._path = path
        self._keys: SealKeys | None = None
        self._stamp: tuple[int, int] | None = None

    def get(self) -> SealKeys:
        """The keys; the first call of an installation makes them.

        Raises:
            UnavailableError: values are sealed but the file is gone (``seal.keys_missing``), or it
                cannot be used.
        """
        stamp = self._now()
        if self._keys is None or stamp != self._stamp:
            found = read_keys(self._path)
            if found is None:
                if SealedValue.objects.exists():
                    raise _keys_missing(self._path)
                found = make_keys(self._path)
            self._keys, self._stamp = found, self._now()
        return self._keys

    def check(self) -> None:
        """See that what is sealed can be opened; makes nothing.

        Raises:
            UnavailableError: as ``get``.
        """
        if read_keys(self._path) is None and SealedValue.objects.exists():
            raise _keys_missing(self._path)

    def _now(self) -> tuple[int, int] | None:
        try:
            told = self._path.stat()
        except FileNotFoundError:
            return None
        return told.st_mtime_ns, told.st_ino


def installed_keys() -> KeyRing:
    """The keys of this installation."""
    config = settings.CONFIG
    return KeyRing(key_path(config.data, config.privacy.seal_keys))


def save_boxes(boxes: Iterable[Box], *, at: datetime) -> None:
    """Keep boxes; of a token that has one, the first stays."""
    rows = {
        box.token: SealedValue(
            token=box.token, trait=box.trait, key_id=box.key_id, sealed=box.sealed, first_at=at
        )
        for box in boxes
    }
    SealedValue.objects.bulk_create(rows.values(), batch_size=_CHUNK, ignore_conflicts=True)


def keep_secret(
    name: str,
    value: str,
    ring: KeyRing,
    *,
    at: datetime,
    random: Callable[[int], bytes] = os.urandom,
) -> str:
    """Seal something of the shop's own, as the secret a webhook is signed with; its token."""
    of = Definition(name, Text(name, name), sealed=True)
    box = seal(of, value, ring.get(), said_in=random(16).hex(), random=random)
    save_boxes([box], at=at)
    return box.token


def drop_secret(token: str) -> None:
    """Take the box away: nobody can open it any more."""
    SealedValue.objects.filter(token=token).delete()


def open_boxes(tokens: Collection[str], ring: KeyRing, boxes: Iterable[Box] = ()) -> dict[str, Any]:
    """Token → value, to be compared in memory; never for anybody to see (that is ``reveal``).

    ``boxes`` are at hand already, the others are looked up.
    """
    if not tokens:
        return {}
    keys = ring.get()
    found = {box.token: unseal(box, keys) for box in boxes if box.token in tokens}
    found.update((box.token, unseal(box, keys)) for box in _boxes(set(tokens) - found.keys()))
    return found


def masked(tokens: Collection[str], registry: Registry, ring: KeyRing) -> dict[str, str]:
    """Token → what a page may show of it. Without the keys everything is stars."""
    try:
        keys = ring.get() if tokens else None
    except UnavailableError:
        keys = None
    shown = dict.fromkeys(tokens, "********")
    if keys:
        for box in _boxes(tokens):
            shown[box.token] = mask(registry.find(box.trait), unseal(box, keys))
    return shown


def reveal(token: str, *, about: str, reason: str, user: User, ring: KeyRing, at: datetime) -> Any:
    """The value behind a token. That it was read, by whom and why, is written down first; so is a
    refused attempt.

    Raises:
        ForbiddenError: the user may not (``seal.not_allowed``).
        InputError: no reason was given (``seal.no_reason``).
        NotFoundError: there is no such box, or no key opens it (``seal.nothing``).
    """
    detail = {"reason": reason[:_LONGEST_REASON], "token": token[:140]}
    if not user.may(REVEAL):
        record_audit(actor=user.email, action="sealed.refused", subject=about, detail=detail, at=at)
        raise _not_allowed()
    if len(reason.strip()) < _SHORTEST_REASON:
        raise _no_reason()
    with transaction.atomic():
        record_audit(actor=user.email, action="sealed.reveal", subject=about, detail=detail, at=at)
        box = next(_boxes([token]), None)
        value = unseal(box, ring.get()) if box else None
    if value is None:
        raise _nothing()
    return value


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: boxes moved to ``key``, boxes no key opens, keys thrown away."""

    key: str
    moved: int
    broken: int
    dropped: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "key": self.key,
            "moved": self.moved,
            "broken": self.broken,
            "dropped_keys": list(self.dropped),
        }


def rotate(
    path: Path, *, actor: str, clock: Callable[[], datetime], progress: Progress = silent
) -> Rotated:
    """Seal everything anew under a new key. Killed at any moment, it is finished by calling again.

    The new key is on disk before anything is sealed with it. Boxes left under an older key mean
    that a rotation was cut off: it is finished, without another key. A key nothing is sealed with
    is thrown away by the next rotation, an hour later or more: an engine may still hold it.

    Raises:
        UnavailableError: the keys are missing or cannot be read; nothing changed.
    """
    keys = KeyRing(path).get()
    in_use = _keys_in_use()
    if in_use <= {keys.active}:
        is_old = clock().timestamp() - path.stat().st_mtime > _HELD_S
        unused = {name for name in keys.keys if name != keys.active and is_old}
        keys = add_key(path, drop_keys(path, keys, unused))
        dropped = tuple(sorted(unused))
    else:
        dropped = ()
    moved = broken = 0
    total = SealedValue.objects.exclude(key_id=keys.active).count()
    for chunk in _chunks_not_under(keys.active):
        fixed = _move(chunk, keys)
        moved, broken = moved + fixed, broken + len(chunk) - fixed
        progress("rotate", moved + broken, total)
    done = Rotated(keys.active, moved, broken, dropped)
    record_audit(actor=actor, action="sealed.rotate", detail=done.as_dict(), at=clock())
    return done


def count_boxes() -> Mapping[str, int]:
    """Key id → how many values are sealed with it."""
    counts: dict[str, int] = {}
    for key_id in SealedValue.objects.values_list("key_id", flat=True).iterator(_CHUNK):
        counts[key_id] = counts.get(key_id, 0) + 1
    return counts


def _move(chunk: list[Box], keys: SealKeys) -> int:
    """The boxes of a chunk under the active key, in one short transaction."""
    sealed = [again for box in chunk if (again := seal_again(box, keys))]
    with transaction.atomic():
        SealedValue.objects.bulk_update(
            [SealedValue(token=box.token, key_id=box.key_id, sealed=box.sealed) for box in sealed],
            ["key_id", "sealed"],
        )
    return len(sealed)


def _chunks_not_under(key_id: str) -> Iterator[list[Box]]:
    """By token, so that boxes no key opens are passed once and not for ever."""
    after = ""
    while True:
        rows = SealedValue.objects.exclude(key_id=key_id).filter(token__gt=after)
        chunk = [_box(row) for row in rows.order_by("token")[:_CHUNK]]
        if not chunk:
            return
        yield chunk
        after = chunk[-1].token


def _keys_in_use() -> set[str]:
    return set(SealedValue.objects.values_list("key_id", flat=True).distinct())


def _boxes(tokens: Collection[str]) -> Iterator[Box]:
    return (_box(row) for row in SealedValue.objects.filter(token__in=list(tokens)))


def _box(row: SealedValue) -> Box:
    return Box(row.token, row.trait, row.key_id, bytes(row.sealed))


def _keys_missing(path: Path) -> UnavailableError:
    return UnavailableError(
        "seal.keys_missing",
        Text(
            vi="Có giá trị đã niêm phong nhưng không thấy tệp khóa.",
            en="Values are sealed, but the file of their keys is not there.",
        ),
        path=str(path),
        hint=Text(
            vi="Lấy lại tệp này từ bản sao lưu; không có nó thì không ai mở được các giá trị ấy.",
            en="Put it back from your backup; without it nobody can open those values.",
        ),
    )


def _not_allowed() -> ForbiddenError:
    return ForbiddenError(
        "seal.not_allowed",
        Text(
            vi="Bạn không có quyền xem giá trị đã niêm phong.",
            en="You may not read sealed values.",
        ),
        hint=Text(vi="Hãy nhờ quản trị viên.", en="Ask an administrator."),
    )


def _no_reason() -> InputError:
    return InputError(
        "seal.no_reason",
        Text(
            vi="Hãy ghi lý do xem, ít nhất 5 ký tự; lý do được lưu lại.",
            en="Say why, in at least 5 characters; the reason is kept.",
        ),
        path="reason",
        hint=Text(vi="Ví dụ: làm hợp đồng trả góp.", en="For example: instalment contract."),
    )


def _nothing() -> NotFoundError:
    return NotFoundError(
        "seal.nothing",
        Text(
            vi="Không mở được giá trị này: không còn hộp, hoặc không khóa nào mở được.",
            en="This value cannot be opened: its box is gone, or no key opens it.",
        ),
    )
