"""Classes of some people or of everybody, with the figures they rest on."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from khachquen.store import ask
from khachquen.understand.classes.defining import current_classes, shop_clock, shop_currency
from khachquen.understand.query import build_catalogue
from khachquen.understand.query.classing import compile_classes
from khachquen.understand.query.usual import compile_habits
from khachquen.unify.mirror import nodes_of, order_keys_of

__all__ = ["classes_of"]


def classes_of(
    profile_ids: Collection[int] | None, *, now: datetime
) -> dict[int, Mapping[str, Any]]:
    """Person → classes, habits and figures by key; who never bought is left out.

    Of everybody when no people are named: 1 s a million people and more. Of a page of people it
    reads their rows, and the events of their orders.
    """
    classes = current_classes()
    at: dict[str, Any] = {"now": now, "timezone": shop_clock()}
    people = None if profile_ids is None else sorted(set(profile_ids))
    if people == []:
        return {}
    told = ask(compile_classes(classes, currency=shop_currency(), people=people, **at)).dicts()
    found = {row["profile_id"]: dict(row) for row in told}
    numbers = () if people is None else _numbers(found)
    if people is not None and not numbers:
        return {**found}
    catalogue = build_catalogue([], [], classes=classes)
    asked = list(found) if people is not None else None
    for row in ask(compile_habits(catalogue, people=asked, numbers=numbers, **at)).dicts():
        if row["profile_id"] in found:
            found[row["profile_id"]] |= row
    return {**found}


def _numbers(profile_ids: Collection[int]) -> list[str]:
    return sorted({number for _, number in order_keys_of(list(nodes_of(profile_ids)))})
