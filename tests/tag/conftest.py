"""A shop's own website on one port, the front door on another, and a browser that goes shopping."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests import needs
from tests.clients.browsing import VISITOR as HUMAN
from tests.clock import FrozenClock
from tests.receive.conftest import PUBLIC, Door, open_door
from tests.waiting import wait_for

if TYPE_CHECKING:
    from tests.flows.line import Line

# Every name below .example is this machine, so that a website has subdomains and other sites.
ARGS = [*needs.CHROMIUM_ARGS, "--host-resolver-rules=MAP *.example 127.0.0.1"]
SITE, DOOR = "www.lua-hoa.example", "khach.lua-hoa.example"
PATIENCE_S = 30.0
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOT_FOUND = (404, "text/html", b"<title>404</title>", {})


@pytest.fixture(scope="package")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """One Chromium for this folder (see tests/ui/conftest.py for the two precautions)."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=needs.find_chromium(), args=ARGS)
        yield running
        running.close()


Answer = tuple[int, str, bytes, dict[str, str]]


@dataclass
class Website:
    """The pages of Lụa Hòa, a shop for silk, as its own server sends them."""

    port: int = 0
    pages: dict[str, Answer] = field(default_factory=dict)

    def put(self, path: str, html: str, **headers: str) -> None:
        """A page; ``a_b=`` is the header a-b."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (200, "text/html; charset=utf-8", html.encode(), named)

    def url(self, path: str = "/", host: str = SITE) -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def open_website() -> Iterator[Website]:
    """A website on a port of this machine until the block ends."""
    site = Website()
    site.pages["/favicon.ico"] = (200, "image/svg+xml", b"<svg/>", {})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = site.pages.get(urlsplit(self.path).path, NOT_FOUND)
            status, kind, body, headers = found
            self.send_response(status)
            for name, value in {"Content-Type": kind, **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Nothing: the tests say what they want to know."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Visitor:
    """Somebody with a browser at the website; what the page complained about is kept."""

    context: BrowserContext
    site: Website
    door: Door
    line: "Line"
    complaints: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"http://{DOOR}:{self.door.port}"

    def tag(self, **options: str) -> str:
        """The one script tag; ``search_param=`` is data-search-param."""
        told = {"key": PUBLIC, "consent": "granted", **options}
        data = " ".join(f'data-{name.replace("_", "-")}="{told[name]}"' for name in told)
        return f'<script async src="{self.host}/kq.js" {data}></script>'

    def put(self, path: str, body: str = "", *, title: str = "Lụa Hòa", **options: str) -> None:
        """A page of the website with the tag in its head."""
        self.site.put(path, page_with(self.tag(**options), body, title))

    def new_tab(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"thrown: {error}"))
        page.on("console", self._note)
        return page

    def new_tab_in_frozen_time(self) -> Page:
        """A tab whose clock and timers stand still but for ``page.clock.run_for``."""
        page = self.new_tab()
        page.clock.install(time=NOON)
        page.clock.pause_at(NOON + timedelta(seconds=1))
        return page

    def open(self, path: str = "/", page: Page | None = None) -> Page:
        """A tab at a page of the website, with the tag at work."""
        page = page or self.new_tab()
        page.goto(self.site.url(path))
        page.wait_for_function("window.kq && kq.isLoaded")
        return page

    def _note(self, message: Any) -> None:
        # What the browser itself says of a request that failed is not ours to prevent.
        is_browser = message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not is_browser:
            self.complaints.append(message.text)

    def wait(self, look: Callable[[], object]) -> None:
        """Wait for ``look`` while the browser goes on: its events reach us only meanwhile."""
        if not self.context.pages:
            wait_for(look, at_most_s=PATIENCE_S)
            return
        deadline = time.monotonic() + PATIENCE_S
        while not look():
            assert time.monotonic() < deadline, f"not within {PATIENCE_S:.0f} s"
            self.context.pages[0].wait_for_timeout(20)

    def wait_for_messages(self, number: int, *, with_time: bool = False) -> None:
        """Until the front door has kept so many; of time spent a busy machine tells more."""

        def kept() -> set[str]:
            return {
                message["messageId"]
                for message in self.door.kept_messages()
                if with_time or message.get("event") != "Page Engaged"
            }

        self.wait(lambda: len(kept()) >= number)

    def stored(self, *, at_least: int, with_time: bool = False) -> list["Stored"]:
        """Every event of the lake in the order its browser told, when so many have arrived.

        By the browser's own clock: the times of two requests are corrected by how long each was
        under way, which on a busy machine is more than lies between two clicks.
        """
        self.wait_for_messages(at_least, with_time=with_time)
        self.line.take_in()
        rows = self.line.ask(
            "select type, name, page_path, page_title, referrer, utm_source, anonymous_id, user_id,"
            ' properties, traits, context, message_id, epoch_ms("at") from events'
            " order by event_id"
        )
        stored = [
            Stored(*row[:8], *(json.loads(text) for text in row[8:11]), *row[11:]) for row in rows
        ]
        items = [json.loads(item) for request in self.door.kept() for item in request.items]
        told = {item["messageId"]: item["timestamp"] for item in items}
        return sorted(stored, key=lambda row: told[row.message_id])

    def kept(self, page: Page) -> dict[str, str]:
        """What our tag has left on the device."""
        kept: dict[str, str] = page.evaluate("({...localStorage})")
        return {name: value for name, value in kept.items() if name.startswith("kq")}


@dataclass(frozen=True)
class Stored:
    """One row of the lake."""

    type: str
    name: str | None
    path: str | None
    title: str | None
    referrer: str | None
    utm_source: str | None
    anonymous_id: str | None
    user_id: str | None
    properties: dict[str, Any]
    traits: dict[str, Any]
    context: dict[str, Any]
    message_id: str
    at_ms: int

    @property
    def what(self) -> tuple[str, str | None]:
        """Its type and name."""
        return (self.type, self.name)


def did(rows: list[Stored]) -> list[tuple[str, str | None]]:
    """What happened, but for the time spent: that depends on how busy this machine is."""
    return [row.what for row in rows if row.name != "Page Engaged"]


def page_with(head: str, body: str, title: str = "Lụa Hòa") -> str:
    """A whole page in Vietnamese."""
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>{head}'
        f"</head><body>{body}</body></html>"
    )


@pytest.fixture
def site() -> Iterator[Website]:
    with open_website() as opened:
        yield opened


@pytest.fixture
def lan(
    browser: Browser, db: None, data: Path, site: Website, clock: FrozenClock
) -> Iterator[Visitor]:
    """Chị Lan looks around; nothing in her browser's console may speak of us."""
    from tests.flows.line import Line  # needs Django to be ready

    with open_door(data) as door:
        screen: ViewportSize = {"width": 1000, "height": 600}
        context = browser.new_context(viewport=screen, locale="vi-VN", user_agent=HUMAN)
        context.set_default_timeout(15_000)
        visitor = Visitor(context, site, door, Line(data, clock))
        yield visitor
        complaints = list(visitor.complaints)
        context.close()
    assert complaints == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that open a browser need one."""
    for item in items:
        if "tests/tag/" in item.nodeid and {"browser", "lan"} & set(
            getattr(item, "fixturenames", ())
        ):
            item.add_marker(pytest.mark.chromium)
