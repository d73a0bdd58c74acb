"""What is known of a person: a trait of the registry, or a fact such as the number of orders."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from khachquen.base import Text
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.classes import CLASS_KEYS, HABIT_KEYS
from khachquen.understand.query.classing import Classing
from khachquen.understand.query.comparing import Asked, Turning, compare
from khachquen.understand.query.consents import consent_of, is_consent, say_state
from khachquen.understand.query.facts import PERSON_FIELDS
from khachquen.understand.query.fields import Field
from khachquen.understand.query.habits import answer_habit
from khachquen.understand.query.needs import Needed
from khachquen.understand.query.operators import RELATIVE, Operator, check_asked
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.windowed import earliest
from khachquen.understand.query.wording import Speech, lower

_Say = Callable[[Text], Text]
SAID: Mapping[str, Mapping[Operator, _Say]] = {
    "city": {
        "is": lambda of: Text(vi=f"ở {of.vi.strip('«»')}", en=f"who live in {of.en.strip('“”')}"),
        "is_not": lambda of: Text(
            vi=f"không ở {of.vi.strip('«»')} (kể cả chưa rõ)",
            en=f"who do not live in {of.en.strip('“”')} (or nobody knows where)",
        ),
    },
}
"""Traits people have a better word for than their label."""


class Trait(msgspec.Struct, frozen=True, tag="trait", tag_field="kind", forbid_unknown_fields=True):
    """``{"kind": "trait", "trait": "city", "is": "is", "value": "Hà Nội"}``."""

    trait: str
    is_: Operator = msgspec.field(name="is")
    value: Any = None

    def check(self, catalogue: Catalogue, path: str) -> None:
        field = catalogue.trait(self.trait, f"{path}.trait")
        check_asked(field, self.is_, self.value, path)

    def need(self, needed: Needed) -> None:
        if self.trait in (*CLASS_KEYS, *HABIT_KEYS):
            needed.orders = True
            needed.is_timed |= self.trait == "stage"
            needed.has_calendar |= self.trait in ("rfm", "rfm_recency") or self.is_ in RELATIVE
            return
        if is_consent(self.trait):
            needed.traits.add("email")  # any event may bring an address
            return
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

    def say(self, speech: Speech) -> Text:
        field = speech.catalogue.trait(self.trait)
        told = speech.comparison(field, self.is_, self.value)
        if self.is_ in SAID.get(self.trait, {}):
            return SAID[self.trait][self.is_](speech.value(field, self.value))
        if self.is_ == "is" and (said := say_state(field, str(self.value))):
            return said
        name = lower(field.label)
        if self.is_ in ("is_set", "is_not_set"):
            return Text(vi=f"{told.vi} {name.vi}", en=f"whose {name.en} {told.en}")
        if field.source == "consent" and field.kind == "yes_no":
            may = ("", "may") if self.value else ("không ", "may not")
            return Text(vi=f"{may[0]}{name.vi}", en=f"who {name.en.replace('may', may[1], 1)}")
        if field.kind == "yes_no":
            verb = "is" if self.value else "is not"
            holds = Text(vi="là", en=verb) if self.value else Text(vi="không là", en=verb)
            return Text(vi=f"{holds.vi} {name.vi}", en=f"for whom “{name.en}” {verb} true")
        return Text(vi=f"có {name.vi} {told.vi}", en=f"whose {name.en} {told.en}")

    def answer(self, plan: Plan, path: str) -> Turning:
        field = plan.catalogue.trait(self.trait, f"{path}.trait")
        if field.source == "habit":
            return answer_habit(plan, field, self.is_, self.value, path)
        told = value_of(plan, field)
        plan.show(path, "value", told.yes)
        asked = Asked(told.yes, field.kind, plan.moment, plan.catalogue.currency)
        turning = compare(asked, self.is_, self.value)
        return replace(turning, due=earliest([turning.due, told.due]))


def value_of(plan: Plan, field: Field) -> Turning:
    """What is known, as an expression over the person's row, and when it may turn by itself."""
    if field.source == "computed":
        catalogue = plan.catalogue
        classing = Classing(catalogue.classes, plan.moment, plan.person, catalogue.currency)
        return classing.told(field.key)
    if field.source == "consent":
        return Turning(consent_of(plan, field))
    return Turning(plan.person(field.column))
