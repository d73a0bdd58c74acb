"""Knows how a text message travels: how many parts it takes and costs, what the law wants in it,
how a gateway is asked to send it, and what it answers and tells.

Hides alphabets, dated rules and the words of gateways. Pure: no database, no Django, no socket.
Does not know whether somebody may be written to. ``gateways`` and ``hooks`` are doors of their own.
"""

from khachquen.activate.channels.sms.rules import SmsRules, rules_on
from khachquen.activate.channels.sms.segments import Size, measure, offer, unaccented
from khachquen.activate.channels.sms.wording import (
    Number,
    find_promotion,
    has_label,
    has_way_out,
    is_stop,
    read_number,
)

__all__ = [
    "Number",
    "Size",
    "SmsRules",
    "find_promotion",
    "has_label",
    "has_way_out",
    "is_stop",
    "measure",
    "offer",
    "read_number",
    "rules_on",
    "unaccented",
]
