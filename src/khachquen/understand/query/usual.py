"""The question for how people usually buy: everybody's habits, or those of a few."""

from collections.abc import Sequence
from datetime import datetime

from khachquen.store.engine import Question
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.classes import HABIT_KEYS
from khachquen.understand.query.compiling import make_question
from khachquen.understand.query.expressions import Call, Column, Expression, Select, Value, both
from khachquen.understand.query.habits import has_enough, read_habit
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.windows import Moment

__all__ = ["compile_habits"]


def compile_habits(
    catalogue: Catalogue,
    *,
    now: datetime,
    timezone: str,
    people: Sequence[int] | None = None,
    numbers: Sequence[str] = (),
) -> Question:
    """The habits of everybody who has some, or of people whose orders have these numbers.

    Rows (``profile_id`` and each of ``HABIT_KEYS``). Numbers reach the events before those are
    folded into orders: so a few people cost little.
    """
    plan = Plan(catalogue, Moment(now, timezone), with_due=True)
    among = () if people is None else (Call("is_one_of", (Column("number"), *map(Value, numbers))),)
    enough = has_enough(plan, among)
    where = [enough]
    if people is not None:
        where.append(Call("is_one_of", (plan.person("profile_id"), *map(Value, people))))
    person: tuple[Expression, str] = (plan.person("profile_id"), "profile_id")
    habits = [(read_habit(plan, key, among)[1], key) for key in HABIT_KEYS]
    select = Select((person, *habits), "people", joins=plan.joins(), where=both(where))
    return make_question("habits", plan, select)
