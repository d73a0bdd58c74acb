"""Rows inside a window, what they come to, and the instant that may change by time alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from khachquen.understand.query.comparing import inside
from khachquen.understand.query.expressions import (
    NULL,
    TRUE,
    Call,
    Column,
    Compare,
    Expression,
    Literally,
    Sum,
    Value,
    When,
    both,
)
from khachquen.understand.query.operators import Operator
from khachquen.understand.query.plan import Plan, Scan
from khachquen.understand.query.windows import EVER, Bounds, Window

_MOST_EXACT = 100


@dataclass(frozen=True, slots=True)
class Windowed:
    """``where`` are the rows to read, ``only`` those of them inside now.

    The two differ for a window that ends in the past: what it will take in later has to be seen
    already, or nobody would know when.
    """

    at: Column
    bounds: Bounds
    where: tuple[Expression, ...]
    only: Expression
    with_due: bool

    def count(self, scan: Scan) -> Column:
        """How many rows of the person are inside."""
        return scan.made(Call("count_rows", (), self.only))

    def made(self, scan: Scan, function: str, *of: Expression) -> Column:
        """An aggregate of the rows inside."""
        return scan.made(Call(function, of, self.only))

    def due(self, scan: Scan) -> Expression:
        """The next time a row enters or leaves."""
        if not self.with_due:
            return NULL
        turns: list[Expression] = []
        if self.bounds.leaves_after:
            oldest = self.made(scan, "min", self.at)
            turns.append(Sum(oldest, Value(self.bounds.leaves_after)))
        if self.bounds.enters_after and self.bounds.until:
            waiting = Compare(self.at, ">", Value(self.bounds.until))
            first = scan.made(Call("min", (self.at,), waiting))
            turns.append(Sum(first, Value(self.bounds.enters_after)))
        return earliest(turns)

    def due_at_newest(self, scan: Scan) -> Expression:
        """When the newest row leaves, if rows only leave; the next turn otherwise."""
        if self.with_due and self.bounds.leaves_after and not self.bounds.enters_after:
            return self._leaving(scan, 1, self.bounds.leaves_after)
        return self.due(scan)

    def due_at_counts(self, scan: Scan, thresholds: set[int]) -> Expression:
        """When the count falls below one of the thresholds.

        Rows only leave a window of the last days, the oldest first: five rows become fewer than
        three when the third newest leaves.
        """
        length = self.bounds.leaves_after if self.with_due else None
        reached = sorted((n for n in thresholds if n >= 1), reverse=True)
        if not length or self.bounds.enters_after or (reached and reached[0] > _MOST_EXACT):
            return self.due(scan)
        if not reached:
            return NULL
        if reached == [1]:
            return self._leaving(scan, 1, length)
        count = self.count(scan)
        steps = ((Compare(count, ">=", Value(n)), self._leaving(scan, n, length)) for n in reached)
        return When(tuple(steps), NULL)

    def _leaving(self, scan: Scan, n: int, length: timedelta) -> Expression:
        if n == 1:
            return Sum(self.made(scan, "max", self.at), Value(length))
        newest = self.made(scan, "newest_of", self.at, Literally(n))
        return Sum(Call("nth_of", (newest, Literally(n))), Value(length))


def look(plan: Plan, at: Column, window: Window | None) -> Windowed:
    """The window as rows of a table with the instant ``at``."""
    window = window or EVER
    bounds = window.bounds(plan.moment)
    parts = inside(at, window, plan.moment)
    if not (plan.with_due and bounds.enters_after):
        return Windowed(at, bounds, tuple(parts), TRUE, plan.with_due)
    return Windowed(at, bounds, tuple(parts[:1]), both(parts[1:]), True)


def thresholds_of(operator: Operator, value: Any) -> set[int]:
    """The counts at which the answer differs from that of one fewer.

    >>> thresholds_of("between", [2, 4])
    {2, 5}
    """
    if operator == "between":
        return {math.ceil(value[0]), math.floor(value[1]) + 1}
    if operator in ("at_least", "less"):
        return {math.ceil(value)}
    if operator in ("more", "at_most"):
        return {math.floor(value) + 1}
    return {int(value), int(value) + 1} if value == int(value) else set()


def holds_of_nothing(operator: Operator, value: Any) -> bool:
    """What a number answers that is 0 because there is nothing to count.

    >>> holds_of_nothing("less", 3), holds_of_nothing("at_least", 1)
    (True, False)
    """
    if operator == "between":
        return bool(value[0] <= 0 <= value[1])
    answers = {
        "is": value == 0,
        "is_not": value != 0,
        "at_least": value <= 0,
        "more": value < 0,
        "at_most": value >= 0,
        "less": value > 0,
    }
    return bool(answers[operator])


def earliest(turns: Sequence[Expression]) -> Expression:
    """The first of several instants, any of which may be missing."""
    told = [turn for turn in turns if turn != NULL]
    if not told:
        return NULL
    return told[0] if len(told) == 1 else Call("least", tuple(told))
