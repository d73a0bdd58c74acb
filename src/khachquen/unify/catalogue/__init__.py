"""Knows what the shop sells, as trusted sources last told it."""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.unify.catalogue.products import (
        ProductNews,
        ProductView,
        list_products,
        read_products,
        save_products,
    )

__all__ = ["ProductNews", "ProductView", "list_products", "read_products", "save_products"]
__getattr__ = door(__name__, dict.fromkeys(__all__, "products"))
