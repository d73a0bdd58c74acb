"""SQL before it is text: names, values and what is done with them, the same for every engine.

A value is always a parameter, a name always one of ours: the tree has no place for raw text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Comparison = Literal["=", "<>", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of the statement; ``table`` is empty where there is only one."""

    name: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the asker; it becomes a parameter."""

    value: object


@dataclass(frozen=True, slots=True)
class Literally:
    """A word of our own that is no parameter: true, false, null, a small number."""

    value: bool | int | None


@dataclass(frozen=True, slots=True)
class Call:
    """What a dialect does with some expressions; ``only`` are the rows an aggregate takes."""

    function: str
    arguments: "tuple[Expression, ...]" = ()
    only: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class Compare:
    """Two expressions held against each other."""

    left: "Expression"
    sign: Comparison
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Sum:
    """One expression added to another: a span of time to an instant."""

    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Both:
    """Every part holds; none at all is true."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """Some part holds; none at all is false."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Opposite:
    """What holds where the expression does not."""

    of: "Expression"


@dataclass(frozen=True, slots=True)
class IsNull:
    """Nothing is there."""

    of: "Expression"


@dataclass(frozen=True, slots=True)
class When:
    """The first branch whose condition holds, else ``otherwise``."""

    branches: "tuple[tuple[Expression, Expression], ...]"
    otherwise: "Expression"


@dataclass(frozen=True, slots=True)
class Within:
    """An expression is among the rows of a query of one column."""

    of: "Expression"
    query: "Select"


Expression = (
    Column
    | Value
    | Literally
    | Call
    | Compare
    | Sum
    | Both
    | Either
    | Opposite
    | IsNull
    | When
    | Within
)

TRUE, FALSE, NULL = Literally(True), Literally(False), Literally(None)


@dataclass(frozen=True, slots=True)
class Join:
    """Another table beside the first, by what makes a pair; ``asof``: only the nearest one."""

    table: str
    on: Expression
    kind: Literal["left", "asof", "asof left"] = "left"


@dataclass(frozen=True, slots=True)
class Select:
    """One selection. ``source`` names a table or is a selection; ``columns`` are (what, name)."""

    columns: tuple[tuple[Expression, str], ...]
    source: "str | Select"
    joins: tuple[Join, ...] = ()
    where: Expression = TRUE
    group_by: tuple[Expression, ...] = ()
    having: Expression = TRUE
    order_by: tuple[tuple[Expression, Literal["asc", "desc"]], ...] = ()
    limit: int | None = None
    alias: str = ""
    unnest: str = ""
    """A list column whose items stand beside the row as ``line``."""
    among: str = ""
    """A named selection of orders; of the table only those are read."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A selection after the named ones it reads from."""

    parts: tuple[tuple[str, Select], ...]
    select: Select


def both(parts: Sequence[Expression]) -> Expression:
    """All of them, without what says nothing.

    >>> both([TRUE, Column("a")])
    Column(name='a', table='')
    """
    said = tuple(dict.fromkeys(part for part in parts if part != TRUE))
    if FALSE in said:
        return FALSE
    return said[0] if len(said) == 1 else Both(said) if said else TRUE


def either(parts: Sequence[Expression]) -> Expression:
    """Any of them, without what says nothing.

    >>> either([FALSE, Column("a")])
    Column(name='a', table='')
    """
    said = tuple(dict.fromkeys(part for part in parts if part != FALSE))
    if TRUE in said:
        return TRUE
    return said[0] if len(said) == 1 else Either(said) if said else FALSE


def opposite(of: Expression) -> Expression:
    """The contrary; twice the contrary is the thing itself."""
    if isinstance(of, Opposite):
        return of.of
    if isinstance(of, Literally) and isinstance(of.value, bool):
        return Literally(not of.value)
    return Opposite(of)


def holds(of: Expression) -> Expression:
    """True where it holds, false where it does not or nothing is there."""
    is_sure = isinstance(of, Call) and of.function == "or_false"
    return of if is_sure else Call("or_false", (of,))


def parts_of(where: Expression) -> tuple[Expression, ...]:
    """What has to hold, one by one; nothing of what always does.

    >>> parts_of(Both((Column("a"), Column("b"))))
    (Column(name='a', table=''), Column(name='b', table=''))
    """
    if where == TRUE:
        return ()
    return where.parts if isinstance(where, Both) else (where,)


def columns_in(what: Expression) -> Iterator[Column]:
    """The columns an expression names, those inside of a query left out."""
    match what:
        case Column():
            yield what
        case Call(_, arguments, only):
            for one in arguments if only is None else (*arguments, only):
                yield from columns_in(one)
        case Compare(left, _, right) | Sum(left, right):
            yield from columns_in(left)
            yield from columns_in(right)
        case Both(parts) | Either(parts):
            for one in parts:
                yield from columns_in(one)
        case Opposite(inner) | IsNull(inner) | Within(inner):
            yield from columns_in(inner)
        case When(branches, otherwise):
            for one in (otherwise, *(part for branch in branches for part in branch)):
                yield from columns_in(one)
