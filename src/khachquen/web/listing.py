"""The customer list as an address asks for it: which columns, which order, whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from khachquen.base import system_clock
from khachquen.understand.classes.people import classes_of
from khachquen.understand.classes.saying import CLASS_COLUMN
from khachquen.understand.query import Catalogue
from khachquen.understand.query.classes import HABIT_KEYS, class_fields
from khachquen.understand.query.fields import Field, FieldKind
from khachquen.understand.query.sorting import sort_keys, usual_way
from khachquen.unify.profiles import ProfilePage, Who
from khachquen.unify.profiles.saying import values_of
from khachquen.unify.traits import Definition, Registry, load_registry
from khachquen.web.classified_person import class_words
from khachquen.web.measuring import in_language
from khachquen.web.shops import source_names

FIXED = {
    "phone": _("Số điện thoại"),
    "email": _("Email"),
    "orders": _("Số đơn"),
    "spent": _("Đã chi"),
    "last_order_at": _("Mua gần nhất"),
    "events": _("Số sự kiện"),
    "first_seen": _("Gặp lần đầu"),
    "last_seen": _("Gặp gần nhất"),
}
_USUAL = ("phone", "email", "orders", "spent", "last_seen")
_RIGHT = ("orders", "spent", "events", "first_seen", "last_order_at", "last_seen")
_MOST_TRAITS = 8
_WAYS = (".asc", ".desc")
_ASKED = ("q", "who", "sort", "columns", "rule")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a fixed one by its key, or a trait with the values of the people on the page,
    or a class with its words for them.

    ``sorts`` is the order a press on its head asks for, empty where it has none; ``is_down`` says
    how the page is sorted by it, None where it is sorted by something else.
    """

    key: str
    label: Any
    trait: Definition | None = None
    values: Mapping[int, Any] | None = None
    sorts: str = ""
    is_down: bool | None = None

    @property
    def is_class(self) -> bool:
        return self.key.startswith(CLASS_COLUMN)

    @property
    def is_right(self) -> bool:
        return self.key in _RIGHT


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the list."""

    search: str
    sort: str
    who: Who
    columns: tuple[str, ...]
    rules: tuple[str, ...] = ()
    cursor: str = ""

    @property
    def words(self) -> dict[str, list[str]]:
        """The same as an address and a saved view hold it: what goes without saying is unsaid."""
        told = {"q": [self.search], "columns": [",".join(self.columns)], "rule": list(self.rules)}
        told |= {"sort": [self.sort if self.sort != "last_seen" else ""]}
        told |= {"who": [self.who if self.who != "known" else ""]}
        return {key: told[key] for key in _ASKED if any(told[key])}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same as the fields of a form."""
        return [(name, value) for name, values in self.words.items() for value in values]

    def address(self, **changes: Any) -> str:
        """The address of the list with some of it changed: ``rules``, ``search``, ``sort`` …

        It always asks for something: an address that asks for nothing opens the user's first view.
        """
        words = replace(self, cursor="", **changes).words or {"who": ["known"]}
        return f"{reverse('customers')}?{urlencode(words, doseq=True)}"

    def without(self, place: int) -> str:
        """The address without one of its filters."""
        return self.address(rules=(*self.rules[:place], *self.rules[place + 1 :]))


def read_asked(asked: QueryDict) -> Asked:
    """What a form or an address says, in one shape."""
    columns = [key for part in asked.getlist("columns") for key in part.split(",") if key]
    who = asked.get("who", "")
    return Asked(
        search=asked.get("q", "").strip()[:500],
        sort=asked.get("sort", "") or "last_seen",
        who=cast(Who, who) if who in ("visitors", "all") else "known",
        columns=tuple(dict.fromkeys(columns))[:40],
        rules=tuple(one for one in asked.getlist("rule") if one.strip())[:20],
        cursor=asked.get("cursor", ""),
    )


def show_columns(asked: Asked, page: ProfilePage, catalogue: Catalogue) -> list[Column]:
    """The columns asked for, behind the name; without a wish the usual ones and those traits say
    they are in."""
    registry, ids = load_registry(), [row.id for row in page.rows]
    keys = chosen_columns(asked, registry)
    columns = [Column(key, FIXED[key]) for key in keys if key in FIXED]
    traits = [one for key in keys if (one := _trait(key, registry))][:_MOST_TRAITS]
    columns += [_of_trait(one, ids, registry) for one in traits]
    columns += _of_classes(keys, ids, catalogue)
    sorted_ = sort_keys(catalogue)
    places = {key: place for place, key in enumerate(("name", *keys))}
    shown = [_sorted(one, asked, sorted_) for one in (Column("name", _("Họ tên")), *columns)]
    return sorted(shown, key=lambda one: places[one.key])


def chosen_columns(asked: Asked, registry: Registry) -> tuple[str, ...]:
    """The keys of the columns asked for, or of the usual ones."""
    listed = tuple(f"trait:{one.key}" for one in registry.listed())
    return asked.columns or (*_USUAL[:-1], *listed, _USUAL[-1])


def _sorted(column: Column, asked: Asked, keys: Mapping[str, FieldKind]) -> Column:
    """The column with the order its head asks for: the usual way, or turned round."""
    if column.key not in keys:
        return column
    key, way = _parted(asked.sort)
    usual = usual_way(keys[column.key])
    if key != column.key:
        return replace(column, sorts=column.key)
    is_down = (way or usual) == "desc"
    turned = "asc" if is_down else "desc"
    sorts = column.key if turned == usual else f"{column.key}.{turned}"
    return replace(column, sorts=sorts, is_down=is_down)


def choosable(catalogue: Catalogue) -> list[tuple[str, Any]]:
    """Every column there is to choose: fixed ones, the classes, the traits that may be shown."""
    traits = [one for one in load_registry().definitions.values() if _may_be_shown(one)]
    classes = [(f"{CLASS_COLUMN}{key}", _label(one)) for key, one in _classes(catalogue).items()]
    return [*FIXED.items(), *classes, *((f"trait:{one.key}", one) for one in traits)]


def current(request: HttpRequest) -> Asked:
    return read_asked(request.POST if request.method == "POST" else request.GET)


def _parted(sort: str) -> tuple[str, str]:
    key, _dot, way = sort.rpartition(".") if sort.endswith(_WAYS) else (sort, "", "")
    return key, way


def _trait(key: str, registry: Registry) -> Definition | None:
    kind, _colon, name = key.partition(":")
    found = registry.definitions.get(name) if kind == "trait" else None
    return found if found and _may_be_shown(found) else None


def _may_be_shown(trait: Definition) -> bool:
    return not (trait.sealed or trait.is_archived) and trait.key not in ("name", "phone", "email")


def _of_trait(trait: Definition, ids: Sequence[int], registry: Registry) -> Column:
    values = values_of(ids, trait.key, registry, now=system_clock())
    return Column(f"trait:{trait.key}", trait, trait, values)


def _of_classes(keys: Sequence[str], ids: Sequence[int], catalogue: Catalogue) -> list[Column]:
    """The classes asked for, of the people on the page and nobody else."""
    fields = {f"{CLASS_COLUMN}{key}": one for key, one in _classes(catalogue).items()}
    asked = [fields[key] for key in keys if key in fields]
    if not asked:
        return []
    with_habits = any(one.key in HABIT_KEYS for one in asked)
    told = classes_of(ids, now=system_clock(), with_habits=with_habits)
    sources = source_names()
    return [
        Column(
            f"{CLASS_COLUMN}{one.key}",
            _label(one),
            values={id_: class_words(one, row.get(one.key), sources) for id_, row in told.items()},
        )
        for one in asked
    ]


def _classes(catalogue: Catalogue) -> Mapping[str, Field]:
    return class_fields(catalogue.classes)


def _label(one: Field) -> str:
    return in_language(one.label)
