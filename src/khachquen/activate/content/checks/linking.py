"""Links that lead nowhere, hide where they lead, or lie about it."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from khachquen.activate.content.checks.examined import Examined, Link
from khachquen.activate.content.finding import Finding, Level
from khachquen.base import Text

_SHORTENERS = frozenset(
    "bit.ly goo.gl t.co tinyurl.com ow.ly is.gd buff.ly cutt.ly rebrand.ly shorturl.at rb.gy"
    " by.com.vn bom.so s.id tiny.cc t.ly v.gd".split()
)
_LOOKS_LIKE_HOST = re.compile(
    r"(?:https?://)?((?:[a-z0-9-]+\.)+(?:vn|com|net|org|io|info|shop|store|example))\b", re.I
)
_PLACEHOLDERS = frozenset(("", "#", "https://", "http://", "https://#"))
_OWN = re.compile(r"\{\{-?\s*links\.\w+\s*-?\}\}")
_SAFE_START = re.compile(r"\{\{-?\s*(?:links\.\w+|shop\.website)\b")
_UNSURE = re.compile(r"\{\{-?\s*(?:person|order)\b(?:(?!url_encode).)*?\}\}")


def check_links(mail: Examined) -> Iterator[Finding]:
    """Every link, each looked at once."""
    for link in dict.fromkeys(mail.links):
        yield from _look(link)


def check_confirming(mail: Examined) -> Iterator[Finding]:
    """The link to confirm a sign-up by: in any other letter it is empty."""
    line = next((u.line for u in mail.uses if (u.root, u.key) == ("links", "confirm")), None)
    if line is None:
        return
    is_ad = mail.wording.purpose_kind == "advertising"
    yield _found(
        "error" if is_ad else "hint", "content.confirm_link", line,
        "links.confirm chỉ có trong thư xác nhận đăng ký, là thư giao dịch; ở thư khác nó trống.",
        "Only letters that confirm a sign-up have links.confirm, and they are transactional; in any"
        " other it is empty.",
        "Dùng {{ links.unsubscribe }} hoặc {{ links.preferences }}, hoặc chọn loại Giao dịch và"
        " dùng mẫu này cho biểu mẫu đăng ký.",
        "Use {{ links.unsubscribe }} or {{ links.preferences }}; or make it transactional and use"
        " it for a sign-up form.",
    )  # fmt: skip


def _look(link: Link) -> Iterator[Finding]:
    href = link.href
    if href in _PLACEHOLDERS or "example.com" in href:
        yield _broken(link)
        return
    if _OWN.fullmatch(href) or href.startswith(("mailto:", "tel:")) or _SAFE_START.match(href):
        return
    if href.startswith("{{"):
        yield _from_person(link)
        return
    yield from _where(link)
    if _UNSURE.search(href):
        yield _found(
            "warning", "content.link_not_encoded", link.line,
            "Liên kết có dữ liệu của khách chưa mã hóa.",
            "The link holds a person's data as it is.",
            "Thêm bộ lọc: {{ person.email | url_encode }}.",
            "Add the filter: {{ person.email | url_encode }}.",
        )  # fmt: skip


def _where(link: Link) -> Iterator[Finding]:
    try:
        host = (urlsplit(re.sub(r"\{\{.*?\}\}", "x", link.href)).hostname or "").lower()
    except ValueError:
        host = ""
    host = host.removeprefix("www.")
    if link.href.startswith("http://"):
        yield _found(
            "warning", "content.link_insecure", link.line,
            f"Liên kết {_short(link.href)} không mã hóa (http).",
            f"The link {_short(link.href)} is not encrypted (http).",
            "Dùng địa chỉ bắt đầu bằng https://.", "Use the address that begins with https://.",
        )  # fmt: skip
    elif not link.href.startswith("https://") or "." not in host:
        yield _broken(link)
        return
    if host in _SHORTENERS:
        yield _found(
            "error", "content.link_shortened", link.line,
            f"{host} giấu nơi liên kết dẫn tới; bộ lọc thư rác rất hay chặn.",
            f"{host} hides where the link leads; spam filters often block it.",
            "Dùng địa chỉ thật của trang.", "Use the real address of the page.",
        )  # fmt: skip
    said = _LOOKS_LIKE_HOST.search(link.words)
    named = said[1].lower().removeprefix("www.") if said else ""
    if named and host != named and not host.endswith(f".{named}"):
        yield _found(
            "error", "content.link_lies", link.line,
            f"Chữ nói {named} mà liên kết dẫn tới {host}.",
            f"The words say {named} and the link leads to {host}.",
            "Thư lừa đảo làm như vậy. Viết đúng tên trang, hoặc viết việc sẽ làm: “Xem đơn”.",
            "Phishing does that. Name the right site, or say what happens: “See the order”.",
        )  # fmt: skip


def _broken(link: Link) -> Finding:
    shown = _short(link.href) or "…"
    return _found(
        "error", "content.link_broken", link.line,
        f"Liên kết “{_short(link.words) or shown}” không dẫn tới đâu: {shown}.",
        f"The link “{_short(link.words) or shown}” leads nowhere: {shown}.",
        "Điền địa chỉ đầy đủ, ví dụ https://nhamay.vn/moi.",
        "Give the whole address, such as https://nhamay.vn/moi.",
    )  # fmt: skip


def _from_person(link: Link) -> Finding:
    return _found(
        "error", "content.link_from_person", link.line,
        "Địa chỉ liên kết lấy từ dữ liệu của khách: ai cũng có thể gửi cho bạn một địa chỉ xấu.",
        "The address comes from a person's data: anybody could have sent you a bad one.",
        "Viết trang của bạn, rồi thêm dữ liệu sau dấu hỏi:"
        " https://nhamay.vn/?ma={{ … | url_encode }}.",
        "Write your own page and put data behind a question mark:"
        " https://nhamay.vn/?ma={{ … | url_encode }}.",
    )  # fmt: skip


def _found(
    level: Level, code: str, line: int, vi: str, en: str, hint_vi: str, hint_en: str
) -> Finding:
    return Finding(level, code, Text(vi=vi, en=en), Text(vi=hint_vi, en=hint_en), "mjml", line)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
