"""Where events come from, and the keys they come with."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize

from django.db import IntegrityError, transaction

from khachquen.base import Clock, ConflictError, InputError, NotFoundError, Text, system_clock
from khachquen.collect.event import SourceRules
from khachquen.collect.keyring import KeyHolder, Keyring, digest_of
from khachquen.collect.models import Source, WriteKey

OWN_KINDS = ("staff", "form", "letters")
"""What this installation says of itself. Believed as nobody else is, so no key speaks for it."""
KINDS = ("website", "server", "import", "demo", *OWN_KINDS)
_SHOWN = 12  # how many characters of a secret key stay readable, lead included


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key. The value of a secret one is nowhere else."""

    value: str
    key: WriteKey


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key as a page may show it: secret ones only by their first characters."""

    id: int
    prefix: str
    public_value: str
    trusted: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Whether it opens anything at a moment; one that was replaced does until its end."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source and its keys, oldest first."""

    id: int
    name: str
    kind: str
    enabled: bool
    created_at: datetime
    keys: tuple[KeyView, ...]
    rules: SourceRules
    events_per_second: int | None
    expect_hours: int | None
    last_seen_at: datetime | None
    last_stored_at: datetime | None


def create_source(*, name: str, kind: str, at: datetime) -> Source:
    """A new source, switched on, without keys.

    Raises:
        InputError: no name, or a kind that does not exist.
        ConflictError: the name is taken (``sources.name_taken``).
    """
    name = _checked_name(name, kind)
    try:
        with transaction.atomic():
            return Source.objects.create(name=name, kind=kind, created_at=at)
    except IntegrityError:
        raise ConflictError(
            "sources.name_taken",
            Text(
                vi=f"Đã có nguồn dữ liệu tên {name!r}.",
                en=f"There is a source named {name!r} already.",
            ),
            path="name",
        ) from None


def find_or_create_source(*, name: str, kind: str, at: datetime) -> Source:
    """The source of that name, made when it is not there; its kind stays what it was.

    One of ours is never somebody's source that happens to have its name: it has another then.
    """
    name = _checked_name(name, kind)
    source, _ = Source.objects.get_or_create(name=name, defaults={"kind": kind, "created_at": at})
    if kind in OWN_KINDS and source.kind != kind:
        told = {"kind": kind, "created_at": at}
        source, _ = Source.objects.get_or_create(name=f"{name[:85]} (KhachQuen)", defaults=told)
    return source


def issue_key(
    source_id: int,
    *,
    trusted: bool,
    at: datetime,
    random: Callable[[int], str] = secrets.token_urlsafe,
) -> IssuedKey:
    """A key for a source: secret and trusted (``kqs_``), or public (``kqp_``), which only appends.

    Of a secret key only the SHA-256 is kept; a public one stays readable, since every visitor of
    the website reads it anyway.

    Raises:
        NotFoundError: there is no such source (``sources.unknown``).
        ConflictError: it is one of ours, for which nobody else speaks (``sources.is_ours``).
    """
    source = Source.objects.filter(pk=source_id).first()
    if source is None:
        raise _unknown_source(source_id)
    if source.kind in OWN_KINDS:
        raise ConflictError(
            "sources.is_ours",
            Text(
                vi=f"Nguồn {source.name!r} chỉ do hệ thống tự ghi, nên không có khóa.",
                en=f"Only this installation itself writes as {source.name!r}: it has no keys.",
            ),
            hint=Text(
                vi="Hãy tạo một nguồn mới cho phần mềm của bạn.",
                en="Make a source of its own for your program.",
            ),
        )
    value = f"kqs_{random(32)}" if trusted else f"kqp_{random(24)}"
    key = WriteKey.objects.create(
        source_id=source_id,
        prefix=value[:_SHOWN],
        digest=digest_of(value),
        public_value="" if trusted else value,
        trusted=trusted,
        created_at=at,
    )
    return IssuedKey(value, key)


def list_sources() -> list[SourceView]:
    """Every source with its keys, by name. No answer holds the value of a secret key."""
    sources = Source.objects.prefetch_related("keys").order_by("name")
    return [
        SourceView(
            id=source.pk,
            name=source.name,
            kind=source.kind,
            enabled=source.enabled,
            created_at=source.created_at,
            keys=tuple(
                _view(key) for key in sorted(source.keys.all(), key=lambda k: (k.created_at, k.pk))
            ),
            rules=SourceRules(source.honour_consent, source.drop_robots),
            events_per_second=source.events_per_second,
            expect_hours=source.expect_hours,
            last_seen_at=source.last_seen_at,
            last_stored_at=source.last_stored_at,
        )
        for source in sources
    ]


def revoke_key(key_id: int, *, at: datetime) -> None:
    """Close a key for ever. Revoking twice keeps the first time.

    Raises:
        NotFoundError: there is no such key (``sources.unknown_key``).
    """
    if WriteKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=at):
        return
    if not WriteKey.objects.filter(pk=key_id).exists():
        raise NotFoundError(
            "sources.unknown_key",
            Text(vi=f"Không có khóa số {key_id}.", en=f"There is no key {key_id}."),
        )


def set_source_enabled(source_id: int, enabled: bool) -> None:
    """Switch a source on or off; its keys stay, but open nothing while it is off.

    Raises:
        NotFoundError: there is no such source (``sources.unknown``).
    """
    if not Source.objects.filter(pk=source_id).update(enabled=enabled):
        raise _unknown_source(source_id)


def load_keyring(clock: Clock = system_clock) -> Keyring:
    """Every key that opens something now, in one query: not revoked, not past its end."""
    keys = (
        WriteKey.objects.filter(revoked_at=None)
        .exclude(expires_at__lte=clock())
        .values_list(
            "digest",
            "source_id",
            "trusted",
            "source__enabled",
            "pk",
            "source__events_per_second",
        )
    )
    return Keyring(
        {
            digest: KeyHolder(source_id, trusted, enabled, key_id, rate)
            for digest, source_id, trusted, enabled, key_id, rate in keys
        }
    )


def _view(key: WriteKey) -> KeyView:
    return KeyView(
        id=key.pk,
        prefix=key.prefix,
        public_value=key.public_value,
        trusted=key.trusted,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
    )


def _checked_name(name: str, kind: str) -> str:
    name = normalize("NFC", name).strip()
    if not name or len(name) > 100:
        raise InputError(
            "sources.bad_name",
            Text(
                vi="Nguồn dữ liệu cần một cái tên, tối đa 100 ký tự.",
                en="A source needs a name of at most 100 characters.",
            ),
            path="name",
        )
    if kind not in KINDS:
        raise InputError(
            "sources.bad_kind",
            Text(
                vi=f"Không có loại nguồn {kind[:40]!r}.",
                en=f"There is no kind of source {kind[:40]!r}.",
            ),
            path="kind",
            hint=Text(vi=f"Chọn: {', '.join(KINDS)}.", en=f"One of {', '.join(KINDS)}."),
        )
    return name


def _unknown_source(source_id: int) -> NotFoundError:
    return NotFoundError(
        "sources.unknown",
        Text(vi=f"Không có nguồn số {source_id}.", en=f"There is no source {source_id}."),
    )
