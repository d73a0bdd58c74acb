"""Who the best customers are: what is more frequent among them than among the rest."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from khachquen.base import exponent_of
from khachquen.store import ask
from khachquen.understand.classes.defining import shop_clock
from khachquen.understand.classes.lifting import LEAST_PEOPLE, Lift, judge, weigh
from khachquen.understand.query import Catalogue, parse_rule
from khachquen.understand.query.fields import Field
from khachquen.understand.query.sharing import compile_decile, compile_shares

__all__ = ["LEAST_PEOPLE", "Ideal", "Lift", "best_tenth", "ideal_of"]

BUYERS: Mapping[str, Any] = {"kind": "trait", "trait": "last_order_at", "is": "is_set"}
KNOWN: Mapping[str, Any] = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
_KINDS = ("choice", "yes_no", "text", "code", "id")
_NUMBERS = ("favourite_hour",)
_OF_MONEY = frozenset({"value_tier", "rfm", "stage"})
_MOST_VALUES = 30
_NEVER = frozenset({"household", "firstName", "middleName", "lastName", "address", "website"})


@dataclass(frozen=True, slots=True)
class Ideal:
    """What sets ``best`` people apart from ``rest`` others; the rules that name them."""

    best: int
    rest: int
    lifts: list[Lift]
    rule: Mapping[str, Any]
    among: Mapping[str, Any]

    @property
    def is_enough(self) -> bool:
        """Whether there are people enough to say anything."""
        return min(self.best, self.rest) >= LEAST_PEOPLE


def best_tenth(currency: str) -> Mapping[str, Any] | None:
    """The tenth of buyers that spent most, as a rule; None before anybody bought."""
    least = ask(compile_decile()).dicts()[0]["least"]
    if least is None:
        return None
    amount = int(least) / 10 ** exponent_of(currency)
    value = int(amount) if amount.is_integer() else amount
    return {"kind": "trait", "trait": "spent", "is": "at_least", "value": value}


def ideal_of(
    rule: Mapping[str, Any],
    catalogue: Catalogue,
    *,
    now: datetime,
    leave_out: Collection[str] = (),
) -> Ideal:
    """The people of a rule against all others: of a rule about money the others who bought, of any
    other the others who are known.

    Looked at are traits, classes and habits with few values; of texts the 30 most frequent. What
    the rule itself asks for says nothing and is left out (``leave_out``).
    """
    is_of_money = rule.get("trait") == "spent"
    among = BUYERS if is_of_money else KNOWN
    taboo = {*_NEVER, *leave_out, *(_OF_MONEY if is_of_money else ())}
    keys = [one.key for one in catalogue.people.values() if _may_tell(one, taboo)]
    asked = compile_shares(
        parse_rule(rule), parse_rule(among), catalogue, keys, now=now, timezone=shop_clock()
    )
    rows = ask(asked).dicts()
    totals = next(((row["best"], row["rest"]) for row in rows if row["place"] == 0), (0, 0))
    lifts = [
        weigh(keys[row["place"] - 1], row["value"], (row["best"], n1), (row["rest"], n2))
        for n1, n2 in [totals]
        for row in _few_values(rows)
    ]
    return Ideal(totals[0], totals[1], judge(lifts), rule, among)


def _may_tell(field: Field, taboo: Collection[str]) -> bool:
    is_shown = not field.is_hidden and field.sensitivity == "basic" and field.pii != "linked"
    is_few = field.kind in _KINDS or field.key in _NUMBERS
    return is_shown and is_few and field.key not in taboo


def _few_values(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each trait its most frequent values."""
    by_size = sorted(rows, key=lambda row: (-(row["best"] + row["rest"]), row["value"]))
    taken: dict[int, int] = {}
    found = []
    for row in by_size:
        taken[row["place"]] = taken.get(row["place"], 0) + 1
        if row["place"] and row["value"] and taken[row["place"]] <= _MOST_VALUES:
            found.append(row)
    return found
