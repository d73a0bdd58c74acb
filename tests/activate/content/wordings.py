"""Wordings the tests send, and the people they go to."""

from dataclasses import replace
from datetime import date
from typing import Any

from khachquen.activate.content import Reader, TemplateVersion
from khachquen.activate.content.language.vocabulary import Vocabulary
from khachquen.activate.content.making.compiling import make
from khachquen.activate.content.making.wording import Card, Shelf, Wording
from khachquen.base import Text

TODAY = date(2026, 11, 22)
LABELS = {
    "name": Text(vi="Họ và tên", en="Full name"),
    "gender": Text(vi="Giới tính", en="Gender"),
    "email": Text(vi="Email", en="E-mail"),
    "spent": Text(vi="Tổng chi tiêu", en="Total spent"),
    "orders_count": Text(vi="Số đơn hàng", en="Number of orders"),
    "last_order_at": Text(vi="Đơn gần nhất", en="Latest order"),
    "birthday": Text(vi="Ngày sinh", en="Date of birth"),
    "Sở thích": Text(vi="Sở thích", en="Likes"),
}
VOCABULARY = Vocabulary(LABELS, {"income": Text(vi="Thu nhập", en="Income")})
FOOT = (
    "<mj-section><mj-column><mj-text>{{ shop.sender }}, {{ shop.address }}"
    '<br /><a href="{{ links.unsubscribe }}">Hủy nhận tin</a></mj-text></mj-column></mj-section>'
)
SHELF = Shelf(
    blocks={"chan-trang": FOOT},
    snippets={"hotline": "0912 345 678 & Zalo"},
    products={
        "BAT-01": Card("BAT-01", "Bát men lam {{ x }}", 120_000, "VND",
                       "https://nhamay.vn/bat", "https://nhamay.vn/bat.jpg"),
        "DIA-02": Card("DIA-02", 'Đĩa <b>"hoa"', None, "VND", "", ""),
    },
)  # fmt: skip
SHOP = {"name": "Nhà Mây", "sender": "Nhà Mây", "address": "12 Hàng Bông, Hà Nội",
        "website": "https://nhamay.vn"}  # fmt: skip


def body(inside: str) -> str:
    """MJML with a text that says ``inside``."""
    return (
        "<mjml><mj-body>\n<mj-section><mj-column>\n"
        f"<mj-text>{inside}</mj-text>\n</mj-column></mj-section>\n</mj-body></mjml>"
    )


def wording(inside: str = "Chào {{ person.greeting }}", **rest: Any) -> Wording:
    told = {"subject": "Quà của {{ shop.name }}", "preheader": "", "mjml": body(inside), **rest}
    return Wording(**told)


def version(told: Wording | None = None, **rest: Any) -> TemplateVersion:
    """A wording compiled, as the sender gets it."""
    made = make(told or wording(), SHELF, VOCABULARY)
    ready = TemplateVersion(
        id=1,
        template_id=1,
        number=1,
        name="Thử",
        purpose_kind="advertising",
        subject=made.subject,
        preheader=made.preheader,
        html=made.html,
        text=made.text,
        fields=made.fields,
        needs_order=made.needs_order,
        shop=SHOP,
        currency="VND",
        timezone="Asia/Ho_Chi_Minh",
        digest=f"{hash((made.html, made.text, made.subject, made.preheader))}",
    )
    return replace(ready, **rest)


def raw(html: str, *, subject: str = "Quà", text: str = "chữ") -> TemplateVersion:
    """A version that passed no check, as if somebody had got one into the table."""
    return replace(version(), html=html, subject=subject, text=text, digest=html + subject)


def hoa(number: int = 1, **rest: Any) -> Reader:
    values = {"name": "Nguyễn Thị Hoa", "greeting": "Chị Hoa", "given_name": "Hoa",
              "spent": 1_250_000, "orders_count": 3, "birthday": "1990-03-08"}  # fmt: skip
    links = {"unsubscribe": f"https://nhamay.vn/u/{number}"}
    return Reader(number, {**values, **rest}, {"number": "DH-7", "total": 450_000}, links)
