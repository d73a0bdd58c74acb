"""Two people beside each other: what each is known by, and how that agrees, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from khachquen.unify.households import households_of
from khachquen.unify.profiles import ProfileRow, ProfileView, get_profile
from khachquen.unify.suggestions import Agreement, SuggestionView
from khachquen.web.components.data import trait_value
from khachquen.web.components.people import phone
from khachquen.web.measuring import in_language

# A line of the page: its name, the traits it shows, the comparisons that speak of it.
_LINES = (
    (_("Họ tên"), ("name",), ("given", "middle", "family")),
    (_("Điện thoại"), ("phone",), ("phone",)),
    (_("Email"), ("email",), ("email",)),
    (_("Ngày sinh"), ("birthday",), ("birth",)),
    (_("Giới tính"), ("gender",), ()),
    (_("Giấy tờ"), ("national_id",), ("id_number",)),
    (_("Địa chỉ"), ("address", "ward", "district", "province"), ("street", "place", "postcode")),
)
_ALWAYS = 3  # lines shown even where neither side fills them
_TONES = {"same": ("good", "check"), "other": ("danger", "close")}
_LIKE = ("warning", "info")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a field agrees: in words, with a drawing and a tone."""

    words: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both people."""

    name: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two people."""

    row: ProfileRow
    profile: ProfileView
    housemates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A suggestion as it is shown."""

    view: SuggestionView
    sides: tuple[Side, Side]
    lines: tuple[Line, ...]

    @property
    def sure(self) -> float:
        """How sure the comparison is, in whole percents; never said to be certain."""
        return min(int(self.view.score * 100 + 1e-9), 99) / 100

    @property
    def speaks_for(self) -> str:
        """What says that they are one person."""
        return _listed(one for one in self.view.agreements if one.speaks_for)

    @property
    def speaks_against(self) -> str:
        """What says that they are two."""
        return _listed(one for one in self.view.agreements if one.level == "other")


def show_pair(view: SuggestionView) -> Pair:
    """Two people read whole and laid side by side."""
    sides = _side(view.people[0]), _side(view.people[1])
    told = {one.name: one for one in view.agreements}
    lines = [
        line
        for place, (name, traits, compared) in enumerate(_LINES)
        if (line := _line(str(name), sides, traits, [told[c] for c in compared if c in told])).left
        or line.right
        or place < _ALWAYS
    ]
    users = [_identifiers(side.profile, "user") for side in sides]
    if any(users):
        lines.append(Line(gettext("Mã khách hàng"), users[0], users[1], ()))
    return Pair(view, sides, tuple(lines))


def _side(profile_id: int) -> Side:
    profile = get_profile(profile_id)
    mates = tuple(
        member.person.name
        for home in households_of(profile.row.id)
        for member in home.members
        if member.person.id != profile.row.id and member.person.name
    )
    return Side(profile.row, profile, mates)


def _line(
    name: str, sides: tuple[Side, Side], traits: tuple[str, ...], told: list[Agreement]
) -> Line:
    left, right = (_values(side, traits) for side in sides)
    marks = tuple(_mark(one, is_alone=len(told) == 1) for one in told)
    if not marks and left and right:
        return Line(name, left, right, (_mark_of_equals(left == right),))
    if not marks and (left or right):
        return Line(name, left, right, (Mark(gettext("chỉ một bên có"), "", "info"),))
    return Line(name, left, right, marks)


def _values(side: Side, traits: tuple[str, ...]) -> tuple[str, ...]:
    """What the person has of these, as the other pages show it: sealed values masked."""
    row, first = side.row, traits[0]
    if first == "name":
        return (row.name,) if row.name else ()
    if first in ("phone", "email"):
        own = [getattr(row, first), *_identifiers(side.profile, first)]
        shown = [phone(value) if first == "phone" else value for value in own if value]
        return tuple(dict.fromkeys(shown))
    found = {trait.name: trait for trait in side.profile.traits}
    words = [
        str(t.value) if t.said[0].token else trait_value(t.value, t.definition)
        for name in traits
        if (t := found.get(name)) and t.value not in (None, "")
    ]
    return (", ".join(words),) if words else ()


def _identifiers(profile: ProfileView, kind: str) -> tuple[str, ...]:
    return tuple(one.value for one in profile.identifiers if one.kind == kind)


def _mark(one: Agreement, *, is_alone: bool) -> Mark:
    tone, icon = _TONES.get(one.level, _LIKE)
    words = in_language(one.words)
    return Mark(words if is_alone else f"{in_language(one.field)}: {words}", tone, icon)


def _mark_of_equals(is_equal: bool) -> Mark:
    tone, icon = _TONES["same" if is_equal else "other"]
    return Mark(gettext("giống") if is_equal else gettext("khác"), tone, icon)


def _listed(agreements: Iterable[Agreement]) -> str:
    told = [f"{in_language(one.field)} {in_language(one.words)}" for one in agreements]
    return ", ".join(words[:1].lower() + words[1:] for words in told)


STEPS: Mapping[str, object] = {
    "read_lessons": _("Đang học từ dữ liệu của cửa hàng"),
    "read": _("Đang đọc khách hàng"),
    "normalise_fields": _("Đang đọc khách hàng"),
    "learn_weights": _("Đang học từ dữ liệu của cửa hàng"),
    "group_exact": _("Đang so khớp"),
    "block_pairs": _("Đang so khớp"),
    "score_pairs": _("Đang so khớp"),
    "cluster_people": _("Đang so khớp"),
}
"""What a run is doing, in words."""
