"""One button for phone, Zalo, Messenger and e-mail; each click an event."""

import pytest
from playwright.sync_api import Page, expect

from tests.tag.conftest import Visitor, did

ALL = (
    'data-phone="0912 345 678" data-zalo="0912.345.678" data-messenger="luahoa"'
    ' data-email="hoa@lua-hoa.example"'
)


def button(lan: Visitor, options: str = ALL) -> str:
    return f'<script async src="{lan.host}/kq-contact.js" {options}></script>'


def open_shop(lan: Visitor, options: str = ALL, **told: str) -> Page:
    lan.put("/", button(lan, options), **told)
    page = lan.open()
    # Where the links lead is not on this machine; that they were followed is enough.
    page.evaluate("document.addEventListener('click', (e) => e.preventDefault(), true)")
    return page


def test_each_channel_is_a_link_and_each_click_an_event(lan: Visitor) -> None:
    page = open_shop(lan)

    page.get_by_role("button", name="Liên hệ với cửa hàng").click()
    for name in ("Gọi điện", "Nhắn Zalo", "Nhắn Messenger", "Gửi email"):
        page.get_by_role("link", name=name).click()
    rows = lan.stored(at_least=6)

    assert did(rows)[:2] == [("page", None), ("track", "Contact Opened")]
    assert rows[1].properties == {"channels": ["phone", "zalo", "messenger", "email"]}
    assert [row.properties for row in rows if row.name == "Contact Clicked"] == [
        {"channel": "phone", "href": "tel:0912345678", "place": "button"},
        {"channel": "zalo", "href": "https://zalo.me/0912345678", "place": "button"},
        {"channel": "messenger", "href": "https://m.me/luahoa", "place": "button"},
        {"channel": "email", "href": "mailto:hoa@lua-hoa.example", "place": "button"},
    ]
    assert {row.name for row in rows} <= {None, "Contact Opened", "Contact Clicked", "Page Engaged"}
    from khachquen.unify.models import Profile

    assert Profile.objects.count() == 1  # the shop's own number is nobody's identity


def test_it_works_by_keyboard_and_says_what_it_is(lan: Visitor) -> None:
    page = open_shop(lan, ALL + ' data-lang="en"')
    opener = page.get_by_role("button", name="Contact the shop")

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    opener.focus()
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Ways to reach us").get_by_role("link")).to_have_text(
        ["Call us", "ZaloChat on Zalo", "Chat on Messenger", "Send an e-mail"]
    )
    page.get_by_role("link", name="Call us").focus()
    page.keyboard.press("Escape")

    expect(page.get_by_role("link")).to_have_count(0)
    expect(opener).to_be_focused()


def test_it_closes_when_one_clicks_elsewhere(lan: Visitor) -> None:
    page = open_shop(lan)
    page.get_by_role("button", name="Liên hệ với cửa hàng").click()
    expect(page.get_by_role("link")).to_have_count(4)

    page.mouse.click(100, 100)

    expect(page.get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 360])
def test_it_fits_a_small_phone(lan: Visitor, width: int) -> None:
    page = open_shop(lan)
    page.set_viewport_size({"width": width, "height": 640})
    page.get_by_role("button", name="Liên hệ với cửa hàng").click()

    for element in [*page.get_by_role("link").all(), page.get_by_role("button", name="Đóng")]:
        box = element.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_it_keeps_still_for_those_who_want_that(lan: Visitor) -> None:
    page = lan.new_tab()
    page.emulate_media(reduced_motion="reduce")
    lan.put("/", button(lan))
    lan.open(page=page)
    page.get_by_role("button", name="Liên hệ với cửa hàng").click()

    motion = "e => [getComputedStyle(e).animationName, getComputedStyle(e).transitionDuration]"
    assert page.get_by_role("list").evaluate(motion) == ["none", "0s"]


def test_the_style_of_the_page_does_not_reach_it(lan: Visitor) -> None:
    loud = "kq-box, body > * { height: 900px !important; display: none !important }"
    lan.put("/", f"{button(lan)}<style>{loud}</style>")
    page = lan.open()
    opener = page.get_by_role("button", name="Liên hệ với cửa hàng")

    assert opener.bounding_box() == {"x": 928, "y": 528, "width": 56, "height": 56}
    opener.click()

    expect(page.get_by_role("link", name="Gọi điện")).to_be_visible()


def test_without_a_channel_there_is_no_button(lan: Visitor) -> None:
    page = open_shop(lan, "")
    page.wait_for_timeout(300)

    expect(page.get_by_role("button")).to_have_count(0)


def test_before_consent_a_click_is_not_told(lan: Visitor) -> None:
    page = open_shop(lan, consent="ask")

    page.get_by_role("button", name="Liên hệ với cửa hàng").click()
    page.get_by_role("link", name="Gọi điện").click()
    page.wait_for_timeout(700)

    assert lan.door.kept() == []
    assert lan.kept(page) == {}
