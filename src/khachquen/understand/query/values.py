"""Values a condition can be given: those that are really there, the most frequent first."""

from datetime import datetime, timedelta
from typing import Literal

from khachquen.store.engine import Question
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.conditions.where import property_of, rows_of
from khachquen.understand.query.dialect import DuckDialect
from khachquen.understand.query.expressions import (
    Call,
    Column,
    Compare,
    Expression,
    IsNull,
    Select,
    Statement,
    Value,
    both,
    opposite,
)
from khachquen.understand.query.fields import Field
from khachquen.understand.query.plan import COUNT
from khachquen.unify.normalise import fold

__all__ = ["Origin", "compile_values"]

Origin = Literal["trait", "event", "order"]
_SUGGESTED = ("text", "code", "list", "any", "choice")
_RECENT = timedelta(days=90)


def compile_values(
    catalogue: Catalogue,
    origin: Origin,
    key: str,
    *,
    now: datetime,
    event: str = "",
    typed: str = "",
    limit: int = 12,
) -> Question | None:
    """Rows (``value``, ``times``): what stands there and has what was typed in it.

    Accents do not matter. None where nothing is to be suggested: numbers, days, and whatever points
    at one person, such as phone numbers. Of events those of the last 90 days are looked at.

    Raises:
        InputError, ForbiddenError: nothing has that name, or the asker may not ask about it.
    """
    field, table, rows, unnest = _place(catalogue, origin, key, event, now)
    if field.kind not in _SUGGESTED or field.pii == "linked":
        return None
    of = _value(field, origin, unnest)
    where = [*rows, opposite(IsNull(of)), Compare(of, "<>", Value(""))]
    if typed:
        where.append(Call("contains", (Call("folded", (of,)), Value(fold(typed)))))
    select = Select(
        ((of, "value"), (COUNT, "times")),
        table,
        where=both(where),
        group_by=(of,),
        order_by=((COUNT, "desc"), (of, "asc")),
        limit=limit,
        unnest=unnest,
    )
    dialect = DuckDialect()
    return Question("query.values", dialect.write(Statement((), select)), dialect.params)


def _place(
    catalogue: Catalogue, origin: Origin, key: str, event: str, now: datetime
) -> tuple[Field, str, list[Expression], str]:
    """The field, the table its values stand in, which rows of it, and a list to take apart."""
    if origin == "trait":
        field = catalogue.trait(key)
        return field, "people", [], field.column if field.kind == "list" else ""
    if origin == "order":
        return catalogue.order_field(key), "orders", [], "lines" if key in catalogue.lines else ""
    kind = catalogue.event(event)
    since = (now - _RECENT).replace(tzinfo=None)
    rows = [*rows_of(kind), Compare(Column("at"), ">", Value(since))]
    return catalogue.event_property(kind, key), "human_events", rows, ""


def _value(field: Field, origin: Origin, unnest: str) -> Expression:
    if origin == "event":
        return property_of(field, "text")
    if unnest:
        return Column("line") if field.kind == "list" else Column(field.column, "line")
    return Column(field.column)
