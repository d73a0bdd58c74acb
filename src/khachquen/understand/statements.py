"""SQL as it is written: one commented file a statement, read once, joined by name."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_ROOM = Path(__file__).parent


@cache
def read_statement(room: str, name: str) -> str:
    """The text of ``<room>/sql/<name>.sql``, without the line break at its end."""
    return (_ROOM / room / "sql" / f"{name}.sql").read_text(encoding="utf-8").rstrip()


def with_parts(parts: Mapping[str, str], statement: str) -> str:
    """The statement after the named parts it reads from, as common table expressions.

    >>> print(with_parts({"one": "select 1 as n"}, "select n from one"))
    with one as (
      select 1 as n
    )
    select n from one
    """
    if not parts:
        return statement
    named = [f"{name} as (\n{_indented(text)}\n)" for name, text in parts.items()]
    return "\n".join(["with " + ", ".join(named), statement])


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in text.splitlines())
