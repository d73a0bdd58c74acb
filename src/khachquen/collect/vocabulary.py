"""Knows the names each source uses, so that a public key cannot invent them without end.

A public write key is open to anybody who reads the page. Event names fill pickers and reports, and
property names the dictionary: a forger who makes a new one with every message would bury the
shop's own. So a source's public keys may use so many different names and no more. Hides where
they are kept. Does not judge trusted keys: the shop itself speaks through those.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from khachquen.collect.dictionary import STANDARD_EVENTS
from khachquen.collect.event import Event, Reason
from khachquen.collect.models import KnownName

__all__ = ["Caps", "Vocabulary"]

EVENT, PROPERTY = "event", "property"
_LONGEST = 200
_STANDARD = frozenset(STANDARD_EVENTS)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many different names the public keys of one source may use."""

    event_names: int = 500
    property_names: int = 2000


@dataclass(slots=True)
class _Known:
    """The names of one source."""

    events: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)


class Vocabulary:
    """Every name in use, in memory; what is new waits until ``save``, or is given up again.

    A look-up costs two set operations an event; only new names touch the database.
    """

    def __init__(self, caps: Caps):
        self._caps = caps
        self._known: dict[int, _Known] | None = None
        self._new: list[tuple[int, str, str]] = []

    def find_excess(self, event: Event) -> tuple[Reason, str] | None:
        """Why an event of a public key has a name too many, and where; learns its names otherwise.

        Names of the standard dictionary are always free.
        """
        known = self._of(event.source_id)
        name = event.name if event.type == "track" and event.name not in _STANDARD else None
        if name and name not in known.events and len(known.events) >= self._caps.event_names:
            return Reason.TOO_MANY_EVENT_NAMES, "$.event"
        for place, told in (("properties", event.properties), ("traits", event.traits)):
            if not told.keys() <= known.properties:
                fresh = [key for key in told if _kept(key) not in known.properties]
                room = self._caps.property_names - len(known.properties)
                if len(fresh) > room:
                    return Reason.TOO_MANY_PROPERTY_NAMES, f"$.{place}.{fresh[max(room, 0)][:80]}"
                self._learn(event.source_id, PROPERTY, fresh, known.properties)
        if name and name not in known.events:
            self._learn(event.source_id, EVENT, [name], known.events)
        return None

    def save(self) -> None:
        """Keep what is new; call inside the transaction that takes the batch in."""
        KnownName.objects.bulk_create(
            (KnownName(source_id=s, kind=kind, name=name) for s, kind, name in self._new),
            ignore_conflicts=True,
        )
        self._new = []

    def forget(self) -> None:
        """Give up what was learnt and not saved: everything is read again when asked for."""
        self._known, self._new = None, []

    def _of(self, source_id: int) -> _Known:
        if self._known is None:
            self._known = _read()
        return self._known.setdefault(source_id, _Known())

    def _learn(self, source_id: int, kind: str, names: Iterable[str], known: set[str]) -> None:
        for name in map(_kept, names):
            if name not in known:
                known.add(name)
                self._new.append((source_id, kind, name))


def count_names(source_id: int) -> Mapping[str, int]:
    """How many names of each kind a source's public keys have used."""
    kinds = KnownName.objects.filter(source_id=source_id).values_list("kind", flat=True)
    found = list(kinds)
    return {EVENT: found.count(EVENT), PROPERTY: found.count(PROPERTY)}


def _read() -> dict[int, _Known]:
    known: dict[int, _Known] = {}
    for source_id, kind, name in KnownName.objects.values_list("source_id", "kind", "name"):
        names = known.setdefault(source_id, _Known())
        (names.events if kind == EVENT else names.properties).add(name)
    return known


def _kept(name: str) -> str:
    """The name as it is kept: a long one by its beginning and what tells it from others."""
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{name[: _LONGEST - 17]}…{digest}"
