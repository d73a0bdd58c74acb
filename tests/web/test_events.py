"""What is coming in, and one event opened up."""

import pytest
from django.test import Client

from tests.web.story import HOSTILE, tell_the_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def told_desk(desk: Client) -> Client:
    tell_the_story()
    return desk


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def test_the_kept_and_the_refused_stand_together_with_their_fate(told_desk: Client) -> None:
    html = page(told_desk, "/events")

    assert "Order Completed" in html
    assert "Đã nhận" in html
    assert "Thời điểm không đọc được." in html
    assert "$.timestamp" in html
    assert "Quầy thu ngân" in html
    assert '<a href="/customers/1">Nguyễn Thị Hoa</a>' in html


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("outcome=duplicate", "m-1", "Order Completed"),
        ("outcome=stored", "Order Completed", "m-x"),
        ("name=Order%20Refunded", "Order Refunded", "Order Completed"),
    ],
)
def test_the_stream_is_filtered(told_desk: Client, query: str, seen: str, unseen: str) -> None:
    html = page(told_desk, f"/events?{query}")

    assert seen in html
    assert unseen not in html


def test_a_filter_that_hits_nothing_offers_the_way_back(told_desk: Client) -> None:
    assert "Không có sự kiện nào khớp bộ lọc" in page(told_desk, "/events?name=Dance")


@pytest.mark.parametrize(
    "query", ["outcome=lost", "source=x", "source=²", "source=99999999999999999999"]
)
def test_a_filter_nobody_knows_is_left_out(told_desk: Client, query: str) -> None:
    assert "Order Completed" in page(told_desk, f"/events?{query}")


def test_the_page_says_where_its_stream_goes_on(told_desk: Client) -> None:
    html = page(told_desk, "/events?outcome=stored&source=1&paused=1")

    assert 'data-live="/events/stream?outcome=stored&amp;source=1"' in html
    assert "data-paused" in html
    assert "data-paused" not in page(told_desk, "/events")


def test_a_person_or_an_id_is_looked_for(told_desk: Client) -> None:
    by_name = page(told_desk, "/events?who=ho%C3%A0")
    by_id = page(told_desk, "/events?who=A-VISITOR")

    assert "Nguyễn Thị Hoa" in by_name
    assert "Trần Nam" not in by_name
    assert by_id.count("data-key=") == 1


def test_the_stream_itself_answers_a_plain_server_too(told_desk: Client) -> None:
    answer = told_desk.get("/events/stream", {"after": "1.0"})

    assert answer["Content-Type"].startswith("text/event-stream")
    assert answer.content == b"retry: 2000\n\n"


def test_an_empty_stream_waits(desk: Client) -> None:
    assert "Đang chờ sự kiện đầu tiên" in page(desk, "/events")


def test_an_event_is_shown_as_kept_and_as_understood(told_desk: Client) -> None:
    html = page(told_desk, "/events/3")

    assert "&quot;event&quot;: &quot;Product Added&quot;" in html
    assert "&quot;name&quot;: &quot;Áo dài lụa&quot;" in html
    assert "khóa công khai" in html
    assert "20/11/2026 11:51:00" in html


def test_an_event_shows_every_fate_of_its_message(told_desk: Client) -> None:
    html = page(told_desk, "/events/1")

    assert html.count("Trùng lặp") == 1
    assert html.count("Đã nhận") == 1


def test_a_refused_message_shows_what_was_sent(told_desk: Client) -> None:
    html = page(told_desk, "/events/message?id=m-x")

    assert "&quot;timestamp&quot;: &quot;hôm qua&quot;" in html
    assert "Thời điểm không đọc được." in html


def test_a_message_without_an_id_can_be_opened_too(told_desk: Client) -> None:
    html = page(told_desk, "/events/message?id=")

    assert "Không phải JSON hợp lệ." in html
    assert HOSTILE not in html


@pytest.mark.parametrize(
    "address", ["/events/404", "/events/99999999999999999999", "/events/message?id=404"]
)
def test_what_never_came_is_no_page(told_desk: Client, address: str) -> None:
    assert told_desk.get(address).status_code == 404
