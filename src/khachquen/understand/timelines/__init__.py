"""Knows how to ask for events: a person's timeline, one message's fate, orders.

Hides SQL. Runs nothing; every function gives a ``store.engine.Question``.
"""

from khachquen.understand.timelines.asking import (
    KINDS,
    Place,
    bought,
    event_by_id,
    first_touch,
    has_events,
    latest_orders,
    order_lines,
    stood_under,
    timeline,
    top_products,
)

__all__ = [
    "KINDS",
    "Place",
    "bought",
    "event_by_id",
    "first_touch",
    "has_events",
    "latest_orders",
    "order_lines",
    "stood_under",
    "timeline",
    "top_products",
]
