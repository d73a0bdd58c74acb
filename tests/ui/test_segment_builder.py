"""The builder in a real browser: by keyboard alone, live, saying beside the card what is wrong."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from khachquen.understand.segments import add_segment, list_segments
from tests.ui.conftest import Visit
from tests.ui.test_every_page import inspect
from tests.web.segmented import keep_segments
from tests.web.story import NOON

LONG = (
    "Khách hàng thân thiết ở phố cổ thường ghé mua khăn lụa thêu tay vào những ngày giáp Tết " * 2
)


@pytest.fixture
def builder(desk: Visit) -> Visit:
    keep_segments(NOON)
    return desk


def rule(page: Page) -> Any:
    return json.loads(page.locator("[data-rule]").input_value())


def pick(page: Page, words: str) -> None:
    """Choose in the list the focus is on with the arrow, which stays where it is."""
    for _ in range(60):
        page.keyboard.press("ArrowDown")
        chosen = page.evaluate("document.activeElement.selectedOptions[0].textContent")
        if chosen == words:
            return
    raise AssertionError(f"{words} cannot be reached")


def counted(page: Page, n: int) -> None:
    expect(page.locator(".preview-count strong")).to_have_text(str(n))


def test_a_segment_is_made_by_keyboard_alone(builder: Visit) -> None:
    page = builder.open("/segments/new")
    keys = page.keyboard
    counted(page, 4)

    page.get_by_label("Tên phân khúc").focus()
    keys.type("Mua khăn không mua nón")
    page.get_by_role("button", name="Mua hàng").press("Enter")
    measure = page.get_by_label("Tính", exact=True)
    expect(measure).to_be_focused()
    counted(page, 2)
    keys.press("Shift+Tab")
    expect(page.get_by_role("button", name="Thêm chi tiết")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_label("Chi tiết", exact=True)).to_be_focused()
    pick(page, "Tên sản phẩm")
    keys.press("Tab")
    pick(page, "có chứa")
    keys.press("Tab")
    keys.type("khan")
    counted(page, 2)
    expect(page.locator("datalist option")).to_have_count(1)
    expect(page.locator(".preview-sentence")).to_contain_text("khan")

    keys.press("Alt+ArrowUp")
    page.get_by_role("button", name="Lưu").focus()
    keys.press("Enter")

    page.wait_for_url("**/segments/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mua khăn không mua nón")
    [made] = [one for one in list_segments() if one.name == "Mua khăn không mua nón"]
    where = [{"property": "product", "is": "contains", "value": "khan"}]
    told = {"kind": "bought", "where": where, "measure": "orders", "is": "at_least", "value": 1}
    assert made.rule == {"kind": "all", "of": [told]}


def test_a_nested_rule_is_built_by_keyboard_alone(builder: Visit) -> None:
    page = builder.open("/segments/new")
    keys = page.keyboard
    counted(page, 4)

    page.get_by_role("button", name="Chuỗi hành vi").press("Enter")
    pick(page, "Xem sản phẩm")
    chain = page.get_by_role("group", name="Điều kiện 1: Chuỗi hành vi")
    first = chain.get_by_role("group", name="Bước 1")
    first.get_by_role("button", name="Thêm chi tiết").press("Enter")
    expect(first.get_by_label("Chi tiết", exact=True)).to_be_focused()
    pick(page, "Tên sản phẩm")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("Khăn")
    second = chain.get_by_role("group", name="Bước 2")
    second.get_by_label("Hành vi", exact=True).focus()
    pick(page, "Đặt hàng")
    chain.get_by_role("button", name="Thêm “và sau đó không”").press("Enter")
    pick(page, "Trả hàng")
    then = chain.get_by_role("group", name="và sau đó không")
    then.get_by_label("Bao nhiêu").fill("3")

    keys.press("Escape")
    page.locator("summary", has_text="Thêm điều kiện").last.press("Enter")
    page.get_by_role("button", name="Nhóm điều kiện").last.press("Enter")
    group = page.get_by_role("group", name="Nhóm điều kiện 2")
    group.get_by_role("button", name="Mua hàng").press("Enter")
    told = rule(page)
    assert [one["kind"] for one in told["of"]] == ["sequence", "any"]
    where = [{"property": "name", "is": "is", "value": "Khăn"}]
    assert told["of"][0]["steps"][0] == {"event": "Product Viewed", "where": where}
    assert told["of"][0]["then_not"]["within"] == {"n": 3, "unit": "day"}

    keys.press("Alt+Delete")
    assert rule(page)["of"][1]["of"] == []
    keys.press("Control+z")
    assert [one["kind"] for one in rule(page)["of"][1]["of"]] == ["bought"]
    expect(page.locator(".preview-count")).to_be_visible()
    expect(page.locator("[data-trend] svg")).to_be_visible()
    inspect(page, "builder with a nested rule")
    page.get_by_role("button", name="90 ngày").press("Enter")
    expect(page.get_by_role("button", name="90 ngày")).to_have_attribute("aria-pressed", "true")


def test_cards_are_grouped_moved_excluded_and_taken_away(builder: Visit) -> None:
    page = builder.open("/segments/new?starter=loyal")
    orders = {"kind": "trait", "trait": "orders_count", "is": "at_least", "value": 3}
    assert rule(page)["of"][0] == orders

    first = page.get_by_role("group", name="Điều kiện 1: Thông tin khách")
    first.get_by_label("Lấy hay loại trừ").select_option(label="Loại trừ ai có")
    assert rule(page)["of"][0] == {"kind": "not", "of": orders}
    first.get_by_role("button", name="Gói vào nhóm mới").press("Enter")
    assert rule(page)["of"][0]["kind"] == "any"
    assert rule(page)["of"][0]["of"] == [{"kind": "not", "of": orders}]

    second = page.get_by_role("group", name="Điều kiện 2: Mua hàng")
    second.get_by_role("button", name="Đưa lên").press("Enter")
    assert [one["kind"] for one in rule(page)["of"][0]["of"]] == ["not", "bought"]
    expect(page.get_by_role("button", name="Đưa lên").nth(2)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    assert [one["kind"] for one in rule(page)["of"]] == ["any", "bought"]

    group = page.get_by_role("group", name="Nhóm điều kiện 1")
    group.get_by_role("button", name="Xóa").first.press("Enter")
    assert [one["kind"] for one in rule(page)["of"]] == ["bought"]
    expect(page.locator("[data-say]")).to_contain_text("Đã xóa điều kiện.")
    page.keyboard.press("Control+z")
    assert [one["kind"] for one in rule(page)["of"]] == ["any", "bought"]
    expect(page.locator("[data-say]")).to_have_text("Đã hoàn tác.")


def test_an_empty_card_waits_and_a_wrong_one_is_told_beside_it(builder: Visit) -> None:
    page = builder.open("/segments/new")
    page.get_by_role("button", name="Thông tin khách").click()
    expect(page.locator("[data-preview]")).to_contain_text("Điền xong 1 điều kiện còn trống")

    page.get_by_label("Thông tin", exact=True).select_option(label="Số đơn hàng")
    page.get_by_label("Giá trị", exact=True).fill("1")
    page.get_by_label("Cách so sánh").select_option(label="từ … trở lên")
    counted(page, 2)
    page.locator(".rule-json summary").click()
    wrong = {
        "kind": "all",
        "of": [{"kind": "trait", "trait": "province", "is": "more", "value": 1}],
    }
    page.locator("[data-rule]").fill(json.dumps(wrong))

    error = page.locator(".rule-card .field-error")
    expect(error).to_contain_text("không hỏi 'more' được")
    inspect(page, "builder with a wrong card")
    page.get_by_label("Tên phân khúc").fill("Sai")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator(".rule-card .field-error")).to_contain_text("không hỏi 'more' được")
    assert "Sai" not in [one.name for one in list_segments()]


def test_answers_never_come_out_of_order(builder: Visit) -> None:
    page = builder.open("/segments/new?starter=vip")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/preview" in one.url else None)
    counted(page, 0)
    value = page.get_by_label("Giá trị", exact=True)

    value.fill("")
    for typed in ("3", "30", "300", "3000"):
        value.fill(typed)
    counted(page, 2)

    assert len(asked) <= 3, "typing is waited out"


def test_every_template_opens_as_cards_and_can_be_read_by_everybody(builder: Visit) -> None:
    from khachquen.understand.query.templates import TEMPLATES

    for one in TEMPLATES:
        page = builder.open(f"/segments/new?starter={one.key}")
        expect(page.locator(".preview-count")).to_be_visible()
        expect(page.locator(".rule-root")).not_to_contain_text("Điều kiện viết tay")
        told = json.loads(json.dumps(one.rule))
        assert _plain(rule(page)) == _plain(_outer(told)), one.key
    page.locator(".rule-adder summary").first.click()
    inspect(page, "builder with cards")


def test_three_levels_with_long_names_fit_a_phone(builder: Visit) -> None:
    leaf = {"kind": "trait", "trait": "province", "is": "in", "value": ["Hà Nội", LONG[:120]]}
    within = {"ago_from": {"n": 90, "unit": "day"}, "ago_until": {"n": 30, "unit": "day"}}
    where = [{"property": "name", "is": "contains", "value": LONG[:100]}]
    did = {"kind": "did", "event": "Product Viewed", "within": within, "where": where}
    other = add_segment(LONG[:190], leaf, actor="hoa@example.vn", at=NOON).id
    deep = {
        "kind": "any",
        "of": [leaf, {"kind": "all", "of": [did, {"kind": "segment", "segment": other}]}],
    }
    told = {"kind": "all", "of": [{"kind": "not", "of": deep}]}
    made = add_segment(f"{LONG[:150]} sâu", told, actor="hoa@example.vn", at=NOON)
    keep_segments(NOON)

    for path in (f"/segments/{made.id}/edit", f"/segments/{made.id}", "/segments"):
        page = builder.open(path)
        inspect(page, path)


def _plain(told: Any) -> Any:
    """A rule without what goes without saying."""
    if isinstance(told, list):
        return [_plain(one) for one in told]
    if not isinstance(told, dict):
        return told
    usual = {"did": "count", "bought": "orders"}.get(told.get("kind", ""))
    if usual:
        told = {"measure": usual, "is": "at_least", "value": 1, **told}
    return {key: _plain(value) for key, value in told.items()}


def _outer(told: Any) -> Any:
    return told if told["kind"] in ("all", "any") else {"kind": "all", "of": [told]}
