"""A question over the lake, and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """SQL over the tables ``events`` and ``refusals``, with named parameters (``$name``).

    ``name`` is for errors and measurements: "metrics.visitors". Where the asker knows that no event
    before ``since`` or after ``until`` is wanted, files of other months stay closed. With ``as_of``
    it is asked as if it were then: later events, orders, memberships and people are not there;
    what is known of people is what is known today.
    """

    name: str
    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An answer: column names and rows in order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as mappings of column name to value."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]
