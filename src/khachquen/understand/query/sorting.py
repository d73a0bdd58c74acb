"""Orders a list of people can be read in, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from khachquen.base import InputError, Text
from khachquen.understand.query import problems
from khachquen.understand.query.expressions import Call, Column, Expression, Value

Sort = Literal["last_seen", "spent", "orders", "name"]
_LONG_AGO = datetime(1, 1, 1)  # noqa: DTZ001  # as the lake keeps times
_AFTER_EVERY_NAME = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: the ``sort_key`` of a row and whose it is."""

    sort_key: str | int | datetime
    profile_id: int


def _or(column: Expression, missing: object) -> Expression:
    return Call("coalesce", (column, Value(missing)))


SORTS: Mapping[Sort, tuple[Expression, Literal["asc", "desc"]]] = {
    "last_seen": (_or(Column("last_seen"), _LONG_AGO), "desc"),
    "spent": (_or(Column("spent_minor"), 0), "desc"),
    "orders": (_or(Column("orders"), 0), "desc"),
    "name": (_or(Call("folded", (Column("name"),)), _AFTER_EVERY_NAME), "asc"),
}


def check_sort(told: str) -> Sort:
    """The order by its name.

    Raises:
        InputError: ``query.unknown_sort``.
    """
    for sort in SORTS:
        if sort == told:
            return sort
    raise InputError(
        "query.unknown_sort",
        Text(
            vi=f"Không sắp xếp theo {problems.shown(told)} được.",
            en=f"People cannot be sorted by {problems.shown(told)}.",
        ),
        path="sort",
        hint=problems.nearest(told, SORTS),
    )
