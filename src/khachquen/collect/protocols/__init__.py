"""Knows the client protocols: bodies in, messages out; a message in, an event or a refusal out.

Hides each vendor's paths, field names and habits. Does not know who sent it, nor where it goes.
"""

from khachquen.collect.protocols.checks import salvage_id
from khachquen.collect.protocols.message import Limits
from khachquen.collect.protocols.route import (
    Answered,
    Arrived,
    Asked,
    Body,
    DocumentRoute,
    EventRoute,
)
from khachquen.collect.protocols.routes import find_route, may_bring_cookies, methods_of
from khachquen.collect.protocols.understanding import understand

__all__ = [
    "Answered",
    "Arrived",
    "Asked",
    "Body",
    "DocumentRoute",
    "EventRoute",
    "Limits",
    "find_route",
    "may_bring_cookies",
    "methods_of",
    "salvage_id",
    "understand",
]
