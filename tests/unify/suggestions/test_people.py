"""People as rows a matcher compares, and what several sources said of one."""

import json

import pytest

from khachquen.unify.models import Node, Profile, Trait
from khachquen.unify.suggestions.people import count_people, iter_lessons, iter_people
from tests.web.story import NOON, node, person

pytestmark = pytest.mark.django_db
TOKEN = "sealed:national_id:" + "a" * 32


def said(owner: int, name: str, value: object, *, source: int = 1) -> None:
    Trait.objects.create(
        node_id=owner,
        name=name,
        source_id=source,
        value=json.dumps(value),
        at=NOON,
        message_id=f"{owner}-{name}-{source}",
    )


def test_what_is_known_of_hoa_is_one_row_under_her_strongest_identifier() -> None:
    person(1, "Nguyễn Thị Hoa", phone="+84912345678", email="hoa@example.vn")
    node(1, "anonymous:a-hoa", 1)
    node(2, "phone:+842838123456", 1)
    node(3, "phone:+84912345678", 1)
    node(4, "email:hoa@example.vn", 1)
    Node.objects.filter(id=2).update(is_shared=True)
    said(4, "dob", "12/03/1990")
    said(4, "Số CCCD", TOKEN)
    said(3, "Địa chỉ", "12 Lý Tự Trọng")
    said(3, "points", 120)

    [hoa] = iter_people()

    assert (hoa.node_id, hoa.profile_id) == (4, 1)
    assert hoa.row == {
        "full_name": "Nguyễn Thị Hoa",
        "phone": "+84912345678 / +842838123456",
        "email": "hoa@example.vn",
        "birth": "12/03/1990",
        "id_number": TOKEN,
        "street": "12 Lý Tự Trọng",
    }


def test_visitors_and_records_that_became_part_of_others_are_nobody() -> None:
    person(1, "", is_known=False)
    node(1, "anonymous:a-1", 1)
    person(2, "Hoa", merged_into=3)
    person(3, "Nguyễn Thị Hoa")
    node(3, "user:KH-3", 3)

    assert [one.profile_id for one in iter_people()] == [3]
    assert count_people() == 1


def test_what_each_source_said_of_one_person_is_a_lesson() -> None:
    person(1, "Nguyễn Thị Hoa")
    node(1, "phone:+84912345678", 1)
    node(2, "email:hoa@example.vn", 1)
    said(1, "name", "NGUYEN THI HOA", source=1)
    said(2, "fullName", "Chị Hoa", source=2)
    said(2, "phone", "0912 345 678", source=2)
    person(5, "Trần Văn Nam")
    node(5, "phone:+84987654321", 5)
    said(5, "name", "Trần Văn Nam")

    assert sorted(iter_lessons(), key=lambda row: row["full_name"]) == [
        {"full_name": "Chị Hoa", "phone": "0912 345 678", "email": "hoa@example.vn"},
        {"full_name": "NGUYEN THI HOA", "phone": "+84912345678"},
    ]
    assert Profile.objects.count() == 2
