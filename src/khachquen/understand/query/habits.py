"""How somebody usually buys, as answers over their orders: what, when, where, how often.

From so many orders on (``Classes.least_orders``); before that nobody has a habit. Of several
equally frequent values the one of the latest order counts. The rhythm is the median of the days
between one order and the next, and the next one is expected so long after the last.
"""

from typing import Any

from khachquen.understand.query.comparing import Turning, compare
from khachquen.understand.query.expressions import (
    NULL,
    Call,
    Column,
    Compare,
    Expression,
    IsNull,
    Join,
    Select,
    Value,
    When,
    both,
    either,
    holds,
    opposite,
)
from khachquen.understand.query.fields import Field
from khachquen.understand.query.measures import asked_of
from khachquen.understand.query.operators import OPERATORS, Operator
from khachquen.understand.query.plan import COUNT, Plan, Scan
from khachquen.understand.query.reading import PROFILE

__all__ = ["answer_habit", "beside_habit", "has_enough", "read_habit"]

_Wheres = tuple[Expression, ...]
_AT = Column("placed_at")
_RHYTHM = {
    "order_rhythm": Call("days_between", (_AT,)),
    "next_order_on": Call("expected_after", (_AT,)),
}
_PLACED = (opposite(IsNull(_AT)), IsNull(Column("cancelled_at")))


def answer_habit(plan: Plan, field: Field, operator: Operator, value: Any, path: str) -> Turning:
    """Whether the habit is so; nothing here turns but by an order, or at the shop's midnight."""
    is_negative = OPERATORS[operator].is_negative
    enough = has_enough(plan)
    scan, of = read_habit(plan, field.key)
    plan.show(path, "value", of)
    told = compare(asked_of(plan, of, field), operator, value)
    is_so = plan.of_each(scan, told, if_none=is_negative).yes
    return Turning(either((opposite(enough), is_so)) if is_negative else both((enough, is_so)))


def has_enough(plan: Plan, among: _Wheres = ()) -> Expression:
    """Whether there are orders enough to speak of a habit; ``among`` narrows which are read."""
    scan = plan.scan("orders", (*_PLACED, *among))
    counted = scan.made(COUNT)
    is_enough = holds(Compare(counted, ">=", Value(plan.catalogue.classes.least_orders)))
    return plan.of_each(scan, Turning(is_enough), if_none=False).yes


def read_habit(plan: Plan, key: str, among: _Wheres = ()) -> tuple[Scan, Expression]:
    """The reading a habit comes from, and the habit as a column of it."""
    zone = Value(plan.moment.timezone)
    if key in ("order_rhythm", "next_order_on"):
        scan = plan.scan("orders", (*_PLACED, *among))
        told = scan.made(_RHYTHM[key])
        return scan, told if key == "order_rhythm" else Call("local_day", (told, zone))
    scan = plan.scan_of(_counted(plan, key, among))
    times, newest = Column("times"), Column("newest")
    return scan, scan.made(Call("top_of", (Column("told"), times, newest)))


def beside_habit(plan: Plan, key: str) -> tuple[Join, Expression]:
    """The rhythm or the next order expected, beside each person; nothing without a habit.

    For an order of people: it reads every order once, whoever is on the page.
    """
    columns: tuple[tuple[Expression, str], ...] = (
        (PROFILE, "person"),
        (_RHYTHM[key], "told"),
        (COUNT, "times"),
    )
    where = plan.picks(both((*_PLACED, *plan.of_people())))
    name = plan.part(
        "habit", Select(columns, plan.table("orders"), where=where, group_by=(PROFILE,))
    )
    told: Expression = Column("told", name)
    if key == "next_order_on":
        told = Call("local_day", (told, Value(plan.moment.timezone)))
    is_enough = Compare(Column("times", name), ">=", Value(plan.catalogue.classes.least_orders))
    join = Join(name, Compare(Column("person", name), "=", plan.person("profile_id")))
    return join, When(((is_enough, told),), NULL)


def _counted(plan: Plan, key: str, among: _Wheres) -> str:
    """How often each value was there, and when last: a selection with a name of its own."""
    name = f"told_{key.removeprefix('favourite_')}"
    zone = Value(plan.moment.timezone)
    of: dict[str, Expression] = {
        "told_category": Column("category", "line"),
        "told_hour": Call("local_hour", (_AT, zone)),
        "told_weekday": Call("local_weekday", (_AT, zone)),
        "told_source": Column("source_id"),
    }
    where = both((*_PLACED, *among, opposite(IsNull(of[name])), *plan.of_people()))
    columns: tuple[tuple[Expression, str], ...] = (
        (PROFILE, "profile_id"),
        (of[name], "told"),
        (COUNT, "times"),
        (Call("max", (_AT,)), "newest"),
    )
    lines = "lines" if name == "told_category" else ""
    table, grouped = plan.table("orders"), (PROFILE, of[name])
    if name not in dict(plan.parts):
        made = Select(columns, table, where=where, group_by=grouped, unnest=lines)
        plan.parts.append((name, made))
    return name
