"""Knows how to ask for events: a person's timeline, what just came in, one message's fate, orders.

Hides SQL. Runs nothing; every function gives a ``store.engine.Question``.
"""

from khachquen.understand.query.asking import (
    KINDS,
    OUTCOMES,
    Place,
    event_by_id,
    has_events,
    latest_orders,
    live_events,
    order_lines,
    receipts,
    timeline,
    top_products,
)

__all__ = [
    "KINDS",
    "OUTCOMES",
    "Place",
    "event_by_id",
    "has_events",
    "latest_orders",
    "live_events",
    "order_lines",
    "receipts",
    "timeline",
    "top_products",
]
