"""The keyring the hot path looks keys up in, kept fresh beside it."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

from khachquen.base import UnavailableError
from khachquen.collect import Keyring
from khachquen.receive.answers import KEYS_UNAVAILABLE

REFRESH_S = 2.0
_MISS_REFRESH_S = 0.25
NOTE_S = 60.0


class KeyringWatch:
    """Holds the newest keyring; a revoked key dies, a new one works, within ``REFRESH_S``.

    An unknown key asks for a fresh look at once (at most four times a second), so that a key made
    a moment ago is not refused. Which keys are used is handed to ``note`` beside the hot path, a
    key at most once in ``NOTE_S``.
    """

    def __init__(
        self,
        load: Callable[[], Keyring],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        note: Callable[[Collection[int]], None] = lambda used: None,
    ):
        self._load = load
        self._monotonic = monotonic
        self._sleep = sleep
        self._note = note
        self._used: set[int] = set()
        self._noted: dict[int, float] = {}
        self._lock = threading.Lock()
        self._looking = asyncio.Lock()
        self.keyring = load()
        self._loaded_at = monotonic()

    def refresh(self) -> None:
        """Load again."""
        with self._lock:
            asked_at = self._monotonic()
            before, self.keyring = self.keyring, self._load()
            self._loaded_at = asked_at
            self._used |= before.take_used()

    def note_uses(self) -> None:
        """Hand on which keys were used, those left out that were noted a moment ago."""
        now, used, self._used = self._monotonic(), self._used | self.keyring.take_used(), set()
        due = [key for key in used if now - self._noted.get(key, -NOTE_S) >= NOTE_S]
        if due:
            self._note(due)
            self._noted |= dict.fromkeys(due, now)

    async def refresh_for_unknown(self) -> None:
        """Look again because somebody brought a key that is not here.

        The keyring after it was read after the call, so a key made before the call is in it, also
        when somebody else's unknown key was looked up a moment ago.

        Raises:
            UnavailableError: the state cannot be asked, so nobody knows whether the key is new.
        """
        arrived = self._monotonic()
        async with self._looking:
            await self._look_again(since=arrived)

    async def _look_again(self, *, since: float) -> None:
        if self._loaded_at >= since:
            return
        if (early := self._loaded_at + _MISS_REFRESH_S - self._monotonic()) > 0:
            await self._sleep(early)
        try:
            await asyncio.to_thread(self.refresh)
        except Exception as cause:
            raise UnavailableError("collect.keys_unavailable", KEYS_UNAVAILABLE) from cause

    async def keep_fresh(self) -> None:
        """Refresh until cancelled; a database that cannot answer leaves the last keyring."""
        while True:
            await self._sleep(REFRESH_S)
            with suppress(Exception):  # accepting events outlives the state database
                await asyncio.to_thread(self.refresh)
                await asyncio.to_thread(self.note_uses)
