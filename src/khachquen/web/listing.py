"""The customer list as an address asks for it: which columns, which order, whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from khachquen.base import system_clock
from khachquen.relate.lists import ASKED
from khachquen.unify.profiles import ProfilePage, Who
from khachquen.unify.profiles.saying import values_of
from khachquen.unify.traits import Definition, Registry, load_registry

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
_SORTED = ("orders", "spent", "last_seen")
_RIGHT = ("orders", "spent", "events", "first_seen", "last_order_at", "last_seen")
_MOST_TRAITS = 8


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a fixed one by its key, or a trait with the values of the people on the page."""

    key: str
    label: Any
    trait: Definition | None = None
    values: Mapping[int, Any] | None = None

    @property
    def is_sorted(self) -> bool:
        return self.key in _SORTED

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
    cursor: str = ""

    @property
    def words(self) -> dict[str, str]:
        """The same as a saved view keeps it."""
        told = {"q": self.search, "columns": ",".join(self.columns)}
        told |= {"sort": self.sort if self.sort != "last_seen" else ""}
        told |= {"who": self.who if self.who != "known" else ""}
        return {key: told[key] for key in ASKED if told.get(key)}


def read_asked(asked: QueryDict) -> Asked:
    """What a form or an address says, in one shape."""
    columns = [key for part in asked.getlist("columns") for key in part.split(",") if key]
    who = asked.get("who", "")
    return Asked(
        search=asked.get("q", "").strip()[:500],
        sort=asked.get("sort", "") or "last_seen",
        who=cast(Who, who) if who in ("visitors", "all") else "known",
        columns=tuple(dict.fromkeys(columns))[:40],
        cursor=asked.get("cursor", ""),
    )


def show_columns(asked: Asked, page: ProfilePage) -> list[Column]:
    """The columns asked for; without a wish the usual ones and those traits say they are in."""
    registry, ids = load_registry(), [row.id for row in page.rows]
    listed = tuple(f"trait:{one.key}" for one in registry.listed())
    keys = asked.columns or (*_USUAL[:-1], *listed, _USUAL[-1])
    columns = [Column(key, FIXED[key]) for key in keys if key in FIXED]
    traits = [one for key in keys if (one := _trait(key, registry))][:_MOST_TRAITS]
    found = [_of_trait(one, ids, registry) for one in traits]
    return columns if not found else _in_order(keys, [*columns, *found])


def choosable() -> list[tuple[str, Any]]:
    """Every column there is to choose: fixed ones, then the traits that may be shown."""
    traits = [one for one in load_registry().definitions.values() if _may_be_shown(one)]
    return [*FIXED.items(), *((f"trait:{one.key}", one) for one in traits)]


def current(request: HttpRequest) -> Asked:
    return read_asked(request.POST if request.method == "POST" else request.GET)


def _in_order(keys: Sequence[str], columns: Sequence[Column]) -> list[Column]:
    places = {key: place for place, key in enumerate(keys)}
    return sorted(columns, key=lambda one: places[one.key])


def _trait(key: str, registry: Registry) -> Definition | None:
    kind, _colon, name = key.partition(":")
    found = registry.definitions.get(name) if kind == "trait" else None
    return found if found and _may_be_shown(found) else None


def _may_be_shown(trait: Definition) -> bool:
    return not (trait.sealed or trait.is_archived) and trait.key not in ("name", "phone", "email")


def _of_trait(trait: Definition, ids: Sequence[int], registry: Registry) -> Column:
    values = values_of(ids, trait.key, registry, now=system_clock())
    return Column(f"trait:{trait.key}", trait, trait, values)
