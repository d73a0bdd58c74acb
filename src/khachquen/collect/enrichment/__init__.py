"""Knows what can be read off an event by looking at it closely: what somebody used, whether it was
anybody at all, and by which channel they came.

Hides the libraries, the lists of sites and the order of the rules. Asks no network and no database;
pure, and as cheap as a look-up for a browser or a referrer seen before.
"""

from khachquen.collect.enrichment.addresses import hide_addresses, shorten_address
from khachquen.collect.enrichment.enriching import enrich
from khachquen.collect.enrichment.tables import CHANNELS, ROBOT_KINDS

__all__ = [
    "CHANNELS",
    "ROBOT_KINDS",
    "enrich",
    "hide_addresses",
    "shorten_address",
]
