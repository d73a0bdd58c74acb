"""Knows each order as its events tell it, and what a person's orders add up to."""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.unify.orders.folding import OrderNews, save_orders, save_totals

__all__ = ["OrderNews", "save_orders", "save_totals"]
__getattr__ = door(__name__, dict.fromkeys(__all__, "folding"))
