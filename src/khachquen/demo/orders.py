"""Orders and what becomes of them, as the shop's server, its tills and the marketplaces tell it."""

from dataclasses import dataclass
from typing import Any

from khachquen.demo.catalogue import Product, pick_product
from khachquen.demo.draw import Dice

Basket = list[tuple[Product, int]]

_LINES = (1,) * 55 + (2,) * 27 + (3,) * 12 + (4,) * 6
_FEW = frozenset(("Bếp", "Trang trí", "Phụ kiện", "Đồ mặc nhà"))
_COUPONS = {
    (11, 11): ("SALE1111", 15),
    (12, 12): ("SALE1212", 12),
    (3, 8): ("MUNG8THANG3", 10),
    (10, 20): ("MUNG2010", 10),
}
_FREE_SHIPPING_FROM = 500_000
_SHIPPING = 30_000


@dataclass(slots=True)
class Order:
    """One order as it was placed. Amounts are whole đồng."""

    number: str
    lines: list[dict[str, Any]]
    subtotal: int
    discount: int
    shipping: int
    coupon: str

    @property
    def total(self) -> int:
        """What the customer pays."""
        return self.subtotal - self.discount + self.shipping


def draw_basket(dice: Dice, favourites: tuple[str, ...]) -> Basket:
    """What somebody with these favourites buys at once; no thing twice."""
    basket: dict[str, tuple[Product, int]] = {}
    for _ in range(dice.pick(_LINES)):
        category = dice.pick(favourites)
        product = pick_product(dice, category)
        several = category in _FEW and dice.chance(0.3)
        basket[str(product["sku"])] = (product, dice.between(2, 4) if several else 1)
    return list(basket.values())


def draw_coupon(dice: Dice, month_day: tuple[int, int], *, is_first: bool) -> tuple[str, int]:
    """A coupon code and its percent; most days and most people have none."""
    festive = _COUPONS.get(month_day)
    if festive and dice.chance(0.7):
        return festive
    return ("CHAOBAN", 10) if is_first and dice.chance(0.15) else ("", 0)


def make_order(number: str, basket: Basket, coupon: tuple[str, int], *, is_sent: bool) -> Order:
    """The order of a basket. Discounts come in whole thousands; sending is free from 500.000 ₫."""
    lines = [
        {
            "product_id": product["product_id"],
            "sku": product["sku"],
            "name": product["name"],
            "category": product["category"],
            "brand": product["brand"],
            "price": product["price"],
            "quantity": quantity,
        }
        for product, quantity in basket
    ]
    subtotal = sum(int(product["price"]) * quantity for product, quantity in basket)
    code, percent = coupon
    discount = subtotal * percent // 100_000 * 1000
    shipping = _SHIPPING if is_sent and subtotal < _FREE_SHIPPING_FROM else 0
    return Order(number, lines, subtotal, discount, shipping, code)


def completed(order: Order, *, channel: str, affiliation: str, payment: str) -> dict[str, Any]:
    """Properties of Order Completed."""
    properties: dict[str, Any] = {
        "order_id": order.number,
        "total": order.total,
        "subtotal": order.subtotal,
        "discount": order.discount,
        "shipping": order.shipping,
        "currency": "VND",
        "channel": channel,
        "affiliation": affiliation,
        "payment_method": payment,
        "products": order.lines,
    }
    if order.coupon:
        properties["coupon"] = order.coupon
    return properties


def refunded(dice: Dice, order: Order, reason: str) -> dict[str, Any]:
    """Properties of Order Refunded: the whole order, or one line of it at its discounted price."""
    lines = order.lines
    if len(lines) > 1 and dice.chance(0.7):
        lines = [dice.pick(lines)]
    value = sum(line["price"] * line["quantity"] for line in lines)
    return {
        "order_id": order.number,
        "total": value - value * order.discount // order.subtotal,
        "currency": "VND",
        "products": lines,
        "reason": reason,
    }


def cancelled(order: Order, reason: str) -> dict[str, Any]:
    """Properties of Order Cancelled."""
    return {
        "order_id": order.number,
        "total": order.total,
        "currency": "VND",
        "products": order.lines,
        "reason": reason,
    }
