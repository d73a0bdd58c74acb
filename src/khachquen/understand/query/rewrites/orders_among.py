"""Orders with such a line are among those an event of which tells of such a line.

An order is what all its events say together, the newest word on its lines standing, so the view
folds every order there is before a line can be looked at. An order whose lines hold shoes has an
event whose lines do: those are found first, by reading one column, and only they are folded.
"""

from khachquen.understand.query.expressions import (
    Column,
    Expression,
    IsNull,
    Select,
    both,
    opposite,
)
from khachquen.understand.query.plan import Plan

_NUMBER = Column("order_number")
_KEY = ((Column("source_id"), "source_id"), (_NUMBER, "order_number"))


def among(plan: Plan, of_lines: list[Expression]) -> str:
    """The name of the selection of orders some event of which has a line like that; "" of all."""
    is_of_all = not (plan.is_touched_only or plan.profile_id)
    if not (of_lines and is_of_all and "orders_among" in plan.rewrites):
        return ""
    of_orders = (opposite(IsNull(_NUMBER)), Column("trusted"))
    where = plan.picks(both((*of_orders, *of_lines)))
    return plan.part("hit", Select(_KEY, "events", where=where, unnest="lines"))
