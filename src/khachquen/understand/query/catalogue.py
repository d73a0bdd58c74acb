"""Everything that can be asked, as one value: pickers, parser, docs and compiler read this."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from khachquen.base import Text
from khachquen.collect import STANDARD_EVENTS
from khachquen.understand.query import problems
from khachquen.understand.query.classes import DEFAULT_CLASSES, Classes, class_fields
from khachquen.understand.query.facts import (
    EVENT_FIELDS,
    LINE_FIELDS,
    ORDER_FIELDS,
    PERSON_FIELDS,
    PROPERTY_KINDS,
    PROPERTY_LABELS,
)
from khachquen.understand.query.fields import EventKind, Field, FieldKind
from khachquen.unify.traits.definition import Definition, Kind

_KIND_OF: Mapping[Kind, FieldKind] = {
    "text": "text",
    "choice": "choice",
    "phone": "text",
    "email": "text",
    "address": "text",
    "number": "number",
    "money": "money",
    "date": "date",
    "yes_no": "yes_no",
    "list": "list",
}
_ANY_PROPERTY = "properties."


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What one asker may ask in one shop.

    ``people`` are the traits and facts of a person, ``orders`` and ``lines`` what orders and their
    lines can be told apart by, ``events`` what people do.
    """

    people: Mapping[str, Field]
    events: Mapping[str, EventKind]
    event_fields: Mapping[str, Field] = field(default_factory=lambda: EVENT_FIELDS)
    orders: Mapping[str, Field] = field(default_factory=lambda: ORDER_FIELDS)
    lines: Mapping[str, Field] = field(default_factory=lambda: LINE_FIELDS)
    properties: frozenset[str] = frozenset()
    currency: str = "VND"
    segments: Mapping[int, str] | None = None
    classes: Classes = DEFAULT_CLASSES

    def trait(self, key: str, path: str = "$.trait") -> Field:
        """A trait or fact of a person.

        Raises:
            InputError: nothing has that name.
            ForbiddenError: the asker may not ask about it.
        """
        found = self.people.get(key)
        if found is None:
            what = Text(vi="thông tin khách nào tên", en="trait or fact named")
            problems.unknown(path, what, key, self.people)
        return _asked(found, path)

    def event(self, key: str, path: str = "$.event") -> EventKind:
        """Something people do, by the name of its events."""
        found = self.events.get(key)
        if found is None:
            problems.unknown(path, Text(vi="sự kiện nào tên", en="event named"), key, self.events)
        return found

    def event_property(self, event: EventKind, key: str, path: str = "$.property") -> Field:
        """What an event's instances differ by; ``properties.x`` is any property, known or not."""
        found = event.properties.get(key) or self.event_fields.get(key)
        if found is None and key in self.properties:
            found = _property(key)
        if found is None and key.startswith(_ANY_PROPERTY) and len(key) > len(_ANY_PROPERTY):
            found = _property(key.removeprefix(_ANY_PROPERTY))
        if found is None:
            known = {*event.properties, *self.event_fields, *self.properties}
            what = Text(
                vi=f"thuộc tính của sự kiện {event.key!r} tên",
                en=f"property of {event.key!r} named",
            )
            problems.unknown(path, what, key, known)
        return _asked(found, path)

    def order_field(self, key: str, path: str = "$.property") -> Field:
        """What orders or their lines differ by."""
        found = self.orders.get(key) or self.lines.get(key)
        if found is None:
            what = Text(vi="thuộc tính đơn hàng nào tên", en="property of orders named")
            problems.unknown(path, what, key, {*self.orders, *self.lines})
        return _asked(found, path)


def build_catalogue(
    definitions: Iterable[Definition] = (),
    event_names: Iterable[str] = (),
    *,
    property_names: Iterable[str] = (),
    hidden: Collection[str] = (),
    may_see_sensitive: bool = False,
    currency: str = "VND",
    segments: Mapping[int, str] | None = None,
    classes: Classes = DEFAULT_CLASSES,
    consents: Mapping[str, Field] | None = None,
) -> Catalogue:
    """The catalogue of a shop: its registry of traits, the events it has seen, and built-in facts.

    ``hidden`` are keys the asker may not ask about. Sealed values are in no table, so nobody can
    ask about them; sensitive ones only who may see them.
    """
    traits = {one.key: _trait(one) for one in definitions if not one.is_archived}
    people = {**traits, **PERSON_FIELDS, **class_fields(classes), **(consents or {})}
    for key, known in people.items():
        is_sensitive = known.sensitivity == "sensitive" and not may_see_sensitive
        if is_sensitive or key in hidden:
            people[key] = replace(known, is_hidden=True)
    told = {event.key: event for event in _standard_events()}
    for name in event_names:
        told.setdefault(name, EventKind(name, Text(vi=name, en=name), "track", name))
    return Catalogue(
        people=people,
        events=told,
        properties=frozenset(property_names),
        currency=currency,
        segments=segments,
        classes=classes,
    )


def _trait(definition: Definition) -> Field:
    is_sealed = definition.sealed
    return Field(
        key=definition.key,
        label=definition.label,
        kind=_KIND_OF[definition.kind],
        source="trait",
        column=f"trait:{definition.key}",
        choices=definition.choices,
        pii=definition.pii,
        sensitivity=definition.sensitivity,
        is_hidden=is_sealed,
    )


def _standard_events() -> Iterable[EventKind]:
    yield EventKind("page", Text(vi="Xem trang", en="Page Viewed"), "page")
    yield EventKind("screen", Text(vi="Mở màn hình ứng dụng", en="Screen Viewed"), "screen")
    for event in STANDARD_EVENTS:
        named = [name for name in event.properties if "[" not in name]
        properties = {name: _property(name) for name in named}
        yield EventKind(event.name, event.label, "track", event.name, properties)


def _property(name: str) -> Field:
    kind = PROPERTY_KINDS.get(name, "any")
    label = PROPERTY_LABELS.get(name) or Text(vi=name, en=name)
    return Field(name, label, kind, "event", moved_by="events")


def _asked(found: Field, path: str) -> Field:
    if found.is_hidden:
        problems.may_not_ask(path, found.label)
    return found
