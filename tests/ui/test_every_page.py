"""What must hold on every page: no serious axe finding, no policy violation, no sideways scroll."""

from pathlib import Path
from typing import Literal

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.ui.conftest import Visit, languages, sign_in
from tests.ui.pages import PAGES, ShopPage

WIDTHS = (360, 1024, 1600)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_RUN = """() => axe.run({resultTypes: ["violations"]}).then((found) => found.violations
  .filter((rule) => ["serious", "critical"].includes(rule.impact))
  .flatMap((rule) => rule.nodes.map((n) => `${rule.id}: ${n.target} ${n.failureSummary}`)))"""


def serious_findings(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it is now, with where."""
    found: list[str] = page.evaluate(_RUN)
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("shop_page", PAGES, ids=lambda page: page.name)
def test_every_page_is_open_to_everybody(
    stranger: Visit, shop_page: ShopPage, language: str
) -> None:
    page = stranger.page
    languages(page.context, language, stranger.shop.url)
    if not shop_page.is_open:
        sign_in(page.context, stranger.shop)
    page.emulate_media(reduced_motion="reduce")
    stranger.open(shop_page.path, shop_page.status)
    assert page.evaluate("document.documentElement.lang") == language
    page.evaluate(_AXE)

    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            where = f"{shop_page.path} {language} {theme} {width}px"
            assert serious_findings(page) == [], where
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{where}: {wide}px wider than the window"
