"""What is known of a person: a trait of the registry, or a fact such as the number of orders."""

from typing import Any

import msgspec

from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.comparing import Asked, Turning, compare
from khachquen.understand.query.facts import PERSON_FIELDS
from khachquen.understand.query.needs import Needed
from khachquen.understand.query.operators import RELATIVE, Operator, check_asked
from khachquen.understand.query.plan import Plan


class Trait(msgspec.Struct, frozen=True, tag="trait", tag_field="kind", forbid_unknown_fields=True):
    """``{"kind": "trait", "trait": "city", "is": "is", "value": "Hà Nội"}``."""

    trait: str
    is_: Operator = msgspec.field(name="is")
    value: Any = None

    def check(self, catalogue: Catalogue, path: str) -> None:
        field = catalogue.trait(self.trait, f"{path}.trait")
        check_asked(field, self.is_, self.value, path)

    def need(self, needed: Needed) -> None:
        fact = PERSON_FIELDS.get(self.trait)
        moved_by = fact.moved_by if fact else "trait"
        needed.any_event |= moved_by == "events"
        needed.orders |= moved_by == "orders"
        if moved_by == "trait":
            needed.traits.add(self.trait)
        is_instant = fact is not None and fact.kind == "time"
        is_rolling = is_instant and self.is_ in ("in_last", "longer_ago")
        needed.is_timed |= is_rolling
        needed.has_calendar |= self.is_ in RELATIVE and not is_rolling

    def answer(self, plan: Plan, path: str) -> Turning:
        field = plan.catalogue.trait(self.trait, f"{path}.trait")
        of = plan.person(field.column)
        asked = Asked(of, field.kind, plan.moment, plan.catalogue.currency)
        return compare(asked, self.is_, self.value)
