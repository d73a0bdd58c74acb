"""A running shop and a browser that notices every complaint."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests import needs
from tests.ui.pages import fill

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from khachquen.govern import User

PASSWORD = "mua-roi-tren-pho-cu"
_EXPECTED = tuple(f"status of {code}" for code in (400, 404, 410, 429))  # pages about errors


@pytest.fixture(scope="package")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """One Chromium for this folder.

    Playwright keeps an event loop in this thread while it runs: it must be gone before other
    folders' tests, and Django must be told that calls from here are plain ones.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(
            executable_path=needs.find_chromium(), args=needs.CHROMIUM_ARGS
        )
        yield running
        running.close()


@dataclass
class Shop:
    """A shop that runs at ``url``, with chị Hoa as its administrator."""

    url: str
    hoa: "User | None" = None
    ids: dict[str, int] = field(default_factory=dict)
    password: str = PASSWORD


@dataclass
class Visit:
    """A browser tab at the shop; ``complaints`` gathers script errors and policy violations."""

    page: Page
    shop: Shop
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, status: int = 200) -> Page:
        """Go to a path of the shop (``{names}`` stand for ids) and wait for charts and fonts."""
        answer = self.page.goto(self.shop.url + path.format(**self.shop.ids))
        assert answer is not None
        assert answer.status == status, path
        expect(self.page.locator("[data-chart]:not([data-drawn])")).to_have_count(0)
        self.page.evaluate("document.fonts.ready")
        return self.page


@pytest.fixture
def new_shop(
    browser: Browser,
    transactional_db: None,
    live_server: "LiveServer",
) -> Shop:
    """A running installation in which nobody has an account yet."""
    return Shop(live_server.url)


@pytest.fixture
def live_shop(new_shop: Shop, now: datetime) -> Shop:
    """A running shop with something on every page."""
    filled = fill(PASSWORD, now)
    return Shop(new_shop.url, filled.admin, filled.ids)


@pytest.fixture
def newcomer(browser: Browser, new_shop: Shop) -> Iterator[Visit]:
    """The very first visitor."""
    yield from _visit(browser, new_shop)


@pytest.fixture
def stranger(browser: Browser, live_shop: Shop) -> Iterator[Visit]:
    """A tab nobody is signed in with."""
    yield from _visit(browser, live_shop)


@pytest.fixture
def desk(browser: Browser, live_shop: Shop) -> Iterator[Visit]:
    """A tab chị Hoa is signed in with."""
    for visit in _visit(browser, live_shop):
        sign_in(visit.page.context, live_shop)
        yield visit


def sign_in(context: BrowserContext, shop: Shop) -> None:
    """Give the browser a session without walking through the form."""
    assert shop.hoa is not None
    client = Client()
    client.force_login(shop.hoa, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": shop.url}])


def _visit(browser: Browser, shop: Shop) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1024, "height": 800}, locale="vi-VN")
    context.set_default_timeout(10_000)
    page = context.new_page()
    visit = Visit(page, shop)
    page.on("console", lambda message: _note(visit, message))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    yield visit
    complaints = list(visit.complaints)
    context.close()
    assert complaints == []


def _note(visit: Visit, message: ConsoleMessage) -> None:
    is_expected = any(words in message.text for words in _EXPECTED)
    if message.type in {"error", "warning"} and not is_expected:
        visit.complaints.append(message.text)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs a browser."""
    for item in items:
        if "tests/ui/" in item.nodeid.replace("\\", "/"):
            item.add_marker(pytest.mark.chromium)


def languages(context: BrowserContext, language: str, url: str) -> None:
    """Choose the language as the switch does."""
    cookie: Any = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": url}
    context.add_cookies([cookie])
