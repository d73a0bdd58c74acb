"""The dashboard, the dictionary of numbers, and the rows that make each number."""

import re

import pytest
from django.test import Client

from khachquen.understand.metrics import METRICS
from tests.rows import event_row
from tests.web.story import IN_NOVEMBER, NOON, person, tell_the_story, write_lake

pytestmark = pytest.mark.django_db


@pytest.fixture
def told_desk(desk: Client) -> Client:
    """Chị Hoa's browser at a shop whose story is told."""
    tell_the_story()
    return desk


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def test_a_fresh_shop_says_what_to_do_first(desk: Client) -> None:
    html = page(desk, "/")

    assert "Cửa hàng đang chờ sự kiện đầu tiên" in html
    assert 'href="/sources"' in html


def test_the_dashboard_shows_the_numbers_and_leads_to_their_rows(told_desk: Client) -> None:
    html = page(told_desk, f"/?{IN_NOVEMBER}")

    for key, value in (
        ("visitors", "3"),
        ("visits", "4"),
        ("sign_ups", "1"),
        ("orders", "2"),
        ("revenue", "1.550.000\xa0₫"),
    ):
        name = METRICS[key].name.vi
        link = f'<a href="/metrics/{key}/rows?from=2026-11-01&amp;to=2026-11-30"'
        assert f'{link} aria-label="{name}: {value}"' in html
        assert METRICS[key].definition.vi.split(".")[0] in html
    assert "Áo dài lụa" in html
    assert "n = 4 lượt truy cập · 01/11/2026 – 30/11/2026 · theo ngày" in html


@pytest.mark.parametrize("key", METRICS)
def test_every_metric_has_its_page_and_its_rows(told_desk: Client, key: str) -> None:
    html = page(told_desk, f"/metrics/{key}?{IN_NOVEMBER}")
    rows = page(told_desk, f"/metrics/{key}/rows?{IN_NOVEMBER}")

    assert METRICS[key].definition.vi in html
    assert METRICS[key].definition.vi in rows
    assert re.search("from (human_)?events|from orders", html)


def test_the_rows_of_revenue_add_up_to_it(told_desk: Client) -> None:
    html = page(told_desk, f"/metrics/revenue/rows?{IN_NOVEMBER}")

    for amount in ("1.250.000", "500.000", "-200.000"):
        assert f"{amount}\xa0₫</td>" in html
    assert "Cộng 3 dòng" in html
    assert '<td class="right">1.550.000\xa0₫</td></tr></tfoot>' in html
    assert "Hoàn tiền" in html


def test_a_number_without_rows_says_why(told_desk: Client) -> None:
    html = page(told_desk, "/metrics/revenue/rows?from=2020-01-01&to=2020-01-31")

    assert "Không có dòng nào trong kỳ" in html


def test_rows_come_in_pages_that_keep_the_days(told_desk: Client) -> None:
    write_lake([event_row(n, NOON, anonymous_id=f"a-{n}") for n in range(100, 160)])

    first = page(told_desk, f"/metrics/visitors/rows?{IN_NOVEMBER}")
    second = page(told_desk, f"/metrics/visitors/rows?{IN_NOVEMBER}&offset=50")

    assert "1–50 trong 63 dòng" in first
    assert f"?{IN_NOVEMBER}&offset=50".replace("&", "&amp;") in first
    assert "51–63 trong 63 dòng" in second
    assert "51–63 trong 63 dòng" in page(
        told_desk, f"/metrics/visitors/rows?{IN_NOVEMBER}&offset=99999"
    )


def test_a_visitor_in_the_rows_leads_to_the_customer(told_desk: Client) -> None:
    html = page(told_desk, f"/metrics/visitors/rows?{IN_NOVEMBER}")

    assert '<a class="primary" href="/customers/1">Nguyễn Thị Hoa</a>' in html


def test_an_unknown_metric_is_no_page(told_desk: Client) -> None:
    assert told_desk.get("/metrics/happiness").status_code == 404
    assert told_desk.get("/metrics/happiness/rows").status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=hom-nay", "“hom-nay” không phải là một ngày. Ví dụ đúng: 2026-11-30."),
        ("from=2026-11-30&amp;to=1", "Đang hiện 30 ngày gần nhất."),
        ("from=9999-01-01", "“9999-01-01” không phải là một ngày."),
        ("from=2026-11-30&to=2026-11-01", "Ngày đầu 30/11/2026 đứng sau ngày cuối 01/11/2026."),
    ],
)
def test_bad_days_are_told_in_words(told_desk: Client, query: str, words: str) -> None:
    assert words in page(told_desk, f"/?{query}")


@pytest.mark.parametrize("preset", ["7", "90", "month", "custom", "nonsense"])
def test_every_preset_has_its_page(told_desk: Client, preset: str) -> None:
    assert "Khách truy cập" in page(told_desk, f"/?period={preset}")


def test_large_money_is_short_on_the_tile_and_whole_beside_it(told_desk: Client) -> None:
    bought = {"type": "track", "name": "Order Completed", "trusted": True, "currency": "VND"}
    write_lake(
        [event_row(500, NOON, order_number="B", total_minor=1_234_567_890, units=1, **bought)]
    )

    html = page(told_desk, f"/?{IN_NOVEMBER}")

    assert "1,24\xa0tỷ" in html.replace("1,24 tỷ", "1,24\xa0tỷ")
    assert "1.236.117.890\xa0₫." in html


def test_other_currencies_stand_beside_the_shops_own(told_desk: Client) -> None:
    bought = {"type": "track", "name": "Order Completed", "trusted": True, "currency": "USD"}
    write_lake([event_row(500, NOON, order_number="B", total_minor=1250, units=1, **bought)])

    assert "+ 12,50\xa0$" in page(told_desk, f"/?{IN_NOVEMBER}")


def test_english_pages_write_english_numbers(told_desk: Client) -> None:
    told_desk.cookies["django_language"] = "en"

    html = page(told_desk, f"/?{IN_NOVEMBER}")

    assert "Visitors" in html
    assert "1,550,000\xa0₫" in html
    assert "n = 4 visits" in html


def test_money_in_rows_keeps_its_customer_and_nobody_is_nobody(told_desk: Client) -> None:
    person(9, "Lê An")
    html = page(told_desk, f"/metrics/orders/rows?{IN_NOVEMBER}")

    assert "Trần Nam" in html
    assert "Lê An" not in html
