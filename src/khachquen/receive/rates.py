"""How often a public key, or one address with public keys, may send."""

import math
import threading
import time
from collections.abc import Callable

from khachquen.base import BusyError, Config, Text
from khachquen.collect import KeyHolder
from khachquen.receive.addresses import block_of

_MOST_BUCKETS = 50_000


class Buckets:
    """A token bucket for each name: ``per_second`` drops in, at most ``burst`` stay.

    A full bucket covers any batch, also one larger than ``burst``: the rest is owed, and nothing
    more passes before it is paid. Names that were not seen for longest are forgotten first, so
    that a flood of made-up names costs bounded memory.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic):
        self._monotonic = monotonic
        self._held: dict[object, tuple[float, float]] = {}
        self._lock = threading.Lock()  # large bodies are read on threads

    def take(self, name: object, count: int, *, per_second: float, burst: float) -> float:
        """Take so many; 0.0, or after how many seconds to come back when nothing was taken."""
        now = self._monotonic()
        with self._lock:
            tokens, at = self._held.pop(name, (burst, now))
            tokens = min(burst, tokens + max(0.0, now - at) * per_second)
            wait_s = max(0.0, min(count, burst) - tokens) / per_second
            self._held[name] = (tokens if wait_s else tokens - count, now)
            if len(self._held) > _MOST_BUCKETS:
                del self._held[next(iter(self._held))]
        return wait_s


class Rates:
    """What public keys may send; trusted keys are the shop's own and have no limit."""

    def __init__(self, config: Config, monotonic: Callable[[], float] = time.monotonic):
        self._limits = config.ingest
        self._buckets = Buckets(monotonic)

    def admit(self, holder: KeyHolder, ip: str | None, messages: int) -> None:
        """Count these messages.

        Raises:
            BusyError: the address's or the key's share is used up.
        """
        if holder.trusted:
            return
        if ip and (rate := self._limits.address_events_per_second):
            self._take(block_of(ip), messages, rate)  # first: one visitor must not use up the key
        own = holder.events_per_second
        rate = self._limits.public_events_per_second if own is None else own
        self._take((holder.source_id, holder.key_id), messages, rate)

    def _take(self, name: object, messages: int, rate: int) -> None:
        if not rate:
            return
        burst = float(rate * self._limits.burst_seconds)
        if wait_s := self._buckets.take(name, max(1, messages), per_second=rate, burst=burst):
            raise BusyError(
                "collect.too_many",
                Text(
                    vi=f"Đã quá {rate:,} sự kiện mỗi giây.",
                    en=f"That is more than {rate:,} events a second.",
                ),
                wait_s=math.ceil(wait_s),
                hint=Text(vi="Hãy gửi lại sau.", en="Send it again later."),
            )
