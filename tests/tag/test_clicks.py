"""Clicks: where on the page, on what, and where links lead."""

from typing import Any

import pytest

from tests.tag.conftest import Stored, Visitor, did

STYLE = (
    "<style>html, body { margin: 0 } #box { width: 50%; height: 400px; background: silver }</style>"
)
LINKS = """
<a id="out" href="https://doi-tac.example/gom?x=1" target="_blank">Đối tác</a>
<a id="file" href="/tai-ve/Bang%20gia.PDF?v=2">Bảng giá</a>
<a id="named" href="/xuat" download="khach.bin">Tải</a>
<a id="call" href="tel:0912345678">Gọi</a>
<a id="mail" href="mailto:hoa@lua-hoa.example">Thư</a>
<a id="zalo" href="https://zalo.me/0912345678">Zalo</a>
<a id="chat" href="https://m.me/luahoa">Messenger</a>
<a id="here" href="#cuoi">Xuống</a>
<a id="quiet" href="https://doi-tac.example/" data-kq-ignore>Im lặng</a>
<a id="code" href="javascript:void 0">Mã</a>
<script>
  // Nothing is left: the test looks at what is told, not at where it leads.
  document.addEventListener("click", (event) => event.preventDefault());
</script>"""


def named(rows: list[Stored], name: str) -> list[dict[str, Any]]:
    return [row.properties for row in rows if row.name == name]


@pytest.mark.parametrize("width", [390, 1200])
def test_thirty_clicks_stand_where_they_were_made(lan: Visitor, width: int) -> None:
    lan.put("/", f"{STYLE}<div id=box></div><div style='height: 1600px'></div>")
    page = lan.open()
    page.set_viewport_size({"width": width, "height": 600})
    points = [(0.1 + 0.8 * (n % 6) / 6, 0.05 + 0.9 * (n // 6) / 5) for n in range(30)]

    for x, y in points:
        down = round(y * 2000)
        page.evaluate("y => scrollTo(0, y)", max(0, down - 300))
        page.mouse.click(x * width, down - page.evaluate("scrollY"))
    # By place: requests on a busy machine differ in how long they take, and so do corrected times.
    clicks = named(lan.stored(at_least=31), "Element Clicked")
    clicks.sort(key=lambda click: (round(click["y"], 2), click["x"]))

    assert len(clicks) == 30
    for (x, y), click in zip(points, clicks, strict=True):
        assert click["x"] == pytest.approx(x, abs=0.002)
        assert click["y"] == pytest.approx(y, abs=0.002)
        assert (click["page_width"], click["page_height"]) == (width, 2000)
    on_box = [click for click in clicks if click["selector"] == "#box"]
    assert on_box
    assert all(click["element_x"] == pytest.approx(click["x"] * 2, abs=0.01) for click in on_box)


def test_links_out_files_and_people_are_told_apart(lan: Visitor) -> None:
    lan.put("/", LINKS, clicks="off")
    page = lan.open()

    for name in ("out", "file", "named", "call", "mail", "zalo", "chat", "here", "quiet", "code"):
        page.click(f"#{name}")
    rows = lan.stored(at_least=8)

    assert named(rows, "Outbound Link Clicked") == [
        {"href": "https://doi-tac.example/gom?x=1", "text": "Đối tác", "host": "doi-tac.example"}
    ]
    assert [(p["file_name"], p["file_extension"]) for p in named(rows, "File Downloaded")] == [
        ("Bang%20gia.PDF", "pdf"),
        ("xuat", ""),
    ]
    assert [p["channel"] for p in named(rows, "Contact Clicked")] == [
        "phone",
        "email",
        "zalo",
        "messenger",
    ]
    assert len(did(rows)) == 8


def test_a_click_that_leaves_the_page_is_not_lost(lan: Visitor) -> None:
    lan.put("/", '<a id="on" href="/tiep">Tiếp</a>')
    lan.put("/tiep", title="Trang sau")
    page = lan.open()

    page.click("#on")
    page.wait_for_function("document.title === 'Trang sau' && window.kq && kq.isLoaded")
    rows = lan.stored(at_least=3)

    assert did(rows) == [
        ("page", None),
        ("track", "Element Clicked"),
        ("page", None),
    ]
    assert rows[-1].referrer == lan.site.url("/")
    click = next(row for row in rows if row.name == "Element Clicked")
    assert (click.path, click.properties["text"], click.properties["tag"]) == ("/", "Tiếp", "a")


def test_a_key_press_on_a_button_is_a_click_in_its_middle(lan: Visitor) -> None:
    lan.put("/", "<button aria-label='Mua ngay'>🛒</button>")
    page = lan.open()

    page.focus("button")
    page.keyboard.press("Enter")
    [click] = named(lan.stored(at_least=2), "Element Clicked")

    assert (click["element_x"], click["element_y"], click["text"]) == (0.5, 0.5, "Mua ngay")


def test_what_stands_in_a_field_is_not_read(lan: Visitor) -> None:
    lan.put("/", "<label>Mật khẩu <input id=mk value='bi-mat-cua-lan'></label>")
    page = lan.open()

    page.click("#mk")
    rows = lan.stored(at_least=2)

    assert "bi-mat" not in str(rows)
    [click] = named(rows, "Element Clicked")
    assert (click["selector"], click.get("text")) == ("#mk", None)


def test_clicks_and_links_are_left_alone_where_the_shop_says_so(lan: Visitor) -> None:
    lan.put("/", LINKS, clicks="off", links="off", downloads="off")
    page = lan.open()

    for name in ("out", "file", "call"):
        page.click(f"#{name}")
    page.evaluate("kq('track', 'Xong')")

    assert did(lan.stored(at_least=2)) == [("page", None), ("track", "Xong")]


def test_a_page_that_stops_its_clicks_does_not_hide_them(lan: Visitor) -> None:
    lan.put("/", "<button onclick='event.stopPropagation()'>Thêm vào giỏ</button>")
    page = lan.open()

    page.click("button")

    assert [c["text"] for c in named(lan.stored(at_least=2), "Element Clicked")] == ["Thêm vào giỏ"]
