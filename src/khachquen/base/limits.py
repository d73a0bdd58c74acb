"""How often somebody may ask: a fixed window in this process's memory."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Window:
    number: int
    used: int


class FixedWindow:
    """``limit`` requests a key in each window of ``window_s`` seconds.

    Windows begin at fixed instants, so a quiet caller may use two of them back to back. Keys of
    past windows are forgotten; memory is bounded by the callers of one window.
    """

    def __init__(self, limit: int, window_s: float, clock: Callable[[], float]):
        self.limit = limit
        self._window_s = window_s
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}
        self._swept = -1

    def take(self, key: str) -> int:
        """0 when the request may go on, else the whole seconds to wait."""
        now = self._clock()
        number = int(now // self._window_s)
        with self._lock:
            self._sweep(number)
            window = self._windows.setdefault(key, _Window(number, 0))
            if window.used < self.limit:
                window.used += 1
                return 0
        return max(1, math.ceil((number + 1) * self._window_s - now))

    def _sweep(self, number: int) -> None:
        if number != self._swept:
            self._windows = {}
            self._swept = number
