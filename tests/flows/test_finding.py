"""One list, whoever asks: found by words, narrowed by rules, in any order, page by page."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from khachquen.base import InputError
from khachquen.flows.finding import Wanted, count_people, find_people, iter_numbers
from khachquen.unify.models import Node, Profile, Trait
from khachquen.unify.normalise import fold
from khachquen.unify.normalise.ordering import name_key
from tests.findable import make_findable
from tests.web.segmented import keep_segments
from tests.web.story import NOON, order

pytestmark = pytest.mark.django_db
NAMES = ("Nguyễn Thị Hoa", "Trần Văn Nam", "Lê Thu Hương", "Đặng Ngọc Ánh", "Phạm Hòa", "")
CITIES = ("Huế", "Đà Nẵng", "Hà Nội", None, "Cần Thơ")


def ages(key: int) -> int | None:
    return None if key % 4 == 0 else key * 7 % 23


@pytest.fixture
def shop(db: None) -> None:
    """Forty people, some without a name, a city or an age, some only visitors; and their mirror."""
    for key in range(1, 41):
        name, phone = NAMES[key % len(NAMES)], f"+8490{key:07}"
        one = Profile.objects.create(
            id=key,
            name=name,
            name_key=name_key(name),
            phone=phone,
            search=f"{fold(name)} {phone} kh{key:03}".strip(),
            is_known=key % 10 != 0,
            events=key % 3,
            orders=key % 5,
            spent_minor=key % 5 * 100_000,
            last_order_at=NOON - timedelta(days=key) if key % 5 else None,
            first_seen=NOON - timedelta(days=60 + key % 7),
            last_seen=NOON - timedelta(hours=key * 37 % 11),
        )
        _identify(one)
    keep_segments(NOON)


def _identify(one: Profile) -> None:
    for place, (kind, value) in enumerate((("phone", one.phone), ("user", f"KH{one.id:03}"))):
        Node.objects.create(
            id=one.id * 10 + place,
            key=f"{kind}:{value}",
            kind=kind,
            profile_id=one.id,
            first_seen=one.first_seen,
            last_seen=one.last_seen,
        )
    make_findable(one)
    city, age = CITIES[one.id % len(CITIES)], ages(one.id)
    born = None if age is None else date(2026 - age, 3, 1).isoformat()
    for name, value in (("province", city), ("birthday", born)):
        if value:
            Trait.objects.create(
                node_id=one.id * 10, name=name, source_id=1, value=f'"{value}"', at=NOON,
                message_id=f"{name}-{one.id}",
            )  # fmt: skip


def pages(wanted: Wanted, sort: str, size: int = 7) -> list[list[int]]:
    """The list read to its end, and then back to its beginning."""
    told, cursor = [], ""
    while True:
        page = find_people(wanted, sort=sort, cursor=cursor, size=size, now=NOON)
        told.append([row.id for row in page.rows])
        if not page.next_cursor:
            break
        cursor = page.next_cursor
    back = []
    while page.previous_cursor:
        page = find_people(wanted, sort=sort, cursor=page.previous_cursor, size=size, now=NOON)
        back.insert(0, [row.id for row in page.rows])
    assert [one for part in back for one in part] == [one for part in told[:-1] for one in part]
    return told


def everybody(key: Callable[[Profile], Any], *, is_down: bool) -> list[int]:
    """The known by plain Python: who lacks the value last, whichever way."""
    people = list(Profile.objects.filter(is_known=True))
    lacking = [one for one in people if key(one) is None]
    having = [one for one in people if key(one) is not None]
    ways = {"reverse": is_down}
    told = sorted(having, key=lambda one: (key(one), one.id), **ways)
    return [one.id for one in (*told, *sorted(lacking, key=lambda one: one.id, **ways))]


def birthday(one: Profile) -> str | None:
    age = ages(one.id)
    return None if age is None else date(2026 - age, 3, 1).isoformat()


ORDERS: dict[str, Callable[[Profile], Any]] = {
    "spent": lambda one: one.spent_minor,
    "orders": lambda one: one.orders,
    "events": lambda one: one.events,
    "last_seen": lambda one: one.last_seen,
    "first_seen": lambda one: one.first_seen,
    "last_order_at": lambda one: one.last_order_at,
    "name": lambda one: one.name_key if one.name else None,
    "trait:birthday": birthday,
    "trait:province": lambda one: fold(CITIES[one.id % len(CITIES)] or "") or None,
}
ALL_KNOWN = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}


@pytest.mark.parametrize("key", ORDERS)
@pytest.mark.parametrize("way", ["asc", "desc"])
def test_every_order_both_ways_with_or_without_a_filter(shop: None, key: str, way: str) -> None:
    expected = everybody(ORDERS[key], is_down=way == "desc")

    for rules in ((), (ALL_KNOWN,)):
        told = pages(Wanted(rules=rules), f"{key}.{way}")
        assert [one for page in told for one in page] == expected
        assert {len(page) for page in told[:-1]} <= {7}


@pytest.mark.parametrize("search", ["hoa", "hòa", "HUONG le", "0900000013", "kh01", "dh-7", "+84"])
def test_words_and_rules_together_are_both(
    shop: None, search: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(1, "DH-7", 80, NOON, total_minor=1, units=1)
    rich = {"kind": "trait", "trait": "spent", "is": "at_least", "value": 200_000}
    everyone = {row for part in pages(Wanted(search=search), "spent") for row in part}
    expected = {one for one in everyone if Profile.objects.get(id=one).spent_minor >= 200_000}
    assert expected

    for many in (20_000, 2):  # few enough to be listed, and too many
        monkeypatch.setattr("khachquen.unify.profiles.searching._MANY", many)
        if many == 2 and search == "dh-7":
            continue  # an order's number is looked up where few are found
        wanted = Wanted(search=search, rules=(rich,))
        found = [one for page in pages(wanted, "spent", size=3) for one in page]
        assert set(found) == expected
        assert len(found) == len(expected) == count_people(wanted, now=NOON)


def test_the_page_the_count_and_the_numbers_are_the_same_people(shop: None) -> None:
    in_hue = {"kind": "trait", "trait": "province", "is": "is", "value": "Huế"}
    for wanted in (
        Wanted(),
        Wanted(who="all"),
        Wanted(who="visitors"),
        Wanted(search="hoa"),
        Wanted(rules=(in_hue,), who="all"),
        Wanted(rules=(in_hue, ALL_KNOWN)),
        Wanted(ids=(3, 5, 8, 99), who="all"),
        Wanted(ids=(3, 5, 8), rules=(in_hue,), who="all"),
    ):
        shown = sorted(one for page in pages(wanted, "name") for one in page)
        parts = list(iter_numbers(wanted, part=4, now=NOON))
        assert [one for part in parts for one in part] == shown, wanted
        assert count_people(wanted, now=NOON) == len(shown)
        half = [n for part in iter_numbers(wanted, part=4, after=20, now=NOON) for n in part]
        assert half == [one for one in shown if one > 20]
        assert Wanted.of_json(wanted.as_json()) == wanted


def test_a_page_that_holds_all_is_counted_and_a_longer_list_is_not_yet(shop: None) -> None:
    few = find_people(Wanted(rules=(ALL_KNOWN,)), size=50, now=NOON)
    some = find_people(Wanted(rules=(ALL_KNOWN,)), size=10, now=NOON)

    assert (few.total, few.is_counted) == (36, True)
    assert (some.total, some.is_counted) == (10, False)


def test_what_cannot_be_asked_is_told(shop: None) -> None:
    wrong = {"kind": "trait", "trait": "provinc", "is": "is_set"}
    for told in (
        {"wanted": Wanted(rules=(wrong,))},
        {"wanted": Wanted(), "sort": "money"},
        {"wanted": Wanted(), "sort": "trait:khong_co"},
        {"wanted": Wanted(), "sort": "events", "cursor": "zzz"},
        {"wanted": Wanted(rules=(ALL_KNOWN,)), "sort": "name", "cursor": "WyJuYW1lIiwwLFtdXQ"},
    ):
        with pytest.raises(InputError) as refused:
            find_people(**told, now=NOON)  # type: ignore[arg-type]
        assert refused.value.path in ("$.trait", "sort", "cursor")
