"""The live page over a real server: rows come by themselves, wait while paused, survive a cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.served import EMAIL, PASSWORD, Installation, installation
from tests.ui.inspecting import inspect

pytestmark = pytest.mark.served
IN_TIME_MS = 5_000


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Installation]:
    """A fresh installation with all its processes."""
    with installation(tmp_path) as made:
        made.serve()
        yield made


@pytest.fixture
def hoa(browser: Browser, running: Installation) -> Iterator[Page]:
    """Chị Hoa, signed in; any script error or policy report fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if "Policy" in said.text else None,
    )
    page.goto(f"{running.url}/sign-in")
    page.get_by_label("Email").fill(EMAIL)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{running.url}/")
    yield page
    context.close()
    assert complaints == []


def told(running: Installation, *names: str) -> None:
    """Events of anh Nam's, acknowledged."""
    sent = [{"type": "track", "event": name, "userId": "KH-Nam"} for name in names]
    assert running.tell(sent) == 200


def test_an_event_appears_by_itself_and_waits_while_paused(
    hoa: Page, running: Installation
) -> None:
    hoa.goto(f"{running.url}/events")
    expect(hoa.get_by_text("Đang chờ sự kiện đầu tiên")).to_be_visible()
    expect(hoa.get_by_text("Đang nhận trực tiếp")).to_be_visible()

    told(running, "Danced")
    expect(hoa.get_by_role("link", name="Danced")).to_be_visible(timeout=IN_TIME_MS)
    expect(hoa.get_by_text("Đang chờ sự kiện đầu tiên")).to_be_hidden()
    inspect(hoa, "live page with rows")

    hoa.get_by_role("button", name="Tạm dừng").press("Enter")
    resume = hoa.get_by_role("button", name="Chạy tiếp")
    expect(resume).to_be_focused()
    told(running, "Sang", "Played")
    expect(resume).to_have_text("Chạy tiếp(2 đang chờ)", timeout=IN_TIME_MS)
    expect(hoa.get_by_role("link", name="Sang")).to_have_count(0)
    inspect(hoa, "live page paused")

    resume.press("Enter")
    expect(hoa.get_by_role("link", name="Sang")).to_be_visible()
    expect(hoa.locator("[data-live-rows] tr")).to_have_count(3)
    expect(hoa.get_by_role("button", name="Tạm dừng")).to_be_focused()


def test_a_cut_connection_is_said_and_mended_without_a_gap(
    hoa: Page, running: Installation
) -> None:
    told(running, "Before")
    running.wait_until_taken_in()
    hoa.goto(f"{running.url}/events")
    expect(hoa.get_by_text("Đang nhận trực tiếp")).to_be_visible()

    running.stop()
    expect(hoa.get_by_text("Mất kết nối, đang thử lại.")).to_be_visible()
    inspect(hoa, "live page lost")
    running.serve()
    told(running, "Meanwhile")

    expect(hoa.get_by_role("link", name="Meanwhile")).to_be_visible(timeout=20_000)
    expect(hoa.get_by_text("Đang nhận trực tiếp")).to_be_visible()
    expect(hoa.get_by_role("link", name="Before")).to_have_count(1)


def test_signing_out_elsewhere_leads_to_the_door(hoa: Page, running: Installation) -> None:
    hoa.goto(f"{running.url}/events")
    expect(hoa.get_by_text("Đang nhận trực tiếp")).to_be_visible()
    other = hoa.context.new_page()
    other.goto(f"{running.url}/account")
    other.locator("[popovertarget=person-menu]").click()
    other.get_by_role("button", name="Đăng xuất").click()

    hoa.bring_to_front()
    expect(hoa).to_have_url(f"{running.url}/sign-in?next=/events")
