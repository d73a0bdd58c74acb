"""What everybody in the demo shares: its time, its agenda, and the ear that hears what is told."""

from collections.abc import Callable
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any

from khachquen.demo.draw import Dice, dice_for
from khachquen.demo.season import DAY_MS, Season

Message = dict[str, Any]
Action = Callable[[int], None]

_DAYS: dict[int, str] = {}
_MINUTES = tuple(f"T{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440))


def iso(at: int) -> str:
    """Milliseconds since 1970 as the wire writes them.

    >>> iso(1_700_000_000_123)
    '2023-11-14T22:13:20.123Z'
    """
    day, rest = divmod(at, DAY_MS)
    minute, rest = divmod(rest, 60_000)
    text = _DAYS.get(day)
    if text is None:
        text = _DAYS[day] = (date(1970, 1, 1) + timedelta(days=day)).isoformat()
    return f"{text}{_MINUTES[minute]}{rest // 1000:02d}.{rest % 1000:03d}Z"


class World:
    """The agenda of one cohort: actions in order of time, each telling what happens then."""

    def __init__(self, seed: int, season: Season):
        self.seed = seed
        self.season = season
        self.told: list[tuple[str, Message]] = []
        self._agenda: list[tuple[int, str, int, Action]] = []

    def plan(self, at: int, owner: str, turn: int, action: Action) -> None:
        """Let ``action`` happen at ``at``; what lies outside the shop's time never does."""
        if self.season.since <= at <= self.season.until:
            heappush(self._agenda, (at, owner, turn, action))

    def advance(self) -> bool:
        """Let the next thing happen; False when nothing is left to happen."""
        if not self._agenda:
            return False
        at, _, _, action = heappop(self._agenda)
        action(at)
        return True


class Actor:
    """Somebody who does things: own dice, own message numbers, so nobody disturbs another.

    ``name`` is part of every messageId: ``demo-7-c12-3`` is the third message of customer 12.
    """

    def __init__(self, world: World, name: str):
        self.world = world
        self.name = name
        self.dice: Dice = dice_for(world.seed, name)
        self._prefix = f"demo-{world.seed}-{name}-"
        self._told = 0
        self._turns = 0

    def later(self, at: int, action: Action) -> None:
        """Put an action on the agenda."""
        self._turns += 1
        self.world.plan(at, self.name, self._turns, action)

    def tell(self, source: str, kind: str, at: int, **parts: Any) -> None:
        """Say a message of one type; parts that are None are left out."""
        self._told += 1
        message: Message = {
            "type": kind,
            "messageId": f"{self._prefix}{self._told}",
            "timestamp": iso(at),
        }
        for part, value in parts.items():
            if value is not None:
                message[part] = value
        self.world.told.append((source, message))
