"""What keeps a mail from being read: traps of spam filters, sizes, people who lack a field."""

import re
from collections.abc import Iterator

from khachquen.activate.content.checks.examined import Examined
from khachquen.activate.content.finding import Finding, Level, Part
from khachquen.activate.content.language.filters import FILTERS
from khachquen.activate.content.language.vocabulary import COMPUTED, written
from khachquen.base import Text

CLIPPED_BYTES = 102 * 1024
_NEAR_CLIPPED = 85 * 1024
_FEW_WORDS = 40
_LONG_SUBJECT = 70
_ALWAYS_SAID = ("greeting",)


def check_missing(mail: Examined) -> Iterator[Finding]:
    """Fields people lack and nothing stands in for; what a condition asks for is thought of."""
    seen = {use.key for use in mail.uses if use.is_asked}
    for use in mail.uses:
        share = _lacking(mail, use.key) if use.root == "person" else 0.0
        if use.has_fallback or use.key in seen or use.key in _ALWAYS_SAID or share <= 0:
            continue
        seen.add(use.key)
        label = (
            mail.labels.get(use.key) or COMPUTED.get(use.key, (Text(vi=use.key, en=use.key),))[0]
        )
        percent = "dưới 1" if share < 0.01 else f"{share:.0%}".rstrip("%")
        few = "less than 1" if share < 0.01 else percent
        name = written("person", use.key)
        yield _found(
            "warning", "content.no_fallback", "mjml",
            f"{percent}% khách không có «{label.vi}», chỗ đó sẽ trống.",
            f"{few}% of people have no “{label.en}”; there will be a gap.",
            f"Viết lời thay: {{{{ {name} | default: 'bạn' }}}}.",
            f"Say something instead: {{{{ {name} | default: 'bạn' }}}}.", use.line,
        )  # fmt: skip


def _lacking(mail: Examined, key: str) -> float:
    parts = COMPUTED[key][1] if key in COMPUTED else (key,)
    return max((mail.missing.get(part, 0.0) for part in parts), default=0.0)


def check_subject(mail: Examined) -> Iterator[Finding]:
    """A subject that shouts, or is cut."""
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\[(QC|AD)\]", "", mail.wording.subject).strip()
    letters = [one for one in bare if one.isalpha()]
    if len(letters) >= 8 and sum(one.isupper() for one in letters) / len(letters) > 0.7:
        yield _found(
            "warning", "content.subject_shouts", "subject",
            "Tiêu đề viết hoa gần hết, giống thư rác.",
            "The subject is nearly all capitals, as spam is.",
            "Viết hoa chữ đầu câu thôi.", "Use a capital at its beginning only.",
        )  # fmt: skip
    if re.search(r"[!?]{2,}|\${2,}|!.*!.*!", bare):
        yield _found(
            "warning", "content.subject_marks", "subject",
            "Tiêu đề có nhiều dấu ! hoặc ? liền nhau.", "The subject has many ! or ? in a row.",
            "Một dấu là đủ.", "One is enough.",
        )  # fmt: skip
    if len(bare) > _LONG_SUBJECT:
        yield _found(
            "hint", "content.subject_long", "subject",
            f"Tiêu đề dài {len(bare)} ký tự; điện thoại thường cắt sau khoảng 40.",
            f"The subject has {len(bare)} characters; phones cut it after some 40.",
            "Đưa điều quan trọng lên đầu.", "Put what matters first.",
        )  # fmt: skip
    if not mail.wording.preheader.strip():
        yield _found(
            "hint", "content.no_preheader", "preheader",
            "Chưa có dòng xem trước: hộp thư sẽ lấy chữ đầu tiên của thư.",
            "There is no preheader: inboxes show the first words of the mail.",
            "Viết một câu bổ sung cho tiêu đề.", "Write a sentence that adds to the subject.",
        )  # fmt: skip


_PLACEHOLDERS = (
    *("viết ở đây", "gaplai", "mungtuoimoi", "lorem ipsum"),
    *("write here", "seeyou", "mybirthday"),
)


def check_placeholders(mail: Examined) -> Iterator[Finding]:
    """Words a starter left for the shop to replace."""
    words = mail.words.lower()
    left = [one for one in _PLACEHOLDERS if one in words]
    if left:
        named = ", ".join(f"“{one}”" for one in left)
        yield _found(
            "error", "content.placeholder_left", "all",
            f"Lời mẫu còn nguyên: {named}.", f"Words of the starter are still there: {named}.",
            "Thay bằng lời, mã và ưu đãi thật của cửa hàng.",
            "Put the shop's own words, code and offer in their place.",
        )  # fmt: skip


def check_images(mail: Examined) -> Iterator[Finding]:
    """Pictures without words, and mails that are only pictures."""
    for told, line in mail.images:
        if not told.get("alt", "").strip():
            yield _found(
                "warning", "content.no_alt", "mjml",
                "Ảnh không có lời thay: người tắt ảnh hoặc dùng máy đọc sẽ không biết gì.",
                "A picture has no words: who reads without pictures learns nothing.",
                'Thêm alt="…" nói ảnh có gì.', 'Add alt="…" that says what it shows.', line,
            )  # fmt: skip
        if not told.get("src", "").startswith(("https://", "{{")):
            yield _found(
                "error", "content.image_address", "mjml",
                "Ảnh cần địa chỉ bắt đầu bằng https://.", "A picture needs an https:// address.",
                "Tải ảnh lên ở Thư gửi khách › Ảnh rồi dùng địa chỉ ở đó.",
                "Upload it under Mail › Pictures and use that address.", line,
            )  # fmt: skip
    words = len(mail.made.text.split())
    if len(mail.images) >= 2 and words < _FEW_WORDS:
        yield _found(
            "warning", "content.few_words", "all",
            f"Thư có {len(mail.images)} ảnh mà chỉ {words} chữ, giống thư rác.",
            f"The mail has {len(mail.images)} pictures and only {words} words, as spam has.",
            "Nói điều chính bằng chữ.", "Say the main thing in words.",
        )  # fmt: skip


def check_size(mail: Examined) -> Iterator[Finding]:
    """Mails that are cut where the unsubscribe link stands."""
    size = len(mail.made.html.encode())
    if size <= _NEAR_CLIPPED:
        return
    is_clipped = size > CLIPPED_BYTES
    yield _found(
        "error" if is_clipped else "warning", "content.clipped", "all",
        f"Thư nặng {size // 1024} KB; Gmail cắt phần sau 102 KB, mất luôn liên kết hủy nhận tin.",
        f"The mail has {size // 1024} KB; Gmail cuts what is after 102 KB, the way out with it.",
        "Bớt sản phẩm hoặc phần trang trí.", "Take out products or decoration.",
    )  # fmt: skip


def check_stale(mail: Examined) -> Iterator[Finding]:
    """Prices and blocks that changed since the wording was saved."""
    for sku, (then, now) in mail.stale_prices.items():
        before, after = _price(then, mail.currency), _price(now, mail.currency)
        yield _found(
            "error", "content.price_changed", "mjml",
            f"Giá của {sku} trong thư là {before}, nay là {after}.",
            f"The mail says {before} for {sku}; it is {after} now.",
            "Lưu lại thư để lấy giá mới, hoặc bỏ sản phẩm.",
            "Save the mail again to take the new price, or leave the product out.",
        )  # fmt: skip
    for name in mail.stale_blocks:
        yield _found(
            "warning", "content.block_changed", "mjml",
            f"Khối “{name}” đã đổi sau lần lưu này.", f"The block “{name}” changed since.",
            "Lưu lại thư để dùng bản mới của khối.", "Save the mail again to use its new version.",
        )  # fmt: skip


def _price(minor: int | None, currency: str) -> str:
    return FILTERS["money"](minor, currency, context=None) or "–"


def _found(
    level: Level, code: str, part: Part, vi: str, en: str, hint_vi: str, hint_en: str, line: int = 0
) -> Finding:
    return Finding(level, code, Text(vi=vi, en=en), Text(vi=hint_vi, en=hint_en), part, line)
