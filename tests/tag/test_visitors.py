"""Who it is and where they came from: an id of the shop's own, and the first touch kept."""

from tests.tag.conftest import SITE, Visitor, did


def test_the_first_campaign_is_kept_for_ever(lan: Visitor) -> None:
    lan.put("/", clicks="off")
    page = lan.open(
        "/?utm_source=facebook&utm_medium=cpc&utm_campaign=Tet&fbclid=IwAR1&utm_content=video"
    )
    lan.wait_for_messages(1)
    lan.open("/?utm_source=zalo&gclid=abc", page=page)
    lan.wait_for_messages(2)
    lan.open("/", page=page)
    views = [row for row in lan.stored(at_least=3) if row.type == "page"]

    campaigns = [(row.context.get("campaign"), row.context.get("clickIds")) for row in views]
    first = {"source": "facebook", "medium": "cpc", "name": "Tet", "content": "video"}
    assert campaigns == [
        (first, {"fbclid": "IwAR1"}),
        ({"source": "zalo"}, {"gclid": "abc"}),
        (None, None),
    ]
    assert [row.utm_source for row in views] == ["facebook", "zalo", None]
    touches = [row.context["firstTouch"] for row in views]
    assert all(touch == touches[0] for touch in touches)
    assert touches[0]["campaign"] == first
    assert touches[0]["clickIds"] == {"fbclid": "IwAR1"}
    assert touches[0]["url"].startswith(lan.site.url("/?utm_source=facebook"))


def test_a_known_customer_stays_known_until_they_leave(lan: Visitor) -> None:
    lan.put("/", clicks="off")
    page = lan.open()
    page.evaluate("kq('identify', 'KH-7', {name: 'Trần Thị Lan', email: 'lan@example.vn'})")
    lan.wait_for_messages(2)
    lan.open(page=page)
    page.evaluate("kq('reset'); kq('track', 'Người khác')")
    rows = lan.stored(at_least=4)

    ids = [(row.what, row.user_id) for row in rows if row.name != "Page Engaged"]
    assert ids == [
        (("page", None), None),
        (("identify", None), "KH-7"),
        (("page", None), "KH-7"),
        (("track", "Người khác"), None),
    ]
    assert rows[0].anonymous_id == rows[1].anonymous_id != rows[-1].anonymous_id
    assert lan.kept(page)["kq_id"] == rows[-1].anonymous_id
    assert "kq_user" not in lan.kept(page)
    assert "Lan" not in str(lan.kept(page))  # what was said of her is not left on the device


def test_one_visitor_on_every_subdomain(lan: Visitor) -> None:
    lan.put("/", cookie="lua-hoa.example")
    page = lan.new_tab()
    for host in (SITE, "blog.lua-hoa.example"):
        page.goto(lan.site.url("/", host))
        page.wait_for_function("window.kq && kq.isLoaded")
    rows = lan.stored(at_least=2)

    assert len({row.anonymous_id for row in rows}) == 1
    [cookie] = [c for c in lan.context.cookies() if c["name"] == "kq_id"]
    assert (cookie["domain"], cookie["sameSite"], cookie["path"]) == (
        ".lua-hoa.example",
        "Lax",
        "/",
    )


def test_without_the_option_no_cookie_is_made(lan: Visitor) -> None:
    lan.put("/")
    lan.open()
    lan.stored(at_least=1)

    assert lan.context.cookies() == []


def test_a_company_and_its_people(lan: Visitor) -> None:
    lan.put("/")
    page = lan.open()
    page.evaluate("kq('group', 'CTY-1', {name: 'Gốm Mộc'})")

    rows = lan.stored(at_least=2)
    assert did(rows) == [("page", None), ("group", None)]
    assert rows[1].traits == {"name": "Gốm Mộc"}
