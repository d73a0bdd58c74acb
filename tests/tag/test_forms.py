"""Forms: that they were sent; of what was typed only what the shop has named."""

from tests.tag.conftest import Visitor, did

FORM = """
<form id="dang-ky" name="tin" action="/gui?token=bi-mat" method="post">
  <input name="ho_ten" value="Trần Thị Mai"><input name="sdt" value="0912 345 678">
  <input name="email" value="mai@example.vn"{email}>
  <input type="password" name="mk" value="bi-mat" data-kq="password">
  <input name="the" autocomplete="cc-number" value="4111 1111 1111 1111" data-kq="card">
  <input name="id" value="9"><input name="elements" value="8"><input name="constructor" value="7">
  <input type="checkbox" name="tin_moi" checked data-kq="newsletter">
  <button>Gửi</button>
</form>"""


def test_values_are_never_told(lan: Visitor) -> None:
    lan.put("/", FORM.replace("{email}", "").replace(' data-kq="newsletter"', ""), clicks="off")
    lan.site.put("/gui", "<title>Xong</title>")
    page = lan.open()

    page.click("button")
    page.wait_for_function("document.title === 'Xong'")
    view, form = [row for row in lan.stored(at_least=2) if row.name != "Page Engaged"]

    assert view.what == ("page", None)
    assert form.what == ("track", "Form Submitted")
    assert form.properties == {
        "form_id": "dang-ky",
        "form_name": "tin",
        "form_action": lan.site.url("/gui"),
        "method": "post",
    }
    for secret in ("Mai", "0912", "mai@", "bi-mat", "4111", "token"):
        assert secret.encode() not in b"".join(lan.door.kept()[0].items + lan.door.kept()[-1].items)


def test_named_fields_make_the_visitor_known_with_all_they_did(lan: Visitor) -> None:
    from khachquen.unify.models import Profile

    lan.put(
        "/", FORM.replace("{email}", ' data-kq="email"'), map="sdt:phone, ho_ten:name", clicks="off"
    )
    page = lan.open()
    page.evaluate(
        "document.querySelector('form').addEventListener('submit', e => e.preventDefault())"
    )

    page.click("button")
    rows = lan.stored(at_least=3)

    said = next(row for row in rows if row.type == "identify")
    assert said.traits == {
        "name": "Trần Thị Mai",
        "phone": "0912 345 678",
        "email": "mai@example.vn",
        "newsletter": True,
    }
    assert {row.anonymous_id for row in rows} == {lan.kept(page)["kq_id"]}
    [mai] = Profile.objects.filter(merged_into=None)
    assert (mai.name, mai.events) == ("Trần Thị Mai", 3)


def test_a_form_may_be_left_out(lan: Visitor) -> None:
    lan.put(
        "/", FORM.replace("<form", "<form data-kq-ignore onsubmit='return false'"), clicks="off"
    )
    page = lan.open()

    page.click("button")
    page.evaluate("kq('track', 'Xong')")

    assert did(lan.stored(at_least=2)) == [("page", None), ("track", "Xong")]
