"""Knows how a template message of Zalo (ZBS, before 2026 ZNS) travels: what it is filled with, what
is posted where, what an answer and an event mean.

Hides Zalo's addresses, spellings and codes. Pure: no database, no Django, no socket. Does not know
whether somebody may be written to, nor keeps any secret. ``requests`` and ``hooks`` are doors of
their own.
"""

from khachquen.activate.channels.zalo.filling import (
    Parameter,
    Phone,
    Problem,
    fill,
    read_phone,
    write_message,
)
from khachquen.activate.channels.zalo.replies import ZaloReply, read_reply
from khachquen.activate.channels.zalo.rules import VIETNAM, ZaloRules, rules_on

__all__ = [
    "VIETNAM",
    "Parameter",
    "Phone",
    "Problem",
    "ZaloReply",
    "ZaloRules",
    "fill",
    "read_phone",
    "read_reply",
    "rules_on",
    "write_message",
]
