"""Knows a believable shop for clothes and the home: its customers, its visits, its orders.

Hides the chance it is made of. Does not keep or send anything: it yields wire messages, which come
in by the same front door as everybody's.
"""

from khachquen.demo.buying import BUYING
from khachquen.demo.sources import SOURCES, DemoSource
from khachquen.demo.stream import Batch, batches, customer_of, generate

__all__ = ["BUYING", "SOURCES", "Batch", "DemoSource", "batches", "customer_of", "generate"]
