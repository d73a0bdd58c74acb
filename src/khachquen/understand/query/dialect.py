"""How DuckDB writes what a question means. Another engine is another class like this one."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import assert_never

from khachquen.understand.query.expressions import (
    TRUE,
    Both,
    Call,
    Column,
    Compare,
    Either,
    Expression,
    IsNull,
    Join,
    Literally,
    Opposite,
    Select,
    Statement,
    Sum,
    Value,
    When,
    Within,
)

_Write = Callable[..., str]
_INDENT = "  "


class DuckDialect:
    """Writes one statement, and gathers its parameters as it goes.

    Names are quoted, values never stand in the text. Equal values share a parameter.
    """

    def __init__(self) -> None:
        self.params: dict[str, object] = {}
        self._names: dict[tuple[type, object], str] = {}

    def write(self, statement: Statement) -> str:
        """The text of the statement."""
        parts = [
            f"{_name(name)} as (\n{_indented(self._select(part))}\n)"
            for name, part in statement.parts
        ]
        select = self._select(statement.select)
        return "\n".join(["with " + ", ".join(parts), select]) if parts else select

    def _select(self, select: Select) -> str:
        columns = [self._named(what, name) for what, name in select.columns]
        lines = ["select", _indented(",\n".join(columns)), self._from(select)]
        lines += [self._join(join) for join in select.joins]
        if select.where != TRUE:
            lines.append("where " + self._clauses(select.where))
        if select.group_by:
            lines.append("group by " + ", ".join(self.express(one) for one in select.group_by))
        if select.having != TRUE:
            lines.append("having " + self._clauses(select.having))
        if select.order_by:
            order = (f"{self.express(what)} {way}" for what, way in select.order_by)
            lines.append("order by " + ", ".join(order))
        if select.limit is not None:
            lines.append(f"limit {self._param(select.limit)}")
        return "\n".join(lines)

    def _from(self, select: Select) -> str:
        alias = f" as {_name(select.alias)}" if select.alias else ""
        if isinstance(select.source, Select):
            return f"from (\n{_indented(self._select(select.source))}\n){alias}"
        source = f"orders_among('{select.among}')" if select.among else _name(select.source)
        if select.unnest:  # beside the table, DuckDB would compare whole rows: four times as long
            columns = ", ".join(("*", f"unnest({_name(select.unnest)}) as line"))
            return f"from (select {columns} from {source})"  # noqa: S608 - names of our own
        return f"from {source}{alias}"

    def _join(self, join: Join) -> str:
        return f"{join.kind} join {_name(join.table)} on {self.express(join.on)}"

    def _named(self, what: Expression, name: str) -> str:
        written = self.express(what)
        is_same = isinstance(what, Column) and what.name == name
        return written if is_same else f"{written} as {_name(name)}"

    def _clauses(self, where: Expression) -> str:
        if not isinstance(where, Both):
            return self.express(where)
        return "\n  and ".join(self._part(part) for part in where.parts)

    def express(self, what: Expression) -> str:
        """One expression as text."""
        match what:
            case Column(name, table):
                return f"{_name(table)}.{_name(name)}" if table else _name(name)
            case Value(value):
                return self._param(value)
            case Literally(value):
                return "null" if value is None else str(value).lower()
            case Call(function, arguments, only):
                return self._call(function, arguments, only)
            case Compare(left, sign, right):
                return f"{self._inner(left)} {sign} {self._inner(right)}"
            case Sum(left, right):
                return f"{self._inner(left)} + {self._inner(right)}"
            case Both(parts):
                return " and ".join(self._part(part) for part in parts)
            case Either(parts):
                return " or ".join(self._part(part) for part in parts)
            case Opposite(IsNull(inner)):
                return f"{self._inner(inner)} is not null"
            case Opposite(inner):
                return f"not {self._inner(inner)}"
            case IsNull(inner):
                return f"{self._inner(inner)} is null"
            case When(branches, otherwise):
                steps = [f"when {self.express(a)} then {self.express(b)}" for a, b in branches]
                return f"case {' '.join(steps)} else {self.express(otherwise)} end"
            case Within(inner, query):
                return f"{self._inner(inner)} in (\n{_indented(self._select(query))}\n)"
        assert_never(what)

    def _inner(self, what: Expression) -> str:
        written = self.express(what)
        is_loose = isinstance(what, Both | Either | Compare | Sum | Opposite)
        return f"({written})" if is_loose else written

    def _part(self, what: Expression) -> str:
        """One of several conditions joined by "and" or "or"."""
        written = self.express(what)
        return f"({written})" if isinstance(what, Both | Either) else written

    def _call(
        self, function: str, arguments: tuple[Expression, ...], only: Expression | None
    ) -> str:
        written = [self.express(one) for one in arguments]
        write = _FUNCTIONS.get(function)
        text = write(*written) if write else f"{function}({', '.join(written)})"
        return text if only in (None, TRUE) else f"{text} filter (where {self.express(only)})"

    def _param(self, value: object) -> str:
        key = (type(value), value)
        if key not in self._names:
            self._names[key] = f"p{len(self._names) + 1}"
            self.params[self._names[key]] = list(value) if isinstance(value, tuple) else value
        return f"${self._names[key]}{_cast(value)}"


def _cast(value: object) -> str:
    """An instant must not be taken for text, nor an empty list for one of nothing."""
    if isinstance(value, datetime):
        return "::timestamp"
    return "::date" if isinstance(value, date) else ""


def _name(name: str) -> str:
    """Quoted, unless it is a plain word that is none of SQL's: those are all our own."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _indented(text: str) -> str:
    return "\n".join(_INDENT + line for line in text.splitlines())


_PLAIN = re.compile(r"(?!at$)[a-z]+[0-9]*(_[a-z]+)*")


def _folded(text: str) -> str:
    return f"replace(replace(strip_accents(lower({text})), 'đ', 'd'), 'ð', 'd')"


def _gap(at: str) -> str:
    """The median of the microseconds between one instant and the next."""
    moments = f"list({at} order by {at})"
    pairs = f"list_zip({moments}[2:], {moments}, true)"
    return f"list_median(list_transform({pairs}, x -> epoch_us(x[1]) - epoch_us(x[2])))"


_FUNCTIONS: Mapping[str, _Write] = {
    "or_false": lambda of: f"coalesce({of}, false)",
    "or_true": lambda of: f"coalesce({of}, true)",
    "folded": _folded,
    "same_case": lambda of: f"lower({of})",
    "is_one_of": lambda of, *several: f"{of} in ({', '.join(several)})",
    "has_item": lambda of, one: f"list_contains(list_transform({of}, x -> lower(x)), {one})",
    "has_any_item": lambda of, several: (
        f"list_has_any(list_transform({of}, x -> lower(x)), {several})"
    ),
    "instant": lambda of: f"{of}::timestamp",
    "or_zero": lambda of: f"coalesce({of}, 0)",
    "less": lambda of, part: f"{of} - {part}",
    "nothing_if": lambda of, value: f"nullif({of}, {value})",
    "whole_number": lambda of: f"{of}::integer",
    "micros_of": lambda of: f"epoch_us({of})",
    "is_among": lambda of, several: f"{of} in (select unnest({several}::bigint[]))",
    "pair": lambda one, other: f"({one}, {other})",
    "first_of": lambda of, at, tie: f"arg_min({of}, ({at}, {tie}))",
    "last_of": lambda of, at, tie: f"arg_max({of}, ({at}, {tie}))",
    "top_of": lambda of, times, at: f"arg_max({of}, ({times}, {at}, {of}))",
    "days_between": lambda at: f"round({_gap(at)} / 86400000000, 1)",
    "expected_after": lambda at: f"max({at}) + to_microseconds(({_gap(at)})::bigint)",
    "local_hour": lambda of, zone: f"hour(timezone({zone}, timezone('UTC', {of})))",
    "local_weekday": lambda of, zone: f"isodow(timezone({zone}, timezone('UTC', {of})))::varchar",
    "text_of": lambda of: f"{of}::varchar",
    "list_of": lambda *several: f"[{', '.join(several)}]",
    "places_of": lambda several: f"generate_subscripts({several}, 1)",
    "items_of": lambda several: f"unnest({several})",
    "tenth_highest": lambda of: f"percentile_disc(0.1) within group (order by {of} desc)",
    "truth_of": lambda of: f"try_cast({of} as boolean)",
    "nth_of": lambda several, n: f"list_extract({several}, {n})",
    "newest_of": lambda of, n: f"max({of}, {n})",
    "count_rows": lambda: "count(*)",
    "count_different": lambda of: f"count(distinct {of})",
    "number_of": lambda of: f"try_cast({of} as double)",
    "instant_of": lambda of: f"try_cast({of} as timestamp)",
    "property_text": lambda of, path: f"json_extract_string({of}, {path})",
    "local_day": lambda of, zone: f"timezone({zone}, timezone('UTC', {of}))::date",
    "days_until": lambda of, day: f"{day} - {of}",
    "month_and_day": lambda of: f"month({of}) * 100 + day({of})",
    "bucket": lambda salt, of: (
        f"('0x' || substr(md5({salt} || ':' || {of}), 1, 8))::bigint % 10000"
    ),
}
