"""What a metric is: words, a unit, and which rows count."""

from dataclasses import dataclass
from typing import Literal

from khachquen.base import Text

Unit = Literal["count", "money"]
How = Literal["sum", "distinct", "mean"]
ColumnKind = Literal["time", "person", "visitor", "order", "text", "path", "count", "money"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the rows behind a number, in the words a page puts above it."""

    key: str
    label: Text
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class Metric:
    """One number with one definition.

    ``sql/<key>.sql`` holds the rows that count, with at least ``at``, ``unit``, ``currency`` and
    ``amount``. ``how`` makes the number of them: their ``amount`` added up, the distinct ``unit``,
    or the mean ``amount``. ``parts`` are other files of the folder that the rows are read from.
    ``denominator`` says in words what a mean or a share is divided by. ``split`` is the column by
    which a sum falls into parts; its rows name their part ``split``.
    """

    key: str
    name: Text
    definition: Text
    unit: Unit
    how: How
    columns: tuple[Column, ...]
    parts: tuple[str, ...] = ()
    denominator: Text | None = None
    less_is_better: bool = False
    split: Column | None = None
