"""Rules to begin with: the segments shops ask for first, as data. Pure.

An empty value is for the shop to fill in; numbers are a guess to be changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from khachquen.base import NotFoundError, Text

__all__ = ["STARTERS", "Starter", "get_starter"]

_Rule = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Starter:
    """One segment to begin with: what it is called, what it is good for, and its rule."""

    key: str
    name: Text
    use: Text
    rule: _Rule


def _days(n: int) -> _Rule:
    return {"n": n, "unit": "day"}


def _trait(key: str, is_: str, value: Any = None) -> _Rule:
    told = {"kind": "trait", "trait": key, "is": is_}
    return told if value is None else {**told, "value": value}


def _not(of: _Rule) -> _Rule:
    return {"kind": "not", "of": of}


def _did(event: str, days: int, times: int = 1) -> _Rule:
    within = {"last": _days(days)}
    return {"kind": "did", "event": event, "within": within, "is": "at_least", "value": times}


def _bought(days: int | None = None, product: str | None = None) -> _Rule:
    told: dict[str, Any] = {"kind": "bought"}
    if days is not None:
        told["within"] = {"last": _days(days)}
    if product is not None:
        told["where"] = [{"property": "product", "is": "contains", "value": product}]
    return told


def _starter(key: str, name: Text, use: Text, *of: _Rule) -> Starter:
    return Starter(key, name, use, {"kind": "all", "of": list(of)})


STARTERS: Sequence[Starter] = (
    _starter(
        "new",
        Text(vi="Khách mới", en="New customers"),
        Text(
            vi="Mua lần đầu trong 30 ngày qua: cảm ơn và mời quay lại.",
            en="First order within 30 days: thank them and invite them back.",
        ),
        _trait("first_order_at", "in_last", _days(30)),
    ),
    _starter(
        "loyal",
        Text(vi="Khách quen", en="Regulars"),
        Text(
            vi="Mua từ 3 lần và vẫn đang mua: giữ bằng ưu đãi riêng.",
            en="Three orders or more and still buying: keep them with something of their own.",
        ),
        _trait("orders_count", "at_least", 3),
        _trait("last_order_at", "in_last", _days(180)),
    ),
    _starter(
        "once",
        Text(vi="Mới mua một lần", en="Bought only once"),
        Text(
            vi="Mua một lần rồi thôi hơn một tháng: mời mua lần hai.",
            en="One order, more than a month ago: invite them to a second one.",
        ),
        _trait("orders_count", "is", 1),
        _trait("last_order_at", "longer_ago", _days(30)),
    ),
    _starter(
        "at_risk",
        Text(vi="Khách sắp rời đi", en="At risk"),
        Text(
            vi="Từng mua nhiều lần mà 90 ngày nay im lặng: hỏi thăm trước khi mất.",
            en="Bought repeatedly, silent for 90 days: ask before they are lost.",
        ),
        _trait("orders_count", "at_least", 2),
        _trait("last_order_at", "longer_ago", _days(90)),
        _not(_trait("last_order_at", "longer_ago", _days(365))),
    ),
    _starter(
        "lost",
        Text(vi="Khách đã mất", en="Lost customers"),
        Text(
            vi="Hơn một năm chưa mua lại: kéo quay lại, hoặc thôi tốn tiền nhắn.",
            en="No order for over a year: win them back, or stop paying for messages.",
        ),
        _trait("last_order_at", "longer_ago", _days(365)),
    ),
    _starter(
        "vip",
        Text(vi="Khách VIP", en="VIP customers"),
        Text(
            vi="Tổng chi tiêu từ 10 triệu: phục vụ trước, tặng quà.",
            en="Spent ten million or more: serve them first, send a gift.",
        ),
        _trait("spent", "at_least", 10_000_000),
    ),
    _starter(
        "abandoned_cart",
        Text(vi="Bỏ quên giỏ hàng", en="Abandoned cart"),
        Text(
            vi="Thêm vào giỏ trong 3 ngày qua mà chưa mua: nhắc nhẹ.",
            en="Put something into the cart within 3 days and did not buy: remind them.",
        ),
        _did("Product Added", 3),
        _not(_bought(3)),
    ),
    _starter(
        "looking",
        Text(vi="Xem nhiều chưa mua", en="Looking, not buying"),
        Text(
            vi="Xem hàng từ 3 lần trong 14 ngày mà chưa mua: tư vấn thêm.",
            en="Looked at products three times in 14 days and did not buy: offer advice.",
        ),
        _did("Product Viewed", 14, 3),
        _not(_bought(14)),
    ),
    _starter(
        "birthday",
        Text(vi="Sinh nhật tháng này", en="Birthday this month"),
        Text(
            vi="Ngày sinh rơi vào tháng này: gửi lời chúc và quà.",
            en="Born in this month of the year: send wishes and a gift.",
        ),
        _trait("birthday", "anniversary_this", "month"),
    ),
    _starter(
        "this_not_that",
        Text(vi="Mua món này, chưa mua món kia", en="Bought this, not that"),
        Text(
            vi="Điền hai tên hàng: gợi ý món đi kèm cho người còn thiếu.",
            en="Fill in two products: suggest the one that goes along to whoever lacks it.",
        ),
        _bought(product=""),
        _not(_bought(product="")),
    ),
    _starter(
        "opened",
        Text(vi="Mở thư mà không bấm", en="Opened, not clicked"),
        Text(
            vi="Mở thư trong 30 ngày qua nhưng không bấm gì: đổi nội dung hay ưu đãi.",
            en="Opened mail within 30 days and clicked nothing: change the content or the offer.",
        ),
        _did("Email Opened", 30),
        _not(_did("Email Clicked", 30)),
    ),
    _starter(
        "known_not_buying",
        Text(vi="Có liên hệ, chưa từng mua", en="Known, never bought"),
        Text(
            vi="Đã để lại số hoặc email mà chưa có đơn nào: mời đơn đầu tiên.",
            en="Left a number or an address, no order yet: invite the first one.",
        ),
        _trait("is_known", "is", True),
        _trait("orders_count", "is", 0),
    ),
)


def get_starter(key: str) -> Starter:
    """One of them.

    Raises:
        NotFoundError: ``segments.unknown_starter``.
    """
    for starter in STARTERS:
        if starter.key == key:
            return starter
    raise NotFoundError(
        "segments.unknown_starter",
        Text(vi=f"Không có mẫu {key[:60]!r}.", en=f"There is no template {key[:60]!r}."),
    )
