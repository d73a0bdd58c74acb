"""The segments shops ask for first, as rules one can take over and change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from khachquen.base import Text

__all__ = ["TEMPLATES", "Template"]


@dataclass(frozen=True, slots=True)
class Template:
    """A segment to begin with. ``about`` says what it is good for."""

    key: str
    name: Text
    about: Text
    rule: Mapping[str, Any]


def _days(n: int) -> dict[str, Any]:
    return {"n": n, "unit": "day"}


def _last(n: int) -> dict[str, Any]:
    return {"last": _days(n)}


def _all(*of: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "all", "of": list(of)}


def _not(of: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "not", "of": of}


def _trait(key: str, operator: str, value: Any) -> dict[str, Any]:
    return {"kind": "trait", "trait": key, "is": operator, "value": value}


def _bought(operator: str = "at_least", value: Any = 1, **more: Any) -> dict[str, Any]:
    return {"kind": "bought", "is": operator, "value": value, **more}


def _did(event: str, **more: Any) -> dict[str, Any]:
    return {"kind": "did", "event": event, **more}


def _of(category: str) -> list[dict[str, Any]]:
    return [{"property": "category", "is": "is", "value": category}]


TEMPLATES: tuple[Template, ...] = (
    Template(
        "new",
        Text(vi="Khách mới", en="New customers"),
        Text(
            vi="Vừa mua đơn đầu tiên: cảm ơn và mời quay lại.",
            en="Just bought for the first time: thank them and invite them back.",
        ),
        _bought("in_last", _days(30), measure="first"),
    ),
    Template(
        "loyal",
        Text(vi="Khách thân thiết", en="Loyal customers"),
        Text(
            vi="Mua nhiều lần và vẫn đang mua: nên được ưu tiên.",
            en="Bought often and still do: let them come first.",
        ),
        _all(_trait("orders_count", "at_least", 3), _bought(within=_last(90))),
    ),
    Template(
        "at_risk",
        Text(vi="Khách sắp rời bỏ", en="Customers at risk"),
        Text(
            vi="Từng mua nhiều lần nhưng lâu rồi chưa quay lại.",
            en="Bought more than once, but have been away for a while.",
        ),
        _all(
            _trait("orders_count", "at_least", 2),
            _trait("last_order_at", "longer_ago", _days(60)),
            _not(_trait("last_order_at", "longer_ago", _days(180))),
        ),
    ),
    Template(
        "lost",
        Text(vi="Khách đã rời bỏ", en="Lost customers"),
        Text(
            vi="Đã mua nhưng hơn nửa năm không mua lại.",
            en="Bought once, and not for more than half a year.",
        ),
        _trait("last_order_at", "longer_ago", _days(180)),
    ),
    Template(
        "vip",
        Text(vi="Khách VIP", en="VIP customers"),
        Text(
            vi="Chi nhiều nhất trong một năm qua; sửa số tiền cho hợp cửa hàng.",
            en="Spent most within a year; change the amount to suit the shop.",
        ),
        _bought("at_least", 10_000_000, measure="spent", within=_last(365)),
    ),
    Template(
        "abandoned_cart",
        Text(vi="Bỏ giỏ hàng", en="Abandoned carts"),
        Text(
            vi="Thêm vào giỏ mà một ngày sau vẫn chưa đặt hàng.",
            en="Put something into the cart and had not ordered a day later.",
        ),
        {
            "kind": "sequence",
            "steps": [{"event": "Product Added"}],
            "then_not": {"event": "Order Completed", "within": {"n": 24, "unit": "hour"}},
            "within": _last(7),
        },
    ),
    Template(
        "birthday",
        Text(vi="Sinh nhật trong tháng", en="Birthday this month"),
        Text(
            vi="Gửi lời chúc và quà tặng.",
            en="Send a wish and a gift.",
        ),
        _trait("birthday", "anniversary_this", "month"),
    ),
    Template(
        "bought_a_not_b",
        Text(vi="Mua A chưa mua B", en="Bought A, not B"),
        Text(
            vi="Bán kèm: đổi hai ngành hàng cho hợp cửa hàng.",
            en="Cross-selling: change the two categories to suit the shop.",
        ),
        _all(_bought(where=_of("Giày")), _not(_bought(where=_of("Tất")))),
    ),
    Template(
        "browsing",
        Text(vi="Xem nhiều chưa mua", en="Browsing, not buying"),
        Text(
            vi="Xem hàng nhiều lần trong tuần mà chưa đặt đơn nào.",
            en="Saw products several times this week and ordered nothing.",
        ),
        _all(
            _did("Product Viewed", within=_last(7), **{"is": "at_least", "value": 3}),
            _bought("is", 0, within=_last(7)),
        ),
    ),
    Template(
        "one_order",
        Text(vi="Mới mua một đơn", en="One order only"),
        Text(
            vi="Mua một lần cách đây một đến ba tháng: lúc tốt nhất để mời đơn thứ hai.",
            en="Bought once one to three months ago: the time to invite a second order.",
        ),
        _all(
            _trait("orders_count", "is", 1),
            _trait("last_order_at", "longer_ago", _days(30)),
            _not(_trait("last_order_at", "longer_ago", _days(90))),
        ),
    ),
    Template(
        "subscribed_never_bought",
        Text(vi="Nhận tin chưa mua", en="Subscribed, never bought"),
        Text(
            vi="Đã đăng ký nhận tin nhưng chưa mua đơn nào.",
            en="Asked for the newsletter and have bought nothing yet.",
        ),
        _all(_did("Subscribed"), _bought("is", 0)),
    ),
    Template(
        "opened_not_clicked",
        Text(vi="Mở thư không bấm", en="Opened, not clicked"),
        Text(
            vi="Đã mở email trong tháng mà không bấm vào đâu: thử lời mời khác.",
            en="Opened an email this month and clicked nothing: try another offer.",
        ),
        _all(
            _did("Email Opened", within=_last(30)),
            _not(_did("Email Link Clicked", within=_last(30))),
        ),
    ),
    Template(
        "back",
        Text(vi="Đang quay lại", en="Coming back"),
        Text(
            vi="Lâu không mua nhưng tuần này lại xem hàng.",
            en="Have not bought for long, and looked at products this week.",
        ),
        _all(
            _trait("last_order_at", "longer_ago", _days(90)),
            _did("Product Viewed", within=_last(7)),
        ),
    ),
)
