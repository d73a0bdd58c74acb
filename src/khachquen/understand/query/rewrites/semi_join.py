"""Whether somebody did something at all is asked of the rows, without counting them.

"At least once" needs the first row only: the engine builds a set of people and looks each up in it,
where a grouping would count every event of everybody. Only for statements that do not want to know
when answers turn; those need the newest row of each person.
"""

from typing import Any, Literal

from khachquen.understand.query.operators import Operator
from khachquen.understand.query.plan import Plan

Asks = Literal["whether", "whether not", "how many"]


def asks(plan: Plan, operator: Operator, value: Any) -> Asks:
    """What a count is really asked."""
    is_on = "semi_join" in plan.rewrites and not plan.with_due
    return asked_whether(operator, value) if is_on else "how many"


def asked_whether(operator: Operator, value: Any) -> Asks:
    """Whether a count against this number is only about there being any at all."""
    if (operator, value) in (("at_least", 1), ("more", 0)):
        return "whether"
    if (operator, value) in (("is", 0), ("less", 1), ("at_most", 0)):
        return "whether not"
    return "how many"
