"""Chị Hoa, anh Nam and their neighbours, found, sorted and read whole."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from khachquen.base import InputError, NotFoundError
from khachquen.unify.models import Node, Order, Profile, Trait
from khachquen.unify.normalise import fold, match_rank
from khachquen.unify.profiles import (
    count_profiles,
    find_profile,
    get_profile,
    iter_profiles,
    list_orders,
    list_profiles,
    people_of_nodes,
)
from tests.findable import give_identifiers, make_findable

pytestmark = pytest.mark.django_db

MIXED = ("An", "Ân", "", "Đào")
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def person(
    key: int, name: str = "", *, phone: str = "", email: str = "", **rest: object
) -> Profile:
    rest.setdefault("last_seen", NOON - timedelta(minutes=key))
    rest.setdefault("is_known", bool(name or phone or email))
    users, with_nodes = str(rest.pop("users", "")), rest.pop("with_nodes", True)
    search = " ".join(part for part in (fold(name), phone, email, users) if part)
    made = Profile.objects.create(
        id=key, name=name, phone=phone, email=email, search=search, first_seen=NOON, **rest
    )
    make_findable(made)
    if with_nodes:
        give_identifiers(made)
    return made


def names(**options: object) -> list[str]:
    return [row.name for row in list_profiles(**options).rows]  # type: ignore[arg-type]


def test_a_name_is_found_with_and_without_its_marks() -> None:
    person(1, "Nguyễn Thị Hoa")
    person(2, "Trần Hòa")
    person(3, "Lê Văn Hóa")
    person(4, "Đặng Khoa")

    assert names(search="hoa") == ["Nguyễn Thị Hoa", "Trần Hòa", "Lê Văn Hóa"]
    assert names(search="hòa") == ["Trần Hòa", "Nguyễn Thị Hoa", "Lê Văn Hóa"]
    assert names(search="DANG khoa") == ["Đặng Khoa"]
    assert names(search="hoa nguyen") == ["Nguyễn Thị Hoa"]
    assert names(search="Bình") == []


@pytest.mark.parametrize("typed", ["hoa", "hòa", "hoà", "hóa", "thị hoa", "le", "lê"])
def test_the_database_ranks_as_the_rule_says(typed: str) -> None:
    everybody = ["Nguyễn Thị Hoa", "Trần Hoà", "Trần Hòa", "Lê Văn Hóa", "LE HOA", "Đặng Khoa"]
    for key, name in enumerate(everybody, 1):
        person(key, name)

    found = names(search=typed)
    ranks = {name: match_rank(typed, name) for name in everybody}
    assert set(found) == {name for name in everybody if ranks[name] is not None}
    assert [ranks[name] for name in found] == sorted(ranks[name] for name in found)


@pytest.mark.parametrize("typed", ["hòa", "hoà", "HÒA", "ho\u0061\u0300"])
def test_both_places_of_the_tone_are_one_spelling(typed: str) -> None:
    person(1, "Vũ Hoa")
    person(2, "Trần Hoà")
    person(3, "PHẠM HÒA")

    assert names(search=typed) == ["Trần Hoà", "PHẠM HÒA", "Vũ Hoa"]


def test_the_right_marks_stay_on_top_across_pages() -> None:
    for key in range(1, 8):
        person(key, "Hóa" if key % 2 else "Hòa")

    first = list_profiles(search="hóa", page_size=3)
    second = list_profiles(search="hóa", page_size=3, cursor=first.next_cursor)
    third = list_profiles(search="hóa", page_size=3, cursor=second.next_cursor)

    assert [row.id for page in (first, second, third) for row in page.rows] == [1, 3, 5, 7, 2, 4, 6]
    assert (first.previous_cursor, third.next_cursor) == ("", "")
    back = list_profiles(search="hóa", page_size=3, cursor=third.previous_cursor)
    assert back.rows == second.rows
    again = list_profiles(search="hóa", page_size=3, cursor=back.previous_cursor)
    assert (again.rows, again.previous_cursor) == (first.rows, "")


@pytest.mark.parametrize("typed", ["0912345678", "0912 345 678", "+84 912 345 678", "84912345678"])
def test_a_phone_is_found_in_any_form(typed: str) -> None:
    person(1, "Chị Hoa", phone="+84912345678")
    person(2, "Anh Nam", phone="+84987654321")

    assert names(search=typed) == ["Chị Hoa"]
    assert names(search="0912.345.678") == names(search="0912 34") == names(search="678")


def test_an_address_and_a_user_id_are_found() -> None:
    person(1, "Chị Hoa", email="hoa.nguyen@example.vn")
    person(2, "Anh Nam", email="nam@shop.vn", users="kh-00042")

    assert names(search="Hoa.Nguyen@example.vn") == ["Chị Hoa"]
    assert names(search="@shop.vn") == ["Anh Nam"]
    assert names(search="KH-00042") == ["Anh Nam"]


@pytest.mark.parametrize("typed", ["%", "_", "'", "\\", "100%", "\x00", "a" * 5000, "' OR 1=1 --"])
def test_what_is_typed_is_never_a_pattern(typed: str) -> None:
    person(1, "Chị Hoa", phone="+84912345678")

    assert names(search=typed) == (["Chị Hoa"] if typed == "\x00" else [])


def test_the_list_sorts_by_what_was_asked() -> None:
    person(1, "Ân", spent_minor=5, orders=1)
    person(2, "", phone="+84912345678", spent_minor=90, orders=2)
    person(3, "An", spent_minor=90, orders=9)
    person(4, "Đào", spent_minor=0)
    person(5, "Dung", spent_minor=7, orders=1)
    person(6, "Ánh", spent_minor=1)

    assert names() == ["Ân", "", "An", "Đào", "Dung", "Ánh"]
    assert names(sort="name") == ["An", "Ánh", "Ân", "Dung", "Đào", ""]
    assert names(sort="spent") == ["An", "", "Dung", "Ân", "Ánh", "Đào"]
    assert names(sort="orders") == ["An", "", "Dung", "Ân", "Ánh", "Đào"]


@pytest.mark.parametrize("sort", ["last_seen", "spent", "orders", "name"])
def test_walking_the_pages_meets_everybody_once(sort: str) -> None:
    for key in range(1, 24):
        person(key, MIXED[key % 4], phone=f"+8490000{key:04}", spent_minor=key % 3)

    met: list[int] = []
    cursor = ""
    while True:
        page = list_profiles(sort=sort, page_size=5, cursor=cursor)
        met += [row.id for row in page.rows]
        assert page.total == 23
        if not page.next_cursor:
            break
        cursor = page.next_cursor

    assert len(met) == 23
    assert met == [row.id for row in list_profiles(sort=sort, page_size=200).rows]


def test_visitors_and_merged_records_stay_out_of_the_list_of_the_known() -> None:
    person(1, "Chị Hoa")
    person(2, "Hoa cũ", merged_into=1)
    person(3, is_known=False, events=1)

    assert names() == ["Chị Hoa"]
    assert [row.id for row in list_profiles(who="visitors").rows] == [3]
    assert [row.id for row in list_profiles(who="all").rows] == [1, 3]
    assert (count_profiles(), count_profiles(who="all"), count_profiles(search="nam")) == (1, 2, 0)
    assert [row.id for row in iter_profiles(search="hoa")] == [1]


def test_an_unknown_sort_names_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        list_profiles(sort="spend")

    assert caught.value.as_dict("en") == {
        "code": "profiles.unknown_sort",
        "message": "'spend' is not known here.",
        "path": "sort",
        "hint": "Did you mean spent?",
    }


@pytest.mark.parametrize("cursor", ["x", "é", "W10", "bnVsbA", "WyJsYXN0X3NlZW4iLDAsWzEsMl1d"])
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(InputError) as caught:
        list_profiles(cursor=cursor)

    assert caught.value.code == "profiles.bad_cursor"


def test_a_cursor_belongs_to_its_sort() -> None:
    person(1, "An")
    person(2, "Ân")
    cursor = list_profiles(sort="spent", page_size=1).next_cursor

    with pytest.raises(InputError):
        list_profiles(sort="orders", page_size=1, cursor=cursor)


def hoa_whole() -> None:
    person(7, "Nguyễn Thị Hoa", phone="+84912345678", email="hoa@example.vn", with_nodes=False)
    for node, kind, value in (
        (70, "phone", "+84912345678"),
        (71, "email", "hoa@example.vn"),
        (72, "anonymous", "a-1"),
    ):
        Node.objects.create(
            id=node,
            key=f"{kind}:{value}",
            kind=kind,
            profile_id=7,
            first_seen=NOON,
            last_seen=NOON,
        )
    for source, node, value, minutes in ((1, 70, "Hoa", 0), (2, 71, "Nguyễn Thị Hoa", 5)):
        Trait.objects.create(
            node_id=node,
            name="name",
            source_id=source,
            value=json.dumps(value),
            at=NOON + timedelta(minutes=minutes),
            message_id=f"m-{source}",
        )


def test_a_person_is_read_whole_with_every_source_of_a_trait() -> None:
    hoa_whole()

    hoa = get_profile(7)

    assert [(i.kind, i.value) for i in hoa.identifiers] == [
        ("anonymous", "a-1"),
        ("email", "hoa@example.vn"),
        ("phone", "+84912345678"),
    ]
    assert hoa.node_ids == (72, 71, 70)
    assert not hoa.is_moved
    (name,) = hoa.traits
    assert (name.value, name.source_id) == ("Nguyễn Thị Hoa", 2)
    assert name.at == NOON + timedelta(minutes=5)
    assert [(s.value, s.source_id, s.identifier) for s in name.said] == [
        ("Nguyễn Thị Hoa", 2, "email:hoa@example.vn"),
        ("Hoa", 1, "phone:+84912345678"),
    ]
    assert name.has_other_values
    assert hoa.trait("birthday") is None


def test_a_merged_record_answers_with_its_survivor() -> None:
    hoa_whole()
    person(8, "Hoa", merged_into=9)
    person(9, "Hoa Nguyễn", merged_into=7)

    hoa = get_profile(8)

    assert (hoa.row.id, hoa.asked_id, hoa.is_moved) == (7, 8, True)


@pytest.mark.parametrize("nobody", [404, -1, 2**70])
def test_nobody_is_not_found(nobody: int) -> None:
    with pytest.raises(NotFoundError) as caught:
        get_profile(nobody)

    assert caught.value.message.en == f"There is no customer {nobody}."


@pytest.mark.parametrize("identifier", ["email:HOA@example.vn", "phone:0912 345 678"])
def test_an_identifier_is_found_in_any_form(identifier: str) -> None:
    hoa_whole()

    found = find_profile(identifier)

    assert found is not None
    assert found.row.id == 7


def test_a_row_carries_the_first_user_id_of_the_shop() -> None:
    person(1, "", users="17850 17851", with_nodes=False)
    person(2, "Chị Hoa")
    for key, name, days in ((10, "17851", 0), (11, "17850", 1)):
        Node.objects.create(
            id=key,
            key=f"user:{name}",
            kind="user",
            profile_id=1,
            first_seen=NOON - timedelta(days=days),
            last_seen=NOON,
        )

    assert {row.id: row.user_id for row in list_profiles(who="all").rows} == {1: "17850", 2: ""}
    assert [row.user_id for row in iter_profiles(who="all")] == ["17850", ""]
    assert get_profile(1).row.user_id == "17850"


def test_an_unknown_identifier_finds_nobody_and_an_unknown_kind_is_refused() -> None:
    assert find_profile("email:nam@example.vn") is None
    with pytest.raises(InputError) as caught:
        find_profile("mail:nam@example.vn")
    words = "'mail' is not known here. (identifier) Did you mean email?"
    assert caught.value.in_language("en") == words


def test_orders_come_newest_first_and_lonely_returns_last() -> None:
    hoa_whole()
    for number, placed, total, refunded in (
        ("A1", NOON, 500_000, 100_000),
        ("A2", NOON + timedelta(days=1), 250_000, 0),
        ("C9", None, 0, 70_000),
    ):
        Order.objects.create(
            source_id=1,
            number=number,
            node_id=70,
            placed_at=placed,
            told_at=NOON,
            currency="VND",
            total_minor=total,
            refunded_minor=refunded,
        )

    assert [(o.number, o.net_minor) for o in list_orders(7)] == [
        ("A2", 250_000),
        ("A1", 400_000),
        ("C9", -70_000),
    ]
    assert list_orders(404) == ()


def test_identifiers_lead_to_their_people_of_today() -> None:
    hoa_whole()

    found = people_of_nodes([70, 72, None, 404])

    assert {node: person.id for node, person in found.items()} == {70: 7, 72: 7}
