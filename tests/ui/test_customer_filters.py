"""The list of customers in a real browser: filters by keyboard, by back button, by no script."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import Shop, Visit, sign_in

SPENT = {"kind": "trait", "trait": "spent", "is": "at_least", "value": 1_000_000}
KNOWN = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}


def rules(page: Page) -> list[Any]:
    """The filters the address holds."""
    return [json.loads(one) for one in parse_qs(urlsplit(page.url).query).get("rule", [])]


def told(*filters: Any) -> str:
    return "/customers?" + urlencode({"rule": [json.dumps(one) for one in filters]}, doseq=True)


def people(page: Page) -> list[str]:
    return page.locator("tbody .person-name").all_inner_texts()


def chips(page: Page) -> list[str]:
    return [words.strip() for words in page.locator(".filter-chip-words").all_inner_texts()]


def test_a_filter_is_added_changed_and_taken_away_by_keyboard_alone(desk: Visit) -> None:
    page, keys = desk.open("/customers"), desk.page.keyboard
    assert len(people(page)) == 3

    page.get_by_role("button", name="Thêm bộ lọc").press("Enter")
    expect(page.get_by_label("Tìm trong các bộ lọc")).to_be_focused()
    keys.type("tong chi tieu")
    expect(page.locator("#add-filter .menu-item:visible")).to_have_count(1)
    keys.press("Tab")
    keys.press("Tab")
    expect(page.locator("#add-filter .menu-item:visible")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_label("Cách so sánh")).to_be_focused()
    page.get_by_label("Cách so sánh").select_option("at_least")
    keys.press("Tab")
    keys.type("1000000")
    keys.press("Enter")

    expect(page.locator(".filter-chip")).to_have_count(1)
    assert rules(page) == [SPENT]
    assert chips(page) == ["Có tổng chi tiêu từ 1.000.000 đ trở lên"]
    assert people(page) == ["Nguyễn Thị Hoa"]

    page.locator(".filter-chip-words").press("Enter")
    expect(page.get_by_label("Cách so sánh")).to_be_focused()
    page.get_by_label("Cách so sánh").select_option("less")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("tbody .person-name")).to_have_count(2)
    assert rules(page) == [{**SPENT, "is": "less"}]

    page.locator(".filter-chip-drop").press("Enter")
    expect(page.locator(".filter-chip")).to_have_count(0)
    assert len(people(page)) == 3

    page.go_back()
    expect(page.locator(".filter-chip")).to_have_count(1)
    assert rules(page) == [{**SPENT, "is": "less"}]
    page.go_back()
    page.go_back()
    expect(page.locator("tbody .person-name")).to_have_text(["Nguyễn Thị Hoa"])
    assert desk.complaints == []


def test_only_the_fields_an_operator_takes_are_seen(desk: Visit) -> None:
    page = desk.open("/customers?add=trait:last_seen")

    for operator, seen in (("before", "#f-one"), ("between", "#f-high"), ("in_last", "#f-n"),
                           ("this", "#f-stretch")):  # fmt: skip
        page.get_by_label("Cách so sánh").select_option(operator)
        shown = page.locator(".takes:visible")
        expect(shown).to_have_count(1)
        expect(page.locator(seen)).to_be_visible()
    page.get_by_label("Cách so sánh").select_option("is_set")
    expect(page.locator(".takes:visible")).to_have_count(0)


def test_typing_narrows_what_the_filters_found_and_keeps_them(desk: Visit) -> None:
    page = desk.open(told(KNOWN))

    page.locator("#customer-search").type("nam")
    expect(page.locator("tbody .person-name")).to_have_text(["Trần Nam"])
    assert rules(page) == [KNOWN]
    assert "q=nam" in page.url
    page.get_by_role("link", name="Tất cả").click()
    expect(page.locator("tbody .person-name")).to_have_text(["Trần Nam"])
    assert parse_qs(urlsplit(page.url).query)["q"] == ["nam"]
    assert rules(page) == [KNOWN]
    assert desk.complaints == []


def test_the_whole_page_is_ticked_at_once_and_tagged(desk: Visit) -> None:
    page = desk.open(told(KNOWN))

    page.get_by_label("Đánh dấu cả trang").check()
    assert page.locator("input[name=person]:checked").count() == 3
    page.get_by_role("button", name="Gắn thẻ").first.click()
    page.locator("#bulk-tags").fill("Tết 2027")
    page.locator("#many-tags").get_by_role("button", name="Gắn thẻ").click()
    expect(page.get_by_text("Đã ghi thẻ cho 3 người.")).to_be_visible()
    assert rules(page) == [KNOWN]


@pytest.mark.parametrize("width", [1280, 360])
def test_without_a_script_filters_are_added_and_people_counted(
    browser: Browser, live_shop: Shop, width: int
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 800}, locale="vi-VN"
    )
    try:
        sign_in(context, live_shop)
        page = context.new_page()
        page.goto(live_shop.url + told(KNOWN))
        page.get_by_role("button", name="Thêm bộ lọc").click()
        page.locator("#add-filter").get_by_role("link", name="Tổng chi tiêu").click()
        page.get_by_label("Cách so sánh").select_option("between")
        page.get_by_label("Từ", exact=True).fill("100000")
        page.get_by_label("đến", exact=True).fill("500000")
        page.get_by_role("button", name="Lọc", exact=True).click()
        assert rules(page)[1] == {**SPENT, "is": "between", "value": [100_000, 500_000]}
        assert people(page) == ["Trần Nam"]
        expect(page.locator("#people-count")).to_have_text("1 người")
    finally:
        context.close()


def test_a_consent_is_asked_for_by_keyboard_and_changed(desk: Visit) -> None:
    page, keys = desk.open("/customers"), desk.page.keyboard

    page.get_by_role("button", name="Thêm bộ lọc").press("Enter")
    keys.type("quang cao")
    found = page.locator("#add-filter .menu-item:visible", has_text="Sự đồng ý")
    found.filter(has_text="qua Email").press("Enter")
    expect(page.get_by_label("Cách so sánh")).to_be_focused()
    page.get_by_label("Cách so sánh").select_option("is")
    keys.press("Tab")
    page.locator("#f-one").select_option("withdrawn")
    page.get_by_role("button", name="Lọc", exact=True).press("Enter")

    expect(page.locator(".filter-chip")).to_have_count(1)
    withdrew = {"kind": "trait", "trait": "consent:ads:email", "is": "is", "value": "withdrawn"}
    assert rules(page) == [withdrew]
    assert chips(page) == ["Đã rút lại sự đồng ý “Quảng cáo, khuyến mãi” qua Email"]
    page.locator(".filter-chip-words").press("Enter")
    expect(page.locator("#f-one")).to_have_value("withdrawn")
    assert desk.complaints == []


@pytest.mark.parametrize("width", [1280, 360])
def test_without_a_script_it_is_asked_who_may_be_sent_what_and_who_is_left_alone(
    browser: Browser, live_shop: Shop, width: int
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 800}, locale="vi-VN"
    )
    try:
        sign_in(context, live_shop)
        page = context.new_page()
        page.goto(f"{live_shop.url}/customers?add=trait:may_send:ads:email")
        page.locator("#f-one").select_option("no")
        page.get_by_role("button", name="Lọc", exact=True).click()
        assert rules(page) == [
            {"kind": "trait", "trait": "may_send:ads:email", "is": "is", "value": False}
        ]
        assert len(people(page)) == 3
        page.get_by_role("checkbox", name="cho cả 3 người tìm thấy").check()
        page.get_by_role("button", name="Không liên hệ", exact=True).click()
        page.get_by_role("button", name="Không bao giờ liên hệ").click()
        page.get_by_label("Lý do").fill("khách nhờ qua tổng đài")
        expect(page.get_by_role("button", name="Không liên hệ 3 người")).to_be_visible()
        page.get_by_role("link", name="Thôi").click()
        assert len(people(page)) == 3
    finally:
        context.close()
