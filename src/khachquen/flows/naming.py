"""Which identifiers an event carries, and whether what it says is said of its person."""

from collections.abc import Sequence

from khachquen.collect.event import Event
from khachquen.unify.identity import Identifier, identifiers_of


def name_all(events: Sequence[Event]) -> list[list[Identifier]]:
    """The identifiers of each event; visitors who say nothing of themselves are named once."""
    silent: dict[tuple[str | None, str | None], list[Identifier]] = {}
    named = []
    for event in events:
        if event.traits or event.trusted or event.type == "alias":
            named.append(_identifiers(event))
            continue
        who = (event.user_id, event.anonymous_id)
        if who not in silent:
            silent[who] = _identifiers(event)
        named.append(silent[who])
    return named


def _identifiers(event: Event) -> list[Identifier]:
    """Orders from trusted keys may name a person by e-mail or phone in their properties."""
    spoken = event.properties if event.trusted and event.type == "track" else {}
    traits = event.traits if speaks_of_person(event) else {}
    found = identifiers_of(event.user_id, event.anonymous_id, traits, spoken)
    if event.type == "alias" and event.previous_id not in (event.user_id, event.anonymous_id):
        found += identifiers_of(None, event.previous_id, {}, {})
    return found


def speaks_of_person(event: Event) -> bool:
    """Whether the traits are a person's: those of a group call are its company's."""
    return event.type == "identify" or (
        event.trusted and bool(event.traits) and event.type != "group"
    )
