"""The mails shops send first, written once and well: each begins a template of the shop's own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from khachquen.activate.content.making.wording import Wording
from khachquen.activate.content.message import PurposeKind
from khachquen.activate.content.starters.english import SUBJECTS, in_english
from khachquen.base import Text

__all__ = [
    "STARTERS",
    "Starter",
    "start",
]

_EMPTY_SHELF = re.compile(r'\s*<kq-products skus=""[^>]*/>')


@dataclass(frozen=True, slots=True)
class Starter:
    """One of them: what it is called, when it is for, and what it says."""

    key: str
    name: Text
    purpose: Text
    kind: PurposeKind
    subject: str
    preheader: str


STARTERS: tuple[Starter, ...] = (
    Starter(
        "welcome",
        Text(vi="Chào mừng", en="Welcome"),
        Text(vi="Gửi ngay khi khách đồng ý nhận tin.", en="Right after somebody agreed to mail."),
        "advertising",
        "[QC] Rất vui được làm quen, {{ person.greeting }}",
        "Vài điều bạn có thể trông đợi ở {{ shop.name }}",
    ),
    Starter(
        "thank_you",
        Text(vi="Cảm ơn sau đơn hàng", en="Thank you after an order"),
        Text(
            vi="Gửi khi đơn đã nhận; không mời mua gì thêm.",
            en="When an order is in; sells nothing.",
        ),
        "transactional",
        "{{ shop.name }} đã nhận đơn {{ order.number | default: 'của bạn' }}",
        "Chúng tôi đang chuẩn bị hàng cho {{ person.greeting }}",
    ),
    Starter(
        "order_lines",
        Text(vi="Đơn hàng, từng món", en="An order, line by line"),
        Text(
            vi="Gửi qua API khi có đơn; hệ thống bán hàng đưa từng món vào data.lines.",
            en="Sent by API when an order is in; your till tells the lines in data.lines.",
        ),
        "transactional",
        "{{ shop.name }} đã nhận đơn {{ data.order.number | default: 'của bạn' }}",
        "Từng món trong đơn, để bạn xem lại",
    ),
    Starter(
        "confirm",
        Text(vi="Xác nhận đăng ký", en="Confirm a sign-up"),
        Text(
            vi="Gửi một lần tới hộp thư vừa được điền vào biểu mẫu đăng ký.",
            en="Once, to a mailbox that was entered into a sign-up form.",
        ),
        "transactional",
        "Xác nhận đăng ký nhận tin từ {{ shop.name }}",
        "Còn một bước: bấm xác nhận trong thư này",
    ),
    Starter(
        "win_back",
        Text(vi="Lâu rồi chưa ghé", en="We have not seen you"),
        Text(vi="Gửi cho khách lâu chưa mua lại.", en="For people who have not bought for long."),
        "advertising",
        "[QC] Lâu rồi chưa gặp {{ person.greeting }}",
        "Một món quà nhỏ cho lần ghé tới",
    ),
    Starter(
        "birthday",
        Text(vi="Chúc mừng sinh nhật", en="Happy birthday"),
        Text(vi="Gửi vào ngày hoặc tháng sinh nhật.", en="On the birthday, or in its month."),
        "advertising",
        "[QC] Chúc mừng sinh nhật {{ person.greeting }}",
        "{{ shop.name }} có món quà nhỏ trong tháng này",
    ),
    Starter(
        "newsletter",
        Text(vi="Bản tin kèm sản phẩm", en="Newsletter with products"),
        Text(
            vi="Gửi đều, kèm vài món từ danh mục.", en="Regularly, with products of the catalogue."
        ),
        "advertising",
        "[QC] Tuần này ở {{ shop.name }}",
        "Vài món vừa về, chọn riêng cho khách quen",
    ),
)


def start(key: str, skus: Sequence[str] = (), language: str = "vi") -> Wording:
    """A starter as a wording, with these products on its shelf; without any it has no shelf.
    ``language`` is whose words it has: ``vi`` or ``en``.

    Raises:
        KeyError: there is no such starter.
    """
    starter = next((one for one in STARTERS if one.key == key), None)
    if starter is None:
        raise KeyError(key)
    body = _body(key)
    safe = [sku for sku in skus if not set(sku) & set('"<>&,')]
    body = (
        body.replace('skus=""', f'skus="{", ".join(safe)}"') if safe else _EMPTY_SHELF.sub("", body)
    )
    subject, preheader = starter.subject, starter.preheader
    if language == "en":
        body, (subject, preheader) = in_english(body), SUBJECTS[key]
    return Wording(subject, preheader, body, "", starter.kind)


@cache
def _body(key: str) -> str:
    return (files(__name__) / f"{key}.mjml").read_text("utf-8")
