"""What must hold on every page: no serious axe finding, no policy violation, no sideways scroll."""

from pathlib import Path
from typing import Literal

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Visit, languages, sign_in
from tests.ui.pages import PAGES, ShopPage

Look = tuple[Literal["light", "dark"], int]

# Colours do not depend on the width, so the dark theme is looked at once. English differs from
# Vietnamese in words only: two looks are enough to see whether they fit.
LOOKS: dict[str, tuple[Look, ...]] = {
    "vi": (("light", 360), ("light", 1024), ("light", 1600), ("dark", 1024)),
    "en": (("light", 360), ("dark", 1600)),
}
_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_RUN = """() => axe.run({resultTypes: ["violations"]}).then((found) => found.violations
  .filter((rule) => ["serious", "critical"].includes(rule.impact))
  .flatMap((rule) => rule.nodes.map((n) => `${rule.id}: ${n.target} ${n.failureSummary}`)))"""

_SETTLE = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)))"""


def serious_findings(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it is now, with where."""
    found: list[str] = page.evaluate(_RUN)
    return found


def inspect(page: Page, what: str, language: str = "vi") -> None:
    """Look at what is on the screen in every theme and width."""
    page.evaluate(_AXE)
    for theme, width in LOOKS[language]:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(_SETTLE)
        where = f"{what} {language} {theme} {width}px"
        assert serious_findings(page) == [], where
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{where}: {wide}px wider than the window"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("shop_page", PAGES, ids=lambda page: page.name)
def test_every_page_is_open_to_everybody(
    stranger: Visit, shop_page: ShopPage, language: str
) -> None:
    page = stranger.page
    languages(page.context, language, stranger.shop.url)
    if not shop_page.is_open:
        sign_in(page.context, stranger.shop)

    stranger.open(shop_page.path, shop_page.status)

    assert page.evaluate("document.documentElement.lang") == language
    inspect(page, shop_page.path, language)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_set_up_and_refused_forms_are_too(newcomer: Visit, language: str) -> None:
    page = newcomer.page
    languages(page.context, language, newcomer.shop.url)
    newcomer.open("/")
    inspect(page, "set-up 1", language)
    page.click("main button.btn-primary")
    inspect(page, "set-up 1 refused", language)

    page.fill("#id_name", "Nhà Gốm Mộc")
    page.click("main button.btn-primary")
    page.fill("#id_email", "hoa@example.vn")
    page.fill("#id_password", "1234567890")
    page.click("main button.btn-primary")
    inspect(page, "set-up 2 refused", language)

    page.fill("#id_password", newcomer.shop.password)
    page.click("main button.btn-primary")
    expect(page.get_by_text("kqs_").first).to_be_visible()
    inspect(page, "set-up 3", language)


def test_the_paused_sign_in_is_too(stranger: Visit) -> None:
    page = stranger.open("/sign-in")
    for _ in range(5):
        page.fill("#id_email", "hoa@example.vn")
        page.fill("#id_password", "sai-mat-khau")
        page.click("main button.btn-primary")

    expect(page.get_by_role("heading", level=1)).to_have_text("Tạm khóa đăng nhập")
    inspect(page, "paused sign-in")
