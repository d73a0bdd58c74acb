"""Who may come in, and who has been standing in the door for too long."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

_HEAD_S = 20.0
_BODY_S = 60.0
_IDLE_S = 75.0
_STUCK_S = 60.0
_TICK_S = 0.5


class Guest(Protocol):
    """A connection, as its keeper sees it."""

    in_head: bool
    began_at: float
    heard_at: float
    stuck_at: float | None
    transport: asyncio.Transport

    @property
    def is_reading_event(self) -> bool:
        """Whether the body of an event is on its way."""

    @property
    def is_quiet(self) -> bool:
        """Whether neither side owes the other anything."""


class Doorkeeper:
    """Holds every connection, counts them, and ends those that only hold a place.

    One look every half second instead of a timer for each request; ``now`` is as old as the last
    look, which is exact enough for bounds of many seconds.
    """

    def __init__(self, *, most: int, monotonic: Callable[[], float] = time.monotonic):
        self._most = most
        self._monotonic = monotonic
        self._guests: set[Guest] = set()
        self.now = monotonic()

    def let_in(self, guest: Guest) -> bool:
        """Whether there is a place for one more connection."""
        self._guests.add(guest)
        return len(self._guests) <= self._most

    def let_out(self, guest: Guest) -> None:
        """It is gone."""
        self._guests.discard(guest)

    def look(self) -> None:
        """End what takes too long: a head, a body, an idle connection, a reader that stopped."""
        self.now = self._monotonic()
        for guest in list(self._guests):
            if self._has_overstayed(guest):
                guest.transport.abort()

    def _has_overstayed(self, guest: Guest) -> bool:
        lasted, quiet = self.now - guest.began_at, self.now - guest.heard_at
        if guest.in_head:
            return lasted > _HEAD_S
        if guest.is_reading_event:
            return lasted > _BODY_S
        if guest.stuck_at is not None:
            return self.now - guest.stuck_at > _STUCK_S
        return guest.is_quiet and quiet > _IDLE_S

    async def keep_looking(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(_TICK_S)
