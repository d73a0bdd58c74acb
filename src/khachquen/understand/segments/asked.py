"""A rule as the engine asks it: again and again, of everybody or of a few."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from khachquen.store.engine import Question
from khachquen.store.touched import Touch
from khachquen.understand.query import (
    Catalogue,
    compile_members,
    compile_together,
    needs_of,
    parse_rule,
)
from khachquen.understand.query.compiling import reads_of
from khachquen.understand.segments.rules import kinds_of
from khachquen.unify.traits import Registry

__all__ = ["AskedRule", "ask_together"]

_ORDERS = "Order "
_ALWAYS = frozenset(
    {"name", "phone", "email", "is_known", "household", "household_size", "is_household_head"}
)
"""Facts any event or decision may move, whatever it says."""


class AskedRule:
    """One rule, with what it listens for; ``is_by_number`` when it takes a share of people,
    ``reads`` are the columns of the tables of touched people its question names.

    Raises:
        InputError: it cannot be asked (``query.*``).
    """

    def __init__(self, told: Mapping[str, Any], catalogue: Catalogue, timezone: str) -> None:
        self._rule = parse_rule(told)
        self._catalogue = catalogue
        self._timezone = timezone
        self._needs = needs_of(self._rule)
        self.is_by_number = "sample" in kinds_of(told)
        self.reads = reads_of(self._rule, catalogue, timezone=timezone)

    def concerns(self, touch: Touch, registry: Registry) -> bool:
        """Whether what changed can change an answer; rather once too often."""
        needs = self._needs
        if touch.moved or touch.events is None or not needs.traits.isdisjoint(_ALWAYS):
            return bool(touch.people)
        if needs.events is None:
            return bool(touch.events)
        if needs.orders and any(name.startswith(_ORDERS) for name in touch.events):
            return True
        return not needs.events.isdisjoint(touch.events) or _has(needs.traits, touch, registry)

    def members(self, now: datetime, *, only: bool) -> Question:
        """Who belongs and who is due, of everybody or of the touched ones."""
        return compile_members(
            self._rule, self._catalogue, now=now, timezone=self._timezone, only=only
        )

    def oldest_event(self, now: datetime) -> datetime | None:
        """Events before this instant say nothing; None: every one may."""
        return self._needs.oldest_event(now, self._timezone)

    def next_edge(self, now: datetime) -> datetime | None:
        """The next midnight of a rule that goes by the calendar."""
        return self._needs.next_edge(now, self._timezone)


def ask_together(rules: Sequence[AskedRule], now: datetime) -> Question:
    """Who of the touched ones belongs and is due, by each of several rules of one shop.

    Columns ``profile_id``, ``is_member0``, ``due_at0`` (if it can turn by itself) and so on.
    """
    told = [(one._rule, one._catalogue) for one in rules]
    return compile_together(told, now=now, timezone=rules[0]._timezone)


def _has(wanted: Collection[str], touch: Touch, registry: Registry) -> bool:
    return any(registry.find(name).key in wanted for name in touch.traits)
