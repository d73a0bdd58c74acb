"""Who was joined and why, on the pages; and staff's word on it."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from khachquen.flows.deciding import apply_decisions
from khachquen.govern import list_audit
from khachquen.store import forget_reader
from khachquen.unify.models import Decision, Node
from tests.clock import FrozenClock
from tests.flows.line import Line, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(data: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=data))
    forget_reader()
    yield Line(data, clock)
    forget_reader()


@pytest.fixture
def hoa_and_lan(line: Line) -> tuple[int, int]:
    """Hoa left her phone at the till and then her e-mail with it; Lan came by herself."""
    line.till(order("HD-1", 100_000, messageId="o-1", traits={"phone": "0912345678"}))
    line.take_in()
    line.till(order("HD-2", 50_000, messageId="o-2", traits={"email": "hoa@example.vn"}))
    line.till(order("HD-4", 70_000, messageId="o-4", userId="KH-LAN"))
    line.take_in()
    both = {"phone": "0912345678", "email": "hoa@example.vn"}
    line.till(order("HD-3", 1_000, messageId="o-3", traits=both))
    line.take_in()
    return person("phone:+84912345678"), person("user:KH-LAN")


def person(key: str) -> int:
    return Node.objects.get(key=key).profile_id


def words(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    text = html.unescape(response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<(?!a |form|button|input)[^>]+>", " ", text))


def bring_about(line: Line) -> None:
    label = f"decision-{Decision.objects.count()}"
    apply_decisions(line.ingester, now=line.clock(), label=label)


def test_a_merge_is_told_with_its_evidence(
    desk: Client, line: Line, hoa_and_lan: tuple[int, int]
) -> None:
    hoa, _ = hoa_and_lan
    assert person("email:hoa@example.vn") == hoa

    for address in ("/merges", f"/customers/{hoa}/identity"):
        text = words(desk, address)
        assert "Gộp vì" in text
        assert "0912345678" in text
        assert "hoa@example.vn" in text
        assert "(o-3)" in text
    assert f'href="/customers/{hoa}/identity"' in words(desk, f"/customers/{hoa}")


def test_a_merge_is_taken_back_and_stays_so(
    desk: Client, line: Line, hoa_and_lan: tuple[int, int]
) -> None:
    hoa, _ = hoa_and_lan
    [address] = re.findall(r'action="(/merges/\d+/undo\?person=\d+)"', page_of(desk, hoa))
    assert desk.get(address).status_code == 405  # looking changes nothing
    assert not Decision.objects.exists()

    answer = desk.post(address)
    assert answer.headers["Location"] == f"/customers/{hoa}/identity"
    assert "1 quyết định đang được áp dụng" in words(desk, "/merges")
    assert person("email:hoa@example.vn") == hoa  # until the engine brings it about
    bring_about(line)

    alone = person("email:hoa@example.vn")
    assert alone != hoa
    assert list_audit()[0].action == "people.unmerge"
    both = {"phone": "0912345678", "email": "hoa@example.vn"}
    line.till(order("HD-9", 1, messageId="o-9", traits=both))
    line.take_in()
    assert person("email:hoa@example.vn") == alone
    assert "Không gộp" in words(desk, f"/customers/{hoa}/identity")


def test_two_people_are_joined_by_a_phone_and_the_decision_is_undone(
    desk: Client, line: Line, hoa_and_lan: tuple[int, int]
) -> None:
    hoa, lan = hoa_and_lan
    asked = {"other": "0912.345.678", "why": "Chị Lan đổi số", "act": "join"}
    assert desk.post(f"/customers/{lan}/join", asked).status_code == 302
    bring_about(line)
    assert person("user:KH-LAN") == hoa
    text = words(desk, f"/customers/{hoa}/identity")
    assert 'Gộp theo quyết định của hoa@example.vn ("Chị Lan đổi số").' in text

    [address] = set(re.findall(r'action="(/decisions/\d+/undo\?person=\d+)"', page_of(desk, hoa)))
    desk.post(address)
    bring_about(line)

    assert person("user:KH-LAN") == lan
    assert "đã hoàn tác" in words(desk, f"/customers/{hoa}/identity")


def test_what_staff_keeps_apart_staff_cannot_join_by_mistake(
    desk: Client, line: Line, hoa_and_lan: tuple[int, int]
) -> None:
    hoa, lan = hoa_and_lan
    desk.post(f"/customers/{lan}/join", {"other": str(hoa), "act": "apart"})
    bring_about(line)

    answer = desk.post(f"/customers/{lan}/join", {"other": str(hoa), "act": "join"})

    assert answer.status_code == 400
    text = html.unescape(answer.content.decode())
    assert "đã quyết định hai khách này không phải một người" in text
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ("0987654321", "Không có khách nào"),
        ("<script>alert(1)</script>", "Không có khách nào"),
        ("9" * 30, "Không có khách nào"),
        ("", "Trường này"),
    ],
)
def test_nobody_is_joined_with_nobody(
    desk: Client, hoa_and_lan: tuple[int, int], other: str, why: str
) -> None:
    answer = desk.post(f"/customers/{hoa_and_lan[0]}/join", {"other": other, "act": "join"})

    assert answer.status_code == 400
    assert "<script>alert" not in answer.content.decode()
    assert why in html.unescape(answer.content.decode())
    assert not Decision.objects.exists()


def test_identifiers_leave_with_what_is_theirs(
    desk: Client, line: Line, hoa_and_lan: tuple[int, int]
) -> None:
    hoa, lan = hoa_and_lan
    email = Node.objects.get(key="email:hoa@example.vn")
    desk.post(f"/customers/{hoa}/split", {"node": [email.pk], "why": "Của chị gái"})
    bring_about(line)
    assert person("email:hoa@example.vn") == email.pk != hoa

    refused = desk.post(f"/customers/{lan}/split", {"node": []}, follow=True)
    assert "Chọn ít nhất một định danh" in html.unescape(refused.content.decode())


def test_a_shop_without_merges_says_what_would_be_here(desk: Client) -> None:
    assert "Chưa có lần gộp nào" in words(desk, "/merges")
    assert "Không có bằng chứng nào bị từ chối" in words(desk, "/merges?show=refused")
    words(desk, "/customers/999/identity", 404)


def test_strangers_see_nothing(stranger: Client, hoa_and_lan: tuple[int, int]) -> None:
    hoa, lan = hoa_and_lan
    assert stranger.get("/merges").status_code == 302
    assert stranger.post(f"/customers/{hoa}/join", {"other": str(lan)}).status_code in (302, 403)
    assert not Decision.objects.exists()


def page_of(desk: Client, profile_id: int) -> str:
    return html.unescape(desk.get(f"/customers/{profile_id}/identity").content.decode())
