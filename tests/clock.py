"""A clock that moves only when a test says so."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday, 09:00 in Hanoi


class FrozenClock:
    """A ``khachquen.base.Clock`` that stands still."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        """Move on, as in ``clock.advance(minutes=5)``, and say what time it is then."""
        self.now += timedelta(**by)
        return self.now
