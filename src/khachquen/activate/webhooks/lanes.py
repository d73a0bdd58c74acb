"""How many calls each endpoint may have at once and a second. Pure, in memory, for one caller.

Each endpoint has a lane of its own, so that a slow one holds up nobody else; one that fails is
asked one thing at a time until it answers.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

AT_ONCE = 8
FAILING = 3
"""From so many failures one after the other on an endpoint is taken to be failing."""
_SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Lanes:
    """What is under way, and what was begun within a second."""

    busy: dict[int, int] = field(default_factory=dict)
    begun: dict[int, deque[datetime]] = field(default_factory=dict)

    def room(self, endpoint_id: int, *, per_second: int, failures: int, now: datetime) -> int:
        """How many more calls may begin now."""
        begun = self.begun.setdefault(endpoint_id, deque())
        while begun and not now - _SECOND < begun[0] <= now:
            begun.popleft()
        at_once = 1 if failures >= FAILING else AT_ONCE
        return max(0, min(at_once - self.busy.get(endpoint_id, 0), per_second - len(begun)))

    def begin(self, endpoint_id: int, now: datetime) -> None:
        """One more is under way."""
        self.busy[endpoint_id] = self.busy.get(endpoint_id, 0) + 1
        self.begun.setdefault(endpoint_id, deque()).append(now)

    def end(self, endpoint_id: int) -> None:
        """One of them is over."""
        self.busy[endpoint_id] = max(0, self.busy.get(endpoint_id, 0) - 1)
