"""Which columns of which tables a statement names: what has to be there for it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from khachquen.understand.query.expressions import Select, Statement, columns_in

Reads = Mapping[str, frozenset[str]]
"""Table → its columns that are named."""
_LINE = "line"


def columns_read(statement: Statement) -> Reads:
    """The columns of every table; of a list that is gone through item by item, the list."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in (*(select for _, select in statement.parts), statement.select):
        for select in _selections(part):
            for table, column in _named(select):
                found[table].add(column)
    return {table: frozenset(columns) for table, columns in found.items()}


def _selections(select: Select) -> Iterator[Select]:
    yield select
    if isinstance(select.source, Select):
        yield from _selections(select.source)


def _named(select: Select) -> Iterator[tuple[str, str]]:
    source = select.source if isinstance(select.source, str) else ""
    if source:
        yield source, select.unnest or "profile_id"
    told = (*(what for what, _ in select.columns), select.where, *select.group_by)
    for what in (*told, *(join.on for join in select.joins)):
        for column in columns_in(what):
            if column.table != _LINE:
                yield column.table or source, column.name
