"""Knows the client protocols: bodies in, messages out; a message in, an event or a refusal out.

Hides each vendor's field names and habits. Does not know who sent it, nor where it goes.
"""

from khachquen.collect.protocols.segment import Limits, salvage_id, understand
from khachquen.collect.protocols.split import Body, split_batch, split_single

__all__ = ["Body", "Limits", "salvage_id", "split_batch", "split_single", "understand"]
