"""Knows each order as its events tell it, and what a person's orders add up to."""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.unify.orders.folding import OrderNews, save_orders, save_totals
    from khachquen.unify.orders.reading import latest_orders

__all__ = ["OrderNews", "latest_orders", "save_orders", "save_totals"]
__getattr__ = door(
    __name__,
    {
        **dict.fromkeys(("OrderNews", "save_orders", "save_totals"), "folding"),
        "latest_orders": "reading",
    },
)
