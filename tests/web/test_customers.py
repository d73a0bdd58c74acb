"""The customer list and the page of one customer."""

from datetime import timedelta

import pytest
from django.test import Client

from khachquen.govern import create_user
from khachquen.unify.models import Profile
from tests.rows import event_row
from tests.web.story import NOON, Sources, node, tell_the_story, write_lake

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db: None) -> Sources:
    """What happened in the shop."""
    return tell_the_story()


@pytest.fixture
def lan(client: Client, story: Sources) -> Client:
    """Chị Lan of the shop, signed in, with the story told."""
    user = create_user(
        email="lan@shop.vn", password="mot-mat-khau-dai-2026", is_admin=True, at=NOON
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def test_the_list_shows_the_known_as_people_write_them(lan: Client) -> None:
    html = page(lan, "/customers")

    assert "Nguyễn Thị Hoa" in html
    assert "0912 345 678" in html
    assert "1.250.000\xa0₫" in html
    assert "3 người" in html
    assert "chưa có tên" not in html


def test_the_list_is_searched_without_marks_and_by_phone(lan: Client) -> None:
    node(19, "phone:+84912345678", 1)

    for typed in ("hoa", "0912 345", "678", "HOA@example", "a-1"):
        html = page(lan, f"/customers?q={typed}")
        assert "Nguyễn Thị Hoa" in html
        assert "Trần Nam" not in html


def test_visitors_are_a_filter_and_have_no_name(lan: Client) -> None:
    html = page(lan, "/customers?who=visitors")

    assert "chưa có tên" in html
    assert "Nguyễn Thị Hoa" not in html


def test_nobody_found_says_how_to_search_better(lan: Client) -> None:
    assert "Không tìm thấy ai với “bình”" in page(lan, "/customers?q=bình")


def test_an_empty_shop_says_what_to_do_first(lan: Client) -> None:
    Profile.objects.all().delete()

    assert "Chưa có khách hàng nào" in page(lan, "/customers")


@pytest.mark.parametrize("address", ["/customers?sort=money", "/customers?cursor=zzz"])
def test_a_bad_address_is_told_in_words(lan: Client, address: str) -> None:
    assert 'role="alert"' in page(lan, address)


def test_a_customer_page_tells_who_with_every_source(lan: Client) -> None:
    html = page(lan, "/customers/1")

    assert "hoa@example.vn" in html
    assert "a-hoa" in html
    assert "có giá trị khác" in html
    assert "Quầy thu ngân" in html


def test_what_they_buy_tells_how_they_first_came(lan: Client) -> None:
    came = {"channel": "zalo", "came_from": "zalo", "utm_campaign": "Tết 2027"}
    clicked = {"click_kind": "gidzl", "click_id": "Hx-1"}
    robot = {"channel": "email", "robot": "Proofpoint", "robot_kind": "scanner"}
    write_lake(
        [
            event_row(901, NOON - timedelta(days=9), node_id=11, channel="paid_search"),
            event_row(902, NOON - timedelta(days=20), node_id=11, **came, **clicked),
            event_row(903, NOON - timedelta(days=21), node_id=11, channel="internal"),
            event_row(904, NOON - timedelta(days=22), node_id=11, **robot),
        ]
    )

    html = page(lan, "/customers/1/buying")

    assert "Đến lần đầu qua</dt><dd>Zalo" in html
    assert "Tết 2027" in html
    assert "gidzl=Hx-1" in html
    assert "Quảng cáo tìm kiếm" not in html


def test_a_customer_page_tells_what_happened_in_sentences(lan: Client) -> None:
    html = page(lan, "/customers/1")

    assert "Chị Hoa mua 3 món, 1.250.000\xa0₫" in html
    assert "Áo dài lụa, Khăn" in html
    assert "Chị Hoa bỏ Áo dài lụa vào giỏ" in html
    assert "Chị Hoa xem trang Trang chủ" in html
    assert "Chị Hoa để lại thông tin: email" in html
    assert "Thứ 6, 20/11/2026" in html


def test_nobody_is_called_chi_or_anh_on_a_guess(lan: Client) -> None:
    html = page(lan, "/customers/2")

    assert "Nam mua 2 món, 500.000\xa0₫" in html
    assert "Anh Nam" not in html
    assert "Chị" not in html.split("<main")[1]


def test_the_timeline_is_filtered_by_kind(lan: Client) -> None:
    html = page(lan, "/customers/1?kind=order")

    assert "Chị Hoa mua 3 món" in html
    assert "xem trang" not in html


def test_a_merged_record_leads_to_the_one_that_took_it_in(lan: Client) -> None:
    response = lan.get("/customers/5")

    assert (response.status_code, response.headers["Location"]) == (302, "/customers/1")


def test_nobody_has_no_page(lan: Client) -> None:
    assert lan.get("/customers/404").status_code == 404


def test_an_order_shows_its_lines_and_what_came_back(lan: Client, story: Sources) -> None:
    html = page(lan, f"/orders/{story.till}?number=A/2%20%26")

    assert "Đã trả" in html
    assert "500.000\xa0₫" in html
    assert "200.000\xa0₫" in html
    assert "Trần Nam" in html
    assert lan.get(f"/orders/{story.till}?number=404").status_code == 404


def test_what_customers_wrote_is_shown_and_never_run(lan: Client) -> None:
    addresses = ["/customers", "/customers/4", "/customers?q=<script>alert(1)</script>"]
    for address in [*addresses, "/events", "/events/12", "/events/13"]:
        html = page(lan, address)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript:' not in html


@pytest.mark.parametrize("address", ["/", "/customers", "/customers/1", "/events", "/metrics"])
def test_pages_ask_who_is_there(client: Client, lan: Client, address: str) -> None:
    client.logout()

    response = client.get(address)
    assert response.status_code == 302
    assert "sign-in" in response.headers["Location"]
