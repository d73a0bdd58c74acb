"""What the web tag tells, as a timeline says it."""

import json
from typing import Any

import pytest

from khachquen.collect import STANDARD_EVENTS
from khachquen.web.sentences import make_sentence


def said(name: str, /, **properties: Any) -> str:
    row = {
        "type": "track",
        "name": name,
        "page_title": "Áo lụa",
        "properties": json.dumps(properties),
    }
    sentence = make_sentence(row, "Chị Lan")
    return " | ".join(part for part in (sentence.words, sentence.more) if part)


def test_what_the_web_tag_tells_is_told_in_words() -> None:
    assert said("Page Engaged", engaged_ms=42_400, scroll_percent=75) == (
        "Chị Lan ở lại trang Áo lụa 42 giây | cuộn tới 75 %"
    )
    assert said("Page Engaged", engaged_ms=185_000) == "Chị Lan ở lại trang Áo lụa 3 phút"
    assert said("Element Clicked", text="Mua ngay", selector="#mua") == "Chị Lan bấm vào Mua ngay"
    assert said("Element Clicked", selector="#mua>svg") == "Chị Lan bấm vào #mua>svg"
    assert (
        said("Outbound Link Clicked", host="doi-tac.example")
        == "Chị Lan sang trang doi-tac.example"
    )
    assert said("File Downloaded", file_name="gia.pdf") == "Chị Lan tải tệp gia.pdf"
    assert said("Form Submitted", form_id="dang-ky") == "Chị Lan gửi biểu mẫu dang-ky"
    assert said("Contact Opened") == "Chị Lan mở nút liên hệ"
    assert said("Contact Clicked", channel="zalo") == "Chị Lan liên hệ qua zalo"
    assert said("Consent Updated", analytics=True) == "Chị Lan đổi lựa chọn riêng tư"


def test_what_she_agreed_to_is_told_with_its_purpose_and_channels() -> None:
    assert said("Consent Granted", purpose="ads", channels=["email", "zalo"]) == (
        "Chị Lan đồng ý: Quảng cáo, khuyến mãi | Email, Zalo"
    )
    assert said("Consent Withdrawn", purpose="ban_tin", channel="any") == (
        "Chị Lan rút lại sự đồng ý: ban_tin | Mọi kênh"
    )


@pytest.mark.parametrize("name", [event.name for event in STANDARD_EVENTS])
@pytest.mark.parametrize("rubbish", [None, "", "x" * 5000, [], {}, -1, 1e300, True, "<script>"])
def test_no_value_breaks_a_sentence(name: str, rubbish: object) -> None:
    event = next(event for event in STANDARD_EVENTS if event.name == name)
    words = said(name, **{prop: rubbish for prop in event.properties if prop.isidentifier()})

    assert words.startswith(("Chị Lan", "Đơn", "Máy"))
    assert len(words) < 1000
