"""The frame in real use: keyboard, search, menus, themes, the phone's drawer."""

from playwright.sync_api import expect

from tests.ui.conftest import Visit


def test_chi_hoa_signs_in_with_the_keyboard_alone(stranger: Visit) -> None:
    page = stranger.open("/account")
    keys = page.keyboard

    expect(page.get_by_label("Email")).to_be_focused()
    keys.type("hoa@example.vn")
    keys.press("Tab")
    keys.type(stranger.shop.password)
    keys.press("Tab")
    expect(page.get_by_role("button", name="Hiện mật khẩu")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#id_password")).to_have_attribute("type", "text")
    keys.press("Tab")
    keys.press("Enter")

    page.wait_for_url("**/account")
    expect(page.get_by_role("heading", name="Tài khoản", level=1)).to_be_visible()


def test_the_keyboard_reaches_content_menu_and_search(desk: Visit) -> None:
    page = desk.open("/account")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Tìm khách hàng")).to_be_focused()
    page.keyboard.type("hoa/")
    expect(page.get_by_role("searchbox")).to_have_value("hoa/")

    page.get_by_role("link", name="Mã API").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tokens")
    expect(page.get_by_role("link", name="Mã API")).to_have_attribute("aria-current", "page")


def test_signing_out_from_the_person_menu(desk: Visit) -> None:
    page = desk.open("/account")

    page.get_by_role("button", name="Tài khoản của Nguyễn Thị Hoa").press("Enter")
    page.get_by_role("button", name="Đăng xuất").press("Enter")

    page.wait_for_url("**/sign-in")
    desk.open("/account")
    assert "/sign-in" in page.url


def test_the_language_switch_keeps_the_page(desk: Visit) -> None:
    page = desk.open("/sources/{website}")

    page.get_by_role("button", name="Switch to English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith(f"/sources/{desk.shop.ids['website']}")
    page.get_by_role("button", name="Đổi sang tiếng Việt").click()
    expect(page.locator("html")).to_have_attribute("lang", "vi")


def test_the_theme_is_chosen_and_stays(desk: Visit) -> None:
    page = desk.open("/account")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(250, 249, 246)"

    page.get_by_role("button", name="Giao diện sáng hay tối").click()
    page.get_by_role("button", name="Tối", exact=True).click()

    assert page.evaluate(ground) == "rgb(18, 21, 23)"
    desk.open("/shop")
    assert page.evaluate(ground) == "rgb(18, 21, 23)"


def test_without_a_choice_the_device_decides(desk: Visit) -> None:
    desk.page.emulate_media(color_scheme="dark")

    page = desk.open("/account")

    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(18, 21, 23)"


def test_the_narrow_navigation_is_remembered(desk: Visit) -> None:
    page = desk.open("/account")

    page.get_by_role("button", name="Thu gọn").click()

    assert page.locator(".side").bounding_box()["width"] < 80  # type: ignore[index]
    desk.open("/shop")
    assert page.locator(".side").bounding_box()["width"] < 80  # type: ignore[index]
    expect(page.get_by_role("link", name="Cửa hàng", exact=True)).to_be_visible()


def test_on_a_phone_the_navigation_is_a_drawer(desk: Visit) -> None:
    desk.page.set_viewport_size({"width": 360, "height": 740})
    page = desk.open("/account")
    entry = page.locator(".side").get_by_role("link", name="Nguồn & khóa")
    expect(entry).to_be_hidden()

    page.get_by_role("button", name="Mở danh mục").click()
    expect(entry).to_be_visible()
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    page.get_by_role("button", name="Mở danh mục").click()
    entry.click()

    page.wait_for_url("**/sources")


def test_a_key_is_revoked_only_after_the_question(desk: Visit) -> None:
    page = desk.open("/sources/{website}")

    page.get_by_role("button", name="Thu hồi").first.click()
    question = page.get_by_text("không hoàn tác được")
    expect(question.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(question.first).to_be_hidden()
    page.get_by_role("button", name="Thu hồi").first.click()
    page.locator("[popover]:popover-open").get_by_role("button", name="Thu hồi").click()

    expect(page.locator("#toasts")).to_contain_text("Đã thu hồi khóa")


def test_the_pages_work_without_script(desk: Visit) -> None:
    context = desk.page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    page = context.new_page()
    page.goto(desk.shop.url + "/sign-in")

    page.fill("#id_email", "hoa@example.vn")
    page.fill("#id_password", desk.shop.password)
    page.click("main button.btn-primary")
    page.goto(desk.shop.url + "/tokens")
    page.fill("#id_name", "Không cần script")
    page.click("main button.btn-primary")

    expect(page.get_by_text("kqt_").first).to_be_visible()
    context.close()
