"""The family of a customer, on their page."""

import pytest
from django.test import Client

from khachquen.govern import User, list_audit
from khachquen.unify.households import households_of
from tests.web.story import Sources, tell_the_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(hoa: User) -> Sources:
    return tell_the_story()


@pytest.mark.parametrize(
    "who", ["0987 654 321", "2", "https://khach.example.vn/customers/2", "+84987654321"]
)
def test_nam_is_added_to_hoas_household_however_he_is_named(
    desk: Client, story: Sources, who: str
) -> None:
    answer = desk.post("/customers/1/household", {"who": who, "evidence": "address"}, follow=True)

    words = answer.content.decode()
    assert "Đã thêm vào hộ gia đình." in words
    assert "2 người, cả hộ đã chi 1.550.000" in words
    assert "Cùng địa chỉ" in words
    assert 'href="/customers/2"' in words


@pytest.mark.parametrize(
    "who", ["0900000001", "khong-co", "404", "ai@example.vn", "hoa@example.vn"]
)
def test_nobody_or_herself_is_refused_beside_the_field(
    desk: Client, story: Sources, who: str
) -> None:
    answer = desk.post("/customers/1/household", {"who": who, "evidence": "address"})

    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.content.decode()
    assert households_of(1) == ()
    assert list_audit() == []


def test_who_leaves_is_gone_from_the_page(desk: Client, story: Sources) -> None:
    desk.post("/customers/1/household", {"who": "2", "evidence": "declared"})

    answer = desk.post("/customers/1/household/leave", {"member": "2"}, follow=True)

    assert "Chưa ghi ai cùng hộ." in answer.content.decode()
    assert [entry.action for entry in list_audit()] == ["household.leave", "household.add"]
    assert desk.get("/customers/1/household/leave").status_code == 405
