"""The keyring the hot path looks keys up in, kept fresh beside it."""

import asyncio
import threading
import time
from collections.abc import Callable
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
        self, load: Callable[[], Keyring], monotonic: Callable[[], float] = time.monotonic
    ):
        self._load = load
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self.keyring = load()
        self._loaded_at = monotonic()

    def refresh(self, *, older_than_s: float = 0.0) -> None:
        """Load again unless that was done less than ``older_than_s`` ago."""
        with self._lock:
            if self._monotonic() - self._loaded_at >= older_than_s:
                self.keyring = self._load()
                self._loaded_at = self._monotonic()

    async def refresh_for_unknown(self) -> None:
        """Look again because somebody brought a key that is not here.

        Raises:
            UnavailableError: the state cannot be asked, so nobody knows whether the key is new.
        """
        try:
            await asyncio.to_thread(self.refresh, older_than_s=_MISS_REFRESH_S)
        except Exception as cause:
            raise UnavailableError("collect.keys_unavailable", KEYS_UNAVAILABLE) from cause

    async def keep_fresh(self) -> None:
        """Refresh until cancelled; a database that cannot answer leaves the last keyring."""
        while True:
            await asyncio.sleep(REFRESH_S)
            with suppress(Exception):  # accepting events outlives the state database
                await asyncio.to_thread(self.refresh)
