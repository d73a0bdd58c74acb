"""Chị Hoa looks how good her data is, opens a figure to its customers, plans what to collect."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from khachquen.govern import User, list_audit
from khachquen.unify import quality
from khachquen.unify.models import Node, Order, Profile, Trait
from khachquen.unify.quality import cleaning, measuring
from khachquen.unify.quality.cleaning import list_repairs
from tests.web.story import HOSTILE, NOON, Sources, node, person, tell_the_story


@pytest.fixture
def story(hoa: User) -> Sources:
    return tell_the_story()


def measured() -> None:
    quality.request_measurement(actor="", at=NOON)
    while quality.find_progress():
        measuring.advance(NOON)


def page(desk: Client, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_before_the_first_measurement_the_page_says_so(desk: Client) -> None:
    assert "Chưa đo lần nào" in page(desk, "/quality")
    for path in ("/quality/checks", "/quality/checks/not_seen"):
        assert desk.get(path).url == "/quality"


def test_asking_shows_how_far_it_is_and_it_can_be_stopped(desk: Client, story: Sources) -> None:
    desk.post("/quality/measure")
    waiting = page(desk, "/quality")
    measuring.advance(NOON)
    running = page(desk, "/quality")

    assert "Đang chờ đến lượt" in waiting
    assert "Đang đo: 3 trên 6 khách và đơn hàng" in words_of(running)
    assert 'hx-trigger="every 2s"' in running
    desk.post("/quality/cancel")
    assert "Chưa đo lần nào" in page(desk, "/quality")
    assert [one.action for one in list_audit()][:2] == ["quality.cancel", "quality.measure"]


def test_looking_asks_for_nothing(desk: Client, story: Sources) -> None:
    desk.get("/quality")

    assert quality.find_progress() is None
    assert desk.get("/quality/measure").status_code == 405
    assert desk.get("/quality/cancel").status_code == 405


def test_five_bars_for_everything_and_for_each_source(desk: Client, story: Sources) -> None:
    person(6, "", is_known=True)
    measured()

    html = page(desk, "/quality")

    # 4 people: one without contact (weight 3) and without name (weight 2); orders fine (weight 2)
    assert "82,1\xa0%" in html  # (3 x 3/4 + 2 x 3/4 + 2) / 7
    assert f"/quality/checks?source={story.website}#valid" in html
    assert html.count("<progress") >= 5
    assert "Chưa có gì để đo" in html


def test_a_figure_opens_to_its_definition_and_its_customers(desk: Client, story: Sources) -> None:
    person(6, "Lê Văn Tám", is_known=True)
    measured()

    listed = page(desk, "/quality/checks")
    shown = page(desk, "/quality/checks/contact_missing")

    assert 'href="/quality/checks/contact_missing">1</a>' in listed
    assert "Khách đã biết mà hồ sơ không có số điện thoại hợp lệ" in shown
    assert '<a class="primary" href="/customers/6">Lê Văn Tám</a>' in shown
    assert "Sai 1 Đúng 75,0\xa0%".replace("\xa0", " ") in words_of(shown)


def test_a_mistyped_address_is_shown_with_what_was_meant(desk: Client, story: Sources) -> None:
    Trait.objects.create(
        node_id=20,
        name="email",
        source_id=story.till,
        value='"nam@gmial.com"',
        at=NOON,
        message_id="m",
    )
    measured()

    shown = words_of(page(desk, f"/quality/checks/email_typo?source={story.till}"))

    assert "nam@gmial.com có phải nam@gmail.com ? Quầy thu ngân" in shown.replace("?", " ?")
    assert "Không có dòng nào sai" not in shown
    other = page(desk, f"/quality/checks/email_typo?source={story.website}")
    assert "nam@gmial.com" not in other


def test_an_order_of_nobody_leads_to_the_order(desk: Client, story: Sources) -> None:
    Order.objects.filter(number="A-1").update(node_id=None)
    measured()

    shown = page(desk, "/quality/checks/order_without_customer")

    assert f'href="/orders/{story.till}?number=A-1"' in shown


def test_rows_come_fifty_at_a_time_and_add_up(desk: Client, story: Sources) -> None:
    for key in range(100, 160):
        person(key, f"Khách {key}", is_known=True)
    measured()

    first = page(desk, "/quality/checks/contact_missing")
    second = page(desk, "/quality/checks/contact_missing?after=149")

    assert (first.count("/customers/1"), second.count("/customers/1")) == (50, 10)
    assert "?after=149" in first
    assert "after=" not in second.split("Về đầu")[1]


def test_a_hostile_value_is_only_words(desk: Client, story: Sources) -> None:
    Trait.objects.create(
        node_id=40, name="email", source_id=story.website, value=f'"{HOSTILE[2:]}"', at=NOON,
        message_id="m",
    )  # fmt: skip
    measured()

    shown = page(desk, "/quality/checks/email_invalid")

    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown


def test_odd_addresses_are_answered_calmly(desk: Client, story: Sources) -> None:
    measured()

    assert desk.get("/quality/checks/khong-co").status_code == 404
    assert desk.get("/quality/plan/999").status_code == 404
    for query in ("source=abc", "source=-1", "after=%F0%9F%98%80", "after=99999999999999999999"):
        assert desk.get(f"/quality/checks/not_seen?{query}").status_code == 200


def test_the_plan_says_what_is_short(desk: Client, story: Sources) -> None:
    measured()
    given = {"name": "50", "phone": "90", "gender": ""}

    saved = desk.post(f"/quality/plan/{story.website}", given)
    shown = words_of(page(desk, "/quality/plan"))

    assert saved.url == "/quality/plan"
    assert "Họ tên ≥ 50 % 50,0 % 2 khách Đủ" in shown.replace("\xa0", " ")
    assert "Số điện thoại ≥ 90 % 0,0 % 2 khách Thiếu" in shown.replace("\xa0", " ")
    assert "Giới tính – 50,0 % 2 khách Ngoài kế hoạch" in shown.replace("\xa0", " ")
    assert "1 chỗ thiếu so với kế hoạch" in shown
    assert list_audit()[0].action == "quality.plan"


def test_what_came_long_ago_does_not_arrive(desk: Client, story: Sources) -> None:
    Trait.objects.update(at=NOON - timedelta(days=31))
    measured()
    desk.post(f"/quality/plan/{story.website}", {"phone": "90"})

    assert "Số điện thoại ≥ 90 % – 0 khách Chưa thấy gì" in words_of(page(desk, "/quality/plan"))


def test_a_share_that_is_none_is_refused_beside_its_field(desk: Client, story: Sources) -> None:
    answer = desk.post(f"/quality/plan/{story.website}", {"phone": "900"})

    assert answer.status_code == 400
    assert 'id="id_phone-error"' in answer.content.decode()


def test_who_may_not_change_the_shop_changes_no_plan(nam: User, story: Sources) -> None:
    client = Client()
    client.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.post(f"/quality/plan/{story.website}", {"phone": "90"})

    assert answer.status_code == 403
    assert "≥ 90" not in client.get("/quality/plan").content.decode()


def test_merged_and_gone_people_are_left_out_of_the_rows(desk: Client, story: Sources) -> None:
    person(6, "Lê Văn Tám", is_known=True)
    measured()
    Node.objects.filter(profile_id=6).delete()

    assert "Lê Văn Tám" in page(desk, "/quality/checks/contact_missing")


def test_the_cleaning_report_says_what_why_and_takes_back(desk: Client, story: Sources) -> None:
    assert "Chưa dọn lần nào" in page(desk, "/quality/cleaning")
    node(12, "phone:+84912345678", 1)
    Profile.objects.filter(id=1).update(name="NGUYỄN THỊ HOA")
    measured()
    desk.post("/quality/cleaning/start")
    running = page(desk, "/quality/cleaning")
    while cleaning.advance(NOON):
        pass

    report = page(desk, "/quality/cleaning")
    [repair] = [one for one in list_repairs("applied") if one.profile_id == 1]
    assert "Đang dọn: đã xem 0 trên 0 khách" in words_of(running)
    assert "Họ tên NGUYỄN THỊ HOA" in words_of(report)
    assert "Hiển thị lại cho đúng" in report
    assert "Theo lịch" not in report
    answer = desk.post(f"/quality/cleaning/{repair.id}", {"act": "undo", "state": "applied"})
    assert answer.url == "/quality/cleaning?state=applied"
    assert Profile.objects.get(id=1).name == "NGUYỄN THỊ HOA"
    assert "hoa@example.vn" in page(desk, "/quality/cleaning?state=undone")
    assert desk.post("/quality/cleaning/999").status_code == 404
    assert desk.get(f"/quality/cleaning/{repair.id}").status_code == 405


def test_a_proposal_is_put_away(desk: Client, story: Sources) -> None:
    Trait.objects.create(
        node_id=20, name="email", source_id=story.till, value='"nam@gmial.com"', at=NOON,
        message_id="m",
    )  # fmt: skip
    measured()
    desk.post("/quality/cleaning/start")
    while cleaning.advance(NOON):
        pass
    [repair] = list_repairs("proposed")

    shown = page(desk, "/quality/cleaning?state=proposed")
    desk.post(f"/quality/cleaning/{repair.id}", {"act": "dismiss", "state": "proposed"})

    assert "nam@gmail.com" in shown
    assert "nam@gmail.com" not in page(desk, "/quality/cleaning?state=proposed")
    assert Profile.objects.get(id=2).email == ""
