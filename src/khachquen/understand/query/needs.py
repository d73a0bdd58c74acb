"""What has to change before the answer to a rule can: what live segments listen for."""

from dataclasses import dataclass, field
from datetime import datetime

from khachquen.understand.query.windows import EVER, Moment, Window


@dataclass(frozen=True, slots=True)
class Needs:
    """``events`` are names (of pages and screens: "page", "screen"); None means any event.

    ``traits`` are keys of the registry and of facts that words change. ``is_timed``: members are
    due at instants of their own; ``has_calendar``: answers may turn at midnight in the shop.
    ``windows`` are those events are looked for in.
    """

    events: frozenset[str] | None
    traits: frozenset[str]
    orders: bool
    segments: frozenset[int]
    is_timed: bool
    has_calendar: bool
    windows: frozenset[Window] = frozenset()

    def oldest_event(self, now: datetime, timezone: str) -> datetime | None:
        """No event before this instant counts, now or later; None: every one may.

        Windows move forward, so what has fallen out stays out. Without a thing to ask of events:
        now.
        """
        moment = Moment(now, timezone)
        begun = [window.bounds(moment).since for window in self.windows]
        known = [at for at in begun if at is not None]
        return min(known, default=moment.at) if len(known) == len(begun) else None

    def next_edge(self, now: datetime, timezone: str) -> datetime | None:
        """When every answer has to be looked at anew: the next midnight, or never."""
        return Moment(now, timezone).next_midnight() if self.has_calendar else None


@dataclass(slots=True)
class Needed:
    """Needs being gathered."""

    events: set[str] = field(default_factory=set)
    any_event: bool = False
    traits: set[str] = field(default_factory=set)
    orders: bool = False
    segments: set[int] = field(default_factory=set)
    is_timed: bool = False
    has_calendar: bool = False
    windows: set[Window] = field(default_factory=set)

    def event(self, name: str, window: Window | None) -> None:
        """Events of this name inside the window are looked for."""
        self.events.add(name)
        self.windows.add(window or EVER)
        self.window(window)

    def window(self, window: Window | None) -> None:
        """Time alone moves what a rolling or a calendar window holds."""
        self.is_timed |= window is not None and window.is_rolling
        self.has_calendar |= window is not None and window.is_calendar

    def done(self) -> Needs:
        """All of it."""
        return Needs(
            events=None if self.any_event else frozenset(self.events),
            traits=frozenset(self.traits),
            orders=self.orders,
            segments=frozenset(self.segments),
            is_timed=self.is_timed,
            has_calendar=self.has_calendar,
            windows=frozenset(self.windows),
        )
