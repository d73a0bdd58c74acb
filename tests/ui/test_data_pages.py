"""The data pages in real use: search as one types, a long timeline, a stream that renews itself."""

import csv
import io
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.rows import event_row
from tests.ui.conftest import Visit
from tests.web.exported import write_file
from tests.web.story import NOON, write_lake


def test_customers_are_found_while_one_types(desk: Visit) -> None:
    page = desk.open("/customers")
    search = page.locator("#customer-search")

    search.press_sequentially("hoa", delay=20)

    expect(page.locator("#people tbody tr")).to_have_count(1)
    expect(page.locator("#people-count")).to_have_text("1 người")
    expect(search).to_be_focused()
    expect(search).to_have_value("hoa")
    assert "q=hoa" in page.url
    page.reload()
    expect(page.locator("#people tbody tr")).to_have_count(1)


def test_a_number_says_what_it_means_and_leads_to_its_rows(desk: Visit) -> None:
    page = desk.open("/?from=2026-11-01&to=2026-11-30")

    page.get_by_role("button", name="Giải thích: Khách truy cập").press("Enter")
    expect(page.get_by_text("Số thiết bị khác nhau có xem trang")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Khách truy cập: 3").press("Enter")

    page.wait_for_url("**/metrics/visitors/rows?*")
    expect(page.locator("tbody tr")).to_have_count(3)


def test_a_long_timeline_goes_on_as_one_scrolls(desk: Visit) -> None:
    write_lake(
        [
            event_row(
                1000 + n, NOON - timedelta(hours=n), node_id=20, profile_id=2, page_path=f"/{n}"
            )
            for n in range(90)
        ]
    )
    page = desk.open("/customers/2?kind=view")
    items = page.locator(".timeline-item")

    expect(items).to_have_count(40)
    page.get_by_role("link", name="Cũ hơn").scroll_into_view_if_needed()
    expect(items).to_have_count(80)
    page.get_by_role("link", name="Cũ hơn").scroll_into_view_if_needed()
    expect(items).to_have_count(90)
    days = page.locator(".timeline-day").all_inner_texts()
    assert len(days) == len(set(days)) == 5


def test_the_list_is_taken_away_as_a_file(desk: Visit, tmp_path: Path) -> None:
    page = desk.open("/customers?q=hoa")

    page.get_by_role("button", name="Xuất tệp").click()
    page.get_by_role("button", name="Tệp CSV").click()
    expect(page.get_by_role("button", name="Dừng")).to_be_visible()
    write_file()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Tải tệp về").click()

    target = tmp_path / "list.csv"
    caught.value.save_as(target)
    rows = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    assert [row[2] for row in rows] == ["Họ tên", "Nguyễn Thị Hoa"]


def test_what_customers_wrote_runs_nowhere(desk: Visit) -> None:
    for path in ("/customers", "/customers/4", "/events?paused=1", "/events/12"):
        page = desk.open(path)
        assert page.evaluate("document.querySelectorAll('main script, main img').length") == 0
