"""Pages seen, how long and how far: one script tag, and the rows it leaves in the lake."""

import re

from tests.tag.conftest import Stored, Visitor

SHOP = """
<a id="ao" href="/ao">Áo</a> <button id="quan">Quần</button>
<script>
  quan.onclick = () => { history.pushState({}, "", "/quan?size=M"); document.title = "Quần lụa"; };
</script>"""


def engaged(rows: list[Stored]) -> list[tuple[str | None, int, int]]:
    """Path, seconds and percent of each look at a page."""
    return [
        (row.path, row.properties["engaged_ms"] // 1000, row.properties["scroll_percent"])
        for row in rows
        if row.name == "Page Engaged"
    ]


def test_one_script_tag_stores_a_page_view(lan: Visitor) -> None:
    lan.put("/ao-lua", title="Áo lụa Hà Đông")

    page = lan.open("/ao-lua?mau=xanh#size")
    [row] = lan.stored(at_least=1)

    assert row.what == ("page", None)
    assert (row.path, row.title, row.referrer) == ("/ao-lua", "Áo lụa Hà Đông", None)
    assert row.context["page"]["search"] == "?mau=xanh"
    assert row.context["page"]["url"] == lan.site.url("/ao-lua?mau=xanh#size")
    assert row.context["library"] == {"name": "kq.js", "version": "1"}
    assert row.context["locale"] == "vi-VN"
    assert row.context["consent"] == {"categoryPreferences": {"analytics": True}}
    assert re.fullmatch(r"[0-9a-f]{32}", row.message_id)
    assert row.anonymous_id == lan.kept(page)["kq_id"]
    assert page.evaluate("Object.keys(window).filter(n => /^kq/i.test(n))") == ["kq"]


def test_a_page_that_changes_its_address_is_seen_again(lan: Visitor) -> None:
    lan.put("/", SHOP, title="Lụa Hòa", clicks="off")
    page = lan.open()

    page.click("#quan")
    page.wait_for_timeout(100)
    page.evaluate("history.replaceState({}, '', '?size=L')")  # a filter, not a page
    page.evaluate("history.pushState({}, '', location.href)")  # the same address
    page.go_back()
    page.go_back()
    rows = [row for row in lan.stored(at_least=3) if row.type == "page"]

    assert [(row.path, row.title) for row in rows] == [
        ("/", "Lụa Hòa"),
        ("/quan", "Quần lụa"),
        ("/", "Quần lụa"),
    ]
    assert [row.referrer for row in rows] == [
        None,
        lan.site.url("/"),
        lan.site.url("/quan?size=L"),
    ]


def test_an_address_is_not_watched_where_the_shop_says_so(lan: Visitor) -> None:
    lan.put("/", SHOP, clicks="off", spa="off")
    page = lan.open()

    page.click("#quan")
    page.evaluate("kq('page', 'Quần', {loai: 'lụa'})")
    rows = lan.stored(at_least=2)

    assert [(row.what, row.properties) for row in rows] == [
        (("page", None), {}),
        (("page", "Quần"), {"loai": "lụa"}),
    ]


def test_time_counts_while_the_page_is_visible(lan: Visitor) -> None:
    lan.put("/", "<div style='height: 2400px'></div>")
    page = lan.new_tab_in_frozen_time()
    lan.open(page=page)

    page.clock.run_for(7_000)
    hide(page, "hidden")
    page.clock.run_for(60_000)
    hide(page, "visible")
    page.clock.run_for(3_000)
    page.evaluate("scrollTo(0, 1200)")
    page.wait_for_function("scrollY === 1200")
    page.clock.run_for(1_000)
    hide(page, "hidden")
    page.clock.run_for(1_000)
    rows = lan.stored(at_least=3, with_time=True)

    view, *_ = rows
    assert engaged(rows) == [("/", 7, 25), ("/", 4, 75)]
    assert {row.properties.get("view_id") for row in rows[1:]} == {view.message_id}


def hide(page, state: str) -> None:  # type: ignore[no-untyped-def]
    """What a browser does when another tab comes to the front."""
    page.evaluate(
        """state => {
          Object.defineProperty(document, 'visibilityState', {value: state, configurable: true});
          document.dispatchEvent(new Event('visibilitychange'));
        }""",
        state,
    )


def test_each_view_has_its_own_time(lan: Visitor) -> None:
    lan.put("/", SHOP, clicks="off")
    page = lan.new_tab_in_frozen_time()
    lan.open(page=page)

    page.clock.run_for(5_000)
    page.click("#quan")
    page.clock.run_for(2_000)
    hide(page, "hidden")
    page.clock.run_for(1_000)

    assert engaged(lan.stored(at_least=4, with_time=True)) == [("/", 5, 100), ("/quan", 2, 100)]


def test_somebody_who_fell_asleep_is_not_reading(lan: Visitor) -> None:
    lan.put("/")
    page = lan.new_tab_in_frozen_time()
    lan.open(page=page)

    page.clock.fast_forward("08:00:00")
    hide(page, "hidden")
    page.clock.run_for(1_000)

    assert engaged(lan.stored(at_least=2, with_time=True)) == [("/", 1800, 100)]


def test_the_last_page_tells_its_time_as_it_closes(lan: Visitor) -> None:
    lan.put("/")
    page = lan.open()
    page.wait_for_timeout(1_100)

    page.close()
    rows = lan.stored(at_least=2, with_time=True)

    assert engaged(rows) == [("/", 1, 100)]


def test_what_was_searched_on_the_site_is_told(lan: Visitor) -> None:
    lan.put("/tim", search_param="tu-khoa, q")

    lan.open("/tim?tu-khoa=%20áo%20dài%20&q=&trang=2")
    view, search = lan.stored(at_least=2)

    assert view.what == ("page", None)
    assert search.what == ("track", "Products Searched")
    assert search.properties == {"query": "áo dài"}


def test_a_hostile_page_breaks_neither_the_page_nor_the_rows(lan: Visitor) -> None:
    title = "</title><script>window.hacked = 1</script>\\u0000${alert(1)}"
    lan.put("/a", "<b id=x></b>" * 3)
    page = lan.open(
        "/a?q=%3Cscript%3Ealert(1)%3C/script%3E&utm_source=%F0%9F%92%A5%ZZ#<svg onload=alert(1)>"
    )

    page.evaluate(
        """title => {
          document.title = title;
          kq('page', title, {'<img src=x onerror=alert(1)>': title, __proto__: {a: 1}});
          kq('track', 'x'.repeat(40000));          // larger than any message may be
          kq('track', 'lone \\ud800 surrogate', {n: NaN, f: () => 1, u: undefined, d: new Date(0)});
          const ring = {}; ring.ring = ring;
          kq('track', 'ring', ring);
          kq('constructor'); kq('__proto__'); kq(); kq(null, null);
          kq('track'); kq('page', {}); kq('identify', null, null); kq('consent', null);
          history.pushState(null, '', '/b');
        }""",
        title,
    )
    lan.complaints[:] = [told for told in lan.complaints if not told.startswith("[kq]")]
    rows = lan.stored(at_least=6)

    assert rows[0].context["campaign"] == {"source": "💥%ZZ"}
    assert rows[1].properties == {"query": "<script>alert(1)</script>"}
    named = next(row for row in rows if row.type == "page" and row.name)
    assert named.title == title
    assert named.properties["<img src=x onerror=alert(1)>"] == title
    assert {row.name for row in rows if row.type == "track"} >= {"lone � surrogate"}
    assert page.evaluate("window.hacked") is None
