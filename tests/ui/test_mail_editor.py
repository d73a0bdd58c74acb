"""A mail written by hand: the visual editor in a real browser, under our policies."""

from playwright.sync_api import expect

from khachquen.activate.content.reading import get_template
from tests.ui.conftest import Visit


def test_a_mail_is_changed_by_hand_and_nothing_else_of_it(desk: Visit) -> None:
    number = desk.shop.ids["mail"]
    page = desk.open("/content/{mail}/edit")
    code = page.locator("[data-mjml]")
    before = code.input_value()
    page.get_by_role("button", name="Kéo thả").click()
    editor = page.frame_locator("iframe.visual-frame")
    canvas = editor.frame_locator("iframe.gjs-frame")
    title = canvas.get_by_text("Lâu rồi chưa gặp").first
    expect(title).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Mã MJML").click()
    assert code.input_value() == before  # looked at, not touched

    page.get_by_role("button", name="Kéo thả").click()
    title = canvas.get_by_text("Lâu rồi chưa gặp").first
    expect(title).to_be_visible(timeout=30_000)
    title.dblclick()
    page.keyboard.press("Control+End")
    page.keyboard.type(", nhớ lắm")
    page.get_by_label("Tiêu đề", exact=False).first.fill("[QC] Lâu rồi chưa gặp")
    page.get_by_role("button", name="Lưu").click()
    page.wait_for_url(f"**/content/{number}")

    saved = get_template(number).version.wording.mjml
    assert "Lâu rồi chưa gặp {{ person.greeting }}, nhớ lắm" in saved
    for kept in (
        '<kq-block name="chan-trang"',
        "{% if person.last_order_at %}",
        "prefers-color-scheme",
        "<mj-attributes>",
        'href="{{ links.unsubscribe }}"',
        'font-size="13px"',
    ):
        assert kept in saved


def test_a_line_that_is_wrong_is_led_to(desk: Visit) -> None:
    page = desk.open("/content/{mail}/edit")
    code = page.locator("[data-mjml]")
    code.fill(
        "<mjml><mj-body>\n<mj-section>\n<mj-colum></mj-colum>\n</mj-section></mj-body></mjml>"
    )
    page.get_by_role("button", name="Soát lỗi").click()
    page.get_by_role("link", name="Nội dung, dòng 3").click()
    chosen = code.evaluate("el => el.value.slice(el.selectionStart, el.selectionEnd)")
    assert chosen == "<mj-colum></mj-colum>"
