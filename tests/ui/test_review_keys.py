"""The review queue by keyboard, in a real browser: one key an answer, one to take it back."""

import pytest
from playwright.sync_api import expect

from khachquen.unify.models import Decision
from khachquen.unify.suggestions.models import Suggestion
from tests.ui.conftest import Visit
from tests.waiting import wait_for


def state() -> str:
    return Suggestion.objects.get(left_id=10, right_id=20).state


def kinds() -> list[str]:
    return list(Decision.objects.order_by("id").values_list("kind", flat=True))


def test_one_key_answers_and_one_takes_it_back(desk: Visit) -> None:
    page = desk.open("/review")
    expect(page.get_by_role("button", name="Một người: gộp")).to_contain_text("G")

    page.keyboard.press("k")
    expect(page.get_by_text("Đã ghi: hai người khác nhau.")).to_be_visible()
    assert (state(), kinds()) == ("apart", ["apart"])

    page.keyboard.press("z")
    expect(page.get_by_text("Đã hoàn tác. Cặp này chờ xem lại.")).to_be_visible()
    assert (state(), kinds()) == ("open", ["apart", "undo"])

    page.keyboard.press("s")
    expect(page.get_by_text("Để sau một tuần.")).to_be_visible()
    page.keyboard.press("z")
    page.wait_for_url("**/review")

    page.keyboard.press("g")
    expect(page.get_by_text("Đã ghi: một người.")).to_be_visible()
    assert (state(), kinds()) == ("joined", ["apart", "undo", "together"])


def test_a_letter_that_is_typed_or_held_answers_nothing(desk: Visit) -> None:
    page = desk.open("/review")
    page.locator("[data-search]").focus()
    page.keyboard.type("gks")
    page.locator("h1").click()
    page.keyboard.press("Control+g")
    page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyG', repeat: true}))"
    )

    assert page.url.endswith("/review")
    assert (state(), kinds()) == ("open", [])


@pytest.mark.parametrize("button", ["Một người: gộp", "Hai người khác nhau", "Để sau"])
def test_every_answer_is_a_form_that_works_without_script(desk: Visit, button: str) -> None:
    browser = desk.page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    context.add_cookies(desk.page.context.cookies())  # type: ignore[arg-type]  # what it gave
    page = context.new_page()
    page.goto(f"{desk.shop.url}/review")
    page.get_by_role("button", name=button).click()

    wait_for(lambda: "last=" in page.url)
    page.get_by_role("button", name="Hoàn tác").click()
    page.wait_for_url("**/review")
    assert state() == "open"
    context.close()
