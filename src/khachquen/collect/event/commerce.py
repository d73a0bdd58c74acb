"""What e-commerce events say of orders and products, by Segment's Ecommerce Spec V2 names."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from khachquen.base import Money, exponent_of
from khachquen.collect.event.event import Line, OrderTold

ORDER_EVENTS = frozenset({"Order Completed", "Order Updated", "Order Refunded", "Order Cancelled"})
PRODUCT_EVENT = "Product Updated"
_MAX_LINES = 5000


def read_order(properties: dict[str, Any], default_currency: str) -> OrderTold | None:
    """The order in an e-commerce event's properties; None when it carries no order number.

    ``total`` wins over ``revenue``; without either the lines are added up exactly and rounded
    once. Amounts on the wire are in the currency's main unit.

    Raises:
        InputError: an amount or a quantity is not a number; ``path`` says which.
    """
    number = properties.get("order_id") or properties.get("orderId")
    if number in (None, ""):
        return None
    currency = read_currency(properties, default_currency)
    products = properties.get("products")
    lines: list[Line] = []
    exact_sum = Decimal(0)
    for index, product in enumerate(products[:_MAX_LINES] if isinstance(products, list) else ()):
        if isinstance(product, dict):
            line, amount = _read_line(product, currency, index)
            lines.append(line)
            exact_sum += amount
    units = sum(line.quantity for line in lines)
    exact_sum = _number(exact_sum, "$.properties.products")
    total = _to_minor(_read_total(properties, exact_sum), currency)
    return OrderTold(str(number)[:200], currency, total, units, tuple(lines))


def read_currency(properties: dict[str, Any], default_currency: str) -> str:
    """The three-letter currency code an event names, or the shop's own.

    >>> read_currency({"currency": "usd"}, "VND"), read_currency({}, "VND")
    ('USD', 'VND')
    """
    given = properties.get("currency")
    if isinstance(given, str) and len(given) == 3 and given.isascii() and given.isalpha():
        return given.upper()
    return default_currency


def read_price(properties: dict[str, Any], currency: str) -> int | None:
    """The price of a product in minor units; None when the event names none.

    Raises:
        InputError: it is not a number.
    """
    if properties.get("price") in (None, ""):
        return None
    return _to_minor(_number(properties["price"], "$.properties.price"), currency)


def _read_total(properties: dict[str, Any], of_lines: Decimal) -> Decimal:
    for key in ("total", "revenue", "value"):
        if properties.get(key) not in (None, ""):
            return _number(properties[key], f"$.properties.{key}")
    return of_lines


def _read_line(product: dict[str, Any], currency: str, index: int) -> tuple[Line, Decimal]:
    where = f"$.properties.products[{index}]"
    told = product.get("quantity")
    quantity = _number(1 if told in (None, "") else told, f"{where}.quantity", below=10**9)
    price = _number(product.get("price") or 0, f"{where}.price")
    amount = _number(price * quantity, where)
    line = Line(
        sku=str(product.get("product_id") or product.get("sku") or "")[:200],
        name=_text(product.get("name")),
        category=_text(product.get("category")),
        quantity=int(quantity),
        price_minor=_to_minor(price, currency),
        amount_minor=_to_minor(amount, currency),
    )
    return line, amount


def _to_minor(amount: Decimal, currency: str) -> int:
    return int(amount.scaleb(exponent_of(currency)).to_integral_value(ROUND_HALF_EVEN))


def _number(value: object, path: str, *, below: int = 10**15) -> Decimal:
    try:
        number = Decimal(str(value))
        if isinstance(value, bool) or not number.is_finite() or abs(number) >= below:
            raise ValueError
    except (ArithmeticError, ValueError):
        error = Money.not_a_number(value)
        error.path = path
        raise error from None
    return number


def _text(value: object) -> str | None:
    return str(value)[:300] if value not in (None, "") else None
