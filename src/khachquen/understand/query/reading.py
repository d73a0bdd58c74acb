"""One reading of a table for many rules: what each of them counts is a filter of an aggregate.

Two hundred rules over the last orders differ in names and windows, not in the rows they would
have to go through. Each different condition is worked out once a row, each different count once
a person.
"""

from dataclasses import dataclass, field

from khachquen.understand.query.expressions import (
    NULL,
    TRUE,
    Call,
    Column,
    Expression,
    Literally,
    Select,
    When,
    both,
    columns_in,
    parts_of,
)

PROFILE = Column("profile_id")
SKIPS_NOTHING = frozenset(
    ("count_rows", "count_different", "sum", "min", "max", "newest_of", "first_of", "last_of")
)
"""Aggregates to which nothing makes no difference."""


@dataclass(slots=True)
class Reading:
    """All rows of a table, by person; ``where`` leaves out those that are nobody's."""

    name: str
    table: str
    unnest: str
    where: tuple[Expression, ...]
    flags: dict[Expression, str] = field(default_factory=dict)
    columns: dict[Expression, str] = field(default_factory=dict)

    def made(self, what: Call, where: Expression) -> Column:
        """A column of what some rows of each person come to; the same one twice is one."""
        told = (*parts_of(where), *parts_of(what.only or TRUE))
        only = both([Column(self.flags.setdefault(one, f"w{len(self.flags) + 1}")) for one in told])
        name = self.columns.setdefault(_of_some(what, only), f"v{len(self.columns) + 1}")
        return Column(name, self.name)

    def select(self) -> Select:
        """The grouping as a selection: ``profile_id`` and the columns."""
        flags = tuple(self.flags.items())
        own = {PROFILE: "profile_id"}
        for what in self.columns:
            for column in columns_in(what):
                name = column.table or column.name  # of a line, the line
                own.setdefault(Column(name), name)
        for _, name in flags:
            own.pop(Column(name), None)
        rows = Select((*own.items(), *flags), self.table, where=both(self.where),
                      unnest=self.unnest)  # fmt: skip
        return Select(((PROFILE, "profile_id"), *self.columns.items()), rows, group_by=(PROFILE,))


def _of_some(what: Call, only: Expression) -> Call:
    """The aggregate of the rows that count; of the others it is given nothing.

    Not as a filter: DuckDB picks the rows of every column of the statement anew for each filter,
    so that four hundred of them cost a hundred times as much.
    """
    first, *others = what.arguments or (Literally(1),)
    some = first if only == TRUE else When(((only, first),), NULL)
    function = "count" if what.function == "count_rows" else what.function
    return Call(function, (some, *others))
