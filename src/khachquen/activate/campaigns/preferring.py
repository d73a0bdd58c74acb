"""Which way people said they like to be written to, for campaigns that heed it."""

from collections.abc import Collection
from datetime import datetime

from khachquen.govern.consent.states import SENT_ON
from khachquen.unify.mirror import hold_mirror, read_people
from khachquen.unify.profiles.reaching import Reached
from khachquen.unify.traits import load_registry

__all__ = ["preferred_channels"]
_TRAIT = "trait:preferred_channel"
_CURRENCY = "VND"  # of orders, none of which is asked for


def preferred_channels(people: Collection[Reached], now: datetime) -> dict[int, str]:
    """Person → the channel they prefer, by the word that counts on their page today; of those who
    said nothing, or that any will do, nothing."""
    mirror = hold_mirror(load_registry(), _CURRENCY)
    rows = read_people({one.id for one in people}, mirror, now=now, only=())
    told = {person: str(row.get(_TRAIT) or "") for person, row in rows.items()}
    return {person: channel for person, channel in told.items() if channel in SENT_ON}
