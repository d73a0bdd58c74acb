"""Knows the names each source uses, so that a public key cannot invent them without end.

A public write key is open to anybody who reads the page. Event names fill pickers and reports, and
property names the dictionary: a forger who makes a new one with every message would bury the
shop's own. So a source's public keys may use so many different names and no more. Hides where
they are kept. Does not judge trusted keys: the shop itself speaks through those.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count

from khachquen.collect.dictionary import STANDARD_EVENTS
from khachquen.collect.event import Event, Reason
from khachquen.collect.models import KnownName

__all__ = ["Caps", "Vocabulary", "count_names", "forget_names", "known_events"]

EVENT, PROPERTY = "event", "property"
_LONGEST = 200
_STANDARD = frozenset(event.name for event in STANDARD_EVENTS)


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

    A look-up costs two set operations an event; only new names touch the database. ``was_short``
    when a name too many was met: what is known may since have been cleared by somebody.
    """

    def __init__(self, caps: Caps):
        self._caps = caps
        self._known: dict[int, _Known] | None = None
        self._new: list[tuple[int, str, str]] = []
        self.was_short = False

    def find_excess(self, event: Event) -> tuple[Reason, str] | None:
        """Why an event of a public key has a name too many, and where; learns its names otherwise.

        Names of the standard dictionary are always free.
        """
        known = self._of(event.source_id)
        name = event.name if event.type == "track" and event.name not in _STANDARD else None
        is_new = name is not None and name not in known.events
        if is_new and len(known.events) >= self._caps.event_names:
            self.was_short = True
            return Reason.TOO_MANY_EVENT_NAMES, "$.event"
        are_known = known.properties.issuperset
        if not (are_known(event.properties) and are_known(event.traits)):
            fresh = _fresh(event, known.properties)
            room = self._caps.property_names - len(known.properties)
            if len(fresh) > room:
                self.was_short = True
                return Reason.TOO_MANY_PROPERTY_NAMES, list(fresh.values())[max(room, 0)]
            self._learn(event.source_id, PROPERTY, fresh, known.properties)
        if is_new and name is not None:
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
        self._known, self._new, self.was_short = None, [], False

    def _of(self, source_id: int) -> _Known:
        if self._known is None:
            self._known = _read()
        return self._known.setdefault(source_id, _Known())

    def _learn(self, source_id: int, kind: str, names: Iterable[str], known: set[str]) -> None:
        for name in names:
            known.add(name)
            self._new.append((source_id, kind, name))


def count_names(source_id: int) -> Mapping[str, int]:
    """How many names of each kind a source's public keys have used."""
    rows = KnownName.objects.filter(source_id=source_id).values_list("kind")
    return {EVENT: 0, PROPERTY: 0} | dict(rows.annotate(number=Count("pk")))


def forget_names(source_id: int) -> None:
    """Begin anew after a flood of forged names; the engine hears of it with the next batch."""
    KnownName.objects.filter(source_id=source_id).delete()


def _read() -> dict[int, _Known]:
    known: dict[int, _Known] = {}
    for source_id, kind, name in KnownName.objects.values_list("source_id", "kind", "name"):
        names = known.setdefault(source_id, _Known())
        (names.events if kind == EVENT else names.properties).add(name)
    return known


def _fresh(event: Event, known: Container[str]) -> dict[str, str]:
    """The names of properties and traits that are new, as they are kept → where they stand."""
    return {
        kept: f"$.{place}.{key[:80]}"
        for place, told in (("properties", event.properties), ("traits", event.traits))
        for key in told
        if (kept := _kept(key)) not in known
    }


def _kept(name: str) -> str:
    """The name as it is kept: a long one by its beginning and what tells it from others."""
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{name[: _LONGEST - 17]}…{digest}"


def known_events() -> frozenset[str]:
    """Names of events that public keys have used, beside those of the standard dictionary."""
    named = KnownName.objects.filter(kind=EVENT).values_list("name", flat=True)
    return frozenset(named.distinct())
