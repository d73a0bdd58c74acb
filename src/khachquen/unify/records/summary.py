"""What a person is called and how they are reached, out of everything that was said of them.

Pure. A name is taken in its best-written form, so that "NGUYEN THI HOA" from the till does not
hide "Nguyễn Thị Hoa"; which word counts is decided by ``unify.traits``, as for every trait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from khachquen.unify.identity.identifiers import is_blocked
from khachquen.unify.normalise import clean_text, display_name, fold
from khachquen.unify.normalise.ordering import name_key
from khachquen.unify.traits import Word, choose

NAMING_KINDS = ("phone", "email", "user", "zalo", "facebook", "card")
"""Kinds of identifier a person is known by; a browser or a device is nobody in particular."""


@dataclass(frozen=True, slots=True)
class Said:
    """One trait value, when it was said (microseconds UTC), and by which source."""

    name: str
    value: Any
    at: int
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class KnownId:
    """One identifier of the person and when it was first told."""

    kind: str
    value: str
    since: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The cached line of a person: what lists show and search reads."""

    name: str
    phone: str
    email: str
    search: str
    is_known: bool
    name_key: str


def summarise(ids: Sequence[KnownId], said: Sequence[Said]) -> Summary:
    """The line of one person from their identifiers and traits."""
    names = _names(said)
    name = str(names[choose(names, "best_written").index].value) if names else ""
    phones = _newest(ids, "phone")
    emails = _newest(ids, "email")
    users = _newest(ids, "user")
    national = [f"0{p[3:]}" for p in phones if p.startswith("+84")]
    cards = _newest(ids, "card")
    words = [fold(name), *phones, *national, *emails, *users[:20], *cards[:20]]
    search = " ".join(filter(None, words))
    return Summary(
        name=name[:200],
        phone=phones[0] if phones else "",
        email=emails[0][:254] if emails else "",
        search=search.lower(),
        is_known=any(one.kind in NAMING_KINDS for one in ids),
        name_key=name_key(name[:200]),
    )


def _names(said: Sequence[Said]) -> list[Word]:
    whole = [
        Word(display_name(clean_text(s.value)), s.at, s.source_id)
        for s in said
        if s.name in ("name", "fullName", "full_name") and _is_name(s.value)
    ]
    if whole:
        return whole
    parts: dict[str, Said] = {}
    for one in sorted(said, key=lambda s: s.at):
        if one.name in ("lastName", "middleName", "firstName") and _is_name(one.value):
            parts[one.name] = one
    if not parts:
        return []
    text = " ".join(
        parts[key].value for key in ("lastName", "middleName", "firstName") if key in parts
    )
    return [Word(display_name(clean_text(text)), max(one.at for one in parts.values()))]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not is_blocked(value)


def _newest(ids: Sequence[KnownId], kind: str) -> list[str]:
    mine = sorted((i for i in ids if i.kind == kind), key=lambda i: (-i.since, i.value))
    return [i.value for i in mine]
