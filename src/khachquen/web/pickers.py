"""What the builder of segments offers: everything that can be asked, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from khachquen.base import exponent_of
from khachquen.collect import list_sources
from khachquen.understand.query import Catalogue
from khachquen.understand.query.fields import SOURCES, EventKind, Field
from khachquen.understand.query.operators import OPERATORS, OPERATORS_OF, RELATIVE
from khachquen.web.measuring import in_language
from khachquen.web.rule_words import builder_words, operator_words

_SUGGESTED = ("text", "code", "list", "any")
_OFFERED = ("trait", "did", "bought", "sequence", "segment", "sample")
_SHOWN = 80


def make_pickers(catalogue: Catalogue) -> dict[str, Any]:
    """The catalogue as the script of the builder reads it; what may not be asked is left out."""
    sources = [[source.id, source.name] for source in list_sources()]
    return {
        "people": [_field(one, sources) for one in catalogue.people.values() if not one.is_hidden],
        "groups": {key: in_language(words) for key, words in SOURCES.items()},
        "events": [_event(one, sources) for one in _by_label(catalogue.events.values())],
        "eventFields": [_field(one, sources) for one in catalogue.event_fields.values()],
        "orderFields": [
            _field(one, sources) for one in (*catalogue.lines.values(), *catalogue.orders.values())
        ],
        "segments": [[key, name] for key, name in (catalogue.segments or {}).items()],
        "kinds": _OFFERED,
        "takes": {key: meaning.takes for key, meaning in OPERATORS.items()},
        "operatorsOf": OPERATORS_OF,
        "relative": sorted(RELATIVE),
        "operators": operator_words(),
        "words": builder_words(),
        "step": 1 if exponent_of(catalogue.currency) == 0 else 0.01,
        "currency": catalogue.currency,
    }


def _event(event: EventKind, sources: list[list[Any]]) -> dict[str, Any]:
    return {
        "key": event.key,
        "label": event_label(event),
        "fields": [_field(one, sources) for one in event.properties.values()],
    }


def event_label(event: EventKind) -> str:
    """What an event is called: the words before the colon of what it means."""
    name = in_language(event.label).partition(":")[0].strip()
    return name[:_SHOWN] or event.key


def _by_label(events: Iterable[EventKind]) -> list[EventKind]:
    return sorted(events, key=lambda one: event_label(one).casefold())


def _field(field: Field, sources: list[list[Any]]) -> dict[str, Any]:
    choices: list[list[Any]] = [[one.value, in_language(one.label)] for one in field.choices]
    if field.kind == "yes_no":
        choices = [[True, _("có")], [False, _("không")]]
    if field.key in ("source", "favourite_source"):
        choices = sources
    told: Mapping[str, Any] = {
        "key": field.key,
        "label": in_language(field.label)[:_SHOWN],
        "kind": field.kind,
        "group": field.source,
        "choices": choices,
        "unit": in_language(field.unit) if field.unit else "",
        "suggests": field.kind in _SUGGESTED and field.pii != "linked",
    }
    return {key: value for key, value in told.items() if value not in ("", [], False)}
