"""Who did something is counted from what was done, not by looking up everybody in it.

"Bought this month" reads the orders of the month; the million people beside them have nothing to
add: whose event it is, is somebody. Only where all that is asked is about rows: a trait needs the
person. Pages of people and live segments read the people anyway.
"""

from collections.abc import Collection
from dataclasses import replace

from khachquen.understand.query.expressions import (
    TRUE,
    Column,
    Expression,
    Opposite,
    Select,
    Within,
    both,
    parts_of,
)

_PERSON = Column("profile_id", "people")
_PROFILE = Column("profile_id")


def rewrite(where: Expression, by_person: Collection[str]) -> Select | None:
    """Who holds to be among some rows, and whatever else is asked of them; None: nobody has to.

    ``by_person`` are the selections that have one row a person already.
    """
    parts = parts_of(where)
    if not all(_is_among(one.of if isinstance(one, Opposite) else one) for one in parts):
        return None
    first = next((one for one in parts if isinstance(one, Within) and _is_told(one)), None)
    if first is None:
        return None
    rest = both([one for one in parts if one != first])
    rows = first.query
    if rows.source not in by_person:
        rows = replace(rows, group_by=(_PROFILE,))
    if rest == TRUE:
        return rows
    return Select(((_PROFILE, "profile_id"),), rows, where=rest, alias="people")


def _is_told(one: Within) -> bool:
    """Members of a segment may be somebody else's part by now, until the next round."""
    return one.query.source != "memberships"


def _is_among(one: Expression) -> bool:
    return isinstance(one, Within) and one.of == _PERSON
