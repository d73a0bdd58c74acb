"""Knows a believable shop for clothes and the home: its customers, its visits, its orders.

Hides the chance it is made of. Does not keep or send anything: it yields wire messages, which come
in by the same front door as everybody's.
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.demo.buying import BUYING
from khachquen.demo.dirty import DIRTY_COLUMNS, DIRTY_TRUTH, dirty_customers
from khachquen.demo.sources import SOURCES, DemoSource
from khachquen.demo.stream import Batch, batches, customer_of, generate

if TYPE_CHECKING:
    from khachquen.demo.filling import fill

__all__ = [
    "BUYING",
    "DIRTY_COLUMNS",
    "DIRTY_TRUTH",
    "SOURCES",
    "Batch",
    "DemoSource",
    "batches",
    "customer_of",
    "dirty_customers",
    "fill",
    "generate",
]
__getattr__ = door(__name__, {"fill": "filling"})
