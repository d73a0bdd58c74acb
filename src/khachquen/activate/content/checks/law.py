"""What Decree 91/2020 and good mail manners ask of a mail, by what kind of mail it is."""

import re
from collections.abc import Iterator

from khachquen.activate.content.checks.examined import Examined
from khachquen.activate.content.finding import Finding, Level, Part
from khachquen.base import Text

_LABEL = re.compile(r"\s*\[(QC|AD)\]")
_PROMOTION = (
    "giảm giá", "khuyến mãi", "khuyến mại", "ưu đãi", "voucher", "mã giảm", "quà tặng", "tặng quà",
    "sale", "flash sale", "mua 1 tặng 1", "freeship", "miễn phí vận chuyển", "hoàn tiền",
    "đồng giá", "coupon", "discount", "giá sốc", "mua ngay",
)  # fmt: skip


def check_label(mail: Examined) -> Iterator[Finding]:
    """Advertising says so first thing; other mail does not pretend to."""
    is_labelled = bool(_LABEL.match(mail.wording.subject))
    if mail.wording.purpose_kind == "advertising" and not is_labelled:
        yield _said(
            "error",
            "content.no_label",
            "Thư quảng cáo phải mở đầu tiêu đề bằng [QC].",
            "The subject of advertising must begin with [QC].",
            "Viết: [QC] rồi đến tiêu đề. Nghị định 91/2020, Điều 15.",
            "Write [QC], then the subject. Decree 91/2020, Article 15.",
            "subject",
        )
    if mail.wording.purpose_kind == "transactional" and is_labelled:
        yield _said(
            "warning",
            "content.label_not_needed",
            "Thư giao dịch không cần nhãn [QC].",
            "Transactional mail needs no [QC] label.",
            "Bỏ nhãn, hoặc chọn loại Quảng cáo nếu thư có mời mua.",
            "Leave it out, or choose Advertising if the mail asks to buy.",
            "subject",
        )


def check_promotion(mail: Examined) -> Iterator[Finding]:
    """One line that sells makes a transactional mail advertising."""
    if mail.wording.purpose_kind != "transactional":
        return
    words = mail.words.lower()
    found = [one for one in _PROMOTION if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", words)]
    if found:
        named = ", ".join(f"“{one}”" for one in found[:4])
        yield _said(
            "error",
            "content.promotion_in_transactional",
            f"Thư giao dịch không được mời mua, mà ở đây có {named}.",
            f"Transactional mail may not sell, and this one says {named}.",
            "Bỏ câu đó, hoặc đổi loại thư thành Quảng cáo (khi đó cần sự đồng ý và nhãn [QC]).",
            "Take it out, or make it Advertising (which needs consent and the [QC] label).",
            "all",
        )


def check_way_out(mail: Examined) -> Iterator[Finding]:
    """Whoever gets advertising can stop it with one click, in the HTML and in the text."""
    if mail.wording.purpose_kind != "advertising":
        return
    parts: tuple[tuple[str, Part], ...] = ((mail.made.html, "mjml"), (mail.made.text, "text"))
    for source, part in parts:
        if "links.unsubscribe" not in source:
            yield _said(
                "error",
                "content.no_way_out",
                "Thiếu liên kết hủy nhận tin.",
                "The unsubscribe link is missing.",
                'Thêm ở cuối: <a href="{{ links.unsubscribe }}">Hủy nhận tin</a>. Nghị định'
                " 91/2020, Điều 16.",
                'Add at the end: <a href="{{ links.unsubscribe }}">Unsubscribe</a>. Decree'
                " 91/2020, Article 16.",
                part,
            )


def check_sender(mail: Examined) -> Iterator[Finding]:
    """Advertising says who sends it and where they are."""
    if mail.wording.purpose_kind != "advertising":
        return
    if not mail.has_address:
        yield _said(
            "error",
            "content.no_address",
            "Cửa hàng chưa khai tên và địa chỉ người gửi.",
            "The shop has not told who sends its mail, and from where.",
            "Điền ở Thư gửi khách › Người gửi; thư lấy ra bằng {{ shop.address }}.",
            "Tell it under Mail › Sender; mails show it with {{ shop.address }}.",
            "all",
        )
    whole = mail.made.html
    if not re.search(r"shop\.(sender|name)\b", whole) or "shop.address" not in whole:
        yield _said(
            "error",
            "content.sender_not_said",
            "Thư quảng cáo phải nói ai gửi và địa chỉ ở đâu.",
            "Advertising must say who sends it and from which address.",
            "Thêm ở cuối: {{ shop.sender }}, {{ shop.address }}.",
            "Add at the end: {{ shop.sender }}, {{ shop.address }}.",
        )


def _said(
    level: Level, code: str, vi: str, en: str, hint_vi: str, hint_en: str, part: Part = "mjml"
) -> Finding:
    return Finding(level, code, Text(vi=vi, en=en), Text(vi=hint_vi, en=hint_en), part)
