"""Nothing is kept on a device and no id leaves it before its owner agrees, nor afterwards."""

from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.tag.conftest import Visitor, did

TRACE = """() => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookie: document.cookie,
})"""
NOTHING: dict[str, Any] = {"local": [], "session": [], "cookie": ""}


def requests_of(page: Page, lan: Visitor) -> list[Request]:
    """Every request to the front door from now on, but for the scripts."""
    found: list[Request] = []
    page.on(
        "request",
        lambda request: (
            found.append(request)
            if request.url.startswith(lan.host) and not request.url.endswith(".js")
            else None
        ),
    )
    return found


def rummage(page: Page) -> None:
    """Do everything the tag would tell of."""
    page.evaluate(
        """() => {
          kq('identify', 'KH-7', {name: 'Trần Thị Lan'}); kq('track', 'Xem size'); kq('page', 'Áo');
          history.pushState({}, '', '/ao');
          window.dispatchEvent(new Event('pagehide')); window.dispatchEvent(new Event('online'));
        }"""
    )
    page.mouse.click(50, 50)
    page.wait_for_timeout(700)  # longer than the tag waits before it sends


@pytest.mark.parametrize("mode", ["ask", "bar"])
def test_before_the_answer_nothing_is_kept_and_nothing_sent(lan: Visitor, mode: str) -> None:
    lan.put("/", consent=mode, cookie="lua-hoa.example")
    page = lan.new_tab()
    sent = requests_of(page, lan)
    lan.open(page=page)

    rummage(page)

    assert page.evaluate(TRACE) == NOTHING
    assert sent == []
    assert lan.door.kept() == []


def test_what_was_done_before_the_answer_is_told_after_a_yes(lan: Visitor) -> None:
    lan.put("/", consent="ask", clicks="off")
    page = lan.open("/?utm_source=zalo")
    page.evaluate("const ring = {}; ring.ring = ring; kq('track', 'ring', ring)")
    page.evaluate("const size = {size: 'M'}; kq('track', 'Xem size', size); size.size = 'XL'")
    page.wait_for_timeout(300)
    lan.complaints[:] = [told for told in lan.complaints if "circular" not in told]

    page.evaluate("kq('consent', {analytics: true, marketing: false})")
    rows = lan.stored(at_least=3)

    assert did(rows) == [("page", None), ("track", "Xem size"), ("track", "Consent Updated")]
    assert [row.properties for row in rows] == [
        {},
        {"size": "M"},
        {"analytics": True, "marketing": False},
    ]
    assert rows[-1].at_ms - rows[0].at_ms >= 300
    assert {row.anonymous_id for row in rows} == {lan.kept(page)["kq_id"]}
    wishes = {"analytics": True, "marketing": False}
    assert all(row.context["consent"] == {"categoryPreferences": wishes} for row in rows)
    assert rows[0].utm_source == "zalo"


def test_an_answer_holds_on_the_next_page_and_is_told_once(lan: Visitor) -> None:
    lan.put("/", consent="ask")
    page = lan.open()
    page.evaluate("kq('consent', {analytics: true})")
    lan.wait_for_messages(2)

    lan.open(page=page)
    page.evaluate("kq('consent', {analytics: true})")  # as consent platforms do on every page
    rows = lan.stored(at_least=3)

    assert did(rows) == [("page", None), ("track", "Consent Updated"), ("page", None)]
    assert len({row.anonymous_id for row in rows}) == 1


def test_a_no_forgets_what_was_held_and_stays_a_no(lan: Visitor) -> None:
    lan.put("/", consent="ask")
    page = lan.new_tab()
    sent = requests_of(page, lan)
    lan.open(page=page)

    page.evaluate("kq('consent', {analytics: false, marketing: false})")
    rummage(page)

    assert page.evaluate(TRACE) == NOTHING
    assert sent == []


def test_a_withdrawal_is_the_last_thing_said_and_empties_the_device(lan: Visitor) -> None:
    lan.put("/", consent="ask", cookie="lua-hoa.example", clicks="off")
    page = lan.open()
    page.evaluate("kq('consent', {analytics: true, marketing: true}); kq('identify', 'KH-7')")
    lan.wait_for_messages(3)
    assert lan.kept(page)["kq_user"] == "KH-7"
    assert "kq_id=" in page.evaluate("document.cookie")

    page.evaluate(
        "kq('track', 'Chưa kịp gửi'); kq('consent', {analytics: false, marketing: false})"
    )
    lan.wait_for_messages(4)
    sent = requests_of(page, lan)
    rummage(page)
    rows = lan.stored(at_least=4)

    assert rows[-1].what == ("track", "Consent Updated")
    assert rows[-1].properties == {"analytics": False, "marketing": False}
    assert rows[-1].user_id == "KH-7"
    assert "Chưa kịp gửi" not in {row.name for row in rows}
    assert page.evaluate(TRACE) == NOTHING
    assert sent == []


def test_agreeing_again_begins_a_new_visitor(lan: Visitor) -> None:
    lan.put("/", consent="ask")
    page = lan.open()
    page.evaluate("kq('consent', true)")
    first = lan.kept(page)["kq_id"]

    page.evaluate("kq('consent', false); kq('consent', true)")

    assert lan.kept(page)["kq_id"] != first


def test_a_no_in_one_tab_is_a_no_in_the_other(lan: Visitor) -> None:
    lan.put("/", consent="ask")
    one, other = lan.open(), lan.open()
    one.evaluate("kq('consent', {analytics: true})")
    lan.wait_for_messages(3)  # the other tab's page as well

    one.evaluate("kq('consent', {analytics: false})")
    other.wait_for_timeout(100)
    sent = requests_of(other, lan)
    rummage(other)

    assert other.evaluate(TRACE) == NOTHING
    assert sent == []


@pytest.mark.parametrize(
    "signal",
    [
        "Object.defineProperty(navigator, 'doNotTrack', {value: '1'})",
        "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})",
    ],
)
def test_a_browser_that_asks_not_to_track_is_obeyed(lan: Visitor, signal: str) -> None:
    lan.put("/", "<a href='#' data-kq-consent>Quyền riêng tư</a>", consent="granted")
    page = lan.new_tab()
    page.add_init_script(signal)
    sent = requests_of(page, lan)
    lan.open(page=page)

    page.evaluate("kq('consent', {analytics: true})")
    page.click("a")
    rummage(page)

    assert page.evaluate(TRACE) == NOTHING
    assert sent == []


def test_our_own_bar_asks_where_the_page_does_not(lan: Visitor) -> None:
    lan.put("/", consent="", policy="/rieng-tu", clicks="on")
    page = lan.open()
    bar = page.get_by_role("region", name="Bạn có cho phép ghi nhận cách bạn xem trang này?")

    expect(bar.get_by_role("button")).to_have_text(
        ["Không đồng ý", "Chỉ thống kê", "Đồng ý cả hai"]
    )
    expect(bar.get_by_role("link")).to_have_attribute("href", "/rieng-tu")
    assert page.evaluate(TRACE) == NOTHING
    bar.get_by_role("button", name="Chỉ thống kê").press("Enter")
    rows = lan.stored(at_least=2)

    assert did(rows) == [("page", None), ("track", "Consent Updated")]
    assert rows[-1].properties == {"analytics": True, "marketing": False, "shown": "bar-vi-1"}
    lan.open(page=page)
    expect(bar).to_have_count(0)


def test_the_bar_takes_no_for_an_answer_and_comes_back_when_asked(lan: Visitor) -> None:
    link = "<a href='#' data-kq-consent>Đổi lựa chọn</a>"
    lan.put("/", f"<p style='height: 300px'>{link}</p>", consent="bar", lang="en", clicks="off")
    page = lan.open()
    bar = page.get_by_role("region", name="May we keep a record of how you use this site?")

    bar.get_by_role("button", name="No", exact=True).click()
    lan.open(page=page)
    page.wait_for_timeout(300)
    expect(bar).to_have_count(0)
    assert lan.kept(page) == {"kq_consent": '{"analytics":false,"marketing":false}'}
    assert lan.door.kept() == []

    page.click("a")
    bar.get_by_role("button", name="Yes to both").click()
    [row] = lan.stored(at_least=1)
    assert row.properties == {"analytics": True, "marketing": True, "shown": "bar-en-1"}
