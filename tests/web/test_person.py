"""The customer in full: visits, notes, tags, what they buy, and all of it taken away."""

import io
import json
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from khachquen.govern import list_audit
from khachquen.relate.notes import NoteView, list_notes
from khachquen.unify.models import Change, Node, Order, Trait
from khachquen.unify.profiles import get_profile
from tests.rows import event_row
from tests.web.story import NOON, Sources, node, order, tell_the_story, write_lake

if TYPE_CHECKING:
    from khachquen.govern import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db: None) -> Sources:
    return tell_the_story()


@pytest.fixture
def lan(desk: Client, story: Sources) -> Client:
    """The desk of the shop, with the story told."""
    return desk


@pytest.fixture
def clerk(nam: "User", story: Sources) -> Client:
    """Anh Nam's browser: he works in the shop and does not administer it."""
    client = Client()
    client.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def history(client: Client, query: str = "") -> str:
    """The timeline of chị Hoa's page."""
    return page(client, f"/customers/1{query}").partition('id="timeline-card"')[2]


def notes_of(person: int) -> list[NoteView]:
    return list_notes(get_profile(person))


def browse(first: int, pages: int) -> None:
    """Chị Hoa looks at pages, one a minute, two days before."""
    start = NOON - timedelta(days=2)
    write_lake(
        [
            event_row(
                first + n,
                start + timedelta(minutes=n),
                node_id=11,
                profile_id=1,
                page_path=f"/hang/{n}",
                page_title=f"Bình gốm {n}",
            )
            for n in range(pages)
        ]
    )


def test_page_views_of_a_visit_are_one_line_that_opens(lan: Client) -> None:
    browse(2000, 12)

    told = history(lan)

    assert "Lượt ghé 11 phút · 12 việc" in told
    assert "Xem 12 trang và mặt hàng" in told
    assert "Chị Hoa xem trang Bình gốm 3" in told


def test_the_timeline_goes_on_where_a_visit_ended(lan: Client) -> None:
    browse(2000, 38)

    first = history(lan)
    more = first.partition("&quot;")[0]
    assert "before=" in first
    place = first.split("before=")[1].split('"')[0]
    rest = page(lan, f"/customers/1/timeline?before={place}", **{"hx-request": "true"})

    assert "Bình gốm 0" not in first
    assert "Lượt ghé 37 phút · 38 việc" in rest
    assert "<html" not in rest
    assert more


def test_the_timeline_is_searched_without_marks(lan: Client) -> None:
    browse(2000, 3)

    told = history(lan, "?words=binh+gom+2")

    assert "Bình gốm 2" in told
    assert "Bình gốm 1" not in told
    assert "mua 3 món" not in told
    assert "Không có gì khớp" in history(lan, "?words=khong-co-dau")


def test_a_merge_stands_among_what_happened(lan: Client) -> None:
    Change.objects.create(
        at=NOON - timedelta(hours=1),
        kind="merged",
        profile_id=10,
        other_id=11,
        left_key="email:hoa@example.vn",
        right_key="anonymous:a-hoa",
        evidence="identify",
        source_id=1,
        message_id="m-1",
        told_at=NOON,
    )

    assert "Gộp vì" in history(lan)
    assert "Gộp vì" in history(lan, "?kind=merge")
    assert "mua 3 món" not in history(lan, "?kind=merge")
    assert "Gộp vì" not in history(lan, "?kind=order")
    assert "Đã gộp từ 1 hồ sơ khác" in page(lan, "/customers/1")


def test_a_note_is_written_changed_taken_away_and_brought_back(lan: Client) -> None:
    lan.post("/customers/1/notes", {"text": "Chị Hoa hẹn lấy bình chiều thứ 7"})
    (note,) = notes_of(1)

    assert "hẹn lấy bình" in history(lan)
    assert "hẹn lấy bình" in history(lan, "?kind=note&words=hen+lay")
    lan.post(f"/notes/{note.id}", {"text": "Chị Hoa hẹn lấy bình sáng chủ nhật"})
    assert "sáng chủ nhật" in history(lan)
    assert "chiều thứ 7" in page(lan, f"/notes/{note.id}")
    lan.post(f"/notes/{note.id}/remove")
    assert "sáng chủ nhật" not in history(lan)
    lan.post(f"/notes/{note.id}/restore")
    assert "sáng chủ nhật" in history(lan)
    assert [one.action for one in list_audit(9)] == [
        "note.restore",
        "note.remove",
        "note.change",
        "note.add",
    ]


def test_a_note_stays_with_the_person_through_a_merge_and_back(lan: Client) -> None:
    lan.post("/customers/2/notes", {"text": "Anh Nam thích màu xanh"})

    Node.objects.filter(id=20).update(profile_id=1)
    assert [note.text for note in notes_of(1)] == ["Anh Nam thích màu xanh"]
    Node.objects.filter(id=20).update(profile_id=2)
    assert (len(notes_of(1)), len(notes_of(2))) == (0, 1)


def test_nobody_changes_a_note_of_somebody_else(lan: Client, clerk: Client) -> None:
    lan.post("/customers/1/notes", {"text": "Giữ bình men lam"})
    (note,) = notes_of(1)

    for address, told in ((f"/notes/{note.id}", {"text": "x"}), (f"/notes/{note.id}/remove", {})):
        assert clerk.post(address, told).status_code == 403
    assert [(one.text, one.earlier) for one in notes_of(1)] == [("Giữ bình men lam", ())]


@pytest.mark.parametrize("text", ["", "   ", "a" * 5001])
def test_a_note_says_something(lan: Client, text: str) -> None:
    response = lan.post("/customers/1/notes", {"text": text}, follow=True)

    assert "Ghi chú cần từ 1 đến 5000 ký tự." in response.content.decode()
    assert notes_of(1) == []


def test_looking_at_a_note_changes_nothing(lan: Client) -> None:
    lan.post("/customers/1/notes", {"text": "Giữ bình men lam"})
    (note,) = notes_of(1)

    assert lan.get(f"/notes/{note.id}/remove").status_code == 405
    assert lan.get("/customers/1/notes").status_code == 405
    assert notes_of(1) == [note]


def test_what_they_buy_is_summed_up(lan: Client, story: Sources) -> None:
    for number, days in (("B-1", 14), ("B-2", 7)):
        at = NOON - timedelta(days=days)
        order(story.till, number, 10, at, total_minor=250_000, units=1)
    Order.objects.filter(number="B-1").update(refunded_minor=50_000)

    html = page(lan, "/customers/1")

    assert "Thường cách nhau</dt><dd>7 ngày" in html
    assert "1.700.000\xa0₫" in html  # 1.250.000 + 250.000 + 200.000 kept
    assert "Hay mua vào</dt><dd>Thứ 6, 12:00–14:00" in html.replace("thứ", "Thứ")
    told = page(lan, "/customers/1/buying")
    assert "Áo dài lụa" in told
    assert "950.000\xa0₫" in told


def test_a_cancelled_order_is_nothing_they_buy(lan: Client) -> None:
    told = page(lan, "/customers/2/buying")

    assert "Khăn" in told
    assert "Nón" not in told


def test_a_visitor_is_told_what_will_become_of_them(lan: Client) -> None:
    html = page(lan, "/customers/3")

    assert "Khi họ để lại số điện thoại hoặc email" in html
    assert "Chưa mua gì" in html


def test_identifiers_come_by_strength_and_the_rest_folds(lan: Client) -> None:
    for number in range(300):
        node(3000 + number, f"anonymous:b-{number}", 1)

    html = page(lan, "/customers/1")

    assert html.index("hoa@example.vn") < html.index("a-hoa")
    assert "Xem 294 mã khác" in html


def test_everything_known_is_taken_away_by_who_may(lan: Client) -> None:
    told = json.loads(lan.post("/customers/1/export", {"as": "json"}).content)
    packed = zipfile.ZipFile(io.BytesIO(lan.post("/customers/1/export").content))

    assert told["name"] == "Nguyễn Thị Hoa"
    assert [one["value"] for one in told["identifiers"]] == ["a-hoa", "hoa@example.vn"]
    assert [one["number"] for one in told["orders"]] == ["A-1"]
    assert len(told["events"]) == 6
    assert packed.namelist() == ["person.html", "orders.csv", "events.csv"]
    assert "Nguyễn Thị Hoa" in packed.read("person.html").decode()
    assert packed.read("orders.csv").decode().startswith("\ufeffnumber,placed_at")
    assert [one.action for one in list_audit(5)] == ["person.export", "person.export"]


def test_taking_a_person_away_needs_the_right_and_a_post(lan: Client, clerk: Client) -> None:
    assert clerk.post("/customers/1/export").status_code == 403
    assert lan.get("/customers/1/export").status_code == 405
    assert [one.action for one in list_audit(5)] == ["person.export_refused"]


def test_tags_are_offered_again_and_shown(lan: Client, story: Sources) -> None:
    Trait.objects.create(
        node_id=10, name="tags", source_id=story.till, value='["VIP"]', at=NOON, message_id="t-9"
    )

    answer = lan.post("/customers/1/tags", {"tags": ["VIP, thích gốm", "vip"]}, follow=True)

    html = answer.content.decode()
    assert "Đã ghi thẻ" in html
    assert 'value="thích gốm"' in html
    assert list_audit(1)[0].detail == {"add": ["VIP", "thích gốm"], "remove": [], "people": 1}


def test_what_customers_wrote_is_never_run_in_a_note_or_tag(lan: Client) -> None:
    lan.post("/customers/1/notes", {"text": "<script>alert(1)</script>"})
    lan.post("/customers/1/tags", {"tags": "<img src=x onerror=alert(2)>"})

    html = page(lan, "/customers/1")
    assert "<script>alert" not in html
    assert "<img src=x" not in html
