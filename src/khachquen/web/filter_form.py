"""A filter being written: what was picked, in fields, and the condition made of them.

The fields are a form without a script. A condition they cannot hold is shown as JSON, whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from django.http import QueryDict
from django.utils.translation import gettext as _

from khachquen.store import ask
from khachquen.understand.query import Catalogue
from khachquen.understand.query.fields import Field
from khachquen.understand.query.operators import OPERATORS, OPERATORS_OF
from khachquen.understand.query.values import compile_values
from khachquen.web.chips import loose, written
from khachquen.web.measuring import in_language
from khachquen.web.pickers import event_label, make_pickers
from khachquen.web.rule_words import builder_words, operator_words
from khachquen.web.shops import source_names

_COUNTS = ("at_least", "at_most", "is", "more", "less", "between")
_MEASURES = ("orders", "units", "spent")
_NUMBERS = ("number", "money", "id")
_DAYS = ("date", "time")
_OFFERED = 40


@dataclass(frozen=True, slots=True)
class FilterForm:
    """One filter as a form: ``key`` is what it is about, ``told`` what stands in the fields."""

    key: str
    label: str
    kind: str
    told: Mapping[str, Any]
    operators: Sequence[tuple[str, str, str]] = ()  # key, words, what it takes
    choices: Sequence[tuple[str, str]] = ()
    properties: Sequence[tuple[str, str]] = ()
    segments: Sequence[tuple[int, str]] = ()
    sides: Sequence[str] = ()
    input_type: str = "text"
    unit: str = ""
    suggested: Sequence[str] = ()
    words: Mapping[str, Any] = field(default_factory=builder_words)

    @property
    def units(self) -> list[tuple[str, str]]:
        """In what a stretch of time can be said."""
        of: Mapping[str, str] = self.words["units"]
        found = self.told.get("field")
        wanted = ("day", "week") if found and found.kind == "date" else tuple(of)
        return [(key, of[key]) for key in wanted]

    @property
    def details(self) -> list[tuple[str, str]]:
        """How a detail of what was done or bought can be asked for."""
        said = operator_words()["any"]
        return [(key, said[key]) for key in ("contains", "is", "at_least", "at_most")]

    @property
    def counts(self) -> list[tuple[str, str]]:
        """How a number can be asked for."""
        said = operator_words()
        return [(key, said["number"].get(key, said["any"][key])) for key in _COUNTS[:3]]

    @property
    def measures(self) -> list[tuple[str, str]]:
        """What of orders is counted."""
        of: Mapping[str, str] = self.words["measures"]["bought"]
        return [(key, of[key]) for key in _MEASURES]


def menu(catalogue: Catalogue) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything a filter can be about, by group: key and words."""
    pickers = make_pickers(catalogue)
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in pickers["people"]:
        name = pickers["groups"][one["group"]]
        groups.setdefault(name, []).append((f"trait:{one['key']}", one["label"]))
    told = [(name[:1].upper() + name[1:], items) for name, items in groups.items()]
    told.append((_("Mua hàng"), [("bought", _("Đã mua hoặc chưa mua"))]))
    if pickers["segments"]:
        told.append((_("Phân khúc"), [("segment", _("Thuộc phân khúc"))]))
    events = [(f"did:{one['key']}", one["label"]) for one in pickers["events"]]
    return [*told, (_("Hành vi"), events)]


def open_form(
    key: str, rule: Mapping[str, Any] | None, catalogue: Catalogue, *, raw: str = ""
) -> FilterForm | None:
    """The form of a filter to be made or changed; None where nothing has that name. ``raw`` is
    what stands in one that cannot be read."""
    if raw:
        return FilterForm("raw", _("Điều kiện dạng JSON"), "raw", {"raw": raw})
    if rule is not None:
        bare = rule["of"] if rule.get("kind") == "not" else rule
        key, told = _key_of(bare), _told(rule)
        made = _form(key, told, catalogue) if key else None
        if made and make_rule(made) == rule:
            return made
        return FilterForm("raw", _("Điều kiện dạng JSON"), "raw", {"raw": written(rule)})
    return _form(key, {}, catalogue)


def read_form(asked: QueryDict, catalogue: Catalogue) -> FilterForm | None:
    """The form as somebody filled it."""
    told: dict[str, Any] = {key: str(asked[key]).strip() for key in asked}
    told["many"] = [one.strip() for text in asked.getlist("many") for one in text.splitlines()]
    return _form(asked.get("about", ""), told, catalogue)


def with_values(form: FilterForm, catalogue: Catalogue, *, now: datetime) -> FilterForm:
    """The form with values that are really there to choose from."""
    found = form.told.get("field")
    if found is None or form.choices or not form.key.startswith("trait:"):
        return form
    question = compile_values(catalogue, "trait", found.key, now=now, limit=_OFFERED)
    rows = ask(question).dicts() if question else []
    return replace(form, suggested=[str(row["value"]) for row in rows])


def make_rule(form: FilterForm) -> Mapping[str, Any]:
    """The condition the fields say; what is missing or wrong the language itself says."""
    rule = _MAKE[form.kind](form)
    return {"kind": "not", "of": rule} if form.told.get("side") == "not" else rule


def _form(key: str, told: Mapping[str, Any], catalogue: Catalogue) -> FilterForm | None:
    what, _colon, name = key.partition(":")
    words = builder_words()
    sides = cast(Mapping[str, Sequence[str]], words["sides"])
    if what == "raw":
        return FilterForm("raw", _("Điều kiện dạng JSON"), "raw", told)
    if what == "trait":
        found = catalogue.people.get(name)
        return None if found is None or found.is_hidden else _of_trait(key, found, told)
    if what == "segment":
        segments = [(number, name) for number, name in (catalogue.segments or {}).items()]
        label = _("Phân khúc")
        return FilterForm(key, label, what, told, segments=segments, sides=sides[what])
    if what == "bought":
        fields = (*catalogue.lines.values(), *catalogue.orders.values())
        label = _("Mua hàng")
        return FilterForm(key, label, what, told, properties=_named(fields), sides=sides[what])
    event = catalogue.events.get(name) if what == "did" else None
    if event is None:
        return None
    fields = (*event.properties.values(), *catalogue.event_fields.values())
    label = event_label(event)
    return FilterForm(key, label, what, told, properties=_named(fields), sides=sides[what])


def _of_trait(key: str, found: Field, told: Mapping[str, Any]) -> FilterForm:
    said = operator_words()
    kind = "number" if found.kind in _NUMBERS else "time" if found.kind in _DAYS else "any"
    choices = [(str(one.value), in_language(one.label)) for one in found.choices]
    if found.kind == "yes_no":
        choices = [("yes", _("có")), ("no", _("không"))]
    if found.key == "favourite_source":
        choices = [(str(number), name) for number, name in source_names().items()]
    return FilterForm(
        key=key,
        label=in_language(found.label)[:80],
        kind="trait",
        told={"field": found, **told},
        operators=[
            (one, said[kind].get(one, said["any"].get(one, one)), OPERATORS[one].takes)
            for one in OPERATORS_OF[found.kind]
        ],
        choices=choices,
        input_type={"number": "number", "time": "date"}.get(kind, "text"),
        unit=in_language(found.unit) if found.unit else "",
    )


def _named(fields: Sequence[Field]) -> list[tuple[str, str]]:
    return [(one.key, in_language(one.label)[:60]) for one in fields]


def _key_of(rule: Mapping[str, Any]) -> str:
    kind = rule.get("kind")
    names = {"trait": f"trait:{rule.get('trait')}", "did": f"did:{rule.get('event')}"}
    return names.get(str(kind), str(kind) if kind in ("bought", "segment") else "")


def _told(rule: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the fields for a condition; those that do not fit are left out."""
    bare = rule["of"] if rule.get("kind") == "not" else rule
    told: dict[str, Any] = {"side": "not" if bare is not rule else ""}
    if bare.get("kind") == "segment":
        return told | {"segment": str(bare.get("segment"))}
    told |= {"is": bare.get("is", "at_least"), "measure": bare.get("measure", "")}
    told |= _value_told(bare.get("value", None if bare.get("kind") == "trait" else 1))
    told |= _window_told(bare.get("within") or {})
    where = bare.get("where") or [{}]
    one = where[0] if isinstance(where[0], Mapping) else {}
    names = {"property": "property", "is": "property_is", "value": "property_value"}
    return told | {field: str(one[name]) for name, field in names.items() if name in one}


def _value_told(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"one": "yes" if value else "no"}
    if isinstance(value, list):
        low, high = (*map(str, value), "", "")[:2]
        return {"many": [str(one) for one in value], "low": low, "high": high}
    if isinstance(value, Mapping):
        return {"n": str(value.get("n", "")), "unit": value.get("unit", "")}
    return {} if value is None else {"one": str(value), "stretch": str(value)}


def _window_told(within: Mapping[str, Any]) -> dict[str, Any]:
    if last := within.get("last"):
        return {"window": "last", "last_n": str(last["n"]), "last_unit": last["unit"]}
    if "this" in within:
        return {"window": "this", "window_this": within["this"]}
    if within.keys() & {"from", "until"}:
        dates = {f"window_{name}": within.get(name, "") for name in ("from", "until")}
        return {"window": "dates", **dates}
    return {"window": "ever"}


def _make_trait(form: FilterForm) -> dict[str, Any]:
    found: Field = form.told["field"]
    operator = form.told.get("is", "") or form.operators[0][0]
    takes = next((one for key, _words, one in form.operators if key == operator), "one")
    rule = {"kind": "trait", "trait": found.key, "is": operator}
    read = _READ.get(found.kind, str)
    told = form.told
    if takes == "one":
        rule["value"] = read(told.get("one", ""))
    elif takes == "two":
        rule["value"] = [read(told.get("low", "")), read(told.get("high", ""))]
    elif takes == "many":
        rule["value"] = [read(one) for one in told.get("many", ()) if one]
    elif takes == "span":
        rule["value"] = _span(told.get("n", ""), told.get("unit", "day"))
    elif takes == "stretch":
        rule["value"] = told.get("stretch", "")
    return rule


def _make_did(form: FilterForm) -> dict[str, Any]:
    return {"kind": "did", "event": form.key.removeprefix("did:"), **_counted(form)}


def _make_bought(form: FilterForm) -> dict[str, Any]:
    measure = form.told.get("measure") or "orders"
    named = {} if measure == "orders" else {"measure": measure}
    return {"kind": "bought", **named, **_counted(form)}


def _make_segment(form: FilterForm) -> dict[str, Any]:
    return {"kind": "segment", "segment": _number(form.told.get("segment", ""))}


def _make_raw(form: FilterForm) -> Mapping[str, Any]:
    told = loose(form.told.get("raw", ""))
    return told if isinstance(told, Mapping) else {"kind": form.told.get("raw", "")[:60]}


def _counted(form: FilterForm) -> dict[str, Any]:
    """Details, window and number of what was done or bought; what goes without saying is unsaid."""
    told, rule = form.told, dict[str, Any]()
    if told.get("property") and told.get("property_value"):
        value: Any = told["property_value"]
        operator = told.get("property_is") or "contains"
        value = _number(value) if operator in ("at_least", "at_most") else value
        rule["where"] = [{"property": told["property"], "is": operator, "value": value}]
    if within := _window(told):
        rule["within"] = within
    operator, value = told.get("is") or "at_least", _number(told.get("one") or "1")
    return (
        rule if (operator, value) == ("at_least", 1) else {**rule, "is": operator, "value": value}
    )


def _window(told: Mapping[str, Any]) -> dict[str, Any]:
    kind = told.get("window")
    if kind == "last":
        return {"last": _span(told.get("last_n", ""), told.get("last_unit", "day"))}
    if kind == "this":
        return {"this": told.get("window_this", "")}
    names = ("from", "until")
    dates = {name: told.get(f"window_{name}") for name in names} if kind == "dates" else {}
    return {name: day for name, day in dates.items() if day}


def _span(n: str, unit: str) -> dict[str, Any]:
    return {"n": _number(n), "unit": unit}


def _number(text: str) -> Any:
    """The number a text says; a text that says none stays, and is refused by the language."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


_READ: Mapping[str, Any] = {
    **dict.fromkeys(_NUMBERS, _number),
    "yes_no": lambda text: {"yes": True, "no": False}.get(text, text),
}
_MAKE: Mapping[str, Any] = {
    "trait": _make_trait,
    "did": _make_did,
    "bought": _make_bought,
    "segment": _make_segment,
    "raw": _make_raw,
}
