"""Hoa, Nam and their daughter: three people, one household, one family budget."""

from datetime import datetime
from typing import Any

import pytest

from khachquen.base import ConflictError, InputError, NotFoundError
from khachquen.govern import list_audit
from khachquen.unify.households import (
    add_to_household,
    households_of,
    leave_household,
    suggest_members,
)
from khachquen.unify.households.models import Household, Member
from khachquen.unify.models import Edge, Node, Profile

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"actor": "mai@example.vn"}


def person(key: int, name: str, spent: int, at: datetime) -> int:
    Profile.objects.create(
        id=key, name=name, first_seen=at, last_seen=at, is_known=True, spent_minor=spent, orders=1
    )
    for node, kind in ((key * 10, "anonymous:a"), (key * 10 + 1, "user:KH")):
        Node.objects.create(
            id=node, key=f"{kind}{key}", kind=kind.partition(":")[0], profile_id=key,
            first_seen=at, last_seen=at,
        )  # fmt: skip
    return key


@pytest.fixture
def family(now: datetime) -> tuple[int, int, int]:
    return (
        person(1, "Nguyễn Thị Hoa", 1_250_000, now),
        person(2, "Trần Văn Nam", 300_000, now),
        person(3, "Trần Ngọc Lan", 0, now),
    )


def names(profile_id: int) -> list[list[str]]:
    return [[m.person.name for m in home.members] for home in households_of(profile_id)]


def test_three_people_one_household_one_total(family: tuple[int, int, int], now: datetime) -> None:
    hoa, nam, lan = family
    add_to_household(hoa, nam, evidence="address", at=now, **BY)
    add_to_household(lan, nam, evidence="declared", at=now, **BY)

    for one in family:
        [home] = households_of(one)
        assert [m.person.id for m in home.members] == [hoa, nam, lan]
        assert (home.spent_minor, home.orders) == (1_550_000, 3)
    assert [m.evidence for m in households_of(hoa)[0].members] == ["address", "address", "declared"]
    assert Profile.objects.filter(merged_into=None).count() == 3, "nobody was merged"
    assert [entry.action for entry in list_audit()] == ["household.add"] * 2


def test_saying_it_twice_changes_nothing(family: tuple[int, int, int], now: datetime) -> None:
    hoa, nam, _ = family
    for _n in range(2):
        add_to_household(hoa, nam, evidence="phone", at=now, **BY)

    assert (Household.objects.count(), Member.objects.count()) == (1, 2)


def test_who_leaves_is_out_and_nobody_is_a_household_alone(
    family: tuple[int, int, int], now: datetime
) -> None:
    hoa, nam, lan = family
    add_to_household(hoa, nam, evidence="address", at=now, **BY)
    add_to_household(hoa, lan, evidence="address", at=now, **BY)

    leave_household(lan, at=now, **BY)
    assert (names(lan), names(hoa)) == ([], [["Nguyễn Thị Hoa", "Trần Văn Nam"]])

    leave_household(nam, at=now, **BY)
    assert names(hoa) == []
    assert (Household.objects.count(), Member.objects.count()) == (0, 0)


def test_a_merge_counts_nobody_twice_and_an_un_merge_brings_everybody_back(
    family: tuple[int, int, int], now: datetime
) -> None:
    hoa, nam, lan = family
    add_to_household(hoa, nam, evidence="address", at=now, **BY)
    add_to_household(hoa, lan, evidence="address", at=now, **BY)
    before = [home.members for home in households_of(hoa)]

    Node.objects.filter(profile_id=lan).update(profile_id=nam)
    assert names(hoa) == [["Nguyễn Thị Hoa", "Trần Văn Nam"]]
    assert households_of(hoa)[0].spent_minor == 1_550_000
    Node.objects.filter(id__in=(30, 31)).update(profile_id=lan)

    assert [home.members for home in households_of(hoa)] == before


def test_what_cannot_be_is_refused_and_nothing_changes(
    family: tuple[int, int, int], now: datetime
) -> None:
    hoa, nam, lan = family
    mai = person(4, "Lê Thị Mai", 0, now)
    add_to_household(hoa, nam, evidence="address", at=now, **BY)
    add_to_household(lan, mai, evidence="address", at=now, **BY)

    for one, other, evidence, kind in (
        (hoa, hoa, "address", InputError),
        (hoa, nam, "magic", InputError),
        (hoa, lan, "address", ConflictError),
        (hoa, 404, "address", NotFoundError),
    ):
        with pytest.raises(kind):
            add_to_household(one, other, evidence=evidence, at=now, **BY)

    assert Member.objects.count() == 4
    assert len(list_audit()) == 2


def test_who_shares_a_phone_with_her_is_suggested_until_they_live_together(
    family: tuple[int, int, int], now: datetime
) -> None:
    hoa, nam, lan = family
    Node.objects.create(
        id=99, key="phone:+84912345678", kind="phone", profile_id=99, is_shared=True,
        first_seen=now, last_seen=now,
    )  # fmt: skip
    for profile in family:
        Edge.objects.create(
            left_id=profile * 10 + 1, right_id=99, evidence="identify", source_id=1,
            message_id="m", at=now, reason="shared",
        )  # fmt: skip

    assert [one.id for one in suggest_members(hoa, beside=households_of(hoa))] == [nam, lan]
    add_to_household(hoa, nam, evidence="phone", at=now, **BY)
    assert [one.id for one in suggest_members(hoa, beside=households_of(hoa))] == [lan]

    Node.objects.filter(id=99).update(is_shared=False)
    assert suggest_members(hoa, beside=households_of(hoa)) == (), (
        "what joins people says nothing of a household"
    )
