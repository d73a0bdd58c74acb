"""Orders of a short while, or with a certain line, are those an event of which says so.

An order is what all its events say together, the newest word on its lines standing, so the view
folds every order there is before anything can be asked of one. An order whose lines hold shoes has
an event whose lines do, and one placed this week an event of this week that placed it: those are
found first, by reading a column or two, and only they are folded.
"""

from datetime import timedelta

from khachquen.understand.query.expressions import (
    Column,
    Compare,
    Expression,
    IsNull,
    Select,
    Value,
    both,
    opposite,
)
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.windowed import look
from khachquen.understand.query.windows import Window

_NUMBER = Column("order_number")
_KEY = ((Column("source_id"), "source_id"), (_NUMBER, "order_number"))
_PLACES = Compare(Column("name"), "=", Value("Order Completed"))
_SHORT = timedelta(days=120)
"""Of longer windows nearly every order is found: that is dearer than folding all of them."""


def among(plan: Plan, of_lines: list[Expression], within: Window | None) -> str:
    """The name of the selection of orders some event of which says so; "" when all are as good."""
    is_of_all = not (plan.is_touched_only or plan.profile_id)
    if not (is_of_all and "orders_among" in plan.rewrites):
        return ""
    says, unnest = of_lines, "lines"
    if not of_lines:
        seen, unnest = look(plan, Column("at"), within), ""
        since = seen.bounds.since
        if since is None or plan.moment.at - since > _SHORT:
            return ""
        says = [_PLACES, *seen.where]
    of_orders = (opposite(IsNull(_NUMBER)), Column("trusted"))
    where = plan.picks(both((*of_orders, *says)))
    return plan.part("hit", Select(_KEY, "events", where=where, unnest=unnest))
