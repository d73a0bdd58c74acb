"""What the events or orders of a condition are narrowed down by."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from khachquen.base import Text
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.comparing import Asked, compare
from khachquen.understand.query.expressions import Call, Column, Compare, Expression, Value
from khachquen.understand.query.fields import EventKind, Field, FieldKind
from khachquen.understand.query.operators import Operator, check_asked, kind_asked
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.wording import Speech, listed, lower


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``{"property": "category", "is": "contains", "value": "hoa"}``."""

    property: str
    is_: Operator = msgspec.field(name="is")
    value: Any = None

    def check(self, field: Field, path: str) -> None:
        check_asked(field, self.is_, self.value, path, is_inner=True)

    def say(self, speech: Speech, field: Field) -> Text:
        """The condition as words: "ngành hàng là «Giày»"."""
        name = lower(field.label)
        told = speech.comparison(field, self.is_, self.value)
        return Text(vi=f"{name.vi} {told.vi}", en=f"{name.en} {told.en}")

    def holds(self, plan: Plan, field: Field, of: Expression) -> Expression:
        """The condition over one value of a row; never null."""
        kind = kind_asked(field, self.value)
        asked = Asked(of, kind, plan.moment, plan.catalogue.currency)
        return compare(asked, self.is_, self.value).yes


Wheres = Annotated[tuple[Where, ...], msgspec.Meta(max_length=20)]
"""Conditions that must all hold of one event or one line; more than 20 nobody can read."""


def rows_of(event: EventKind) -> list[Expression]:
    """Which rows tell of the event."""
    rows: list[Expression] = [Compare(Column("type"), "=", Value(event.type))]
    if event.name is not None:
        rows.append(Compare(Column("name"), "=", Value(event.name)))
    return rows


def check_events(catalogue: Catalogue, event: EventKind, where: Sequence[Where], path: str) -> None:
    """Whether the event has these properties, and they can be asked so."""
    for place, one in enumerate(where):
        here = f"{path}.where[{place}]"
        one.check(catalogue.event_property(event, one.property, f"{here}.property"), here)


def of_events(plan: Plan, event: EventKind, where: Sequence[Where]) -> list[Expression]:
    """The rows of an event with these properties."""
    return [*rows_of(event), *of_where(plan, event, where)]


def of_where(plan: Plan, event: EventKind, where: Sequence[Where]) -> list[Expression]:
    """What has to hold of the rows of an event for them to have these properties."""
    rows: list[Expression] = []
    for one in where:
        field = plan.catalogue.event_property(event, one.property)
        kind = kind_asked(field, one.value)
        rows.append(one.holds(plan, field, property_of(field, kind)))
    return rows


def property_of(field: Field, kind: FieldKind) -> Expression:
    """A property of an event: its own column, or what its JSON says, read as the type."""
    if field.column:
        return Column(field.column)
    step = field.key.replace("~", "~0").replace("/", "~1")
    text = Call("property_text", (Column("properties"), Value(f"/{step}")))
    reading = {"number": "number_of", "money": "number_of", "yes_no": "truth_of"}.get(kind)
    return Call(reading, (text,)) if reading else text


def say_where(speech: Speech, where: Sequence[Where], fields: Sequence[Field]) -> Text:
    """All of them in brackets behind what they are about; nothing for none."""
    if not where:
        return Text(vi="", en="")
    told = [one.say(speech, field) for one, field in zip(where, fields, strict=True)]
    both = listed(told, word=Text(vi="và", en="and"))
    return Text(vi=f" ({both.vi})", en=f" ({both.en})")


def say_event(speech: Speech, key: str, where: Sequence[Where]) -> tuple[Text, Text]:
    """What is done, as a verb, and the conditions on it."""
    event = speech.catalogue.event(key)
    fields = [speech.catalogue.event_property(event, one.property) for one in where]
    is_named = event.label.vi != event.key
    verb = lower(event.label).vi if is_named else f"làm «{event.key}»"
    return Text(vi=verb, en=f"did “{event.label.en}”"), say_where(speech, where, fields)
