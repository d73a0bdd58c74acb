"""The keyring the hot path looks keys up in, kept fresh beside it."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from khachquen.base import UnavailableError
from khachquen.collect import Keyring
from khachquen.receive.answers import KEYS_UNAVAILABLE

REFRESH_S = 2.0
_MISS_REFRESH_S = 0.25


class KeyringWatch:
    """Holds the newest keyring; a revoked key dies, a new one works, within ``REFRESH_S``.

    An unknown key asks for a fresh look at once (at most four times a second), so that a key made
    a moment ago is not refused.
    """

    def __init__(
        self,
        load: Callable[[], Keyring],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ):
        self._load = load
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._looking = asyncio.Lock()
        self.keyring = load()
        self._loaded_at = monotonic()

    def refresh(self) -> None:
        """Load again."""
        with self._lock:
            asked_at = self._monotonic()
            self.keyring = self._load()
            self._loaded_at = asked_at

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
