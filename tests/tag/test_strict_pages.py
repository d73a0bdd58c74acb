"""Pages that forbid nearly everything, and browsers that keep nothing: the tag still works."""

from tests.tag.conftest import Visitor, did, page_with

WATCH = """document.addEventListener("securitypolicyviolation", (event) => {
  (window.bad ||= []).push(event.violatedDirective);
})"""


def strict(lan: Visitor) -> str:
    """Only our host may send scripts and be spoken to; nothing inline, no text becomes script."""
    return (
        f"default-src 'none'; script-src {lan.host}; connect-src {lan.host};"
        " require-trusted-types-for 'script'; base-uri 'none'; form-action 'none'"
    )


def test_a_strict_page_needs_nothing_but_our_host(lan: Visitor) -> None:
    source, numbers = f"{lan.host}/kq-contact.js", 'data-phone="0912345678" data-zalo="0912345678"'
    contact = f'<script async src="{source}" {numbers}></script>'
    html = page_with(lan.tag(consent="bar") + contact, "<main>Lụa</main>")
    lan.site.put("/", html, Content_Security_Policy=strict(lan))
    page = lan.new_tab()
    page.add_init_script(WATCH)
    lan.open(page=page)

    page.get_by_role("button", name="Đồng ý cả hai").click()
    page.get_by_role("button", name="Liên hệ với cửa hàng").click()
    link = page.get_by_role("link", name="Nhắn Zalo")
    rows = lan.stored(at_least=3)

    assert did(rows) == [("page", None), ("track", "Consent Updated"), ("track", "Contact Opened")]
    assert link.evaluate("e => getComputedStyle(e).display") == "flex"  # its style was let in
    assert page.evaluate("window.bad") is None


def test_blocked_storage_costs_the_memory_not_the_visit(lan: Visitor) -> None:
    # A sandboxed page has no storage at all: each touch of it throws, cookies included.
    sandbox = {"Content_Security_Policy": "sandbox allow-scripts"}
    lan.site.put("/", page_with(lan.tag(cookie="lua-hoa.example", clicks="off"), "Lụa"), **sandbox)
    page = lan.open()

    page.evaluate(
        "kq('track', 'Xem size'); kq('identify', 'KH-1'); kq('reset'); kq('consent', true)"
    )
    rows = lan.stored(at_least=4)

    assert page.evaluate(
        "(() => { try { localStorage; return '' } catch (e) { return e.name } })()"
    ) == ("SecurityError")
    names = [row.what for row in rows]
    assert names[:3] == [("page", None), ("track", "Xem size"), ("identify", None)]
    assert rows[0].anonymous_id == rows[1].anonymous_id
    assert rows[0].context["firstTouch"]["url"] == lan.site.url("/")


def test_a_full_store_costs_the_memory_not_the_visit(lan: Visitor) -> None:
    lan.put("/", clicks="off")
    page = lan.new_tab()
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }"
    )
    lan.open(page=page)
    page.evaluate("kq('track', 'Xem size')")
    rows = lan.stored(at_least=2)

    assert did(rows) == [("page", None), ("track", "Xem size")]
    assert len({row.anonymous_id for row in rows}) == 1
    assert lan.kept(page) == {}


def test_a_page_whose_policy_does_not_know_us_is_left_in_peace(lan: Visitor) -> None:
    policy = f"default-src 'none'; script-src {lan.host}"
    lan.site.put("/", page_with(lan.tag(), "Lụa"), Content_Security_Policy=policy)
    page = lan.open()

    page.evaluate("kq('track', 'Xem size'); window.dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(700)

    assert lan.door.kept() == []
    assert not any("thrown" in told for told in lan.complaints)
    assert all("Content Security Policy" in told for told in lan.complaints)
    lan.complaints.clear()
