"""What an order's rows make it: a sale, a return, a change of stock, a change in the books."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from khachquen.collect.importing.mapping import OrderKind
from khachquen.collect.importing.values import fold

_RETURN_PREFIX = "C"
_BOOK_WORDS = ("adjust bad debt", "dieu chinh cong no", "xoa no")


class OrderRow(NamedTuple):
    """One row of an order, its numbers read."""

    number: int
    quantity: Decimal
    price: Decimal
    product_name: str
    cells: Sequence[str]


def decide_kind(
    number: str, rows: Sequence[OrderRow], *, is_known: bool, prefixes: Mapping[str, OrderKind]
) -> OrderKind:
    """The kind of an order, by the first rule that fits.

    1. The mapping gives a prefix of its number a meaning.
    2. Number ``C123`` and every quantity negative: a return.
    3. Every price negative, or the sum negative though nothing came back, or a line that says it
       writes off a debt: a change in the books. A single negative line is a discount.
    4. Every quantity negative: without price and without a buyer the stock was corrected,
       otherwise a return.
    5. A sale.
    """
    for prefix in sorted(prefixes, key=len, reverse=True):
        if _has_prefix(number, prefix):
            return prefixes[prefix]
    gone_back = all(row.quantity < 0 for row in rows)
    if gone_back and _has_prefix(number, _RETURN_PREFIX):
        return "refund"
    if _is_bookkeeping(rows):
        return "account"
    if gone_back:
        is_free = all(row.price == 0 for row in rows)
        return "stock" if is_free and not is_known else "refund"
    return "order"


def _has_prefix(number: str, prefix: str) -> bool:
    return number.startswith(prefix) and number[len(prefix) : len(prefix) + 1].isdecimal()


def _is_bookkeeping(rows: Sequence[OrderRow]) -> bool:
    if all(row.price < 0 for row in rows):
        return True
    if any(row.price < 0 for row in rows) and all(row.quantity >= 0 for row in rows):
        return sum(row.price * row.quantity for row in rows) < 0
    return len(rows) == 1 and fold(rows[0].product_name) in _BOOK_WORDS
