"""From one pasted line to the first event on screen: a whole installation and a real page."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.served import installation
from tests.tag.conftest import HUMAN, Website, page_with
from tests.visitor import Visitor
from tests.waiting import wait_for


@pytest.mark.chromium
@pytest.mark.served
def test_the_first_event_is_seen_within_a_minute(
    browser: Browser, site: Website, tmp_path: Path
) -> None:
    with installation(tmp_path) as shop:
        shop.serve()
        owner = Visitor(shop)
        key = shop.keys["public_write_key"]
        line = f'<script async src="{shop.url}/kq.js" data-key="{key}"></script>'
        site.put("/", page_with(line, "Lụa tơ tằm", "Trang chủ Lụa Hòa"))
        assert "Consent Updated" not in owner.read("/events")
        began_at = time.monotonic()

        page = browser.new_page(locale="vi-VN", user_agent=HUMAN)
        page.goto(site.url())
        page.get_by_role("button", name="Đồng ý cả hai").click()
        wait_for(lambda: "Consent Updated" in owner.read("/events"), every_s=0.2)

        assert time.monotonic() - began_at < 60
        rows = shop.ask('select type, name, page_title from events order by "at", event_id')
        title = "Trang chủ Lụa Hòa"
        assert rows == [["page", None, title], ["track", "Consent Updated", title]]
        page.context.close()
