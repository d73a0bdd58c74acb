"""Knows how this machine calls an address of somebody else: which it may, and what came of it.

Hides name resolution, connections and TLS. Does not know what is said or why: ``webhooks`` does.
Every address somebody types goes through here, at the moment it is saved and again at the moment
it is connected to.
"""

from typing import TYPE_CHECKING

from khachquen.activate.egress.addresses import Rules, find_host, read_url, refuse_reason
from khachquen.activate.egress.calls import Answer, Call
from khachquen.activate.egress.dialling import dial
from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.activate.egress.calling import Caller

__all__ = [
    "Answer",
    "Call",
    "Caller",
    "Rules",
    "dial",
    "find_host",
    "read_url",
    "refuse_reason",
]
__getattr__ = door(__name__, {"Caller": "calling"})
