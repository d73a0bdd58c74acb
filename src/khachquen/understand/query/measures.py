"""What a person's rows come to, and how that is judged: the same for events and for orders."""

from dataclasses import replace
from typing import Any

from khachquen.base import Text, nearest
from khachquen.understand.query import problems
from khachquen.understand.query.comparing import Asked, Turning, compare
from khachquen.understand.query.expressions import Column, Expression
from khachquen.understand.query.fields import Field
from khachquen.understand.query.needs import Needed
from khachquen.understand.query.operators import OPERATORS, Operator, check_asked
from khachquen.understand.query.plan import Plan, Scan
from khachquen.understand.query.windowed import earliest, holds_of_nothing

COUNT = Field("count", Text(vi="Số lần", en="Number of times"), "number", "event")
INSTANT = Field("at", Text(vi="Thời điểm", en="Instant"), "time", "event")
AMOUNT = Field("amount", Text(vi="Số tiền", en="Amount"), "money", "order")
_KNOWN = ("is_set", "is_not_set")


def check_number(of: Field, operator: Operator, value: Any, path: str) -> None:
    """A number there always is, so whether it is known cannot be asked."""
    if operator in _KNOWN:
        known = [one for one in OPERATORS if one not in _KNOWN]
        message = Text(vi="Phép đếm luôn có kết quả.", en="There is always a number to compare.")
        problems.refuse(f"{path}.is", message, hint=nearest("at_least", known))
    check_asked(of, operator, value, path)


def need_of_instant(needed: Needed, operator: Operator) -> None:
    """A comparison of instants may turn by itself."""
    needed.is_timed |= operator in ("in_last", "longer_ago")
    needed.has_calendar |= operator == "this"


def judge_number(
    plan: Plan, scan: Scan, asked: Asked, due: Expression, operator: Operator, value: Any
) -> Turning:
    """A count or a sum against a number; of nothing both are 0."""
    turning = Turning(compare(asked, operator, value).yes, due)
    return plan.of_each(scan, turning, if_none=holds_of_nothing(operator, value))


def judge_value(
    plan: Plan, scan: Scan, asked: Asked, due: Expression, operator: Operator, value: Any
) -> Turning:
    """One value, such as the instant of the first row; without rows it is missing."""
    turning = compare(asked, operator, value)
    both_dues = earliest([due, turning.due])
    is_negative = OPERATORS[operator].is_negative
    return plan.of_each(scan, replace(turning, due=both_dues), if_none=is_negative)


def asked_of(plan: Plan, of: Column | Expression, field: Field) -> Asked:
    """A measure as something to compare."""
    return Asked(of, field.kind, plan.moment, plan.catalogue.currency)
