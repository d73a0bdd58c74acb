"""Knows what an event is, what an order in it says, and why a message may fail to be one.

Pure: plain data and functions.
"""

from khachquen.collect.event.commerce import (
    ORDER_EVENTS,
    PRODUCT_EVENT,
    read_currency,
    read_order,
    read_price,
)
from khachquen.collect.event.event import (
    Accepted,
    Client,
    Event,
    Line,
    OrderTold,
    Redrive,
    Refusal,
    refuse,
)
from khachquen.collect.event.objections import SourceRules, find_denial, find_objection
from khachquen.collect.event.reasons import REASONS, Outcome, Reason

__all__ = [
    "ORDER_EVENTS",
    "PRODUCT_EVENT",
    "REASONS",
    "Accepted",
    "Client",
    "Event",
    "Line",
    "OrderTold",
    "Outcome",
    "Reason",
    "Redrive",
    "Refusal",
    "SourceRules",
    "find_denial",
    "find_objection",
    "read_currency",
    "read_order",
    "read_price",
    "refuse",
]
