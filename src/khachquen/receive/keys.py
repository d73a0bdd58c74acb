"""The keyring the hot path looks keys up in, kept fresh beside it."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from khachquen.base import Text, UnavailableError
from khachquen.collect import Keyring

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
        self.keyring = load()
        self._loaded_at = monotonic()

    def refresh(self, *, since: float | None = None) -> None:
        """Load again, unless that was done after ``since``."""
        with self._lock:
            if since is None or self._loaded_at <= since:
                asked_at = self._monotonic()
                self.keyring = self._load()
                self._loaded_at = asked_at

    async def refresh_for_unknown(self) -> None:
        """Look again because somebody brought a key that is not here.

        Returns with a keyring that was loaded after the call, so a key made before it is known.

        Raises:
            UnavailableError: the keys cannot be read now; the key may be a good one.
        """
        arrived = self._monotonic()
        early = self._loaded_at + _MISS_REFRESH_S - arrived
        if early > 0:
            await self._sleep(early)
        try:
            await asyncio.to_thread(self.refresh, since=arrived)
        except Exception as error:  # whatever the database says of itself
            raise UnavailableError(
                "collect.keys_unavailable",
                Text(
                    vi="Chưa đọc được danh sách khóa ghi.",
                    en="The write keys cannot be read at the moment.",
                ),
                hint=Text(vi="Hãy gửi lại sau.", en="Send it again later."),
            ) from error

    async def keep_fresh(self) -> None:
        """Refresh until cancelled; a database that cannot answer leaves the last keyring."""
        while True:
            await self._sleep(REFRESH_S)
            with suppress(Exception):  # accepting events outlives the state database
                await asyncio.to_thread(self.refresh)
