"""Knows the rows behind a figure: people with what was said of them, orders, events."""

from khachquen.unify.quality.facts import Person, Word
from khachquen.unify.quality.loading import people_by_id
from khachquen.unify.quality.reading import FoundOrder, list_found, orders_by_id
from khachquen.unify.quality.rule import Rule
from khachquen.unify.quality.scoring import Counted
from khachquen.unify.quality.steps import events_found

__all__ = [
    "Counted",
    "FoundOrder",
    "Person",
    "Rule",
    "Word",
    "events_found",
    "list_found",
    "orders_by_id",
    "people_by_id",
]
