"""From an operator and a value to a condition, and to the instant its answer turns at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from khachquen.base import exponent_of
from khachquen.understand.query.expressions import (
    NULL,
    Call,
    Compare,
    Comparison,
    Expression,
    IsNull,
    Sum,
    Value,
    When,
    both,
    either,
    holds,
    opposite,
)
from khachquen.understand.query.fields import FieldKind
from khachquen.understand.query.operators import OPERATORS, Operator
from khachquen.understand.query.windows import Moment, Span, Window, read_instant
from khachquen.unify.normalise import fold

_LEAP_DAY = 229
_MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Turning:
    """A condition that is never null, and when it may turn by time alone (null: never).

    Of several conditions that is told by two ``ends`` instead: until when they surely hold, and
    until when they surely fail (``combining``).
    """

    yes: Expression
    due: Expression = NULL
    ends: tuple[Expression, Expression] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One value being asked: what it is, as which type, and when."""

    of: Expression
    kind: FieldKind
    moment: Moment
    currency: str = "VND"

    def as_kept(self, value: Any) -> Any:
        """The value as the column keeps it: amounts in minor units."""
        if self.kind == "money":
            return round(value * 10 ** exponent_of(self.currency))
        return date.fromisoformat(value) if self.kind == "date" else value


def compare(asked: Asked, operator: Operator, value: Any) -> Turning:
    """The condition; a missing value answers no, and yes to a negative operator."""
    meaning = OPERATORS[operator]
    if meaning.is_negative and meaning.contrary:
        return Turning(opposite(compare(asked, meaning.contrary, value).yes))
    if operator == "is_set":
        return Turning(opposite(IsNull(asked.of)))
    if operator in ("in_last", "longer_ago") and asked.kind == "time":
        return _rolling(asked, operator, msgspec.convert(value, Span).length)
    return Turning(holds(_COMPARISONS[operator](asked, value)))


def _rolling(asked: Asked, operator: Operator, length: timedelta) -> Turning:
    """An instant is in the last 30 days until 30 days after it, and longer ago from then on."""
    is_near = Compare(asked.of, ">", Value(asked.moment.at - length))
    turns = When(((is_near, Sum(asked.of, Value(length))),), NULL)
    return Turning(holds(is_near if operator == "in_last" else opposite(is_near)), turns)


def _is(asked: Asked, value: Any) -> Expression:
    if asked.kind == "text":
        return Compare(Call("same_case", (asked.of,)), "=", Value(value.lower()))
    return Compare(asked.of, "=", Value(asked.as_kept(value)))


def _in(asked: Asked, values: Any) -> Expression:
    if asked.kind == "text":
        told = (Value(one.lower()) for one in values)
        return Call("is_one_of", (Call("same_case", (asked.of,)), *told))
    return Call("is_one_of", (asked.of, *(Value(asked.as_kept(one)) for one in values)))


def _contains(asked: Asked, value: Any) -> Expression:
    return Call("contains", (Call("folded", (asked.of,)), Value(fold(value))))


def _starts(asked: Asked, value: Any) -> Expression:
    return Call("starts_with", (Call("folded", (asked.of,)), Value(fold(value))))


def _ordered(sign: Comparison) -> Callable[[Asked, Any], Expression]:
    def write(asked: Asked, value: Any) -> Expression:
        return Compare(asked.of, sign, Value(asked.as_kept(value)))

    return write


def _between(asked: Asked, value: Any) -> Expression:
    if asked.kind == "time":
        return _in_window(asked, Window(from_=value[0], until=value[1]))
    low, high = (Value(asked.as_kept(one)) for one in value)
    of = asked.of
    return both((Compare(of, ">=", low), Compare(of, "<=", high)))


def _before(asked: Asked, value: Any) -> Expression:
    return Compare(asked.of, "<", Value(_instant(asked, value)))


def _after(asked: Asked, value: Any) -> Expression:
    if asked.kind == "time":
        is_day = len(value) == len("2026-11-01")
        after = read_instant(value, asked.moment, is_end=True)
        return Compare(asked.of, ">=" if is_day else ">", Value(after))
    return Compare(asked.of, ">", Value(asked.as_kept(value)))


def _instant(asked: Asked, value: str) -> Any:
    return read_instant(value, asked.moment) if asked.kind == "time" else asked.as_kept(value)


def _in_last(asked: Asked, value: Any) -> Expression:
    """Of days: from so many days ago to today."""
    today, days = asked.moment.today, msgspec.convert(value, Span).length
    return _from_to(asked, today - days, today)


def _longer_ago(asked: Asked, value: Any) -> Expression:
    first = asked.moment.today - msgspec.convert(value, Span).length
    return Compare(asked.of, "<", Value(first))


def _in_next(asked: Asked, value: Any) -> Expression:
    """Of days: from today to in so many days."""
    today = asked.moment.today
    return _from_to(asked, today, today + msgspec.convert(value, Span).length)


def _from_to(asked: Asked, first: date, last: date) -> Expression:
    return both((Compare(asked.of, ">=", Value(first)), Compare(asked.of, "<=", Value(last))))


def _this(asked: Asked, value: Any) -> Expression:
    if asked.kind == "time":
        return _in_window(asked, Window(this=value))
    first, after = asked.moment.stretch(value)
    return _from_to(asked, first, after - timedelta(days=1))


def _anniversary_this(asked: Asked, value: Any) -> Expression:
    first, after = asked.moment.stretch(value)
    return _on_days_of_year(asked, first, (after - first).days)


def _anniversary_in_next(asked: Asked, value: Any) -> Expression:
    days = msgspec.convert(value, Span).length.days
    return _on_days_of_year(asked, asked.moment.today, days + 1)


def _on_days_of_year(asked: Asked, first: date, days: int) -> Expression:
    """Born on 29 February, one celebrates the 28th in years without it."""
    if days > _MOST_DAYS:
        return opposite(IsNull(asked.of))
    last = first + timedelta(days=days - 1)
    ends_on = _of_year(last)
    if ends_on == _LEAP_DAY - 1 and not _is_leap(last.year):
        ends_on = _LEAP_DAY
    day = Call("month_and_day", (asked.of,))
    since = Compare(day, ">=", Value(_of_year(first)))
    until = Compare(day, "<=", Value(ends_on))
    return (both if first.year == last.year else either)((since, until))


def _of_year(day: date) -> int:
    return day.month * 100 + day.day


def _is_leap(year: int) -> bool:
    return (date(year, 3, 1) - timedelta(days=1)).day == 29


def _has(asked: Asked, value: Any) -> Expression:
    return Call("has_item", (asked.of, Value(value.lower())))


def _has_any(asked: Asked, values: Any) -> Expression:
    return Call("has_any_item", (asked.of, Value(tuple(one.lower() for one in values))))


def _in_window(asked: Asked, window: Window) -> Expression:
    return both(inside(asked.of, window, asked.moment))


def inside(at: Expression, window: Window, moment: Moment) -> list[Expression]:
    """What holds of an instant that lies in the window."""
    bounds = window.bounds(moment)
    parts: list[Expression] = []
    if bounds.since:
        parts.append(Compare(at, ">" if bounds.is_open else ">=", Value(bounds.since)))
    if bounds.until:
        parts.append(Compare(at, "<=" if bounds.is_closed else "<", Value(bounds.until)))
    return parts


_COMPARISONS: Mapping[Operator, Callable[[Asked, Any], Expression]] = {
    "is": _is,
    "in": _in,
    "contains": _contains,
    "starts": _starts,
    "at_least": _ordered(">="),
    "at_most": _ordered("<="),
    "more": _ordered(">"),
    "less": _ordered("<"),
    "between": _between,
    "before": _before,
    "after": _after,
    "in_last": _in_last,
    "longer_ago": _longer_ago,
    "in_next": _in_next,
    "this": _this,
    "anniversary_this": _anniversary_this,
    "anniversary_in_next": _anniversary_in_next,
    "has": _has,
    "has_any": _has_any,
}
