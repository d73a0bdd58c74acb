"""Five hundred messages made to run in a page are sent to a real server; none of them runs."""

from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.collect.protocols.hostile import Payload, payloads
from tests.served import EMAIL, PASSWORD, Installation, installation

pytestmark = pytest.mark.served
_OPENED = 40  # event pages looked at, spread over all of them
_TRAPS = """() => [window.hacked, document.querySelectorAll(
  "main script, main img, main iframe, main object, main embed, main style, main [srcdoc], \
main [onload], main [onerror], main [onmouseover], main [autofocus]:not(#sift), \
main a[href^='javascript:' i], main a[href^='data:' i], main a[href^='vbscript:' i]").length]"""


@pytest.fixture
def complaints() -> list[str]:
    return []


def test_what_strangers_send_is_shown_and_runs_nowhere(
    browser: Browser, tmp_path: Path, complaints: list[str]
) -> None:
    env = {"KHACHQUEN_INGEST_PUBLIC_EVENTS_PER_SECOND": "0"}
    with installation(tmp_path, **env) as shop:
        shop.serve()
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        live = _signed_in(context.new_page(), shop, complaints)
        live.goto(f"{shop.url}/events")
        expect(live.get_by_text("Đang nhận trực tiếp")).to_be_visible()

        sent = sum(_send(shop, one) for one in payloads(shop.keys["public_write_key"]))
        assert sent >= 500
        shop.wait_until_taken_in()
        expect(live.locator("[data-live-rows] tr").nth(49)).to_be_visible()
        assert live.evaluate(_TRAPS) == [None, 0]

        events = [row[0] for row in shop.ask("select event_id from events order by event_id")]
        assert len(events) > 300
        ids = shop.ask("select distinct message_id from refusals order by message_id limit 20")
        pages = [
            "/events?outcome=quarantined",
            "/events?outcome=stored",
            "/quarantine",
            "/customers",
            "/customers?who=visitors",
            *(f"/events/message?{urlencode({'id': message_id})}" for (message_id,) in ids),
            *(f"/events/{event}" for event in events[:: max(1, len(events) // _OPENED)]),
        ]
        assert len(ids) == 20
        for path in pages:
            answer = live.goto(shop.url + path)
            assert answer is not None
            assert answer.status == 200, path
            assert live.evaluate(_TRAPS) == [None, 0], path
        context.close()
    assert complaints == []


def _signed_in(page: Page, shop: Installation, complaints: list[str]) -> Page:
    """A tab that writes down every script error, policy report and question box."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if _is_bad(said.text) else None)
    page.on("dialog", lambda box: complaints.append(box.message))
    page.goto(f"{shop.url}/sign-in")
    page.get_by_label("Email").fill(EMAIL)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{shop.url}/")
    return page


def _is_bad(text: str) -> bool:
    return "Policy" in text or "Refused" in text


def _send(shop: Installation, payload: Payload) -> bool:
    """Send one request as it is; whether it was answered, and not with a mistake of ours."""
    _, path, headers, body = payload
    connection = HTTPConnection("127.0.0.1", shop.port, timeout=30)
    try:
        connection.request("POST", path, body, headers)
        return 200 <= connection.getresponse().status < 500
    except (TimeoutError, HTTPException, OSError):
        return False
    finally:
        connection.close()
