"""When there is no room for more: said before anything is kept, and over by itself."""

import asyncio
import logging
from collections.abc import Callable

from khachquen.base import BusyError, Config, Text, UnavailableError

_log = logging.getLogger(__name__)
_LOOK_S = 1.0
_MANY_BYTES = 1 << 20
_FULL = Text(
    vi="Đang có quá nhiều gói chờ xử lý.", en="Too many requests are waiting to be handled."
)
_SLOW = Text(vi="Đĩa đang ghi không kịp.", en="The disk is not keeping up.")
_BEHIND = Text(
    vi="Sự kiện đã nhận chưa được xử lý kịp.",
    en="Too many events that were accepted still wait to be taken in.",
)
_NO_ROOM = Text(vi="Đĩa sắp đầy.", en="The disk is almost full.")
_LATER = Text(vi="Hãy gửi lại sau.", en="Send it again later.")


class Pressure:
    """How much waits in memory and in the log, how long, and how much room the disk has.

    ``waited_s`` says how long the oldest record has waited for the disk, ``backlog`` how many
    bytes of the log the engine has still to take in, ``free`` how many the disk has left.
    """

    def __init__(
        self,
        config: Config,
        *,
        waited_s: Callable[[], float],
        backlog: Callable[[], int],
        free: Callable[[], int],
    ):
        self._limits = config.ingest
        self._waited_s = waited_s
        self._backlog, self._free = backlog, free
        self._most_bytes = config.ingest.max_waiting_mb << 20
        self._trouble: Callable[[], UnavailableError] | None = None
        self.waiting_bytes = 0

    def check(self, more: int) -> None:
        """Whether a request of so many bytes may come in; decided before anything is kept.

        Raises:
            BusyError: memory, the disk's pace or the backlog says no just now.
            UnavailableError: the disk is almost full.
        """
        if self._trouble is not None:
            raise self._trouble()
        if self.waiting_bytes + more > self._most_bytes:
            raise BusyError("receive.too_much_waiting", _FULL, wait_s=1, hint=_LATER)
        if self.waiting_bytes > _MANY_BYTES and self._waited_s() * 1000 > self._limits.max_wait_ms:
            raise BusyError("receive.disk_is_slow", _SLOW, wait_s=1, hint=_LATER)

    def hold(self, size: int) -> None:
        """Count bytes that are in memory from now on; a negative size lets go of them."""
        self.waiting_bytes += size

    def look(self) -> None:
        """Measure what cannot be known without asking the disk."""
        if self._free() < self._limits.min_free_mb << 20:
            self._trouble = _no_room
        else:
            is_behind = self._backlog() > self._limits.max_backlog_mb << 20
            self._trouble = _far_behind if is_behind else None

    async def keep_looking(self) -> None:
        """Look every second until cancelled; what cannot be measured leaves the last answer."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except Exception as error:  # accepting events outlives the state database
                _log.debug("The load could not be measured: %s", type(error).__name__)
            await asyncio.sleep(_LOOK_S)


def _no_room() -> UnavailableError:
    return UnavailableError("receive.disk_almost_full", _NO_ROOM, hint=_LATER)


def _far_behind() -> UnavailableError:
    return BusyError("receive.far_behind", _BEHIND, wait_s=5, hint=_LATER)
