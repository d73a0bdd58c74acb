"""Chị Hoa writes to her customers; anh Nam looks on; nobody's name becomes markup."""

import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from PIL import Image

from khachquen.activate.content import get_version, list_sendable, read_readers
from khachquen.activate.content.making.wording import Wording
from khachquen.activate.content.reading import get_template, list_versions
from khachquen.activate.content.writing import add_template
from khachquen.govern import list_audit
from khachquen.unify.models import Order, Product, Trait
from tests.activate.content.wordings import FOOT, body
from tests.web.story import HOSTILE, NOON, node, person

if TYPE_CHECKING:
    from khachquen.govern import User

pytestmark = pytest.mark.django_db
_BODY = (
    "<mjml><mj-body>\n<mj-section><mj-column>\n<mj-text>{}</mj-text>\n</mj-column></mj-section>\n"
)


def wording(inside: str, **rest: object) -> dict[str, object]:
    told = {
        "name": "Thư tuần",
        "purpose_kind": "advertising",
        "subject": "[QC] Chào {{ person.greeting }}",
        "preheader": "Vài điều mới",
        "mjml": _BODY.format(inside) + FOOT + "</mj-body></mjml>",
        "text": "",
    }
    return {**told, **rest}


@pytest.fixture
def welcome(desk: Client) -> int:
    """A mail begun from the welcome starter."""
    answer = desk.post("/content/new", {"starter": "welcome"})
    return int(answer["Location"].split("/")[2])


def sell(sku: str, price: int) -> None:
    Product.objects.update_or_create(
        sku=sku,
        defaults={
            "name": "Bát men lam",
            "price_minor": price,
            "currency": "VND",
            "url": "https://nhamay.vn/bat",
            "told_at": NOON,
            "source_id": 1,
        },
    )


def test_a_mail_is_begun_written_and_looked_at(desk: Client, welcome: int) -> None:
    person(1, "Nguyễn Thị Hoa", email="hoa@example.vn")
    assert "Rất vui được làm quen" in desk.get("/content").content.decode()
    inside = "Chào {{ person.greeting }}, mời xem hàng mới trong tuần này của chúng tôi."
    saved = desk.post(f"/content/{welcome}/edit", wording(inside))
    assert saved.status_code == 302
    look = desk.get(f"/content/{welcome}/look?who=1")
    assert "Chào Chị Hoa, mời xem hàng mới" in look.content.decode()
    assert "script-src" not in look["Content-Security-Policy"]  # default-src 'none' stands
    assert "sandbox allow-popups" in look["Content-Security-Policy"]
    assert look["X-Frame-Options"] == "SAMEORIGIN"
    text = desk.get(f"/content/{welcome}/look?who=1&view=text").content.decode()
    assert "Chào Chị Hoa, mời xem" in text
    page = desk.get(f"/content/{welcome}?who=1").content.decode()
    assert "[QC] Chào Chị Hoa" in page
    assert [one.number for one in list_versions(welcome)] == [2, 1]
    assert {one.action for one in list_audit(9)} >= {"content.add", "content.change"}


def test_what_cannot_be_sent_is_not_saved_and_said_by_line(desk: Client, welcome: int) -> None:
    inside = "Chào {{ person.nam }}\n<script>alert(1)</script>\n<kq-block />"
    answer = desk.post(f"/content/{welcome}/edit", wording(inside))
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "Nội dung, dòng 3" in said
    assert "Có phải là person.name?" in said
    assert "Email không được chứa &lt;script&gt;." in said
    assert "{{ person.nam }}" in said  # nothing written is lost
    assert [one.number for one in list_versions(welcome)] == [1]


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("[QC] Chào\r\nBcc: x@example.vn", "Chỉ được một dòng"),
        ("[QC] {% include 'x' %}", "Không có lệnh nào tên &#x27;include&#x27;"),
        ("[QC] {{ person.income }}", "dữ liệu nhạy cảm hoặc được niêm phong"),
        ("[QC] {{ person.name | shout }}", "Không có bộ lọc nào tên &#x27;shout&#x27;"),
        ("[QC] {{ person.name", "Chưa đọc được phần giữa hai dấu ngoặc nhọn"),
    ],
)
def test_a_subject_that_means_harm_is_refused(
    desk: Client, welcome: int, subject: str, code: str
) -> None:
    answer = desk.post(f"/content/{welcome}/edit", wording("Chào bạn", subject=subject))
    assert answer.status_code == 400
    assert code in answer.content.decode()
    assert len(list_versions(welcome)) == 1


def test_two_writers_do_not_write_over_each_other(desk: Client, welcome: int) -> None:
    desk.post(f"/content/{welcome}/edit", wording("Bản của chị Hoa", base=1))
    late = desk.post(f"/content/{welcome}/edit", wording("Bản khác", base=1))
    assert late.status_code == 400
    assert "hoa@example.vn đã lưu bản 2 trong lúc bạn sửa." in late.content.decode()
    assert "Bản của chị Hoa" in get_template(welcome).version.wording.mjml


def test_an_earlier_version_is_seen_and_put_back(desk: Client, welcome: int) -> None:
    desk.post(f"/content/{welcome}/edit", wording("Lời mới", subject="[QC] Mới"))
    seen = desk.get(f"/content/{welcome}/versions/2").content.decode()
    assert "<ins>[QC] Mới</ins>" in seen
    assert "<del>[QC] Rất vui được làm quen, {{ person.greeting }}</del>" in seen
    assert desk.get(f"/content/{welcome}/versions/1/put-back").status_code == 405
    desk.post(f"/content/{welcome}/versions/1/put-back")
    assert get_template(welcome).version.number == 3
    assert "Rất vui" in get_template(welcome).version.wording.subject


def test_nam_may_look_and_not_write(nam: "User", desk: Client, welcome: int) -> None:
    client = Client()
    client.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/content/{welcome}").status_code == 200
    for address, told in (
        ("/content/new", {"starter": "welcome"}),
        (f"/content/{welcome}/archive", {"archived": "1"}),
        (f"/content/{welcome}/versions/1/put-back", {}),
    ):
        assert client.post(address, told).status_code == 403
    for address, told in (
        (f"/content/{welcome}/edit", wording("Lời của Nam")),
        ("/content/pieces/new", {"name": "x", "kind": "snippet", "source": "x"}),
        ("/content/sender", {"sender": "Nam", "address": "Hà Nội"}),
        ("/content/pictures", {}),
    ):
        refused = client.post(address, told)
        assert refused.status_code == 400
        assert "Bạn chưa được phép sửa thư gửi khách." in refused.content.decode()
    assert len(list_versions(welcome)) == 1
    assert not get_template(welcome).is_archived


def test_checks_ask_for_label_address_and_way_out(desk: Client, welcome: int) -> None:
    bare = _BODY.format("Mua ngay") + "</mj-body></mjml>"
    told = wording("", subject="MUA NGAY KẺO HẾT", mjml=bare)
    said = desk.post(f"/content/{welcome}/check", told, headers={"HX-Request": "true"})
    text = said.content.decode()
    for words in (
        "Thư quảng cáo phải mở đầu tiêu đề bằng [QC].",
        "Thiếu liên kết hủy nhận tin.",
        "Cửa hàng chưa khai tên và địa chỉ người gửi.",
        "Thư quảng cáo phải nói ai gửi và địa chỉ ở đâu.",
        "Tiêu đề viết hoa gần hết, giống thư rác.",
    ):
        assert words in text
    desk.post("/content/sender", {"sender": "Nhà Gốm Mộc", "address": "12 Hàng Bông, Hà Nội"})
    again = desk.post(f"/content/{welcome}/check", told, headers={"HX-Request": "true"})
    assert "chưa khai tên và địa chỉ" not in again.content.decode()


def test_a_price_that_changed_is_named_until_the_mail_is_saved_again(
    desk: Client, welcome: int
) -> None:
    sell("BAT-01", 120_000)
    mjml = '<mjml><mj-body><kq-products skus="BAT-01" />' + FOOT + "</mj-body></mjml>"
    told = wording("", mjml=mjml)
    desk.post(f"/content/{welcome}/edit", told)
    assert "120.000\xa0đ" in desk.get(f"/content/{welcome}/look?who=new").content.decode()
    sell("BAT-01", 99_000)
    said = desk.get(f"/content/{welcome}").content.decode().replace("\xa0", " ")
    assert "Giá của BAT-01 trong thư là 120.000 đ, nay là 99.000 đ." in said
    assert "Giá đã đổi" in desk.get("/content").content.decode()
    desk.post(f"/content/{welcome}/edit", told)
    assert "Giá của BAT-01" not in desk.get(f"/content/{welcome}").content.decode()
    assert get_template(welcome).version.number == 3


def test_a_block_is_shared_and_mails_say_when_it_changed(desk: Client, welcome: int) -> None:
    desk.post("/content/pieces/new", {"name": "chan-trang", "kind": "block", "source": FOOT})
    body = _BODY.format("Chào bạn") + '<kq-block name="chan-trang" />' + "</mj-body></mjml>"
    desk.post(f"/content/{welcome}/edit", wording("", mjml=body))
    listed = desk.get("/content/pieces").content.decode()
    assert f'href="/content/{welcome}"' in listed
    number = int(listed.split('href="/content/pieces/')[2].partition('"')[0])
    desk.post(f"/content/pieces/{number}", {"source": FOOT.replace("Hủy nhận tin", "Dừng nhận")})
    assert "Khối “chan-trang” đã đổi" in desk.get(f"/content/{welcome}").content.decode()
    assert "Hủy nhận tin" in desk.get(f"/content/{welcome}/look?who=new").content.decode()
    bad = desk.post(f"/content/pieces/{number}", {"source": "<mj-section><mj-colum></mj-colum>"})
    assert "Không có thẻ &lt;mj-colum&gt;." in bad.content.decode()


def test_a_name_stays_text_in_every_view(desk: Client, welcome: int) -> None:
    person(7, HOSTILE)
    desk.post(f"/content/{welcome}/edit", wording("Chào {{ person.name }}"))
    for view in ("wide", "dark", "text"):
        look = desk.get(f"/content/{welcome}/look?who=7&view={view}").content.decode()
        assert "<script" not in look
        assert "<img" not in look
    assert "<script>alert" not in desk.get(f"/content/{welcome}?who=7").content.decode()


def test_a_mail_not_saved_is_tried_in_a_frame(desk: Client, welcome: int) -> None:
    tried = desk.post(f"/content/{welcome}/try", {**wording("Chưa lưu"), "who": "long"})
    assert "Chưa lưu" in tried.content.decode()
    assert "default-src 'none'" in tried["Content-Security-Policy"]
    wrong = desk.post(f"/content/{welcome}/try", {**wording("{{ person.x }}"), "who": "long"})
    assert "Không có trường nào tên &#x27;person.x&#x27;" in wrong.content.decode().replace(
        "'", "&#x27;"
    )
    assert len(list_versions(welcome)) == 1


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> io.BytesIO:
    made = io.BytesIO()
    Image.new("RGB", size, "#0f766e").save(made, kind)
    made.seek(0)
    made.name = f"anh.{kind.lower()}"
    return made


def test_a_picture_is_drawn_anew_and_served_to_everybody(desk: Client, hoa: "User") -> None:
    evil = picture("JPEG", (2400, 300)).getvalue() + b"<script>alert(1)</script>"
    given = io.BytesIO(evil)
    given.name = "bia.svg"
    assert desk.post("/content/pictures", {"picture": given}).status_code == 302
    page = desk.get("/content/pictures").content.decode()
    path = "/i/" + page.split('src="/i/')[1].partition('"')[0]
    answer = Client().get(path)
    assert answer.status_code == 200
    assert b"script" not in answer.content
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 150)
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (answer["Content-Type"], answer.cookies.output()) == ("image/jpeg", "")
    assert Client().get("/i/" + "0" * 32 + ".png").status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\x00" * 40,
        b"\x89PNG\r\n\x1a\n" + b"junk" * 99,
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage",
        b"",
        b"x" * (5 * 1024 * 1024 + 9),
    ],
)
def test_what_is_no_picture_is_refused(desk: Client, content: bytes) -> None:
    given = io.BytesIO(content)
    given.name = "anh.png"
    answer = desk.post("/content/pictures", {"picture": given})
    assert answer.status_code == 400
    assert "SVG không dùng được trong email." in answer.content.decode()


def test_the_sender_reads_many_people_at_once(desk: Client, welcome: int) -> None:
    desk.post(
        f"/content/{welcome}/edit",
        wording(
            "{{ person.gender }} {{ person.spent | money }} {{ order.number }}"
            " {{ person.last_seen | date }}"
        ),
    )
    person(1, "Nguyễn Thị Hoa", spent_minor=1_250_000, orders=1)
    person(2, "")
    node(11, "email:hoa@example.vn", 1)
    Trait.objects.create(
        node_id=11, name="gender", source_id=1, value='"nữ"', at=NOON, message_id="m1"
    )
    Order.objects.create(
        source_id=1, number="DH-7", node_id=11, placed_at=NOON, told_at=NOON, currency="VND",
        total_minor=450_000,
    )  # fmt: skip
    sendable = next(one for one in list_sendable() if one.template_id == welcome)
    version = get_version(sendable.version_id)
    people = read_readers(version, [2, 1, 404], now=NOON, links={1: {"unsubscribe": "https://x"}})
    assert [one.id for one in people] == [2, 1]
    assert people[0].values["greeting"] == "Quý khách"
    assert people[1].values["greeting"] == "Chị Hoa"
    assert people[1].values["spent"] == 1_250_000
    assert people[1].order["number"] == "DH-7"
    assert people[1].links == {"unsubscribe": "https://x"}
    assert "email" not in people[1].values  # only what the wording asks for
    assert people[1].values["last_seen"].startswith(f"{NOON + timedelta(hours=7):%Y-%m-%dT%H:%M}")


def test_a_letter_programs_ask_for_is_previewed_with_what_was_typed(
    desk: Client, hoa: "User", now: datetime
) -> None:
    words = Wording("Đơn {{ data.code }}", "", body("Đơn {{ data.code }}"), "", "transactional")
    number = add_template("Đơn đi rồi", words, user=hoa, at=now)
    page = desk.get(f"/content/{number}").content.decode()
    assert "Dữ liệu thử" in page
    assert 'name="data.code"' in page
    answer = desk.post(f"/content/{number}/sample", {"data.code": "HD1203", "data.other": "x"})
    assert answer.status_code == 302
    page = desk.get(f"/content/{number}").content.decode()
    assert 'value="HD1203"' in page
    assert "Đơn HD1203" in page
    assert "Đơn HD1203" in desk.get(f"/content/{number}/look?who=new").content.decode()
