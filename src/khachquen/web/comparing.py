"""Two segments held against each other: who is where, and in plain words how they differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from khachquen import store
from khachquen.understand.segments import SegmentView
from khachquen.understand.segments.asking import PARTS, common_categories, compare
from khachquen.web.chips import written
from khachquen.web.circles import Circle, two_circles
from khachquen.web.components.figures import money, number, percent

ENOUGH = 30
"""Fewer people than that say little about their kind."""
_MUCH, _POINTS = 1.2, 0.05


@dataclass(frozen=True, slots=True)
class Part:
    """The people of one part, and what they come to."""

    name: str
    people: int = 0
    buyers: int = 0
    orders: int = 0
    spent_minor: int = 0
    reachable: int = 0
    quiet_days: int | None = None
    order_days: int | None = None
    category: str = ""
    address: str = ""

    @property
    def spent_each(self) -> int | None:
        return round(self.spent_minor / self.people) if self.people else None

    @property
    def orders_each(self) -> float | None:
        return self.orders / self.people if self.people else None

    @property
    def order_value(self) -> int | None:
        return round(self.spent_minor / self.orders) if self.orders else None

    @property
    def buying_share(self) -> float | None:
        return self.buyers / self.people if self.people else None

    @property
    def reachable_share(self) -> float | None:
        return self.reachable / self.people if self.people else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The three parts in order, the picture, and what can be said of the two."""

    parts: Sequence[Part]
    circles: tuple[Circle, Circle] | None
    sentences: Sequence[str]

    @property
    def is_thin(self) -> bool:
        """Whether a part that is compared has too few people to say much."""
        return any(0 < one.people < ENOUGH for one in (self.parts[0], self.parts[2]))


def compare_segments(
    one: SegmentView, other: SegmentView, *, now: datetime, currency: str
) -> Comparison:
    """Two segments as of their last refresh."""
    rows = {row["part"]: row for row in store.ask(compare(one.id, other.id, now=now)).dicts()}
    found = store.ask(common_categories(one.id, other.id)).dicts()
    categories = {row["part"]: row["category"] for row in found}
    parts = [
        _part(name, rows.get(name), categories.get(name, ""), _address(name, one.id, other.id))
        for name in PARTS
    ]
    alone, both, others = parts
    circles = two_circles(alone.people + both.people, others.people + both.people, both.people)
    names = (one.name, other.name)
    return Comparison(parts, circles, list(_differences(alone, others, names, currency)))


def _part(name: str, row: Mapping[str, Any] | None, category: str, address: str) -> Part:
    told = {key: value for key, value in (row or {}).items() if key != "part"}
    return Part(name, category=category, address=address, **told)


def _address(name: str, one: int, other: int) -> str:
    """The list of customers, of this part only."""
    of: list[dict[str, Any]] = [{"kind": "segment", "segment": number} for number in (one, other)]
    if name != "both":
        left = 1 if name == "only_one" else 0
        of[left] = {"kind": "not", "of": of[left]}
    rule = written({"kind": "all", "of": of})
    return f"{reverse('customers')}?{urlencode({'who': 'all', 'rule': rule})}"


def _differences(one: Part, other: Part, names: tuple[str, str], currency: str) -> Iterator[str]:
    """What differs enough to be said, the larger side first; nothing of a side without people."""
    if not one.people or not other.people:
        return
    for key, words, write in _measures(currency):
        mine, theirs = getattr(one, key), getattr(other, key)
        if mine is None or theirs is None or mine == theirs:
            continue
        more, less, name = (mine, theirs, 0) if mine > theirs else (theirs, mine, 1)
        if less > 0 and more / less < _MUCH:
            continue
        if key.endswith("share") and more - less < _POINTS:
            continue
        told = {"name": names[name], "other": names[1 - name]}
        yield words % {**told, "more": write(more), "less": write(less)}
    if one.category and other.category and one.category != other.category:
        words = gettext(
            "Ai chỉ ở “%(name)s” mua %(one)s nhiều nhất, ai chỉ ở “%(other)s” mua %(two)s."
        )
        told = {"name": names[0], "other": names[1]}
        yield words % {**told, "one": one.category, "two": other.category}


def _measures(currency: str) -> Iterator[tuple[str, str, Any]]:
    """What is compared, in which words, and how a value of it is written."""
    yield (
        "spent_each",
        gettext("Ai chỉ ở “%(name)s” đã chi %(more)s mỗi người, ai chỉ ở “%(other)s” %(less)s."),
        lambda value: money(value, currency),
    )
    yield (
        "orders_each",
        gettext("Ai chỉ ở “%(name)s” đặt %(more)s đơn mỗi người, ai chỉ ở “%(other)s” %(less)s."),
        lambda value: number(value, 1),
    )
    yield (
        "order_value",
        gettext("Mỗi đơn của “%(name)s” là %(more)s, của “%(other)s” là %(less)s."),
        lambda value: money(value, currency),
    )
    yield (
        "buying_share",
        gettext("%(more)s người chỉ ở “%(name)s” đã từng mua; ở “%(other)s” là %(less)s."),
        percent,
    )
    yield (
        "quiet_days",
        gettext(
            "Ai chỉ ở “%(name)s” vắng lâu hơn: %(more)s ngày, so với %(less)s của “%(other)s”."
        ),
        number,
    )
    yield (
        "reachable_share",
        gettext(
            "Ai chỉ ở “%(name)s” dễ liên lạc hơn: %(more)s có số hay email,"
            " còn “%(other)s” %(less)s."
        ),
        percent,
    )
