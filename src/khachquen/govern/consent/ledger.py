"""Every word about consent, appended, each sealed with all that came before it."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from khachquen.base import InputError, Text, to_micros
from khachquen.govern.consent.models import ConsentEntry, PolicyText, Subject
from khachquen.govern.consent.purposes import get_purpose
from khachquen.govern.consent.standing import CHANNELS, METHODS, Says, Word, demand_known
from khachquen.govern.waiting import wait_in_line

_LOCK = 0x6B71_0C05  # any number nobody else uses
_GENESIS = "0" * 64
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_WORD = (
    *("pk", "subject__key", "purpose", "channel", "says", "at", "expires_at"),
    *("at_most", "per_days"),
)
_CHUNK = 500
_MAX_SUBJECTS = 1_000


@dataclass(frozen=True, slots=True)
class Told:
    """One act: what somebody said of a purpose on some channels, under all their identifiers.

    ``at`` is when they said it. ``text_version`` is of the words they were shown, by default the
    newest of that time. ``at_most`` messages in ``per_days`` days is what they agreed to.
    ``evidence`` is whatever proves it: the form and its address, the row of a file, where a
    recording is. ``message_id`` makes telling it twice one telling.
    """

    subjects: Sequence[str]
    purpose: str
    says: Says
    channels: Sequence[str] = ("any",)
    method: str = "staff"
    at: datetime | None = None
    expires_at: datetime | None = None
    text_version: int | None = None
    at_most: int | None = None
    per_days: int | None = None
    source_id: int | None = None
    by: str = ""
    language: str = ""
    message_id: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


def record(
    told: Iterable[Told],
    *,
    now: datetime,
    random: Callable[[int], str] = secrets.token_hex,
) -> int:
    """Append what was told; how many entries that made.

    Nothing of it is kept unless all of it is. Told again under its ``message_id`` it adds nothing.
    Words of the future count from now: nobody can agree ahead.

    Raises:
        NotFoundError: a purpose nobody knows.
        InputError: a channel, word or method nobody knows, or nobody who says it; with what is
            right.
    """
    acts = list(told)
    for purpose in {one.purpose for one in acts}:
        get_purpose(purpose)
    for one in acts:
        _check(one)
    with transaction.atomic():
        wait_in_line(_LOCK)
        fresh = _leave_out_known(acts)
        subjects = number_subjects({key for one in fresh for key in one.subjects})
        texts = {purpose: _texts(purpose) for purpose in {one.purpose for one in fresh}}
        entries = [
            entry
            for one in fresh
            for entry in _entries(one, subjects, texts[one.purpose], now, random)
        ]
        _append(entries)
    return len(entries)


def check(told: Told) -> None:
    """Whether it could be recorded; nothing is.

    Raises:
        InputError, NotFoundError: as ``record``.
    """
    get_purpose(told.purpose)
    _check(told)
    if told.text_version is not None:
        _shown(_texts(told.purpose), told.text_version, told.at or _LONG_AGO)


def list_words(keys: Sequence[str]) -> list[ConsentEntry]:
    """Everything these identifiers ever said, the newest first, with the texts they were shown."""
    entries = ConsentEntry.objects.filter(subject__key__in=list(keys)[:_MAX_SUBJECTS])
    return list(entries.select_related("subject", "text").order_by("-at", "-pk"))


def iter_words(keys: Sequence[str]) -> Iterator[Word]:
    """The same as the rule reads it; some 20 µs a word."""
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), _CHUNK):
        rows = ConsentEntry.objects.filter(subject__key__among=wanted[start : start + _CHUNK])
        for row in rows.values_list(*_WORD).iterator(chunk_size=5_000):
            yield Word(*row)


def find_break() -> int | None:
    """The first entry whose seal does not fit it and all before; None when nothing was touched.

    Reads the whole ledger: some 30 µs an entry.
    """
    previous = _GENESIS
    rows = ConsentEntry.objects.select_related("text").order_by("pk")
    for entry in rows.iterator(chunk_size=2_000):
        is_whole = not entry.evidence or entry.evidence_digest == _evidence_digest(entry.evidence)
        if entry.digest != _seal(entry, previous) or not is_whole:
            return entry.pk
        previous = entry.digest
    return None


def erase_subjects(keys: Sequence[str], marks: Sequence[str]) -> int:
    """Take names and evidence out of the ledger; what was said, when, stays and stays sealed.

    ``marks`` are what the names are called from now on, one for each key. How many entries.
    """
    erased = 0
    with transaction.atomic():
        for key, mark in zip(keys, marks, strict=True):
            entries = ConsentEntry.objects.filter(subject__key=key)
            erased += entries.update(evidence={}, by="", message_id="")
            Subject.objects.filter(key=key).update(key=f"erased:{mark}")
    return erased


def _entries(
    one: Told,
    subjects: dict[str, int],
    texts: Sequence[PolicyText],
    now: datetime,
    random: Callable[[int], str],
) -> list[ConsentEntry]:
    evidence = {**one.evidence, "salt": random(16)}
    at = min(one.at or now, now)
    shared = {
        "act": random(8),
        "purpose": one.purpose,
        "says": one.says,
        "text": _shown(texts, one.text_version, at),
        "method": one.method,
        "source_id": one.source_id,
        "by": one.by[:200],
        "language": one.language[:8],
        "at": at,
        "recorded_at": now,
        "expires_at": one.expires_at,
        "at_most": one.at_most,
        "per_days": one.per_days,
        "message_id": one.message_id[:200],
        "evidence": evidence,
        "evidence_digest": _evidence_digest(evidence),
    }
    return [
        ConsentEntry(subject_id=subjects[key], channel=channel, **shared)
        for key in dict.fromkeys(one.subjects)
        for channel in dict.fromkeys(one.channels)
    ]


def _append(entries: Sequence[ConsentEntry]) -> None:
    last = ConsentEntry.objects.order_by("-pk").values_list("digest", flat=True).first()
    previous = last or _GENESIS
    for entry in entries:
        entry.digest = previous = _seal(entry, previous)
    ConsentEntry.objects.bulk_create(entries, batch_size=_CHUNK)


def _seal(entry: ConsentEntry, previous: str) -> str:
    """SHA-256 over the digest before and everything that may not change; no name is in it."""
    expires = to_micros(entry.expires_at) if entry.expires_at else None
    told = [
        previous,
        entry.subject_id,
        entry.purpose,
        entry.channel,
        entry.says,
        entry.text.digest if entry.text else None,
        entry.method,
        entry.source_id,
        to_micros(entry.at),
        to_micros(entry.recorded_at),
        expires,
        entry.at_most,
        entry.per_days,
        entry.evidence_digest,
    ]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


def _evidence_digest(evidence: dict[str, Any]) -> str:
    text = json.dumps(evidence, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _texts(purpose: str) -> list[PolicyText]:
    return list(PolicyText.objects.filter(purpose__key=purpose).order_by("-version"))


def _shown(texts: Sequence[PolicyText], version: int | None, at: datetime) -> PolicyText | None:
    """The words they saw: of the version told, else the newest of the time they spoke."""
    if version is None:
        return next((text for text in texts if text.at <= at), None)
    found = next((text for text in texts if text.version == version), None)
    if found is None:
        raise InputError(
            "consent.unknown_text",
            Text(
                vi=f"Mục đích này không có bản nội dung số {version}.",
                en=f"This purpose has no text of version {version}.",
            ),
            path="text_version",
            hint=Text(vi="Bỏ trống để dùng bản khi ấy.", en="Leave it out for that time's."),
        )
    return found


def _leave_out_known(acts: Sequence[Told]) -> list[Told]:
    """Those not told before, in the ledger or further up the same list."""
    names = list({one.message_id[:200] for one in acts if one.message_id})
    known: set[tuple[str, str]] = set()
    for start in range(0, len(names), _CHUNK):
        rows = ConsentEntry.objects.filter(message_id__in=names[start : start + _CHUNK])
        known.update(rows.values_list("message_id", "purpose"))
    fresh = []
    for one in acts:
        name = (one.message_id[:200], one.purpose)
        if not one.message_id or name not in known:
            fresh.append(one)
            known.add(name)
    return fresh


def number_subjects(keys: set[str]) -> dict[str, int]:
    """The number each identifier is known by in the ledger; those it never heard of get one."""
    wanted = sorted(keys)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        rows = Subject.objects.filter(key__among=part).values_list("key", "pk")
        found.update(rows)
        if missing := [Subject(key=key) for key in part if key not in found]:
            Subject.objects.bulk_create(missing, ignore_conflicts=True)
            found.update(rows.all())
    return found


def _check(told: Told) -> None:
    if not told.subjects:
        words = Text(vi="Không rõ đây là lời của ai.", en="Nobody is named who says it.")
        raise InputError("consent.nobody", words, path="subjects")
    for channel in told.channels or ("",):
        demand_known("channel", channel, CHANNELS)
    demand_known("says", told.says, ("granted", "asked", "refused", "withdrawn"))
    demand_known("method", told.method, METHODS)
