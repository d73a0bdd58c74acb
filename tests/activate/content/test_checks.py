"""What is said of a mail before it is used; a good one is left in peace."""

from typing import Any

import pytest

from khachquen.activate.content.checks.all_checks import examine
from khachquen.activate.content.checks.examined import Examined
from khachquen.activate.content.language.vocabulary import read, uses_of
from khachquen.activate.content.making.compiling import make
from khachquen.activate.content.making.wording import Wording
from tests.activate.content.wordings import FOOT, LABELS, SHELF, VOCABULARY, wording


def mail(inside: str = "Chào {{ person.greeting }}", **rest: Any) -> Wording:
    told = {
        "subject": "[QC] Tuần này ở Nhà Mây",
        "preheader": "Vài món mới",
        "mjml": "<mjml><mj-body>\n<mj-section><mj-column>\n"
        f"<mj-text>{inside}</mj-text></mj-column></mj-section>{FOOT}</mj-body></mjml>",
    }
    return wording(**{**told, **rest})


def codes(told: Wording, **rest: Any) -> set[str]:
    template, _ = read(told.mjml, is_html=True)
    assert template
    uses = tuple(uses_of(template, told.mjml))
    made = make(told, SHELF, VOCABULARY)
    found = examine(Examined(told, made, uses=uses, labels=LABELS, **rest))
    assert all(one.message.vi and one.message.en for one in found)
    return {one.code.removeprefix("content.") for one in found}


def test_a_good_mail_is_left_in_peace() -> None:
    assert codes(mail()) == set()


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ('<a href="http://nhamay.vn/a">Xem</a>', "link_insecure"),
        ('<a href="https://bit.ly/3abc">Xem</a>', "link_shortened"),
        ('<a href="https://nham4y.example/a">nhamay.vn</a>', "link_lies"),
        ('<a href="https://xau.example">https://www.nhamay.vn/don</a>', "link_lies"),
        ('<a href="#">Xem</a>', "link_broken"),
        ('<a href="https://">Xem</a>', "link_broken"),
        ('<a href="nhamay">Xem</a>', "link_broken"),
        ('<a href="{{ person.name }}">Xem</a>', "link_from_person"),
        ('<a href="https://nhamay.vn/?e={{ person.email }}">Xem</a>', "link_not_encoded"),
        ('<img src="https://nhamay.vn/a.png">', "no_alt"),
        ('<img src="http://nhamay.vn/a.png" alt="Bát">', "image_address"),
        ("Viết ở đây lời của bạn", "placeholder_left"),
        ("x" * 90_000, "clipped"),
    ],
)
def test_links_pictures_and_sizes(inside: str, code: str) -> None:
    assert code in codes(mail(inside))


@pytest.mark.parametrize(
    "inside",
    [
        '<a href="https://shop.nhamay.vn/a">nhamay.vn</a>',
        '<a href="https://nhamay.vn/?e={{ person.email | url_encode }}">Xem</a>',
        '<a href="{{ links.preferences }}">Chọn loại tin</a>',
        '<a href="{{ shop.website }}/moi">Xem</a>',
        '<a href="mailto:hoi@nhamay.vn">Viết cho chúng tôi</a>',
        '<a href="tel:+84912345678">Gọi</a>',
    ],
)
def test_honest_links_are_left_in_peace(inside: str) -> None:
    assert codes(mail(inside)) == set()


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("Tuần này", "no_label"),
        ("[QC] MUA NGAY KẺO HẾT HÀNG", "subject_shouts"),
        ("[QC] Mở ngay!!!", "subject_marks"),
        ("[QC] " + "dài " * 30, "subject_long"),
    ],
)
def test_subjects(subject: str, code: str) -> None:
    assert code in codes(mail(subject=subject))


def test_transactional_mail_sells_nothing_and_needs_no_label() -> None:
    order = mail(
        "Đơn {{ order.number }} đã gửi", subject="Đơn đã gửi", purpose_kind="transactional"
    )
    assert codes(order) == set()
    selling = mail("Nhập mã giảm giá", subject="[QC] Đơn", purpose_kind="transactional")
    assert codes(selling) == {"promotion_in_transactional", "label_not_needed"}


def test_advertising_says_who_sends_and_lets_people_out() -> None:
    bare = "<mjml><mj-body><mj-section><mj-column><mj-text>a</mj-text></mj-column></mj-section></mj-body></mjml>"  # noqa: E501
    assert codes(mail(mjml=bare)) == {"no_way_out", "sender_not_said"}
    assert codes(mail(), has_address=False) == {"no_address"}
    own_text = mail(text="Chào bạn, chữ của riêng tôi")
    assert codes(own_text) == {"no_way_out"}


def test_a_gap_is_told_with_the_share_of_people() -> None:
    told = mail(
        "Sinh nhật {{ person.birthday | date }}, {{ person.name | default: 'bạn' }}"
        "{% if person.gender %}, {{ person.gender }}{% endif %}"
    )
    template, _ = read(told.mjml, is_html=True)
    assert template
    made = make(told, SHELF, VOCABULARY)
    missing = {"birthday": 0.37, "name": 0.5, "gender": 0.9}
    found = examine(
        Examined(
            told, made, uses=tuple(uses_of(template, told.mjml)), missing=missing, labels=LABELS
        )
    )
    assert [one.message.vi for one in found] == ["37% khách không có «Ngày sinh», chỗ đó sẽ trống."]
    assert found[0].line == 3


def test_what_changed_since_is_named() -> None:
    changed = {"BAT-01": (120_000, 99_000)}
    found = codes(mail(), stale_prices=changed, stale_blocks=("chan-trang",))
    assert found == {"price_changed", "block_changed"}
