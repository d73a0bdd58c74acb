"""One event as one sentence: an icon, who, a verb, and what it was about.

Nothing here is safe text: templates escape every word, because names, pages and products come from
outside.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from khachquen.govern.consent.purposes import BUILT_IN
from khachquen.govern.consent.standing import CHANNELS
from khachquen.unify.normalise import given_name
from khachquen.unify.profiles import ProfileView
from khachquen.web.components.figures import money, number
from khachquen.web.measuring import in_language

_LONGEST = 120
_WOMAN = ("female", "f", "nữ", "nu", "woman")
_MAN = ("male", "m", "nam", "man")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a timeline shows of one event; ``is_strong`` for what moves money or makes known."""

    icon: str
    words: str
    more: str = ""
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the sentence makers read it."""

    who: str
    row: Mapping[str, Any]
    said: Mapping[str, Any]

    def text(self, *names: str) -> str:
        """The first of these properties that says something, shortened."""
        found = next((self.said[name] for name in names if self.said.get(name)), "")
        return str(found)[:_LONGEST] if isinstance(found, (str, int, float)) else ""

    def fill(self, words: str, **values: object) -> str:
        return words % {"who": self.who, **values}


def call_by_name(profile: ProfileView | None) -> str:
    """How a sentence names a person: chị or anh only where the gender is known."""
    if profile is None:
        return gettext("Khách")
    name = given_name(profile.row.name)
    if not name:
        return profile.row.name[:_LONGEST] or gettext("Khách")
    gender = str(profile.trait("gender") or "").strip().lower()
    if gender in _WOMAN:
        return gettext("Chị %(name)s") % {"name": name}
    if gender in _MAN:
        return gettext("Anh %(name)s") % {"name": name}
    return name


def make_sentence(row: Mapping[str, Any], who: str) -> Sentence:
    """The sentence of one event row."""
    told = Told(who, row, _read(row.get("properties")))
    if row["type"] in _BY_TYPE:
        return _BY_TYPE[row["type"]](told)
    if row["name"] in _BY_NAME:
        return _BY_NAME[row["name"]](told)
    words = told.fill(
        gettext("%(who)s: %(event)s"), event=str(row["name"] or row["type"])[:_LONGEST]
    )
    return Sentence("track", words)


def _read(text: Any) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _page(told: Told) -> Sentence:
    title = told.row.get("page_title") or told.row.get("name") or told.row.get("page_path")
    path = str(told.row.get("page_path") or "")[:_LONGEST]
    page = str(title or gettext("một trang"))[:_LONGEST]
    more = path if page != path else ""
    return Sentence("page", told.fill(gettext("%(who)s xem trang %(page)s"), page=page), more)


def _screen(told: Told) -> Sentence:
    name = str(told.row.get("name") or "")[:_LONGEST]
    return Sentence("screen", told.fill(gettext("%(who)s mở màn hình %(page)s"), page=name))


def _identify(told: Told) -> Sentence:
    left = ", ".join(list(_read(told.row.get("traits")))[:6])
    if left:
        words = told.fill(gettext("%(who)s để lại thông tin: %(traits)s"), traits=left)
    else:
        words = told.fill(gettext("%(who)s được nhận ra"))
    return Sentence("identify", words, is_strong=True)


def _group(told: Told) -> Sentence:
    return Sentence("group", told.fill(gettext("%(who)s được ghi vào một nhóm")))


def _alias(told: Told) -> Sentence:
    return Sentence("merge", told.fill(gettext("%(who)s có thêm một mã định danh")))


def _order_total(told: Told) -> str:
    return money(told.row.get("total_minor"), told.row.get("currency") or "VND")


def _units(told: Told) -> str:
    units = int(told.row.get("units") or 0)
    return ngettext("%(count)s món", "%(count)s món", units) % {"count": number(units)}


def _lines(told: Told) -> str:
    names = [line.get("name") or line.get("sku") or "" for line in told.row.get("lines") or []]
    shown = [name for name in names if name][:3]
    rest = len(names) - len(shown)
    more = [gettext("và %(count)s thứ khác") % {"count": rest}] if shown and rest > 0 else []
    return ", ".join([*shown, *more])[: _LONGEST * 2]


def _order(icon: str, words: Callable[[], str]) -> Callable[[Told], Sentence]:
    def make(told: Told) -> Sentence:
        filled = told.fill(
            words(),
            units=_units(told),
            total=_order_total(told),
            number=str(told.row.get("order_number") or told.text("order_id"))[:40],
        )
        return Sentence(icon, filled, _lines(told), is_strong=True)

    return make


def _about(
    icon: str, words: Callable[[], str], *names: str, is_strong: bool = False
) -> Callable[[Told], Sentence]:
    def make(told: Told) -> Sentence:
        about = told.text(*names) if names else ""
        if not about and names:
            about = gettext("(không rõ)")
        return Sentence(icon, told.fill(words(), about=about), is_strong=is_strong)

    return make


def _engaged(told: Told) -> Sentence:
    spent = told.said.get("engaged_ms")
    seconds = round(spent / 1000) if isinstance(spent, int | float) and 0 <= spent < 1e9 else 0
    page = str(told.row.get("page_title") or told.row.get("page_path") or gettext("một trang"))
    words = told.fill(
        gettext("%(who)s ở lại trang %(page)s %(time)s"),
        page=page[:_LONGEST],
        time=gettext("%(minutes)s phút") % {"minutes": number(round(seconds / 60))}
        if seconds >= 90
        else gettext("%(seconds)s giây") % {"seconds": number(seconds)},
    )
    depth = told.text("scroll_percent")
    return Sentence(
        "clock", words, gettext("cuộn tới %(depth)s %%") % {"depth": depth} if depth else ""
    )


def _consent(icon: str, words: Callable[[], str]) -> Callable[[Told], Sentence]:
    """What somebody agreed to or withdrew: of which purpose, on which channels."""

    def make(told: Told) -> Sentence:
        purpose = told.text("purpose") or "ads"
        known = BUILT_IN.get(purpose)
        said = told.said.get("channels", told.said.get("channel"))
        channels = said if isinstance(said, list) else [said]
        names = [in_language(CHANNELS[one]) for one in channels if one in _KNOWN_CHANNELS]
        about = in_language(known.name) if known else purpose
        return Sentence(icon, told.fill(words(), about=about), ", ".join(names), is_strong=True)

    return make


_KNOWN_CHANNELS = tuple(CHANNELS)
_PRODUCT = ("name", "product_name", "sku", "product_id")
_BY_TYPE: dict[str, Callable[[Told], Sentence]] = {
    "page": _page,
    "screen": _screen,
    "identify": _identify,
    "group": _group,
    "alias": _alias,
}
_BY_NAME: dict[str, Callable[[Told], Sentence]] = {
    "Order Completed": _order("order", lambda: gettext("%(who)s mua %(units)s, %(total)s")),
    "Order Updated": _order(
        "edit", lambda: gettext("Đơn %(number)s của %(who)s đổi thành %(units)s, %(total)s")
    ),
    "Order Refunded": _order(
        "returned", lambda: gettext("%(who)s trả %(units)s, nhận lại %(total)s")
    ),
    "Order Cancelled": _order("cancelled", lambda: gettext("Đơn %(number)s của %(who)s bị hủy")),
    "Product Viewed": _about("product", lambda: gettext("%(who)s xem %(about)s"), *_PRODUCT),
    "Product Clicked": _about("browse", lambda: gettext("%(who)s bấm vào %(about)s"), *_PRODUCT),
    "Product Added": _about(
        "cart", lambda: gettext("%(who)s bỏ %(about)s vào giỏ"), *_PRODUCT, is_strong=True
    ),
    "Product Removed": _about(
        "cart", lambda: gettext("%(who)s lấy %(about)s ra khỏi giỏ"), *_PRODUCT
    ),
    "Product Added to Wishlist": _about(
        "favourite", lambda: gettext("%(who)s thích %(about)s"), *_PRODUCT
    ),
    "Product List Viewed": _about(
        "browse", lambda: gettext("%(who)s xem nhóm hàng %(about)s"), "category", "list_id"
    ),
    "Products Searched": _about("search", lambda: gettext("%(who)s tìm “%(about)s”"), "query"),
    "Product Reviewed": _about(
        "review", lambda: gettext("%(who)s đánh giá %(about)s"), *_PRODUCT, is_strong=True
    ),
    "Cart Viewed": _about("cart", lambda: gettext("%(who)s xem giỏ hàng")),
    "Checkout Started": _about(
        "cart", lambda: gettext("%(who)s bắt đầu thanh toán"), is_strong=True
    ),
    "Page Engaged": _engaged,
    "Element Clicked": _about(
        "browse", lambda: gettext("%(who)s bấm vào %(about)s"), "text", "selector"
    ),
    "Outbound Link Clicked": _about(
        "external", lambda: gettext("%(who)s sang trang %(about)s"), "host", "href"
    ),
    "File Downloaded": _about(
        "download", lambda: gettext("%(who)s tải tệp %(about)s"), "file_name", "href"
    ),
    "Form Submitted": _about(
        "edit",
        lambda: gettext("%(who)s gửi biểu mẫu %(about)s"),
        *("form_name", "form_id", "form_action"),
        is_strong=True,
    ),
    "Contact Opened": _about("phone", lambda: gettext("%(who)s mở nút liên hệ")),
    "Contact Clicked": _about(
        "phone", lambda: gettext("%(who)s liên hệ qua %(about)s"), "channel", is_strong=True
    ),
    "Consent Updated": _about("lock", lambda: gettext("%(who)s đổi lựa chọn riêng tư")),
    "Consent Granted": _consent("good", lambda: gettext("%(who)s đồng ý: %(about)s")),
    "Consent Requested": _consent(
        "waiting", lambda: gettext("%(who)s còn phải xác nhận đồng ý: %(about)s")
    ),
    "Consent Refused": _consent("refused", lambda: gettext("%(who)s không đồng ý: %(about)s")),
    "Consent Withdrawn": _consent(
        "unsubscribe", lambda: gettext("%(who)s rút lại sự đồng ý: %(about)s")
    ),
    "Signed Up": _about("signup", lambda: gettext("%(who)s mở tài khoản"), is_strong=True),
    "Signed In": _about("account", lambda: gettext("%(who)s đăng nhập")),
    "Subscribed": _about("subscribe", lambda: gettext("%(who)s đăng ký nhận tin"), is_strong=True),
    "Unsubscribed": _about(
        "unsubscribe", lambda: gettext("%(who)s hủy đăng ký nhận tin"), is_strong=True
    ),
    "Email Opened": _about(
        "email", lambda: gettext("%(who)s mở email %(about)s"), "email_subject", "campaign_name"
    ),
    "Email Link Clicked": _about(
        "external",
        lambda: gettext("%(who)s bấm trong email %(about)s"),
        "link_url",
        "email_subject",
    ),
    "Email Opened By Machine": _about(
        "email",
        lambda: gettext("Máy tự mở email %(about)s gửi %(who)s"),
        "email_subject",
        "campaign_name",
    ),
    "Email Link Clicked By Machine": _about(
        "external",
        lambda: gettext("Máy quét bấm trong email %(about)s gửi %(who)s"),
        "link_url",
        "email_subject",
    ),
}
