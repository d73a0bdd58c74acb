"""Pages of a website at another origin, each with one published library, open in Chromium."""

import json
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests import needs
from tests.clients.published import FOLDER

# Some libraries say nothing for a browser that looks like a robot's.
VISITOR = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36"
)
_NO_ROBOT = "--disable-blink-features=AutomationControlled"
PAGE = """<!doctype html><meta charset="utf-8"><title>Bát tràng</title>
<link rel="icon" href="data:,">
<script>window.told = {told};</script>
<script type="module" src="/{script}.js"></script>
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Nobody reads it."""


def bundle(scripts: Sequence[str], into: Path) -> None:
    """What a shop's own build makes of the packages: one script a page."""
    node = FOLDER / "node"
    sources = [str(node / "pages" / f"{script}.js") for script in scripts]
    esbuild = str(node / "node_modules" / ".bin" / "esbuild")
    command = [
        esbuild,
        *sources,
        "--bundle",
        "--format=esm",
        "--log-level=error",
        f"--outdir={into}",
    ]
    subprocess.run(command, cwd=node, check=True)


@contextmanager
def website(folder: Path) -> Iterator[str]:
    """The folder, served at an origin of its own; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser, in this thread."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=needs.find_chromium(), args=[*needs.CHROMIUM_ARGS, _NO_ROBOT]
        )
        yield running
        running.close()


def open_page(browser: Browser, address: str, complaints: list[str]) -> Page:
    """A visitor nobody knows yet opens a page; ``complaints`` gathers what goes wrong there."""
    context = browser.new_context(locale="vi-VN", user_agent=VISITOR)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: _note(message, complaints))
    page.goto(address)
    return page


def write_page(folder: Path, name: str, script: str, told: dict[str, Any]) -> str:
    """A page that says what it is told; its path."""
    file = f"{escape(name).replace('/', '-')}.html"
    (folder / file).write_text(PAGE.format(told=json.dumps(told), script=script))
    return file


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in {"error", "warning"}:
        complaints.append(message.text)
