"""Draw every page into ``screenshots/``: two languages, three widths, two themes, every state.

    python scripts/screenshots.py                    everything
    python scripts/screenshots.py --only home        pages whose name contains "home"
    python scripts/screenshots.py --quick            Vietnamese, 360 and 1600 px, light and dark

It makes its own installations in a temporary folder and serves them on a free port of this
machine. States: ``setup`` (nobody has come yet), ``empty`` (a shop without events), ``full`` (the
demo shop) and ``error`` (forms refused, pages missing, sign-in paused).
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from tests import needs  # noqa: E402

OUT = ROOT / "screenshots"
EMAIL, PASSWORD = "hoa@example.vn", "mua-roi-tren-pho-cu"
LOCALES = {"vi": "vi-VN", "en": "en-GB"}
RUN = [sys.executable, "-c", "from khachquen.cli import main; main()"]

# name → path; "PAGE > PATTERN" is the first link on PAGE whose address matches PATTERN, and so on.
SIGNED_IN = {
    "home": "/",
    "customers": "/customers",
    "customers-visitors": "/customers?who=visitors",
    "customer": "/customers?sort=spent > ^/customers/[0-9]+$",
    "customer-buying": "/customers?sort=spent > ^/customers/[0-9]+$ > ^/customers/[0-9]+/buying$",
    "classes": "/classes",
    "classes-edit": "/classes/edit",
    "classes-best": "/classes/best",
    "person-classes": "/customers?sort=spent > ^/customers/[0-9]+$ > ^/customers/[0-9]+/classes$",
    "segments": "/segments",
    "new-segment": "/segments/new",
    "compare-segments": "/segments/compare",
    "new-segment-begun": "/segments/new?starter=at_risk",
    "content": "/content",
    "content-new": "/content/new",
    "content-pieces": "/content/pieces",
    "content-pictures": "/content/pictures",
    "content-sender": "/content/sender",
    "traits": "/traits",
    "new-trait": "/traits/new",
    "stored": "/traits/stored",
    "trait-sources": "/traits/sources",
    "events": "/events",
    "event": "/events > ^/events/[0-9]+",
    "message": "/events/message",
    "quarantine": "/quarantine",
    "quality": "/quality",
    "quality-checks": "/quality/checks",
    "quality-check": "/quality/checks/order_without_customer",
    "quality-cleaning": "/quality/cleaning",
    "quality-plan": "/quality/plan",
    "quality-plan-edit": "/quality/plan > ^/quality/plan/[0-9]+$",
    "review": "/review",
    "merges": "/merges",
    "merges-refused": "/merges?show=refused",
    "identity-rules": "/identity/rules",
    "identity-rules-edit": "/identity/rules/edit",
    "identity": "/customers?sort=spent > ^/customers/[0-9]+$ > ^/customers/[0-9]+/identity$",
    "person-consents": "/customers?sort=spent > ^/customers/[0-9]+$ > ^/customers/[0-9]+/consents$",
    "consent": "/consent",
    "new-purpose": "/consent/new",
    "purpose": "/consent/ads",
    "forms": "/forms",
    "form": "/forms > ^/forms/[a-z0-9-]+$",
    "new-form": "/forms/new",
    "sources": "/sources",
    "source": "/sources > ^/sources/[0-9]+$",
    "new-source": "/sources/new",
    "metrics": "/metrics",
    "metric": "/metrics/revenue",
    "metric-rows": "/metrics/revenue/rows",
    "webhooks": "/webhooks",
    "new-webhook": "/webhooks/new",
    "egress": "/egress",
    "campaigns": "/campaigns",
    "new-campaign": "/campaigns/new",
    "campaign-calendar": "/campaigns/calendar",
    "compare-campaigns": "/campaigns/compare",
    "mail-accounts": "/mail-accounts",
    "zalo": "/zalo",
    "returned": "/mail-accounts > ^/mail-accounts/[0-9]+/returned$",
    "account": "/account",
    "tokens": "/tokens",
    "shop": "/shop",
}
FULL_ONLY = {
    "order": "/metrics/revenue/rows > ^/orders/",
    "content-template": "/content > ^/content/[0-9]+$",
    "content-edit": "/content > ^/content/[0-9]+$ > ^/content/[0-9]+/edit",
    "campaign": "/campaigns > ^/campaigns/[0-9]+$",
    "campaign-test": "/campaigns > ^/campaigns/[0-9]+$ > ^/campaigns/[0-9]+/test$",
    "mail-account": "/mail-accounts > ^/mail-accounts/[0-9]+/edit$",
    "mail-domain": "/mail-accounts > ^/mail-accounts/[0-9]+/domain$",
    "happened": "/campaigns > ^/campaigns/[0-9]+$ > ^/campaigns/runs/[0-9]+/happened",
    "recipients": "/campaigns > ^/campaigns/[0-9]+$ > ^/campaigns/runs/[0-9]+/people",
}
# What customers see without signing in; ``{name}`` is told by ``OUTSIDE_IDS``.
OUTSIDE = {
    "public-form": "/f/nhan-tin",
    "thanks": "/f/nhan-tin/thanks",
    "preferences": "/p/{preferences}",
    "unsubscribe": "/u/{unsubscribe}",
    "confirm": "/confirm/{confirm}",
    "trial-link": "/u/trial",
}


@dataclass(frozen=True, slots=True)
class Look:
    """One way of seeing a page."""

    language: str
    width: int
    theme: str


def looks(quick: bool) -> list[Look]:
    """Every way, or the few that show most."""
    languages = ["vi"] if quick else ["vi", "en"]
    widths = [360, 1600] if quick else [360, 1024, 1600]
    return [
        Look(language, width, theme)
        for language in languages
        for width in widths
        for theme in ("light", "dark")
    ]


@contextmanager
def served(data: Path) -> Iterator[str]:
    """A running installation; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (data.parent / f"{data.name}.log").open("w")
    command = [*RUN, "serve", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(command, env=_env(), stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/healthz")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} did not answer within 30 s")


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def khachquen(*words: str) -> str:
    """Run one command of ours."""
    done = subprocess.run([*RUN, *words], env=_env(), check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def install(data: Path) -> None:
    """A shop with chị Hoa as its administrator."""
    shop = ["--shop-name", "Nhà Gốm Mộc"]
    khachquen(
        "init", "--data", str(data), "--admin-email", EMAIL, "--admin-password", PASSWORD, *shop
    )


def prepare_without_people(data: Path) -> None:
    """An installation in which nobody has an account yet: the set-up waits for them."""
    install(data)
    code = "import django; django.setup(); from khachquen.govern.models import Shop, User; "
    code += "User.objects.all().delete(); Shop.objects.all().delete()"
    env = {**_env(), "KHACHQUEN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "khachquen.settings"}
    subprocess.run([sys.executable, "-c", code], env=env, check=True)


def fill_campaigns(data: Path) -> dict[str, str]:
    """Forms, letters and campaigns, some sent; what the addresses outside are made with."""
    code = "import django, json; django.setup(); from tests.ui.pages import fill_campaigns; "
    code += "from khachquen.base import system_clock; "
    code += "print(json.dumps(fill_campaigns(system_clock()), default=str))"
    env = {**_env(), "KHACHQUEN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "khachquen.settings"}
    env["PYTHONPATH"] += f"{os.pathsep}{ROOT}"
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    ids: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return ids


class Camera:
    """A browser that draws pages in one look."""

    def __init__(self, browser: Browser, url: str, look: Look, only: str) -> None:
        self.look, self.url, self.only = look, url, only
        self.context = browser.new_context(
            viewport={"width": look.width, "height": 900},
            color_scheme="dark" if look.theme == "dark" else "light",
            locale=LOCALES[look.language],
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
        )
        self.context.add_cookies([{"name": "django_language", "value": look.language, "url": url}])
        self.page: Page = self.context.new_page()

    def go(self, path: str) -> None:
        """Open a page and wait until its charts and letters are there."""
        self.page.goto(self.url + path)
        expect(self.page.locator("[data-chart]:not([data-drawn])")).to_have_count(0)
        self.page.evaluate("document.fonts.ready")

    def find(self, target: str) -> str | None:
        """The path of a page, following ``PAGE > PATTERN``; None when no link matches."""
        path, *patterns = target.split(" > ")
        for pattern in patterns:
            self.go(path)
            links = self.page.eval_on_selector_all(
                "main a[href]", "(all) => all.map((a) => a.getAttribute('href'))"
            )
            found = next((link for link in links if re.match(pattern, link)), None)
            if found is None:
                return None
            path = found
        return path

    def draw(self, state: str, name: str) -> None:
        """Write what is on the screen now, the whole page."""
        if self.only not in name:
            return
        look = self.look
        folder = OUT / f"{look.language}-{look.width}-{look.theme}"
        folder.mkdir(parents=True, exist_ok=True)
        # Long pages are cut: the frame and the first screens are what an eye judges.
        height = min(self.page.evaluate("document.documentElement.scrollHeight"), 3000)
        self.page.set_viewport_size({"width": look.width, "height": max(height, 900)})
        self.page.screenshot(path=folder / f"{state}-{name}.png")
        self.page.set_viewport_size({"width": look.width, "height": 900})

    def sign_in(self) -> None:
        """As chị Hoa."""
        self.go("/sign-in")
        self.page.fill("#id_email", EMAIL)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button.btn-primary")
        self.page.wait_for_url(self.url + "/")


def draw_setup(camera: Camera) -> None:
    """The first visit, up to the moment before there is an administrator."""
    camera.go("/setup")
    camera.draw("setup", "1-shop")
    camera.page.fill("#id_name", "Nhà Gốm Mộc")
    camera.page.click("main button.btn-primary")
    camera.draw("setup", "2-admin")
    camera.page.fill("#id_email", EMAIL)
    camera.page.fill("#id_password", "1234567890")
    camera.page.click("main button.btn-primary")
    camera.draw("error", "setup-2-admin")


def draw_opening(camera: Camera) -> None:
    """The last step of the set-up; afterwards it is closed."""
    camera.go("/setup")
    camera.page.fill("#id_name", "Nhà Gốm Mộc")
    camera.page.click("main button.btn-primary")
    camera.page.fill("#id_email", EMAIL)
    camera.page.fill("#id_password", PASSWORD)
    camera.page.click("main button.btn-primary")
    camera.draw("setup", "3-keys")


def draw_pages(camera: Camera, state: str, pages: dict[str, str]) -> None:
    """Every page of a shop in one state."""
    camera.sign_in()
    for name, target in pages.items():
        if camera.only not in name:
            continue
        path = camera.find(target)
        if path is not None:
            camera.go(path)
            camera.draw(state, name)


def draw_open_things(camera: Camera) -> None:
    """Menus, drawers, questions: what only a press shows."""
    page = camera.page
    camera.go("/")
    if camera.look.width < 1024:
        page.click(".menu-button")
        camera.draw("full", "open-drawer")
        page.keyboard.press("Escape")
    page.click("[popovertarget=person-menu]")
    camera.draw("full", "open-person-menu")
    page.keyboard.press("Escape")
    if page.locator(".stat .explain-button").count():
        page.locator(".stat .explain-button").first.click()
        camera.draw("full", "open-definition")


def draw_errors(camera: Camera) -> None:
    """Forms refused and pages missing."""
    page = camera.page
    camera.go("/khong-co-trang-nay")
    camera.draw("error", "not-found")
    camera.go("/customers?q=khong-ai-ten-nhu-vay")
    camera.draw("error", "customers-nobody-found")
    camera.go("/sources/new")
    page.click("main button.btn-primary")
    camera.draw("error", "new-source")
    camera.go("/account")
    page.fill("#id_current", "sai-mat-khau")
    page.fill("#id_password", "ngan")
    page.locator("main form").nth(1).locator("button.btn-primary").click()
    camera.draw("error", "account")


def draw_outside(camera: Camera) -> None:
    """What a stranger sees: the sign-in, a wrong password, then the pause."""
    page = camera.page
    camera.go("/sign-in")
    camera.draw("full", "sign-in")
    who = f"{camera.look.language}{camera.look.width}{camera.look.theme}@example.vn"
    for attempt in range(5):
        page.fill("#id_email", who)
        page.fill("#id_password", "sai-mat-khau")
        page.click("main button.btn-primary")
        if attempt == 0:
            camera.draw("error", "sign-in")
    camera.draw("error", "sign-in-paused")
    camera.go("/khong-co-trang-nay")
    camera.draw("error", "not-found-outside")


def draw_customers_side(camera: Camera, ids: dict[str, str]) -> None:
    """Forms, choices and confirmations, as a customer sees them."""
    for name, path in OUTSIDE.items():
        if camera.only in name:
            camera.go(path.format(**ids))
            camera.draw("full", name)


def shoot(
    browser: Browser,
    url: str,
    only: str,
    ways: list[Look],
    *scenes: str,
    ids: dict[str, str] | None = None,
) -> None:
    """Draw scenes of one running shop in every look."""
    for look in ways:
        for scene in scenes:
            camera = Camera(browser, url, look, only)
            if scene == "setup":
                draw_setup(camera)
            elif scene == "opening":
                draw_opening(camera)
            elif scene == "empty":
                draw_pages(camera, "empty", SIGNED_IN)
            elif scene == "full":
                draw_pages(camera, "full", SIGNED_IN | FULL_ONLY)
                draw_open_things(camera)
                draw_errors(camera)
            else:
                draw_customers_side(camera, ids or {})
                draw_outside(camera)
            camera.context.close()


def main() -> int:
    """Make the shops, fill them, draw them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="draw pages whose name contains this")
    parser.add_argument("--quick", action="store_true", help="fewer looks")
    parser.add_argument("--customers", type=int, default=600, help="size of the demo shop")
    options = parser.parse_args()
    ways, only = looks(options.quick), options.only
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=needs.find_chromium(), args=needs.CHROMIUM_ARGS
        )
        nobody, shop = Path(folder) / "nobody", Path(folder) / "shop"
        prepare_without_people(nobody)
        with served(nobody) as url:
            shoot(browser, url, only, ways, "setup")
            shoot(browser, url, only, ways[:1], "opening")
        install(shop)
        with served(shop) as url:
            shoot(browser, url, only, ways, "empty")
            size = ["--customers", str(options.customers), "--days", "180", "--seed", "7"]
            khachquen("demo", "--data", str(shop), *size)
            time.sleep(6)  # the line's promise: five seconds from its event to the page
            ids = fill_campaigns(shop)
            shoot(browser, url, only, ways, "full", "outside", ids=ids)
        browser.close()
    drawn = sorted(OUT.glob("*/*.png"))
    print(json.dumps({"folder": str(OUT.relative_to(ROOT)), "files": len(drawn)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
