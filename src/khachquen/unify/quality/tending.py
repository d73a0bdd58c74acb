"""What is due by itself, a part at a time: measuring daily, cleaning weekly.

A table says when each is due next. Work that is due begins when nothing else comes in, or an hour
later anyway.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from khachquen.unify.models import Profile
from khachquen.unify.quality import cleaning, measuring
from khachquen.unify.quality.models import Chore, Measurement

_OVERDUE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """Work that comes again and again. ``may_begin``: whether there is anything to do it on."""

    name: str
    every: timedelta
    begin: Callable[[datetime], object]
    may_begin: Callable[[], bool]


def _measure(at: datetime) -> int:
    return measuring.request_measurement(actor="", at=at)


def _clean(at: datetime) -> int:
    return cleaning.request_cleaning(actor="", at=at)


def _is_anybody_known() -> bool:
    return Profile.objects.filter(is_known=True).exists()


def _is_measured() -> bool:
    return Measurement.objects.filter(state="done").exists()


DUTIES = (
    Duty("measure", timedelta(days=1), _measure, _is_anybody_known),
    Duty("clean", timedelta(days=7), _clean, _is_measured),
)


def tend(now: datetime, *, is_idle: bool) -> bool:
    """One part of what there is to do; False when there is nothing."""
    if measuring.advance(now) or cleaning.advance(now) or measuring.forget_older():
        return True
    due = dict(Chore.objects.values_list("name", "due_at"))
    for duty in DUTIES:
        due_at = due.get(duty.name)
        if due_at is None and duty.may_begin():
            Chore.objects.create(name=duty.name, due_at=now)
            due_at = now
        if due_at is not None and now >= due_at and (is_idle or now > due_at + _OVERDUE):
            duty.begin(now)
            Chore.objects.filter(name=duty.name).update(due_at=now + duty.every)
            return True
    return False


def stop_all(at: datetime) -> None:
    """End what is under way after a mistake of ours; the next is tried when it is due."""
    measuring.fail_measurement(at)
    cleaning.fail_cleaning(at)
