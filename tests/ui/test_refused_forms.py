"""What must hold on every page holds on forms that were refused, and where one has to wait."""

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Visit, languages
from tests.ui.inspecting import LOOKS, inspect


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_set_up_and_refused_forms_are_open_to_everybody(newcomer: Visit, language: str) -> None:
    page = newcomer.page
    languages(page.context, language, newcomer.shop.url)
    newcomer.open("/")
    inspect(page, "set-up 1", LOOKS[language])
    page.click("main button.btn-primary")
    inspect(page, "set-up 1 refused", LOOKS[language])

    page.fill("#id_name", "Nhà Gốm Mộc")
    page.click("main button.btn-primary")
    page.fill("#id_email", "hoa@example.vn")
    page.fill("#id_password", "1234567890")
    page.click("main button.btn-primary")
    inspect(page, "set-up 2 refused", LOOKS[language])

    page.fill("#id_password", newcomer.shop.password)
    page.click("main button.btn-primary")
    expect(page.get_by_text("kqs_").first).to_be_visible()
    inspect(page, "set-up 3", LOOKS[language])


def test_the_paused_sign_in_is_too(stranger: Visit) -> None:
    page = stranger.open("/sign-in")
    for _ in range(5):
        page.fill("#id_email", "hoa@example.vn")
        page.fill("#id_password", "sai-mat-khau")
        page.click("main button.btn-primary")

    expect(page.get_by_role("heading", level=1)).to_have_text("Tạm khóa đăng nhập")
    inspect(page, "paused sign-in")
