"""The units of the country, of today and of before July 2025, and which went where.

Two tables ship with the package (``scripts/vn_units.py`` builds them, NOTICE names their sources);
they are read at the first question, in about a fifth of a second, and stay: some 20 MB.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files

from khachquen.unify.normalise.addresses.words import key_of, split_kind

TWO_LEVELS_FROM = date(2025, 7, 1)
"""Since this day there are provinces and communes; districts are no more."""
_LAST_OLD_DAY = date(2025, 6, 30)


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit under one name; ``valid_from`` is None for what was there before July 2025.

    Codes are used again (26740 was Bến Nghé and is Sài Gòn), so only ``key`` names a unit.
    """

    code: str
    name: str
    level: str  # province, district, ward
    valid_from: date | None
    valid_to: date | None
    province_code: str

    @property
    def key(self) -> str:
        """Code and first day: what to keep beside a person.

        >>> find_unit("26740", on=date(2026, 1, 1)).key
        '26740@2025-07-01'
        """
        return f"{self.code}@{self.valid_from or 'old'}"


@dataclass(slots=True)
class Node:
    """A unit in its tree, and how to find what is inside it."""

    unit: Unit
    kinds: tuple[str, ...]  # Phường; two where a commune became a ward
    key: str
    new: tuple[str, ...] = ()  # codes of the communes it went to, the default first
    districts: dict[str, list["Node"]] = field(default_factory=dict)
    wards: dict[str, list["Node"]] = field(default_factory=dict)
    inside: list["Node"] = field(default_factory=list)
    above: "Node | None" = None
    later: Unit | None = None  # the same unit under the name it took afterwards


@dataclass(slots=True)
class Country:
    """Both trees. ``old`` and ``now`` hold every unit of the country by the key of its name."""

    old: Node
    now: Node
    old_provinces: dict[str, list[Node]]
    now_provinces: dict[str, list[Node]]
    by_code: dict[str, Node]  # today's provinces and communes
    went_to: dict[str, str]  # old province -> province of today
    came_from: dict[str, list[Node]]
    keys: frozenset[str]


# What people write for a province beside its name.
_SHORT = {
    "79": "hcm tphcm tphochiminh saigon sg tpsaigon hcmc",
    "01": "hn tphn",
    "31": "hp",
    "46": "tthue thuathienhue tth",
    "77": "brvt bariavt vungtaubaria",
    "66": "daklac",
}


@cache
def load_country() -> Country:
    """Both tables as trees; read once."""
    now, now_provinces, by_code = _load_now()
    old, old_provinces, went_to = _load_old(by_code)
    came_from: dict[str, list[Node]] = {}
    for same in old_provinces.values():
        for province in same:
            members = came_from.setdefault(went_to[province.unit.code], [])
            if province not in members:
                members.append(province)
    keys = frozenset().union(old_provinces, now_provinces, old.districts, old.wards, now.wards)
    return Country(old, now, old_provinces, now_provinces, by_code, went_to, came_from, keys)


def _rows(name: str) -> Iterator[list[str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return ([*line.split("\t"), "", "", ""] for line in text.splitlines())


def _node(code: str, name: str, level: str, days: tuple[str, str], province: str) -> Node:
    kind, own = split_kind(name)
    first, last = (date.fromisoformat(day) if day else None for day in days)
    return Node(Unit(code, name, level, first, last, province), (kind,), key_of(own))


def _load_now() -> tuple[Node, dict[str, list[Node]], dict[str, Node]]:
    country = _node("", "", "country", ("", ""), "")
    provinces: dict[str, list[Node]] = {}
    by_code: dict[str, Node] = {}
    province = country
    for letter, code, name, first, last, *_ in _rows("current.tsv"):
        days = (first or TWO_LEVELS_FROM.isoformat(), last)
        if letter == "P":
            node = _node(code, name, "province", days, code)
        else:
            node = _node(code, name, "ward", days, province.unit.code)
        if code in by_code:
            first_name = by_code[code]  # one unit, two names: the first keeps the tree
            first_name.later, first_name.kinds = node.unit, (*first_name.kinds, *node.kinds)
            continue
        by_code[code] = node
        if letter == "P":
            province = node
            _under(provinces, node, *_SHORT.get(code, "").split())
        else:
            node.above = province
            province.inside.append(node)
            _under(province.wards, node)
            _under(country.wards, node)
    return country, provinces, by_code


def _load_old(by_code: dict[str, Node]) -> tuple[Node, dict[str, list[Node]], dict[str, str]]:
    country = _node("", "", "country", ("", ""), "")
    provinces: dict[str, list[Node]] = {}
    went_to: dict[str, str] = {}
    province = district = country
    levels = {"P": "province", "D": "district", "W": "ward"}
    for letter, code, name, new, other, *_ in _rows("legacy.tsv"):
        days = ("", _LAST_OLD_DAY.isoformat())
        above = code if letter == "P" else province.unit.code
        node = _node(code, name, levels[letter], days, above)
        node.new = tuple(new.split(",")) if new else ()
        if node.new:
            went_to.setdefault(above, by_code[node.new[0]].unit.province_code)
        if letter == "P":
            province = node
            _under(provinces, node, *_SHORT.get(code, "").split())
        elif letter == "D":
            district, node.above = node, province
            province.inside.append(node)
            _under(province.districts, node, *other.split())
            _under(country.districts, node, *other.split())
        else:
            node.above = district
            district.inside.append(node)
            for place in (district, province, country):
                _under(place.wards, node, *other.split())
    return country, provinces, went_to


def _under(index: dict[str, list[Node]], node: Node, *other: str) -> None:
    for key in (node.key, *other):
        index.setdefault(key, []).append(node)


def named_on(node: Node, on: date | None) -> Unit:
    """The unit under the name it has on a day; without a day, under its newest name."""
    later = node.later
    if later and (on is None or later.valid_from is None or on >= later.valid_from):
        return later
    return node.unit


def find_unit(code: str, *, on: date | None = None) -> Unit | None:
    """The province or commune of today with this code, as it was called on a day.

    >>> find_unit("75", on=date(2025, 8, 1)).name, find_unit("75", on=date(2026, 5, 1)).name
    ('Tỉnh Đồng Nai', 'Thành phố Đồng Nai')
    """
    node = load_country().by_code.get(code)
    return named_on(node, on) if node else None


def list_provinces(*, on: date | None = None) -> list[Unit]:
    """The 34 provinces, by code: to choose from.

    >>> len(list_provinces()), list_provinces()[0].name
    (34, 'Thành phố Hà Nội')
    """
    nodes = load_country().by_code.values()
    found = (named_on(node, on) for node in nodes if node.unit.level == "province")
    return sorted(found, key=lambda unit: unit.code)


def list_wards(province_code: str, *, on: date | None = None) -> list[Unit]:
    """The communes of one province, by code; none when there is no such province.

    >>> len(list_wards("79")), list_wards("00")
    (168, [])
    """
    node = load_country().by_code.get(province_code)
    found = (named_on(ward, on) for ward in node.inside) if node else ()
    return sorted(found, key=lambda unit: unit.code)
