"""Knows what the shop sells, as trusted sources last told it."""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.unify.catalogue.products import ProductNews, save_products

__all__ = ["ProductNews", "save_products"]
__getattr__ = door(__name__, dict.fromkeys(__all__, "products"))
