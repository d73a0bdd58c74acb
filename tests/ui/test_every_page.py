"""Every page in both languages: no serious axe finding, no policy violation, no sideways scroll."""

from itertools import groupby

import pytest

from tests.ui.conftest import Visit, languages, sign_in
from tests.ui.inspecting import EVERY_LOOK, LOOKS, inspect
from tests.ui.pages import PAGES, ShopPage


def _room(page: ShopPage) -> str:
    first = page.path.split("/")[1].split("?")[0]
    return f"{first or 'home'}{'-outside' if page.is_open else ''}"


# One shop is filled for the pages of one room, not for each of them: filling takes as long.
ROOMS = {room: [*pages] for room, pages in groupby(sorted(PAGES, key=_room), key=_room)}


@pytest.mark.parametrize("room", ROOMS)
def test_every_page_is_open_to_everybody(
    stranger: Visit, room: str, pytestconfig: pytest.Config
) -> None:
    looks = EVERY_LOOK if pytestconfig.getoption("--every-look") else LOOKS
    page = stranger.page
    if not any(one.is_open for one in ROOMS[room]):
        sign_in(page.context, stranger.shop)
    for shop_page in ROOMS[room]:
        for language in ("vi", "en"):
            languages(page.context, language, stranger.shop.url)

            stranger.open(shop_page.path, shop_page.status)

            assert page.evaluate("document.documentElement.lang") == language, shop_page.path
            inspect(page, f"{shop_page.path} {language}", looks[language])
