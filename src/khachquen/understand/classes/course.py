"""How somebody went through the stages, worked out from when they ordered. Pure.

A stage follows from the times of the orders alone: so this is exact for every person at any time,
follows merges and cancelled orders, and nothing of it is kept. It is told by today's definition.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from khachquen.base import Text
from khachquen.understand.query.classes import Classes, Stage

__all__ = ["Turn", "course_of", "say_cause"]


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody came into a stage. ``cause`` is first_order, order or time; of time ``days`` says
    how many had passed since the order before, or since the first where new ones settle."""

    at: datetime
    stage: Stage
    cause: str
    days: int = 0


def course_of(orders: Iterable[datetime], classes: Classes, *, now: datetime) -> list[Turn]:
    """Every stage from the first order until now, the earliest first; nothing without orders."""
    moments = sorted(at for at in orders if at <= now)
    found: list[Turn] = []
    for turn in _turns(moments, classes, now):
        if not found or found[-1].stage != turn.stage:
            found.append(turn)
    return found


def _turns(moments: list[datetime], classes: Classes, now: datetime) -> Iterator[Turn]:
    if not moments:
        return
    new, active, lost = (
        timedelta(days=n) for n in (classes.new_days, classes.active_days, classes.lost_days)
    )
    settled = moments[0] + new
    just_after = now + timedelta(microseconds=1)
    yield Turn(moments[0], "new", "first_order")
    for at, until in pairwise([*moments, just_after]):
        if at >= settled:
            yield Turn(at, "active", "order")
        elif settled < until and settled < at + active:
            yield Turn(settled, "active", "time", classes.new_days)
        if (at_risk := max(at + active, settled)) < until and at_risk < at + lost:
            yield Turn(at_risk, "at_risk", "time", (at_risk - at).days)
        if (gone := max(at + lost, settled)) < until:
            yield Turn(gone, "lost", "time", (gone - at).days)


def say_cause(turn: Turn) -> Text:
    """What brought them there, in words."""
    if turn.cause == "first_order":
        return Text(vi="đơn đầu tiên", en="the first order")
    if turn.cause == "order":
        return Text(vi="mua lại", en="ordered again")
    if turn.stage == "active":
        return Text(
            vi=f"đã {turn.days} ngày từ đơn đầu tiên", en=f"{turn.days} days after the first order"
        )
    return Text(vi=f"{turn.days} ngày không mua lại", en=f"{turn.days} days without another order")
