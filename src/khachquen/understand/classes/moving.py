"""What a change of the classes would do: who would be in which class, before it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from khachquen.store import ask
from khachquen.understand.classes.defining import current_classes, shop_clock, shop_currency
from khachquen.understand.query.classes import Classes
from khachquen.understand.query.classing import compile_moves

__all__ = ["Moves", "count_moves"]

KEYS = ("stage", "value_tier", "rfm")


@dataclass(frozen=True, slots=True)
class Moves:
    """Of one kind of class: how many are in each now, would be, and go from which to which.

    The class of those in none is empty.
    """

    was: Mapping[str, int]
    becomes: Mapping[str, int]
    moved: Mapping[tuple[str, str], int]

    @property
    def people(self) -> int:
        """How many would be in another class."""
        return sum(self.moved.values())


def count_moves(becomes: Classes, *, now: datetime) -> dict[str, Moves]:
    """Kind of class → what would move; without scores nothing is said of RFM. One question."""
    was = current_classes()
    asked = compile_moves(
        was,
        replace(becomes, cuts=was.cuts),
        now=now,
        timezone=shop_clock(),
        currency=shop_currency(),
    )
    rows = ask(asked).dicts()
    return {key: _moves(rows, key) for key in KEYS if key != "rfm" or was.cuts}


def _moves(rows: list[dict[str, object]], key: str) -> Moves:
    was: dict[str, int] = {}
    becomes: dict[str, int] = {}
    moved: dict[tuple[str, str], int] = {}
    for row in rows:
        old, new = (str(row[f"{when}_{key}"] or "") for when in ("was", "becomes"))
        people = int(str(row["people"]))
        was[old] = was.get(old, 0) + people
        becomes[new] = becomes.get(new, 0) + people
        if old != new:
            moved[old, new] = moved.get((old, new), 0) + people
    return Moves(was, becomes, moved)
