"""The step that keeps out what a source does not let in, and leaves nothing of it but its id."""

from collections.abc import Mapping

from khachquen.collect.event import (
    Event,
    Outcome,
    Refusal,
    SourceRules,
    find_objection,
    refuse,
)
from khachquen.collect.rules import load_rules
from khachquen.flows.batch import Batch

_OF_A_NEW_SOURCE = SourceRules()


def apply_rules(batch: Batch) -> None:
    """Does the source let it in? What it does not is dropped: counted and told, but not kept.

    Before deduplication, so that a dropped message leaves no hash either: were the rule changed, a
    client that sends it again is heard.
    """
    rules = load_rules()
    kept: list[Event] = []
    for event in batch.events:
        if refusal := refuse_by_rules(event, rules):
            batch.refusals.append(refusal)
        else:
            kept.append(event)
    batch.events = kept


def refuse_by_rules(event: Event, rules: Mapping[int, SourceRules]) -> Refusal | None:
    """The refusal of an event its source does not let in: its id, and nothing else of it."""
    found = find_objection(event, rules.get(event.source_id, _OF_A_NEW_SOURCE))
    if found is None:
        return None
    reason, path = found
    return refuse(event, Outcome.DROPPED, reason.value, path=path)
