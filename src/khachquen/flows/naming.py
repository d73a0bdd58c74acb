"""Which identifiers an event carries, and whether what it says is said of its person."""

from collections.abc import Sequence

from khachquen.collect.event import Event
from khachquen.unify.identity import Identifier, Rules, identifiers_of


def name_all(events: Sequence[Event], rules: Rules) -> list[list[Identifier]]:
    """The identifiers of each event; visitors who say nothing of themselves are named once."""
    silent: dict[tuple[str | None, str | None], list[Identifier]] = {}
    named = []
    for event in events:
        context = event.context
        names = "externalIds" in context or "device" in context
        if event.traits or event.trusted or names or event.type == "alias":
            named.append(_identifiers(event, rules))
            continue
        who = (event.user_id, event.anonymous_id)
        if who not in silent:
            silent[who] = _identifiers(event, rules)
        named.append(silent[who])
    return named


def _identifiers(event: Event, rules: Rules) -> list[Identifier]:
    """Orders from trusted keys may name a person by e-mail or phone in their properties.

    What an alias was called before is an anonymous id; beside one, and from a trusted key, it is an
    account that another replaced.
    """
    spoken = event.properties if event.trusted and event.type == "track" else {}
    traits = event.traits if speaks_of_person(event) else {}
    context = event.context
    if "externalIds" not in context and "device" not in context:
        context = {}
    found = identifiers_of(
        event.user_id, event.anonymous_id, traits, spoken, rules, context=context
    )
    if event.type == "alias" and event.previous_id not in (event.user_id, event.anonymous_id):
        if event.trusted and event.user_id and event.anonymous_id:
            return found[:1] + identifiers_of(event.previous_id, None, {}, {}, rules) + found[1:]
        found += identifiers_of(None, event.previous_id, {}, {}, rules)
    return found


def speaks_of_person(event: Event) -> bool:
    """Whether the traits are a person's: those of a group call are its company's."""
    return event.type == "identify" or (
        event.trusted and bool(event.traits) and event.type != "group"
    )
